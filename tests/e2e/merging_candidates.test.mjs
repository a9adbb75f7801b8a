// O-5 in a real browser, on real servers: two profiles of one person become one by the keyboard, mail to the merged
// one's address comes to the kept one, and undo parts them again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { candidateAddress, connect, openBrowser, openStage, recruiter, until } from './stage.mjs';

let stage, browser, page, twin;
before(async () => {
  stage = await openStage('merging', { extra: ['--fast-retries'] });
  await connect(stage.api, stage.mail);
  const { job } = (await stage.api.get(`/candidates/${stage.candidate.id}`)).applications[0] ?? {};
  twin = await stage.api.post('/candidates', { name: `Twin ${stage.candidate.name}`, addresses: [`twin.${candidateAddress}`], ...(job ? { job } : {}) });
  browser = await openBrowser(stage, 900);
  page = await browser.tabOf(1440);
  page.on('pageerror', (error) => { throw error; });
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const writes = (subject, from) => stage.mail.append(recruiter, [{ raw: [`From: <${from}>`, `To: <${recruiter}>`, `Subject: ${subject}`, `Message-ID: <${subject.replaceAll(' ', '.')}@home.example>`, `Date: ${new Date().toUTCString()}`, '', `Words of ${subject}`, ''].join('\r\n') }]);
const subjects = async (id) => (await stage.api.all(`/threads?candidate=${id}`)).map((one) => one.subject).sort();
const has = (id, wanted) => until(`${wanted} lie there`, async () => {
  const now = await subjects(id);
  if (JSON.stringify(now) === JSON.stringify([...wanted].sort())) return true;
  throw new Error(`there are ${now}`);
});

test('O-5 two profiles become one, and are parted again', { timeout: 600_000 }, async () => {
  await writes('To the first', candidateAddress);
  await writes('To the twin', twin.addresses[0].address);
  await has(stage.candidate.id, ['To the first']);
  await has(twin.id, ['To the twin']);
  await page.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Merge with another candidate…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox').fill('twin');
  await dialog.getByRole('option', { name: new RegExp(twin.name) }).waitFor();
  await browser.shoot(page, 'choose');
  await page.keyboard.press('Enter');
  await dialog.getByText(/1 conversation and 1 message|1 conversation, 1 message/).waitFor();
  await browser.shoot(page, 'preview');
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  const notice = page.locator('.notice').filter({ hasText: 'has all of it now' });
  await notice.waitFor();
  await has(stage.candidate.id, ['To the first', 'To the twin']);
  await page.locator('article.message').nth(1).waitFor();
  await browser.shoot(page, 'merged');
  // Mail to the other address comes here; the other one's address leads here.
  await writes('Since then', twin.addresses[0].address);
  await has(stage.candidate.id, ['To the first', 'To the twin', 'Since then']);
  await page.goto(`${stage.hearback.url}/candidates/${twin.id}`);
  await page.waitForURL(`**/candidates/${stage.candidate.id}`);
  const facts = page.locator('.timeline-fact');
  await page.locator('.merged-list').getByText(/Merged with Twin .+ by /).waitFor();
  await facts.filter({ hasText: /Merged with .?Twin .+ by / }).waitFor();
  await page.getByRole('button', { name: 'Undo this merge' }).click();
  await page.locator('.notice').filter({ hasText: 'The two profiles are parted again.' }).waitFor();
  await has(stage.candidate.id, ['To the first']);
  await has(twin.id, ['To the twin', 'Since then']);
  await until('the page shows it', async () => (await page.locator('article.message').count()) === 1);
  await page.locator('.merged-list').waitFor({ state: 'detached' });
  // M-9: that it was done and undone stays told, to who sees both.
  await facts.filter({ hasText: /Parted from .?Twin .+ again by / }).waitFor();
  assert.equal(await facts.filter({ hasText: 'Merged with' }).count(), 1);
  await browser.shoot(page, 'parted');
});

test('O-5 whoever adds an address that somebody has is offered to merge', { timeout: 600_000 }, async () => {
  await page.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}`);
  await page.getByRole('button', { name: 'Add address' }).click();
  await page.getByLabel('New e-mail address').fill(twin.addresses[0].address);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: `Merge with ${twin.name}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Addresses, together').waitFor();
  await page.keyboard.press('Escape');
  assert.equal((await stage.api.get(`/candidates/${twin.id}`)).id, twin.id);
});

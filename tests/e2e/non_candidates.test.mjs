// M-3 in a real browser, on real servers: a letter to somebody who is no candidate, their answer, and the candidate
// that is made of them and unmade; nothing else of theirs is read.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { connect, openBrowser, openStage, recruiter, until } from './stage.mjs';

const agent = 'pat@post.example';
let stage, browser, page;
before(async () => {
  stage = await openStage('non_candidates', { extra: ['--fast-retries'], users: [agent] });
  await connect(stage.api, stage.mail);
  browser = await openBrowser(stage, 900);
  page = await browser.tabOf(1440);
  page.on('pageerror', (error) => { throw error; });
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const place = async (which) => (await stage.api.get(`/threads?place=${which}`)).rows;
const arrives = (subject, text, more = {}) => stage.mail.submit(agent, { to: recruiter, subject, text, ...more });
const sent = async (words) => {
  const source = await until(`“${words}” lies in Sent`, async () =>
    (await stage.mail.read(recruiter, 'Sent')).map((m) => m.source).find((one) => one.includes(words)));
  return /^message-id:\s*(<[^>]+>)/im.exec(source)[1];
};
const rows = (words) => page.locator('a.thread-row').filter({ hasText: words });

test('M-3 an address that nobody has is written to by the keyboard, and the answer comes', { timeout: 600_000 }, async () => {
  await page.goto(`${stage.hearback.url}/non-candidates`);
  await page.getByText('Nothing with non-candidates').waitFor();
  await browser.shoot(page, 'empty');
  await page.keyboard.press('c');
  await page.getByRole('combobox').fill(agent);
  await page.getByRole('option', { name: `Write to ${agent}` }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Message to a non-candidate' }).waitFor();
  await page.getByLabel('Subject').fill('Do you know a welder?');
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('We are looking for one.');
  await page.getByText('everybody who sees all jobs can read this').waitFor();
  await browser.shoot(page, 'letter');
  await page.keyboard.press('Control+Enter');
  await page.locator('.thread-head h1').getByText('Do you know a welder?').waitFor();
  const id = await sent('Do you know a welder?');
  await arrives('Something else', 'Nobody reads this');
  await arrives('Re: Do you know a welder?', 'Yes, her name is Wanda.', { inReplyTo: id, references: id });
  await page.getByText('Yes, her name is Wanda.').first().waitFor();
  await browser.shoot(page, 'answered');
  const [one, ...others] = await place('non-candidates');
  assert.equal(others.length, 0);
  assert.equal(one.messages, 2);
  assert.equal(one.non_candidate, true);
  assert.equal((await place('all')).length, 0);
  assert.deepEqual((await place('inbox')).map((row) => row.id), [one.id]);
});

test('M-3 a candidate is made of them with all of the exchange, and undo takes it back', { timeout: 600_000 }, async () => {
  const [thread] = await place('non-candidates');
  await page.goto(`${stage.hearback.url}/non-candidates/${thread.id}`);
  await page.getByRole('button', { name: 'Create candidate' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add candidate' });
  assert.equal(await dialog.getByLabel('E-mail addresses').inputValue(), agent);
  await dialog.getByLabel('Name', { exact: true }).fill('Pat Doe');
  await browser.shoot(page, 'making');
  await dialog.getByRole('button', { name: 'Add candidate' }).click();
  await page.getByRole('heading', { name: 'Pat Doe' }).waitFor();
  await page.getByText('Yes, her name is Wanda.').first().waitFor();
  assert.equal((await place('non-candidates')).length, 0);
  await page.locator('.notice').filter({ hasText: 'Pat Doe has been added' }).getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Create candidate' }).waitFor();
  await until('it lies there again', async () => (await place('non-candidates')).length === 1);
  assert.equal((await stage.api.get('/candidates?q=Pat')).rows.length, 0);
  assert.equal((await place('all')).length, 0);
  await page.goto(`${stage.hearback.url}/non-candidates`);
  await rows('Yes, her name is Wanda.').waitFor();
});

test('M-3 the exchange is added to a candidate by the keyboard, and z puts it back', { timeout: 600_000 }, async () => {
  const [thread] = await place('non-candidates');
  const known = stage.candidate;
  const before = (await stage.api.get(`/candidates/${known.id}`)).addresses;
  await page.goto(`${stage.hearback.url}/non-candidates/${thread.id}`);
  const start = page.getByRole('button', { name: 'Add to candidate…' });
  await start.waitFor();
  await start.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Add to a candidate' });
  await dialog.getByRole('combobox').waitFor();
  await page.keyboard.type(known.name.slice(0, 4));
  await dialog.locator(`[role=option][data-id="${known.id}"]`).waitFor();
  await browser.shoot(page, 'adding');
  await page.keyboard.press('Enter');
  const notice = page.locator('.notice').filter({ hasText: `The exchange is with ${known.name} now.` });
  await notice.getByRole('button', { name: 'Undo' }).waitFor();
  await page.waitForURL(`**/candidates/${known.id}`);
  await page.getByText('Yes, her name is Wanda.').first().waitFor();
  await page.getByText(`The exchange with ${agent} was added by`).waitFor();
  await browser.shoot(page, 'added');
  assert.equal((await place('non-candidates')).length, 0);
  const theirs = await place('all');
  assert.ok(theirs.some((row) => row.id === thread.id) && theirs.every((row) => row.candidate === known.id));
  const now = (await stage.api.get(`/candidates/${known.id}`)).addresses;
  assert.deepEqual(now.map((one) => [one.address, one.synced]), [...before.map((one) => [one.address, one.synced]), [agent, true]]);
  await page.keyboard.press('z');
  await page.waitForURL(`**/non-candidates/${thread.id}`);
  await page.locator('.notice').filter({ hasText: 'The exchange lies in Non-candidates again.' }).waitFor();
  await start.waitFor();
  await until('it lies there again', async () => (await place('non-candidates')).length === 1);
  assert.deepEqual((await stage.api.get(`/candidates/${known.id}`)).addresses, before);
  assert.equal((await place('all')).length, 0);
  assert.equal((await place('non-candidates'))[0].messages, 2);
  // The same from a message's menu.
  await page.getByRole('button', { name: 'More about this message' }).last().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Add to candidate…' }).click();
  await dialog.getByRole('combobox').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

for (const [width, language, dark] of [[390, 'de', true], [360, 'fr', false], [1920, 'de', false], [1024, 'fr', true]]) {
  test(`M-3 ${width} px, ${language}${dark ? ', dark' : ''}: every state fits`, { timeout: 600_000 }, async () => {
    const tab = await browser.tabOf(width, { language, dark });
    const words = JSON.parse(fs.readFileSync(new URL(`../../web/src/i18n/${language}.json`, import.meta.url), 'utf8'));
    const look = async (name) => {
      await browser.fits(tab);
      await browser.shoot(tab, `${name}-${width}-${language}`);
    };
    const [thread] = await place('non-candidates');
    await tab.goto(`${stage.hearback.url}/non-candidates`);
    await tab.locator('a.thread-row').first().waitFor();
    await look('list');
    await tab.goto(`${stage.hearback.url}/non-candidates/${thread.id}`);
    await tab.getByText(words.nonCandidate.text).waitFor();
    await look('thread');
    await tab.getByRole('button', { name: words.nonCandidate.make }).click();
    await tab.getByText(words.nonCandidate.makeText).waitFor();
    await look('making');
    await tab.keyboard.press('Escape');
    await tab.getByRole('button', { name: words.nonCandidate.addTo }).click();
    await tab.getByLabel(words.nonCandidate.find).waitFor();
    await look('adding');
    await tab.goto(`${stage.hearback.url}/non-candidates/new?to=somebody.with.a.long.name@a-long-agency-name.example`);
    await tab.getByText(words.compose.audienceOfNonCandidate).first().waitFor(); // on a phone once more beside Send
    await look('letter');
    await tab.context().close();
  });
}

// Every journey by keyboard alone (U8): from the first link on, nothing is clicked here and nothing is given the focus
// but by Tab and the page itself.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setupSecret, startHearback } from '../../tools/testbed/hearback.mjs';
import { letterPdf } from './files.mjs';
import { addUser, adminPassword, build, candidateAddress, domain, openBrowser, openStage, recruiter, until } from './stage.mjs';

const clara = `clara@${domain}`;
let stage, browser, tab, url, job, twin;

before(async () => {
  stage = await openStage('journeys-by-keyboard');
  const { api, mail, hearback } = stage;
  url = hearback.url;
  const date = new Date(Date.now() - 86_400_000);
  await mail.append(recruiter, [{ date, raw: await build({ messageId: '<application@post.example>', from: `Jane Doe <${candidateAddress}>`, to: recruiter, date, subject: 'My application', text: 'Here it is.' }) }]);
  await addUser(hearback, api, { name: 'Clara Weber', email: clara, role: 'manager', all_jobs: true });
  job = await api.post('/jobs', { title: 'Welder', kind: 'offer', team: [] });
  await api.post(`/candidates/${stage.candidate.id}/applications`, { job: job.id });
  twin = await api.post('/candidates', { name: 'Twin Berg', addresses: ['twin@post.example'] });
  browser = await openBrowser(stage, 900);
  tab = await browser.tabOf(1440); // the card stands beside
}, { timeout: 600_000 });
after(() => stage?.closing.close());

/** What has the focus: its name, and where it is; it has to be in sight, or nobody can follow it. */
const focused = (page = tab) => page.evaluate(() => {
  const at = document.activeElement;
  const name = at?.getAttribute('aria-label') ?? at?.labels?.[0]?.innerText ?? at?.innerText ?? '';
  return { name: name.trim().replaceAll(/\s+/g, ' '), fault: at?.dataset?.fault, dialog: at?.closest('[role=dialog], [role=alertdialog]') !== null };
});
const fits = (wanted, { name, fault }) => (wanted instanceof RegExp ? wanted.test(name) : wanted.startsWith('@') ? fault === wanted.slice(1) : name === wanted);
async function tabTo(wanted, { page = tab, key = 'Tab', most = 90 } = {}) {
  const passed = [];
  const end = Date.now() + 20_000;
  for (let round = 0; Date.now() < end; ++round) {
    for (let i = 0; i < most; ++i) {
      const now = await focused(page);
      if (fits(wanted, now)) {
        const box = await page.evaluate(() => { const { top, bottom } = document.activeElement.getBoundingClientRect(); return { top, bottom, height: innerHeight }; });
        assert.ok(box.bottom > 0 && box.top < box.height, `${wanted} has the focus out of sight: ${JSON.stringify(box)}`);
        return passed;
      }
      passed.push(now.name.slice(0, 30));
      await page.keyboard.press(key);
    }
  }
  throw new Error(`${wanted} isn't reached: ${[...new Set(passed)].join(' | ')}`);
}
const press = (key, page = tab) => page.keyboard.press(key);
async function type(words, page = tab) {
  await press('Control+a', page);
  await page.keyboard.type(words);
}
async function enter(name, options) {
  await tabTo(name, options);
  await press('Enter', options?.page);
}
const dialogOf = (page = tab) => page.locator('[role=dialog], [role=alertdialog]').filter({ visible: true }).last();
/** The dialog has the focus as it opens, and keeps it whatever way one goes round. */
async function inDialog(page = tab) {
  await dialogOf(page).waitFor();
  await until('the focus is in the dialog', async () => (await focused(page)).dialog);
  const began = await focused(page);
  await press('Shift+Tab', page);
  assert.ok((await focused(page)).dialog, 'Shift+Tab leaves the dialog');
  await press('Tab', page);
  assert.ok((await focused(page)).dialog, 'Tab leaves the dialog');
  return began.name;
}
const returns = (name, page = tab) => until(`the focus is on ${name} again`, async () => {
  const now = await focused(page);
  if (fits(name, now)) return true;
  throw new Error(`it is on “${now.name.slice(0, 60)}”`);
});
async function open(address) {
  await tab.goto(`${url}${address}`);
  await tab.getByRole('heading', { level: 1 }).first().waitFor();
}

test('U8 C-3 the company is made and the first mailbox connected by keys alone', { timeout: 600_000 }, async () => {
  const folder = path.join(stage.folder, 'first');
  fs.mkdirSync(folder, { mode: 0o700 });
  const fresh = await startHearback(folder, stage.closing, { mail: stage.mail, extra: ['--fast-retries'] });
  const context = await browser.browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${fresh.url}/setup#${setupSecret(fresh)}`);
  await page.getByRole('button', { name: 'Create the company' }).waitFor();
  for (const [field, words] of [['Company', 'Lindenhof'], ['Your name', 'Ada Admin'], ['E-mail address', recruiter], [/^Password/, adminPassword]]) {
    await tabTo(field, { page });
    await type(words, page);
  }
  await enter('Create the company', { page });
  await page.waitForURL('**/email/add');
  await enter(/^Other/, { page });
  await until('the focus is in the password', async () => (await focused(page)).fault === 'password');
  await type(stage.mail.passwordOf(recruiter), page);
  const ports = { imap: stage.mail.dovecot.imaps, smtp: stage.mail.postfix.submissions };
  for (const server of ['imap', 'smtp']) {
    await tabTo(`@${server}.host`, { page });
    await type(stage.mail.host, page);
    await tabTo(`@${server}.port`, { page });
    await type(String(ports[server]), page);
    await tabTo(`@${server}.security`, { page });
    await page.keyboard.type('TLS');
    assert.equal(await page.locator(`[data-fault="${server}.security"]`).inputValue(), 'tls');
    assert.equal(await page.locator(`[data-fault="${server}.port"]`).inputValue(), String(ports[server]), 'the port that was typed stays');
  }
  await tabTo(/^I agree, for this mailbox of mine/, { page });
  await press('Space', page);
  await enter('Connect', { page });
  await page.waitForURL(/\/email\/[0-9a-f-]{36}/);
  await page.getByText(/message looked at, none is with a candidate yet/).waitFor();
  await enter('Open inbox', { page });
  await page.waitForURL('**/inbox');
  await enter('Add candidate', { page });
  await inDialog(page);
  await tabTo('Name', { page });
  await type('Jane Doe', page);
  await tabTo(/^E-mail addresses/, { page });
  await type(candidateAddress, page);
  await press('Enter', page);
  await page.getByText('My application', { exact: true }).first().waitFor();
  await context.close();
  await fresh.stop();
});

test('U8 O-3 a file is looked at and then imported by keys alone', { timeout: 600_000 }, async () => {
  await open('/settings/import');
  const [chooser] = await Promise.all([tab.waitForEvent('filechooser'), enter(/^Choose a file/)]);
  await chooser.setFiles([{ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('Name,E-mail\nZoe Berg,zoe@home.example\nEva,eva at home\n') }]);
  await tab.getByRole('button', { name: 'Import 1 candidate' }).waitFor();
  assert.equal((await stage.api.get('/candidates?q=zoe')).rows.length, 0, 'a dry run stores nothing');
  await enter(/^Refused/);
  await until('the refused alone are shown', async () => (await tab.locator('tbody tr').count()) === 1);
  await enter('Import 1 candidate');
  await tab.getByText('1 line was imported.').waitFor();
  assert.equal((await stage.api.get('/candidates?q=zoe')).rows.length, 1);
  assert.notEqual((await focused()).name, '', 'the focus is somewhere');
});

test('U8 O-5 a job is archived and opened again by keys alone', { timeout: 600_000 }, async () => {
  await open('/jobs');
  await enter('Archive Welder');
  await tab.getByText(/Welder is archived/).waitFor();
  await enter('Reopen Welder');
  await inDialog();
  await press('Escape');
  await returns('Reopen Welder');
  await press('Enter');
  await inDialog();
  await enter('Reopen');
  await tab.getByText('Welder is open again').waitFor();
  await until('the job is open', async () => (await stage.api.get(`/jobs/${job.id}`)).open);
  await until('the focus has not gone lost', async () => (await focused()).name !== '');
});

test('U8 O-5 a candidate is added, and gets an address, by keys alone', { timeout: 600_000 }, async () => {
  await open('/candidates');
  await enter('Add candidate');
  await inDialog();
  await press('Escape');
  await returns('Add candidate');
  await press('Enter');
  await inDialog();
  await tabTo('Name');
  await type('Nora Lind');
  await tabTo(/^E-mail addresses/);
  await type('nora@post.example');
  await press('Enter');
  await tab.getByRole('heading', { name: 'Nora Lind' }).first().waitFor();
  await dialogOf().waitFor({ state: 'detached' });
  const [nora] = (await stage.api.get('/candidates?q=nora')).rows;
  await open(`/candidates/${nora.id}`);
  await enter('Add address');
  await until('the focus is in the field', async () => (await focused()).name === 'New e-mail address');
  await press('Escape');
  await returns('Add address');
  await press('Enter');
  await tab.getByLabel('New e-mail address').waitFor();
  await type('nora.lind@home.example');
  await press('Enter');
  await until('it is hers', async () => (await stage.api.get(`/candidates/${nora.id}`)).addresses.length === 2);
  await until('the focus has not gone lost', async () => (await focused()).name !== '');
});

test('U8 W-9 a file is put on a profile by keys alone', { timeout: 600_000 }, async () => {
  await open(`/candidates/${stage.candidate.id}`);
  const [chooser] = await Promise.all([tab.waitForEvent('filechooser'), enter('Add files')]);
  await chooser.setFiles([{ name: 'CV Jane.pdf', mimeType: 'application/pdf', buffer: letterPdf([['Curriculum vitae']]) }]);
  await until('it lies there', async () => (await stage.api.get(`/candidates/${stage.candidate.id}/files`)).rows.length === 1);
  await enter(/^CV Jane\.pdf/);
  await tab.locator('.preview').waitFor();
  await press('Escape');
  await returns(/^CV Jane\.pdf/);
});

test('U8 O-5 two candidates are merged and parted again by keys alone', { timeout: 600_000 }, async () => {
  await open(`/candidates/${stage.candidate.id}`);
  await enter('More actions');
  const wanted = tab.getByRole('menuitem', { name: 'Merge with another candidate…' });
  await wanted.waitFor();
  await until('it is chosen', async () => {
    if ((await focused()).name === 'Merge with another candidate…') return true;
    await press('ArrowDown');
    return false;
  });
  await press('Enter');
  await inDialog();
  await tabTo('Name or address of the other profile');
  await type('twin');
  await dialogOf().getByRole('option', { name: /^Twin Berg/, selected: true }).waitFor();
  await press('Enter');
  await dialogOf().getByText('Addresses, together').waitFor();
  await until('the focus is in the dialog yet', async () => (await focused()).dialog);
  await enter('Merge');
  await tab.locator('.notice').filter({ hasText: 'has all of it now' }).waitFor();
  await until('they are one', async () => (await stage.api.get(`/candidates/${stage.candidate.id}`)).addresses.length === 2);
  await enter('Undo this merge');
  await tab.locator('.notice').filter({ hasText: 'The two profiles are parted again.' }).waitFor();
  await until('they are two', async () => (await stage.api.get(`/candidates/${twin.id}`)).name === 'Twin Berg');
});

test('U8 O-5 a colleague is invited, and deactivated, by keys alone', { timeout: 600_000 }, async () => {
  await open('/settings/company/users');
  await enter('Add user');
  await inDialog();
  await tabTo('Name');
  await type('Nina');
  await tabTo('E-mail address');
  await type(`nina@${domain}`);
  await press('Enter');
  await dialogOf().getByLabel('Link').waitFor();
  await until('the focus is in the dialog yet', async () => (await focused()).dialog);
  await press('Escape');
  await returns('Add user');
  await tab.locator('tr', { hasText: `nina@${domain}` }).waitFor();
  await enter('Change Clara Weber');
  await inDialog();
  await enter('Deactivate');
  await tab.getByRole('alertdialog').waitFor();
  await inDialog();
  await enter('Deactivate');
  await tab.locator('tr', { hasText: clara }).getByText('Deactivated').waitFor();
  await returns('Change Clara Weber');
});

test('U8 O-5 a session elsewhere is ended by keys alone', { timeout: 600_000 }, async () => {
  const other = stage.hearback.api();
  await other.signIn(recruiter, adminPassword);
  await open('/settings/account/access');
  const rows = tab.locator('tbody tr');
  await until('the sessions stand there', async () => (await rows.count()) >= 2);
  const before = await rows.count();
  const [name] = await rows.getByRole('button').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? one.innerText));
  await enter(name);
  await until('one is gone', async () => (await rows.count()) < before);
  await until('the focus has not gone lost', async () => (await focused()).name !== '');
});

// What has its own buttons and dialogs, done by keys alone: Ctrl+K, Tab, Enter, Escape.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addUser, connect, domain, openBrowser, openStage, recruiter, until } from './stage.mjs';

let stage, tab, job;
const clara = `clara@${domain}`;

before(async () => {
  stage = await openStage('by-keyboard');
  const { api, mail, candidate } = stage;
  await addUser(stage.hearback, api, { name: 'Clara Weber', email: clara, role: 'manager', all_jobs: true });
  job = await api.post('/jobs', { title: 'Welder', kind: 'offer', team: [] });
  await api.post(`/candidates/${candidate.id}/applications`, { job: job.id });
  await connect(api, mail, recruiter);
  tab = await (await openBrowser(stage)).tabOf(1440);
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const focused = () => tab.evaluate(() => {
  const at = document.activeElement;
  return (at?.getAttribute('aria-label') ?? at?.labels?.[0]?.textContent ?? at?.textContent ?? '').trim();
});
async function tabTo(name, key = 'Tab') {
  // Once round the page is enough, where it is there already.
  await tab.getByRole('button', { name, exact: true }).or(tab.getByLabel(name, { exact: true })).filter({ visible: true }).first().waitFor();
  const passed = [];
  for (let i = 0; i < 80; ++i) {
    const now = await focused();
    if (now === name) return;
    passed.push(now.slice(0, 40));
    await tab.keyboard.press(key);
  }
  throw new Error(`${name} isn't reached: ${passed.join(' | ')}`);
}
async function goTo(words, option) {
  await tab.keyboard.press('Control+k');
  await tab.getByRole('combobox', { name: 'People, jobs, places and actions' }).waitFor();
  await tab.keyboard.type(words);
  const wanted = tab.getByRole('option', { name: option }).first();
  await wanted.waitFor();
  await until('it is chosen', async () => {
    if ((await wanted.getAttribute('aria-selected')) === 'true') return true;
    await tab.keyboard.press('ArrowDown');
    return false;
  });
  await tab.keyboard.press('Enter');
}

test('U8 a token is made and removed by keys alone', { timeout: 600_000 }, async () => {
  await tab.goto(`${stage.hearback.url}/inbox`);
  await tab.locator('.list-body, .split-list').first().waitFor();
  await goTo('tokens', 'Settings › API tokens');
  await tab.getByRole('heading', { name: 'API tokens' }).waitFor();
  await tabTo('What is it for?');
  await tab.keyboard.type('Careers site');
  await tab.keyboard.press('Enter');
  const secret = await tab.locator('code').innerText();
  const may = () => fetch(`${stage.hearback.url}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
  assert.equal((await may()).status, 200);
  await tabTo('Remove Careers site');
  await tab.keyboard.press('Enter');
  const dialog = tab.getByRole('alertdialog').or(tab.getByRole('dialog'));
  await dialog.getByText('loses access at once').waitFor();
  await tab.keyboard.press('Escape');
  await until('the focus is where it was', async () => (await focused()) === 'Remove Careers site');
  assert.equal((await may()).status, 200);
  await tab.keyboard.press('Enter');
  await dialog.waitFor();
  await tabTo('Remove');
  await tab.keyboard.press('Enter');
  await tab.getByText('No tokens').waitFor();
  assert.equal((await may()).status, 401);
});

test('O-5 an application is taken out of its job and put back by keys alone', { timeout: 600_000 }, async () => {
  await goTo('jane', /^Jane Doe/);
  await tab.getByRole('heading', { name: 'Jane Doe' }).waitFor();
  const jobs = async () => (await stage.api.get(`/candidates/${stage.candidate.id}`)).applications.map((one) => one.job_title);
  await tabTo('Take out of Welder');
  await tab.keyboard.press('Enter');
  await tab.getByText('No longer in Welder.').waitFor();
  assert.deepEqual(await jobs(), []);
  await tab.keyboard.press('z');
  await tab.getByText('In Welder again').or(tab.getByRole('button', { name: 'Take out of Welder' })).first().waitFor();
  await until('it is in the job again', async () => (await jobs()).join() === 'Welder');
});

test('W-1 who gets a copy is completed, and the message goes, by keys alone', { timeout: 600_000 }, async () => {
  await tab.keyboard.press('c');
  await until('the writer is in the message', () => tab.evaluate(() => document.activeElement?.closest('form.composer') != null));
  await tabTo('Cc, Bcc', 'Shift+Tab');
  await tab.keyboard.press('Enter');
  await until('the writer is in Cc', async () => (await focused()) === 'Cc');
  await tab.keyboard.type('web');
  await tab.locator('[role=option][aria-selected=true]', { hasText: 'Clara Weber' }).waitFor(); // once it is known who is offered
  await tab.keyboard.press('Enter');
  await tab.locator('.chip', { hasText: clara }).waitFor();
  await tabTo('Subject');
  await tab.keyboard.type('Your tour');
  await tabTo('Message');
  await tab.keyboard.type('We look forward to it.');
  await tab.keyboard.press('Control+Enter');
  await until('Clara has it', async () => (await stage.api.get('/threads?place=sent')).rows.some((one) => one.subject === 'Your tour'));
  await tab.getByRole('link', { name: 'Your tour' }).or(tab.getByText('Your tour')).first().waitFor();
});

test('M-7 what is open is answered from Ctrl+K, and what is typed next stands in the answer', { timeout: 600_000 }, async () => {
  await tab.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}`);
  await tab.getByText('Your tour').first().waitFor();
  await goTo('reply', /^Reply ?r$/);
  await tab.locator('form.composer').waitFor(); // in which letters are writing
  await tab.keyboard.type('One more thing.');
  await until('it stands there', async () => /One more thing\./.test(await tab.getByRole('textbox', { name: 'Message' }).innerText()));
  await tab.getByRole('button', { name: 'Discard the draft' }).click();
  await tab.locator('form.composer').waitFor({ state: 'detached' });
});

test('S-7 D-1 a candidate is deleted by keys alone, and only once it was said what goes', { timeout: 600_000 }, async () => {
  await tab.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}`);
  await tab.getByRole('heading', { name: 'Jane Doe' }).waitFor();
  const choose = async () => {
    await tab.keyboard.press('Enter');
    await tab.getByRole('menuitem', { name: 'Delete candidate' }).waitFor();
    await until('the menu has the focus', () => tab.evaluate(() => document.activeElement?.closest('[role=menu]') != null));
    await tab.keyboard.press('End');
    await until('it is chosen', async () => (await focused()) === 'Delete candidate');
    await tab.keyboard.press('Enter');
  };
  await tabTo('More actions');
  await choose();
  const dialog = tab.getByRole('alertdialog').or(tab.getByRole('dialog'));
  await dialog.getByText('Delete Jane Doe for good?').waitFor();
  await dialog.getByText(/1 message in Hearback will be gone/).waitFor();
  await tab.keyboard.press('Escape');
  await until('the focus is where it was', async () => (await focused()) === 'More actions');
  await choose();
  await dialog.getByText(/1 message in Hearback will be gone/).waitFor();
  await tabTo('Delete for good');
  await tab.keyboard.press('Enter');
  await tab.waitForURL('**/candidates');
  assert.equal((await stage.api.raw('GET', `/candidates/${stage.candidate.id}`)).status, 404);
});

test('M-7 the jobs are gone along, and one of them opened, by keys alone', { timeout: 600_000 }, async () => {
  await stage.api.post('/jobs', { title: 'Carpenter', kind: 'offer', team: [] });
  await tab.goto(`${stage.hearback.url}/jobs`);
  await tab.getByRole('link', { name: /Carpenter/ }).first().waitFor();
  const titles = await tab.locator('.job strong').allInnerTexts();
  const stands = (at) => until(`${titles[at]} has the focus`, async () => (await tab.evaluate(() => document.activeElement.querySelector('strong')?.textContent)) === titles[at]);
  await tab.keyboard.press('j');
  await stands(0);
  await tab.keyboard.press('j');
  await stands(1);
  await tab.keyboard.press('k');
  await stands(0);
  await tab.keyboard.press('o');
  await tab.waitForURL(/\/candidates\?job=/);
});

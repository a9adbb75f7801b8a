// The demo is the first that anybody sees of Hearback: every view, filter and search shows something there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { startDemo } from '../../tools/demo/demo.mjs';
import { candidates, jobs, password, stranger, users } from '../../tools/demo/people.mjs';
import { Closing, freePort, privateFolder } from '../../tools/testbed/process.mjs';
import { openChromium } from '../../tools/testbed/browser.mjs';
import { until } from './stage.mjs';

const closing = new Closing();
let demo;
const as = async (key) => {
  const api = demo.hearback.api();
  await api.signIn(users.find((one) => one.key === key).email, password);
  return api;
};

before(async () => {
  const folder = privateFolder('demo-test');
  closing.add(() => fs.rmSync(folder, { recursive: true, force: true }));
  demo = await startDemo(folder, closing, { port: await freePort() });
}, { timeout: 600_000 });
after(() => closing.close());

test('O-1 everybody signs in as they are told, and finds mail in each view of theirs', { timeout: 600_000 }, async () => {
  const mine = ['inbox&triage=to_answer', 'inbox&triage=waiting', 'sent', 'all', 'followed-candidates', 'followed-jobs'];
  for (const { key } of users.filter((one) => one.connected)) {
    const api = await as(key);
    for (const place of mine) assert.ok((await api.get(`/threads?place=${place}`)).rows.length > 0, `${key}: ${place}`);
  }
  const ada = await as('ada');
  for (const place of ['inbox&triage=done', 'archived', 'non-candidates']) assert.ok((await ada.get(`/threads?place=${place}`)).rows.length > 0, place);
  await until('what came last is there, unread', async () => (await ada.all('/threads')).some((one) => one.unread));
});

test('O-1 forty candidates over the jobs, moved by whom and when, and a job that is over', { timeout: 600_000 }, async () => {
  const ada = await as('ada');
  const all = await ada.all('/candidates');
  assert.equal(all.length, candidates.length);
  assert.ok(all.length >= 40);
  const places = (await ada.get('/jobs')).rows;
  assert.equal(places.length, jobs.length);
  for (const job of places) assert.ok(job.candidates > 0, job.title);
  assert.ok(places.some((job) => !job.open));
  const leni = await ada.get(`/candidates/${all.find((one) => one.name === 'Leni Hoffmann').id}`);
  assert.match(leni.applications[0].moved_by, /Ada/);
});

test('M-6 searches find something, each filter too', { timeout: 600_000 }, async () => {
  const ada = await as('ada');
  for (const q of ['laser', 'has:file', 'is:unread', 'from:grace', 'subject:application', 'job:"Optical Engineer"', 'after:2020-01-01']) {
    const found = await ada.get(`/search?q=${encodeURIComponent(q)}`);
    const some = Object.values(found).some((one) => Array.isArray(one) ? one.length > 0 : one?.rows?.length > 0);
    assert.ok(some, q);
  }
});

test('C-1 C-6 Ben, who is asked to connect, connects the mailbox that he is told of, by the page alone', { timeout: 600_000 }, async () => {
  const ben = await as('ben');
  assert.deepEqual((await ben.get('/mailboxes')).rows, []);
  const { email, name } = users.find((one) => one.key === 'ben');
  const browser = await openChromium(closing);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
  const tab = await context.newPage();
  await tab.goto(demo.hearback.url);
  await tab.getByLabel('E-mail address').fill(email);
  await tab.getByLabel('Password', { exact: true }).fill(password);
  await tab.keyboard.press('Enter');
  await tab.getByText('Ada Moreau asks you to connect your mailbox').waitFor();
  await tab.getByRole('link', { name: 'Connect', exact: true }).click();
  await tab.getByRole('button', { name: /^Other/ }).click();
  await tab.getByText('The same servers as').waitFor();
  const filled = (fault) => tab.locator(`[data-fault="${fault}"]`);
  await until('his servers stand there', async () => (await filled('smtp.port').inputValue()) !== '');
  assert.equal(await filled('address').inputValue(), email, `the address of ${name}`);
  await filled('password').fill(demo.mail.passwordOf(email));
  await tab.getByLabel('Everything').check();
  await tab.getByLabel('I agree, for this mailbox of mine').check();
  await tab.getByRole('button', { name: 'Connect', exact: true }).click();
  await tab.waitForURL(/\/email\/[0-9a-f-]{36}/);
  await tab.getByText(/^[2-9]\d* messages with candidates imported, of \d+ looked at\.$/).waitFor();
  await tab.getByRole('link', { name: 'Open inbox' }).click();
  await tab.locator('a.thread-row').first().click();
  await tab.locator('.message.open').first().waitFor();
  assert.ok((await ben.get('/threads?place=inbox')).rows.length > 0);
  await context.close();
});

test('W-1 who is written to answers within seconds', { timeout: 600_000 }, async () => {
  const ada = await as('ada');
  const [mailbox] = (await ada.get('/mailboxes')).rows;
  const grace = (await ada.all('/candidates')).find((one) => one.name === 'Grace Adeyemi');
  await ada.post('/messages', { mailbox: mailbox.id, candidate: grace.id, to: grace.addresses, subject: 'A second talk', text: 'Would Tuesday suit you?' });
  await until('she has answered', async () => (await ada.get('/threads?place=inbox')).rows.some((one) => /A second talk/.test(one.subject) && one.triage === 'to_answer'));
  assert.ok((await ada.get('/threads?place=non-candidates')).rows.some((one) => one.subject === stranger.subject));
});

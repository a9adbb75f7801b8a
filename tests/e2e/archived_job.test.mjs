// S-6 as somebody sees it who archives a job: the mail of its candidates stops coming, the profile
// says so and counts it, and whoever opens the job again may have it looked for. Real servers; the
// mailbox's ledger shows that none of it was read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { build, candidateAddress, connect, messagesOf, openBrowser, openStage, recruiter, until } from './stage.mjs';

let stage, tabOf, shoot, fits, url, box, jane, job, serial = 0;

const send = async (from, subject) => {
  const date = new Date();
  const raw = await build({ messageId: `<${++serial}@home.example>`, from, to: recruiter, date, subject, text: 'Good morning' });
  await stage.mail.append(recruiter, [{ date, raw }]);
};
const subjects = async (candidate) => (await messagesOf(stage.api, candidate)).map((one) => one.subject).sort();
const comes = (candidate, subject) => until(`${subject} comes`, async () => (await subjects(candidate)).includes(subject));

before(async () => {
  stage = await openStage('archived-job', { extra: ['--fast-retries'] });
  url = stage.hearback.url;
  const { api } = stage;
  job = await api.post('/jobs', { title: 'Baker', team: [] });
  jane = await api.post('/candidates', { name: 'Jane', addresses: ['jane@post.example'], job: job.id });
  box = await connect(api, stage.mail);
  ({ tabOf, shoot, fits } = await openBrowser(stage));
}, { timeout: 600_000 });
after(() => stage?.closing.close());


test('S-6 an archived job’s mail stops, is counted and comes when it is wished', { timeout: 600_000 }, async () => {
  await send('jane@post.example', 'before');
  await comes(jane, 'before');
  const tab = await tabOf(1440);
  await tab.goto(`${url}/jobs`);
  await tab.getByRole('button', { name: 'Archive Baker' }).click();
  await tab.getByText(/Baker is archived: .* no longer synced/).waitFor();

  await tab.goto(`${url}/candidates/${jane.id}`);
  const rest = tab.locator('.rest');
  await rest.getByText(/No e-mail has been synced since .*, when “Baker” was archived\./).waitFor();
  await send('jane@post.example', 'first meanwhile');
  await send('jane@post.example', 'second meanwhile');
  await send(candidateAddress, 'of another');
  await comes(stage.candidate, 'of another');
  // It is counted on the page, without a reload.
  await rest.getByText(/2 messages of .* aren’t here\./).waitFor();
  assert.deepEqual(await subjects(jane), ['before']);
  await shoot(tab, 'resting-1440');
  await fits(tab);
  const ledger = await stage.api.all(`/mailboxes/${box.id}/ledger`);
  assert.equal(ledger.length, 2, 'two bodies were read: before, and of another');

  // Whoever writes hears that no answer will come.
  await tab.keyboard.press('c');
  await tab.getByText('An answer won’t appear here').waitFor();
  await shoot(tab, 'resting-compose-1440');

  await tab.goto(`${url}/jobs`);
  await tab.getByRole('button', { name: 'Reopen Baker' }).click();
  const dialog = tab.getByRole('dialog');
  assert.ok(await dialog.getByLabel('Also look for what came while it was archived').isChecked());
  await shoot(tab, 'reopen-1440');
  await dialog.getByRole('button', { name: 'Reopen' }).click();
  await tab.getByText('Baker is open again').waitFor();
  await comes(jane, 'first meanwhile');
  await comes(jane, 'second meanwhile');
  await tab.goto(`${url}/candidates/${jane.id}`);
  await tab.locator('.timeline-subject a').first().waitFor();
  await tab.getByRole('heading', { name: 'Jane', level: 1 }).waitFor();
  await until('it is no longer said', async () => (await rest.count()) === 0);
  await tab.context().close();
});

test('S-6 what was passed over can be looked for later, from the profile', { timeout: 600_000 }, async () => {
  const { api } = stage;
  await api.patch(`/jobs/${job.id}`, { open: false });
  await send('jane@post.example', 'third meanwhile');
  await send(candidateAddress, 'of another again');
  await comes(stage.candidate, 'of another again');
  await until('it is counted', async () => (await api.get(`/candidates/${jane.id}`)).skipped?.messages === 1);
  await assert.rejects(api.post(`/candidates/${jane.id}/catch-up`, {}), /candidate\.rests/);
  await api.patch(`/jobs/${job.id}`, { open: true });
  const tab = await tabOf(390, { language: 'de', dark: true });
  await tab.goto(`${url}/candidates/${jane.id}`);
  await tab.locator('.rest').getByText(/1 Nachricht vom .* fehlt hier\./).waitFor();
  await fits(tab);
  await shoot(tab, 'skipped-390-de');
  assert.ok(!(await subjects(jane)).includes('third meanwhile'));
  await tab.getByRole('button', { name: 'Danach suchen' }).click();
  await tab.getByText('Die Postfächer werden durchsucht.').waitFor();
  await comes(jane, 'third meanwhile');
  await until('it is no longer said', async () => (await tab.locator('.rest').count()) === 0);
  await tab.context().close();
});

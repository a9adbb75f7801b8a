// A candidate's files (W-9): one is put on the profile, read, sent from there, and removed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { letterPdf } from './files.mjs';
import { addUser, build, candidateAddress, connect, domain, openBrowser, openStage, recruiter, until } from './stage.mjs';

let stage, url, tabOf, shoot, fits;
const cv = letterPdf([['Jane Doe', 'Curriculum vitae']]);
const ben = `ben@${domain}`;

before(async () => {
  stage = await openStage('own-files');
  url = stage.hearback.url;
  const date = new Date(Date.now() - 3_600_000);
  await stage.mail.append(recruiter, [{ date, flags: ['\\Seen'], raw: await build({
    messageId: '<1@post.example>', from: `Jane Doe <${candidateAddress}>`, to: recruiter, date, subject: 'My application', text: 'See the file',
    attachments: [{ filename: 'Zeugnisse.pdf', content: letterPdf([['Grades']]) }] }) }]);
  await connect(stage.api, stage.mail);
  ({ tabOf, shoot, fits } = await openBrowser(stage, 900));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const profile = () => `${url}/candidates/${stage.candidate.id}`;
const card = (tab) => tab.getByRole('complementary', { name: 'Candidate' });
const listed = async () => (await stage.api.get(`/candidates/${stage.candidate.id}/files`)).rows.map((row) => row.filename);
const addFile = async (tab, file) => {
  const [chooser] = await Promise.all([tab.waitForEvent('filechooser'), card(tab).getByRole('button', { name: 'Add files' }).click()]);
  await chooser.setFiles([file]);
};

test('W-9 a CV is put on the profile, read there, and sent with what came', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(profile());
  await addFile(tab, { name: 'CV Jane Doe.pdf', mimeType: 'application/pdf', buffer: cv });
  const chip = card(tab).locator('.attachment').filter({ hasText: 'CV Jane Doe.pdf' }); // not the one that is on its way
  await chip.waitFor();
  assert.deepEqual(await listed(), ['CV Jane Doe.pdf', 'Zeugnisse.pdf']);
  await tab.getByText(/added .CV Jane Doe\.pdf/).waitFor(); // the timeline tells of it
  await shoot(tab, 'own-files');
  await chip.click();
  await tab.locator('.preview iframe.there').waitFor();
  await tab.frameLocator('.preview iframe').getByText('Curriculum vitae').first().waitFor();
  await tab.keyboard.press('Escape');

  await tab.locator('.thread-reply').getByRole('button', { name: 'Reply' }).click();
  await tab.getByRole('button', { name: 'Attach from the profile' }).click();
  await shoot(tab, 'own-files-choosing');
  for (const name of [/CV Jane Doe/, /Zeugnisse/]) await tab.getByRole('menuitemcheckbox', { name }).click();
  await tab.keyboard.press('Escape');
  await tab.locator('.uploads').getByText('Zeugnisse.pdf').waitFor();
  await fits(tab, 'a message with files of the profile');
  await tab.getByRole('textbox', { name: 'Message' }).fill('Your papers, as we have them');
  await tab.getByRole('button', { name: 'Send', exact: true }).click();
  await until('it has come to her', async () => (await stage.mail.read(candidateAddress)).length === 1);
  const sent = (await stage.api.all(`/threads?candidate=${stage.candidate.id}`))[0];
  const { messages } = await stage.api.get(`/threads/${sent.id}`);
  const mine = messages.find((one) => one.direction === 'outgoing');
  assert.deepEqual(mine.attachments.map((one) => one.filename), ['CV Jane Doe.pdf', 'Zeugnisse.pdf']);
  const bytes = await stage.api.raw('GET', `/messages/${mine.id}/attachments/0`);
  assert.deepEqual(Buffer.from(await bytes.arrayBuffer()), cv);
});

test('W-9 it is removed by keys alone, and put back where that wasn’t meant', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(profile());
  const remove = card(tab).getByRole('button', { name: 'Remove CV Jane Doe.pdf' });
  await remove.focus();
  await tab.keyboard.press('Enter');
  await remove.waitFor({ state: 'detached' });
  const add = card(tab).getByRole('button', { name: 'Add files' });
  await until('the focus stands beside the list', () => add.evaluate((one) => one === document.activeElement));
  const { rows } = await stage.api.get(`/candidates/${stage.candidate.id}/files`);
  assert.deepEqual(rows.map((row) => [row.filename, row.file]), [['CV Jane Doe.pdf', null], ['Zeugnisse.pdf', null]], 'what was sent with it stays');
  const notice = tab.locator('.notices');
  await notice.getByText('CV Jane Doe.pdf removed').waitFor();
  await shoot(tab, 'own-files-removed');
  await notice.getByRole('button', { name: 'Undo' }).press('Enter');
  await remove.waitFor();
  assert.deepEqual(await listed(), ['CV Jane Doe.pdf', 'Zeugnisse.pdf']);
  await remove.focus();
  await tab.keyboard.press('Enter');
  await remove.waitFor({ state: 'detached' });
  // What was sent with it stays as it was sent.
  assert.ok((await listed()).includes('Zeugnisse.pdf'));
});

test('W-9 who only reads puts nothing there; narrow, dark, in each language', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(profile());
  await addFile(tab, { name: 'Lebenslauf mit einem sehr langen Namen, wie Menschen sie Dateien geben.pdf', mimeType: 'application/pdf', buffer: cv });
  await card(tab).locator('.attachment').filter({ hasText: 'Lebenslauf' }).waitFor();
  const reader = await addUser(stage.hearback, stage.api, { name: 'Ben', email: ben, role: 'evaluator' });
  const job = await stage.api.post('/jobs', { title: 'Welder', kind: 'offer', team: [(await reader.api.get('/me')).user.id] });
  await stage.api.post(`/candidates/${stage.candidate.id}/applications`, { job: job.id });
  const own = (await reader.api.get(`/candidates/${stage.candidate.id}/files`)).rows.find((row) => row.file);
  const at = `/candidates/${stage.candidate.id}/files/${own.file}`;
  assert.equal((await reader.api.raw('GET', at)).status, 200);
  for (const method of ['PUT', 'DELETE']) assert.equal((await reader.api.raw(method, at)).status, 403);
  for (const [width, language, dark] of [[390, 'de', true], [360, 'fr', false], [1920, 'de', true]]) {
    const other = await tabOf(width, { language, dark });
    await other.goto(profile());
    if (width < 1000) await other.getByRole('button', { name: language === 'de' ? 'Kandidat anzeigen' : /candidat/i }).first().click();
    await other.getByText(/^Lebenslauf mit/).first().waitFor();
    await fits(other, `the files at ${width}`);
    await shoot(other, `own-files-${language}-${width}`);
  }
});

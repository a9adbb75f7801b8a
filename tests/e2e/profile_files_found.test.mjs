// M-6, W-9: a CV that a colleague puts on a profile is found by a word that stands in it, and opens from the answer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { letterPdf } from './files.mjs';
import { addUser, adminPassword, domain, openBrowser, openStage, recruiter, until } from './stage.mjs';

let stage, url, tabOf, shoot, fits;
const cv = letterPdf([['Curriculum vitae', 'I have run Kubernetes clusters in Bremen since 2019'], ['References on request']]);
const search = (typed, api = stage.api) => api.get(`/search/files?q=${encodeURIComponent(typed)}`);

before(async () => {
  stage = await openStage('profile-files-found');
  url = stage.hearback.url;
  ({ tabOf, shoot, fits } = await openBrowser(stage, 900));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const card = (tab) => tab.getByRole('complementary', { name: 'Candidate' });
const bringUp = async (tab, ...files) => {
  const [chooser] = await Promise.all([tab.waitForEvent('filechooser'), card(tab).getByRole('button', { name: 'Add files' }).click()]);
  await chooser.setFiles(files);
  for (const { name } of files) await card(tab).locator('.attachment').filter({ hasText: name }).waitFor();
};
const rows = (tab) => tab.locator('.search-file');

test('M-6 W-9 a CV on a profile is found by a word of its text, and opens there from the answer', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/candidates/${stage.candidate.id}`);
  await bringUp(tab,
    { name: 'Jane Doe 2026.pdf', mimeType: 'application/pdf', buffer: cv },
    { name: 'Skills.txt', mimeType: 'text/plain', buffer: Buffer.from('Terraform and Ansible') },
    { name: 'Photo.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  const found = await until('it is read', async () => {
    const answer = await search('kubernetes');
    return answer.complete && answer.files.length === 1 && answer;
  });
  const [file] = found.files;
  assert.deepEqual([file.filename, file.candidate.id, file.where], ['Jane Doe 2026.pdf', stage.candidate.id, 'contents']);
  assert.deepEqual(file.excerpt.filter((piece) => piece.hit).map((piece) => piece.text), ['Kubernetes']);
  assert.equal((await search('"references on request"')).files.length, 1);
  assert.equal((await search('ansible')).files[0].filename, 'Skills.txt');
  assert.equal((await search('photo')).files[0].filename, 'Photo.png', 'by its name');
  assert.equal((await search('from:jane')).files.length, 0);

  await tab.goto(`${url}/search`);
  await tab.getByRole('combobox').fill('kubernetes bremen');
  await rows(tab).locator('mark', { hasText: 'Kubernetes' }).waitFor();
  await tab.getByRole('heading', { name: 'Files on profiles' }).waitFor();
  await fits(tab, 'files that are found');
  await shoot(tab, 'profile-files-found');
  // By keys: from the box to what was found, and into it.
  await tab.keyboard.press('Enter');
  await until('it has the focus', () => rows(tab).first().evaluate((row) => row === document.activeElement));
  await tab.keyboard.press('Enter');
  await tab.locator('.preview iframe.there').waitFor();
  await tab.frameLocator('.preview iframe').getByText('Curriculum vitae').first().waitFor();
  assert.equal(new URL(tab.url()).pathname, `/candidates/${stage.candidate.id}`);
  assert.equal(new URL(tab.url()).search, '', 'once it is open, nobody is brought back to it');
  await shoot(tab, 'profile-files-opened');
  await tab.goBack();
  await rows(tab).first().waitFor();
  assert.equal(new URL(tab.url()).search, '?q=kubernetes+bremen');
});

test('M-6 many of them have a place of their own; narrow, dark, in each language', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/candidates/${stage.candidate.id}`);
  await bringUp(tab, ...[1, 2, 3].map((number) => ({ name: `Terraform plan ${number}, as people name the files that they write.txt`, mimeType: 'text/plain', buffer: Buffer.from(`Number ${number} of Terraform`) })));
  await until('all are read', async () => (await search('terraform')).complete);
  assert.equal((await search('terraform')).files.length, 4);
  await tab.goto(`${url}/search?q=terraform`);
  await tab.getByRole('link', { name: 'All files on profiles for “terraform”' }).click();
  await until('all four stand there', async () => (await rows(tab).count()) === 4);
  await shoot(tab, 'profile-files-all');
  await tab.getByRole('link', { name: 'Everything for “terraform”' }).click();
  await until('three and the way to all', async () => (await rows(tab).count()) === 3);
  for (const [width, language, dark] of [[390, 'de', true], [360, 'fr', false], [1920, 'de', true]]) {
    const other = await tabOf(width, { language, dark });
    await other.goto(`${url}/search?q=terraform`);
    await rows(other).first().waitFor();
    await fits(other, `files that are found at ${width}`);
    await shoot(other, `profile-files-found-${language}-${width}`);
    await other.context().close();
  }
  const narrow = await tabOf(390);
  await narrow.goto(`${url}/search?q=kubernetes`);
  await rows(narrow).click();
  await narrow.getByRole('dialog').frameLocator('iframe').getByText('Curriculum vitae').first().waitFor();
  await narrow.context().close();
});

test('P-5 who doesn’t see the candidate finds no file of theirs; what was removed is found by nobody', { timeout: 600_000 }, async () => {
  const reader = await addUser(stage.hearback, stage.api, { name: 'Ben', email: `ben@${domain}`, role: 'evaluator' });
  const none = await search('kubernetes', reader.api);
  assert.deepEqual([none.files, none.next, none.complete], [[], null, true]);
  const job = await stage.api.post('/jobs', { title: 'Welder', kind: 'offer', team: [(await reader.api.get('/me')).user.id] });
  await stage.api.post(`/candidates/${stage.candidate.id}/applications`, { job: job.id });
  const [file] = (await search('kubernetes', reader.api)).files;
  const at = `/candidates/${stage.candidate.id}/files/${file.file}`;
  assert.equal((await reader.api.raw('GET', at)).status, 200);
  assert.equal((await stage.api.raw('DELETE', at)).status, 204);
  assert.equal((await search('kubernetes')).files.length, 0);
  // A link that somebody kept says so, and opens no other file.
  const tab = await tabOf(1440);
  await tab.goto(`${url}/candidates/${stage.candidate.id}?file=${file.file}`);
  await tab.getByText('This file is no longer there.').waitFor();
  assert.equal((await stage.api.raw('PUT', at)).status, 204);
  assert.equal((await search('2026')).files.length, 1, 'by its name at once');
  await until('it is read again', async () => (await search('kubernetes')).files.length === 1);
});

test('SEC18 a server that is killed right behind an upload reads on', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/candidates/${stage.candidate.id}`);
  await bringUp(tab, { name: 'Late.txt', mimeType: 'text/plain', buffer: Buffer.from('Saltstack and Puppet') });
  await stage.hearback.kill9();
  await stage.hearback.start();
  await stage.api.signIn(recruiter, adminPassword);
  await until('it is found', async () => (await search('saltstack')).files.length === 1);
});

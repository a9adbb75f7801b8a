// O-3 as a recruiter sees it: a file is shown before it is stored, stored once, and what was refused comes back.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { candidateAddress, openBrowser, openStage, until } from './stage.mjs';

let stage, page, tabOf, shoot, fits;
const cells = (...all) => all.join(';');

before(async () => {
  stage = await openStage('importing');
  stage.job = await stage.api.post('/jobs', { title: 'Engineer' });
  ({ tabOf, shoot, fits } = await openBrowser(stage));
  page = await tabOf(1440);
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const choose = async (tab, name, text) =>
  tab.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') });

// As Excel saves it in Germany: semicolons, Windows-1252.
const file = [
  cells('Name', 'E-Mail-Adresse', 'Stelle', 'Externe ID', 'Telefon'),
  cells('Zo\xEB Berg', 'zoe@home.example', 'JOB', 'Z1', '+49 30'),
  cells('"Ohm\r\nOtto"', 'otto@home.example', 'JOB', '', ''),
  cells('Ben', 'ben at home', 'JOB', '', ''),
  cells('Eva', 'eva@home.example', 'Plumber', '', ''),
].join('\r\n');

test('O-3 a file is shown, imported, and the same afterwards', { timeout: 600_000 }, async () => {
  const text = file.replaceAll('JOB', stage.job.title);
  await page.goto(`${stage.hearback.url}/candidates`);
  await page.getByRole('link', { name: 'Import' }).first().click();
  await page.getByRole('heading', { name: 'Import' }).waitFor();
  await shoot(page, 'import-begin');
  await choose(page, 'people.csv', text);
  const go = page.getByRole('button', { name: 'Import 2 candidates' });
  await go.waitFor();
  const rows = page.getByRole('table').locator('tbody tr');
  assert.equal(await rows.count(), 4);
  assert.match(await rows.nth(0).innerText(), /5\s+Ben\s+Refused\s+.*address.*\(ben\)/s);
  assert.match(await rows.nth(1).innerText(), /6\s+Eva\s+Refused\s+.*\(Plumber\)/s);
  assert.match(await rows.nth(2).innerText(), /2\s+Zoë Berg\s+New/s);
  assert.match(await rows.nth(3).innerText(), /3\s+Ohm Otto\s+New/s);
  await page.getByText('Not imported: Telefon').waitFor();
  await shoot(page, 'import-dry-run');
  await page.getByRole('button', { name: /^Refused/ }).click();
  await until('the refused ones alone are shown', async () => (await rows.count()) === 2);
  assert.equal((await stage.api.get('/candidates?q=zoe')).rows.length, 0);
  await go.click();
  await page.getByText('2 lines were imported.').waitFor();
  const [zoe] = (await stage.api.get('/candidates?q=zoe')).rows;
  assert.equal(zoe.name, 'Zoë Berg');
  assert.equal(zoe.external_id, 'Z1');
  assert.equal(zoe.applications[0].job_title, stage.job.title);
  await shoot(page, 'import-done');

  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download 2 refused lines' }).click();
  const refused = fs.readFileSync(await (await coming).path(), 'utf8');
  assert.match(refused, /^\uFEFF"Reason";Name;E-Mail-Adresse;.*\r\n".*\(ben\).*";Ben;ben at home;.*\r\n".*";Eva;eva@home.example;/s);

  await choose(page, 'again.csv', text);
  await page.getByText('There is nothing to import.').waitFor();
  await page.getByRole('button', { name: 'There already 2' }).waitFor();
});

test('O-3 what is there already changes, and says so', { timeout: 600_000 }, async () => {
  await choose(page, 'change.csv', `email,name,id\n${candidateAddress},Renamed,C-1\n`);
  await page.getByRole('button', { name: 'Import 1 candidate' }).waitFor();
  await page.getByText(`Found by ${candidateAddress}.`).waitFor();
  await page.getByText(/Name: .* → Renamed/).waitFor();
});

test('O-3 a file that can’t be read says why; jobs come the same way', { timeout: 600_000 }, async () => {
  await choose(page, 'broken.csv', 'name,email\n"Zo');
  await page.getByText('A quotation mark in line 2 isn’t closed.').waitFor();
  await choose(page, 'large.csv', 'x'.repeat(5 * 1024 * 1024 + 1));
  await page.getByText('This file has more than 5 MB.').waitFor();
  await page.getByRole('button', { name: 'Jobs', exact: true }).click();
  await choose(page, 'jobs.csv', 'Titel;Art\nKoch;Talentpool\n');
  await page.getByRole('button', { name: 'Import 1 job' }).click();
  await page.getByText('1 line was imported.').waitFor();
  const jobs = (await stage.api.get('/jobs')).rows;
  assert.equal(jobs.find((one) => one.title === 'Koch').kind, 'talent_pool');
});

test('O-3 a quotation mark that is left open is told of with its line', { timeout: 600_000 }, async () => {
  await page.goto(`${stage.hearback.url}/settings/import`);
  await choose(page, 'open.csv', 'Name,E-mail\r\nAda,ada@home.example\r\n"Ben,ben@home.example\r\nEva,eva@home.example\r\n');
  await page.getByRole('alert').getByText('A quotation mark in line 3 isn’t closed.').waitFor();
});

test('O-3 narrow and dark, in German and French', { timeout: 600_000 }, async () => {
  for (const [language, width, dark, begin, go] of [
    ['de', 390, true, 'Datei wählen', '1 Kandidaten importieren'],
    ['fr', 360, false, 'Choisir un fichier', 'Importer 1 candidat'],
  ]) {
    const tab = await tabOf(width, { language, dark });
    await tab.goto(`${stage.hearback.url}/settings/import`);
    await tab.getByRole('button', { name: begin }).waitFor();
    await choose(tab, 'eins.csv', `name;email;job;telefon\nLea ${language};lea-${language}@home.example;;1\nX;;;\n`);
    await tab.getByRole('button', { name: go }).waitFor();
    await fits(tab);
    await shoot(tab, `import-${language}-${width}`);
  }
  const wide = await tabOf(1920, { dark: true });
  await wide.goto(`${stage.hearback.url}/settings/import?what=jobs`);
  await wide.getByRole('button', { name: 'Choose a file' }).waitFor();
  await shoot(wide, 'import-1920');
});

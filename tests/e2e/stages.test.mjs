// O-5, M-9: where a candidate is in a job, changed where it is read, by whom and when; and a job's title,
// phases and statuses. Real servers, a real browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { adminPassword } from '../../tools/testbed/hearback.mjs';
import { addUser, build, candidateAddress, connect, domain, openBrowser, openStage, recruiter, until } from './stage.mjs';

const clara = `clara@${domain}`;
let stage, tabOf, shoot, fits, url, job, hers, application;

before(async () => {
  stage = await openStage('stages');
  url = stage.hearback.url;
  const { api, mail, candidate } = stage;
  const user = await addUser(stage.hearback, api, { name: 'Clara', email: clara, role: 'manager' });
  job = await api.post('/jobs', { title: 'Backend engineer', team: [user.id] });
  application = await api.post(`/candidates/${candidate.id}/applications`, { job: job.id });
  hers = stage.hearback.api();
  await hers.signIn(clara, adminPassword);
  const date = new Date(Date.now() - 3_600_000);
  await mail.append(recruiter, [{ date, raw: await build({ messageId: '<one@post.example>', from: `Jane Doe <${candidateAddress}>`, to: recruiter, date, subject: 'My application', text: 'Good morning' }) }]);
  await connect(api, mail);
  ({ tabOf, shoot, fits } = await openBrowser(stage, 900));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const isIn = (kind, name) => until(`${kind} is ${name}`, async () => {
  const [one] = (await stage.api.get(`/candidates/${stage.candidate.id}`)).applications;
  if (one[kind].name === name) return one;
  throw new Error(one[kind].name);
});
const shows = (what, words) => until(words, async () => {
  const said = await what.textContent({ timeout: 1000 }).catch(() => '(nothing)');
  if (said.includes(words)) return true;
  throw new Error(said);
});

test('O-5 M-9 an application is moved where it is read, and everybody sees by whom', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/candidates/${stage.candidate.id}`);
  const phase = tab.getByRole('button', { name: 'Phase in Backend engineer' });
  const status = tab.getByRole('button', { name: 'Status in Backend engineer' });
  await shows(phase, 'Application');
  // By keys alone.
  await phase.focus();
  await tab.keyboard.press('Enter');
  const choice = (name) => tab.getByRole('menuitemradio', { name });
  await choice('Interview').waitFor();
  await until('the menu has the focus', () => tab.evaluate(() => document.activeElement?.closest('[role=menu]') != null));
  await shoot(tab, 'choice-1440');
  // Whether the first one has the focus at once or by the first key, is the browser's to say.
  for (const [key, name] of [['Home', 'Application'], ['ArrowDown', 'Review'], ['ArrowDown', 'Interview']]) {
    await tab.keyboard.press(key);
    await until(`${name} has the focus`, () => choice(name).evaluate((one) => one === document.activeElement));
  }
  await tab.keyboard.press('Enter');
  await shows(phase, 'Interview');
  assert.equal((await isIn('phase', 'Interview')).moved_by, 'Ada Admin');
  const facts = tab.locator('.timeline-fact');
  await shows(facts.last(), 'Ada Admin moved Jane Doe from Application to Interview · Backend engineer');
  await shows(tab.locator('.application-places + p').first(), 'by Ada Admin, ');
  await shoot(tab, 'moved-1440');
  // Taken back by the notice's key.
  await tab.locator('.notice').getByText('Undo').waitFor();
  await tab.keyboard.press('z');
  await isIn('phase', 'Application');
  await shows(phase, 'Application');
  // A colleague's move comes live; who was slower is told of it, and nothing is overwritten.
  const to = (at, from) => hers.patch(`/applications/${application.id}`, { status: job.statuses[at].id, from: { status: job.statuses[from].id } });
  await to(2, 0);
  await shows(status, job.statuses[2].name);
  await shows(facts.last(), `Clara moved Jane Doe from New to ${job.statuses[2].name}`);
  await tab.route('**/api/v1/events*', (route) => route.abort());
  await tab.reload(); // and from here on it hears of nothing
  await shows(status, job.statuses[2].name);
  await to(5, 2);
  await status.click();
  await tab.getByRole('menuitemradio', { name: job.statuses[3].name }).click();
  await shows(tab.locator('.notice.problem'), 'Clara was faster');
  await shows(status, job.statuses[5].name);
  await shoot(tab, 'meanwhile-1440');
  assert.equal((await isIn('status', job.statuses[5].name)).moved_by, 'Clara');
  await tab.context().close();
});

test('M-9 O-5 who took a candidate out of a job and put them back is told, and that they were added stays', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/candidates/${stage.candidate.id}`);
  const job = '\u2068Backend engineer\u2069';
  const facts = tab.locator('.timeline-fact');
  const fact = (words) => facts.filter({ hasText: words });
  await fact(`Added to ${job} by Ada Admin`).waitFor();
  await tab.getByRole('button', { name: 'Take out of Backend engineer' }).click();
  await tab.locator('.notice').getByText('Undo').waitFor();
  await shows(facts.last(), `Taken out of ${job} by Ada Admin`);
  assert.equal(await fact(`Added to ${job}`).count(), 1);
  await shoot(tab, 'taken-out-1440');
  await tab.keyboard.press('z');
  await shows(facts.last(), `Put back into ${job} by Ada Admin`);
  assert.equal(await fact('Backend engineer').filter({ hasText: /^(Added|Taken|Put)/ }).count(), 3);
  await shoot(tab, 'put-back-1440');
  await tab.context().close();
  for (const language of ['de', 'fr']) {
    const narrow = await tabOf(360, { language, dark: language === 'de' });
    await narrow.goto(`${url}/candidates/${stage.candidate.id}`);
    const says = { de: `Von Ada Admin aus der Stelle ${job} genommen`, fr: `Retrait du poste ${job} par Ada Admin` }[language];
    await narrow.locator('.timeline-fact').filter({ hasText: says }).waitFor();
    await fits(narrow);
    await shoot(narrow, `in-job-360-${language}`);
    await narrow.context().close();
  }
});

test('O-5 an existing candidate gets another job', { timeout: 600_000 }, async () => {
  const other = await stage.api.post('/jobs', { title: 'Designer' });
  const tab = await tabOf(390, { language: 'de', dark: true });
  await tab.goto(`${url}/candidates/${stage.candidate.id}`);
  await tab.getByRole('button', { name: 'Kandidat anzeigen' }).click();
  await tab.getByRole('button', { name: 'Stelle zuordnen' }).click();
  const dialog = tab.getByRole('dialog').last();
  await dialog.locator('select').selectOption(other.id);
  await shoot(tab, 'add-390-de');
  await dialog.getByRole('button', { name: 'Hinzufügen', exact: true }).click();
  await tab.getByRole('button', { name: 'Phase bei Designer' }).waitFor();
  await fits(tab);
  await shoot(tab, 'card-390-de');
  await tab.context().close();
});

test('O-5 a job’s title, phases and statuses are edited; what candidates are in says where they go', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440, { language: 'fr' });
  await tab.goto(`${url}/jobs`);
  await tab.getByRole('link', { name: /^Modifier Backend engineer/ }).click();
  await tab.waitForURL(`**/jobs/${job.id}`);
  const phases = tab.locator('.stages').first();
  await phases.waitFor();
  const name = (at) => phases.locator('input').nth(at);
  assert.deepEqual(await phases.locator('input').evaluateAll((all) => all.map((one) => one.value)), job.phases.map((one) => one.name));
  // By keys: the focus goes along.
  await tab.getByRole('button', { name: 'Descendre Review' }).focus();
  await tab.keyboard.press('Enter');
  await until('the focus went along', () => tab.evaluate(() => document.activeElement.getAttribute('aria-label') === 'Descendre Review'));
  assert.equal(await name(2).inputValue(), 'Review');
  await name(1).fill('Entretien');
  await tab.getByRole('button', { name: 'Ajouter une phase' }).click();
  await until('the new one has the focus', () => tab.evaluate(() => document.activeElement.value === ''));
  await tab.getByRole('button', { name: 'Enregistrer' }).click();
  await tab.getByText('Il faut un nom.').waitFor();
  await until('the one without a name has the focus', () => tab.evaluate(() => document.activeElement.value === ''));
  await tab.keyboard.type('Essai');
  await shoot(tab, 'job-1440-fr');
  await tab.getByRole('button', { name: 'Retirer Application' }).click();
  await tab.getByRole('button', { name: 'Enregistrer' }).click();
  const ask = tab.getByRole('alert');
  await shows(ask, '1 candidature de Application va vers');
  await shoot(tab, 'in-use-1440-fr');
  await ask.locator('select').selectOption({ label: 'Entretien' });
  await tab.getByRole('button', { name: 'Enregistrer' }).click();
  await tab.waitForURL('**/jobs');
  const now = await stage.api.get(`/jobs/${job.id}`);
  assert.deepEqual(now.phases.map((one) => one.name), ['Entretien', 'Review', 'Offer', 'Essai']);
  assert.equal((await isIn('phase', 'Entretien')).moved_by, 'Ada Admin');
  // A colleague's change isn't undone.
  await tab.goto(`${url}/jobs/${job.id}`);
  await name(0).fill('Discussion');
  await hers.patch(`/jobs/${job.id}`, { title: 'Backend engineers', version: now.version });
  await tab.getByRole('button', { name: 'Enregistrer' }).click();
  await tab.getByText('Un collègue a modifié ce poste entre-temps.').waitFor();
  assert.equal(await name(0).inputValue(), 'Discussion');
  await shoot(tab, 'changed-1440-fr');
  await tab.getByRole('button', { name: 'Afficher l’état actuel' }).click();
  await until('it is shown as it is', async () => (await name(0).inputValue()) === 'Entretien');
  await tab.setViewportSize({ width: 360, height: 800 });
  await fits(tab);
  await shoot(tab, 'job-360-fr');
  await tab.context().close();
});

test('O-5 P-1 a job’s kind and hiring team are changed on its page, beside what a colleague changes', { timeout: 600_000 }, async () => {
  const { api, hearback } = stage;
  const bea = await addUser(hearback, api, { name: 'Bea', email: `bea@${domain}`, role: 'manager' });
  const carl = await addUser(hearback, api, { name: 'Carl', email: `carl@${domain}`, role: 'evaluator' });
  const made = await api.post('/jobs', { title: 'Welder', team: [bea.id] });
  const tab = await tabOf(390);
  await tab.goto(`${url}/jobs/${made.id}`);
  await tab.getByRole('radio', { name: 'Talent pool' }).check();
  await tab.getByRole('checkbox', { name: /^Carl/ }).check();
  // Meanwhile a colleague brings another one.
  const clara = (await api.all('/users')).find((one) => one.name === 'Clara');
  await bea.api.patch(`/jobs/${made.id}`, { team_added: [clara.id] });
  await shoot(tab, 'team-390');
  await fits(tab);
  await tab.getByRole('button', { name: 'Save' }).click();
  await tab.waitForURL('**/jobs');
  const now = await api.get(`/jobs/${made.id}`);
  assert.equal(now.kind, 'talent_pool');
  assert.deepEqual(now.team.map((one) => one.name).sort(), ['Bea', 'Carl', 'Clara']);
  await carl.api.get(`/jobs/${made.id}`);

  await tab.goto(`${url}/jobs/${made.id}`);
  await tab.getByRole('checkbox', { name: /^Carl/ }).uncheck();
  await tab.getByRole('button', { name: 'Save' }).click();
  await tab.waitForURL('**/jobs');
  assert.equal((await carl.api.refused('GET', `/jobs/${made.id}`)).status, 404);
  // Who sees the jobs of their teams alone doesn't lose one by a slip.
  assert.equal((await bea.api.refused('PATCH', `/jobs/${made.id}`, { team_removed: [bea.id] })).problem.code, 'job.own-team');
  await tab.context().close();
});

test('O-5 M-7 a job’s candidates by phase, on a phone: counts follow what one does, and Back closes what is on top', { timeout: 600_000 }, async () => {
  const sales = await stage.api.post('/jobs', { title: 'Sales' });
  const [first, second] = sales.phases;
  const application = (await stage.api.post(`/candidates/${stage.candidate.id}/applications`, { job: sales.id })).id;
  await stage.api.patch(`/applications/${application}`, { phase: second.id, from: { phase: first.id } });
  const tab = await tabOf(390);
  await tab.goto(`${url}/jobs/${sales.id}`);
  await tab.getByRole('navigation', { name: 'Candidates of this job' }).getByRole('link', { name: second.name }).click();
  await tab.waitForURL(`**/candidates?job=${sales.id}&phase=${second.id}`);
  const rows = tab.locator('a.candidate-row').filter({ visible: true });
  await shows(rows, 'Jane Doe');
  const phases = tab.getByRole('combobox', { name: 'Phase' });
  await shows(phases, `${second.name} (1)`);
  await shoot(tab, 'by-phase-390');
  await fits(tab);
  // Somebody is added beside a stream that brings no news: what I did myself is counted all the same.
  await tab.route('**/api/v1/events*', (route) => route.abort());
  await phases.selectOption(first.id);
  await tab.waitForURL(`**/candidates?job=${sales.id}&phase=${first.id}`);
  const list = tab.url();
  await tab.getByRole('button', { name: 'Add candidate' }).first().click();
  const dialog = tab.getByRole('dialog', { name: 'Add candidate' });
  await dialog.waitFor();
  assert.ok(tab.url().endsWith('add=true'));
  await tab.goBack();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(tab.url(), list);
  await tab.getByRole('button', { name: 'Add candidate' }).first().click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(tab.url(), list);
  await tab.getByRole('button', { name: 'Add candidate' }).first().click();
  await dialog.getByLabel('Name').fill('Nora New');
  await dialog.getByRole('button', { name: 'Add candidate' }).click();
  await tab.waitForURL('**/candidates/*');
  // On the profile: the card lies on top, Back closes it, and once more leads to the list; no dialog in between.
  await tab.getByRole('button', { name: 'Show the candidate' }).click();
  const card = tab.getByRole('dialog');
  await card.waitFor();
  await tab.goBack();
  await card.waitFor({ state: 'detached' });
  assert.match(tab.url(), /\/candidates\/[0-9a-f-]+/);
  await tab.goBack();
  await until('the list is there again', () => tab.url() === list);
  await shows(rows, 'Nora New');
  await shows(phases, `${first.name} (1)`);
  await tab.context().close();
});

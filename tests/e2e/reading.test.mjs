// How a message is shown: what is wider than its room is fitted to it, and its actual size is one click away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { build, candidateAddress, connect, openBrowser, openStage, processorSeconds, recruiter, until } from './stage.mjs';

let stage, url, tabOf, shoot, fits;
const fixed = (width) => `<div style="width:${width}px;background:#dfe"><p>This many pixels wide: ${width}</p><p align="right">the end of the row</p></div>`;
const columns = (count) => `<table><tr>${`<td style="white-space:nowrap">one column of many</td>`.repeat(count)}</tr></table>`;
const lines = (count) => '<p>a line of its own</p>'.repeat(count);
const rightToLeft = `<p>שלום לך, זה המכתב</p><table><tr>${'<td style="white-space:nowrap">עמודה אחת מתוך רבות</td>'.repeat(9)}</tr></table>`;
const more = {
  'Right part': `<div dir="rtl">${rightToLeft}</div>`,
  'Right body': `<html><body dir="rtl">${rightToLeft}</body></html>`,
  'Right style': `<div style="direction:rtl">${rightToLeft}</div>`,
  'Right below': `<p>Hello, I forward what I was sent.</p><div dir="rtl">${rightToLeft}</div>`,
  'Both sides': `<p>Hello</p>${columns(40)}<div dir="rtl">${columns(50)}</div>`,
  'Low': `<div style="width:700px;height:300px">${lines(30)}</div>`,
  'Lower': `<div style="width:2000px;max-height:100px">${lines(30)}</div>`,
  'Flat': `<div style="width:800px;line-height:0">words without a line</div>`,
  'Share of the frame': '<div style="width:1200px">wide</div><div style="width:calc(300px + 100cqh)">one</div><div style="height:100cqh">two</div><p style="margin:1px">three</p>',
  'Long': `<div style="width:1200px">${lines(600)}</div>`,
  'Borders': `<table border="1" cellspacing="0" cellpadding="0"><tr>${'<td style="width:1px">x</td>'.repeat(62)}</tr></table>`,
  'Up': '<div style="margin-top:-60px">first line</div><p>second</p><div style="margin-top:-90px;margin-bottom:-90px">last line</div>',
  'Line ends': `${'x<br>'.repeat(12_000)}<br>`,
  'Reply': `<p>My own words.</p><p>On 3 May 2026 Jane wrote:</p><blockquote type="cite">${fixed(600)}<p>On 2 May 2026 Ada wrote:</p><blockquote type="cite">${fixed(780)}</blockquote></blockquote>`,
};
before(async () => {
  stage = await openStage('reading', { extra: ['--fast-retries'] });
  url = stage.hearback.url;
  const letter = async (hours, subject, html) => {
    const date = new Date(Date.now() - hours * 3_600_000);
    return { date, flags: ['\\Seen'], raw: await build({ messageId: `<${hours}@post.example>`, from: `Jane Doe <${candidateAddress}>`, to: recruiter, date, subject, html }) };
  };
  await stage.mail.append(recruiter, [
    await letter(4, 'Narrow', '<p>A few words that fit everywhere.</p>'),
    await letter(3, 'Newsletter', fixed(1200)),
    await letter(2, 'Ledger', columns(60)),
    await letter(1.5, 'Table', '<table width="1200"><tr><td>A table that has room for its words</td><td>in less</td></tr></table>'),
    await letter(1, 'One word', `<p>${'endless'.repeat(300)}</p>`),
    ...await Promise.all(Object.entries(more).map(([subject, html], index) => letter(5 + index, subject, html))),
  ]);
  await connect(stage.api, stage.mail);
  ({ tabOf, shoot, fits } = await openBrowser(stage, 800));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

async function opened(tab, subject) {
  const threads = await stage.api.all(`/threads?candidate=${stage.candidate.id}`);
  await tab.goto(`${url}/inbox/${threads.find((one) => one.subject === subject).id}`);
  await tab.locator('.message.open iframe').waitFor();
  await until('its height is known', () => tab.locator('.message.open iframe').evaluate((frame) => getComputedStyle(frame).visibility === 'visible'));
}
const inside = (tab) => tab.locator('.message.open iframe').evaluate((frame) => {
  const root = frame.contentDocument.documentElement;
  return { scrolls: root.scrollWidth - root.clientWidth, zoom: frame.contentDocument.body.firstElementChild.style.zoom, hidden: root.scrollHeight - root.clientHeight };
});
const button = (tab, name) => tab.locator('.message.open').getByRole('button', { name, exact: true });

test('what is too wide is fitted, and shown in its actual size by one click', { timeout: 600_000 }, async () => {
  for (const [width, language, dark, fit, actual] of [[1440, 'en', false, 'Fit width', 'Actual size'], [1024, 'de', true, 'An Breite anpassen', 'Originalgröße'], [390, 'fr', true, 'Ajuster à la largeur', 'Taille réelle']]) {
    const tab = await tabOf(width, { language, dark });
    await opened(tab, 'Newsletter');
    await button(tab, actual).waitFor();
    const share = Number((await inside(tab)).zoom);
    assert.ok(share >= 0.5 && share < 1, `shown at ${share}`);
    if (share > 0.5) assert.deepEqual({ ...await inside(tab), zoom: '' }, { scrolls: 0, zoom: '', hidden: 0 });
    await fits(tab);
    await shoot(tab, `fitted-${width}`);
    await button(tab, actual).press('Enter');
    await button(tab, fit).waitFor();
    assert.ok((await inside(tab)).scrolls > 0, 'it scrolls within itself');
    assert.equal((await inside(tab)).zoom, '');
    await fits(tab);
    await shoot(tab, `actual-${width}`);
    await button(tab, fit).press('Enter');
    await button(tab, actual).waitFor();
    assert.equal(Number((await inside(tab)).zoom), share, 'as before');
    // Below half its size nobody reads it: the rest scrolls.
    await opened(tab, 'Ledger');
    await button(tab, actual).waitFor();
    assert.equal(Number((await inside(tab)).zoom), 0.5);
    assert.ok((await inside(tab)).scrolls > 0);
    await fits(tab);
    // What has room has no such button.
    for (const subject of ['Narrow', 'Table', 'One word']) {
      await opened(tab, subject);
      assert.deepEqual(await inside(tab), { scrolls: 0, zoom: '', hidden: 0 }, subject);
      assert.equal(await button(tab, actual).count(), 0);
    }
    await tab.context().close();
  }
});

test('a window that grows gives it its size back', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1024);
  await opened(tab, 'Newsletter');
  await button(tab, 'Actual size').waitFor();
  const before = Number((await inside(tab)).zoom);
  await tab.setViewportSize({ width: 1920, height: 800 });
  await until('it is larger', async () => Number((await inside(tab)).zoom || 1) > before);
  await tab.setViewportSize({ width: 1024, height: 800 });
  await until('it is as small as before', async () => Number((await inside(tab)).zoom) === before);
  await tab.context().close();
});

// Of every element and word inside, how far it lies beyond what can be seen or scrolled to.
const unreached = (tab) => tab.locator('.message.open iframe').evaluate((frame) => {
  const { documentElement: root, body } = frame.contentDocument;
  const words = frame.contentDocument.createRange();
  words.selectNodeContents(body);
  const boxes = [...words.getClientRects(), ...[...body.querySelectorAll('*')].map((one) => one.getBoundingClientRect())];
  const here = root.scrollLeft;
  const [from, to] = [-1e6, 1e6].map((left) => { root.scrollLeft = left; return root.scrollLeft; });
  root.scrollLeft = here;
  return Math.floor(Math.max(0, ...boxes.flatMap((box) => [from - (box.left + here), box.right + here - (to + root.clientWidth), box.bottom - root.clientHeight])));
});

test('whichever way it is written and however it is laid out, all of it can be reached', { timeout: 600_000 }, async () => {
  for (const width of [1440, 390]) {
    const tab = await tabOf(width);
    for (const subject of ['Right part', 'Right body', 'Right style', 'Right below', 'Both sides', 'Low', 'Lower', 'Flat']) {
      await opened(tab, subject);
      await button(tab, 'Actual size').waitFor();
      assert.equal(await unreached(tab), 0, `${subject}, fitted to ${width}`);
      const { zoom, scrolls } = await inside(tab);
      assert.ok(Number(zoom) === 0.5 || scrolls === 0, `${subject} at ${zoom} scrolls by ${scrolls}`);
      await shoot(tab, `reached-${subject.replaceAll(' ', '-')}-${width}`);
      await button(tab, 'Actual size').press('Enter');
      await button(tab, 'Fit width').waitFor();
      assert.equal(await unreached(tab), 0, `${subject}, actual in ${width}`);
      assert.ok((await inside(tab)).scrolls > 0);
      await fits(tab);
    }
    // Written from the right, it is read from there.
    await opened(tab, 'Right part');
    await button(tab, 'Actual size').press('Enter');
    await button(tab, 'Fit width').waitFor();
    assert.ok(await tab.locator('.message.open iframe').evaluate((frame) => frame.contentDocument.querySelector('p').getBoundingClientRect().right <= frame.clientWidth), 'its first words are seen');
    await tab.context().close();
  }
});

test('nothing lies above its frame or below it', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await opened(tab, 'Up');
  const places = await tab.locator('.message.open iframe').evaluate((frame) => {
    const words = [...frame.contentDocument.querySelectorAll('body>div>*')].map((one) => one.getBoundingClientRect());
    return { top: Math.min(...words.map((one) => one.top)), over: Math.max(...words.map((one) => one.bottom)) - frame.clientHeight };
  });
  assert.ok(places.top >= 0 && places.over <= 1, JSON.stringify(places));
});

test('a mail of many elements side by side holds nobody up', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  const took = await processorSeconds(tab, () => opened(tab, 'Line ends'));
  assert.ok(took < 15, 'it took a minute when its direction was looked for with each element');
});

test('borders that get no thinner leave nothing to scroll', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await opened(tab, 'Borders');
  await button(tab, 'Actual size').waitFor();
  const { zoom, scrolls } = await inside(tab);
  assert.ok(Number(zoom) > 0.5, `shown at ${zoom}`);
  assert.equal(scrolls, 0);
  await tab.context().close();
});

test('a quote that is opened is fitted by itself', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await opened(tab, 'Reply');
  const frame = tab.frameLocator('.message.open iframe');
  const heightOf = (words) => frame.getByText(words, { exact: true }).evaluate((one) => one.getBoundingClientRect().height);
  const own = await heightOf('My own words.');
  const handles = frame.getByText('Show quoted text');
  const handleHeight = () => handles.first().evaluate((one) => one.getBoundingClientRect().height);
  const handle = await handleHeight();
  const empty = await tab.locator('.message.open iframe').evaluate((frame) => frame.clientHeight - frame.contentDocument.querySelector('summary').getBoundingClientRect().bottom);
  assert.ok(empty < 30, `what is folded takes no room: ${empty} px`);
  await handles.first().click();
  await button(tab, 'Actual size').waitFor();
  await until('the quote is fitted', async () => (await inside(tab)).scrolls === 0);
  assert.equal(await heightOf('My own words.'), own);
  assert.ok(Math.abs(await handleHeight() - handle) < 0.5, 'so is what opened it');
  const first = await heightOf('This many pixels wide: 600');
  assert.ok(first < own && first >= own / 2, `${first} of ${own}`);
  await shoot(tab, 'quote-1');
  await handles.nth(1).click();
  await frame.getByText('This many pixels wide: 780').waitFor();
  await until('the quote within it is fitted', async () => await heightOf('This many pixels wide: 780') < first);
  assert.equal(await heightOf('My own words.'), own);
  assert.equal(await heightOf('This many pixels wide: 600'), first);
  assert.ok(await heightOf('This many pixels wide: 780') >= own / 2);
  assert.equal(await unreached(tab), 0);
  await shoot(tab, 'quote-2');
  await button(tab, 'Actual size').press('Enter');
  await button(tab, 'Fit width').waitFor();
  assert.equal(await heightOf('This many pixels wide: 780'), own);
  assert.equal(await unreached(tab), 0);
  await button(tab, 'Fit width').press('Enter');
  await button(tab, 'Actual size').waitFor();
  assert.equal(await heightOf('This many pixels wide: 600'), first);
  // Closed, there is nothing left that was made smaller.
  await handles.first().click();
  await button(tab, 'Actual size').waitFor({ state: 'detached' });
  await tab.context().close();
});

// What stands on the page in each picture that the browser makes, from here on.
const watch = (tab) => tab.evaluate(() => {
  const seen = (globalThis.seen = []);
  const look = () => {
    const frame = document.querySelector('.message.open iframe');
    if (frame) {
      const { visibility, height } = getComputedStyle(frame);
      const buttons = [...document.querySelectorAll('.message.open .message-body > button')].map((one) => one.textContent).join();
      const now = visibility === 'visible' ? `${height} ${buttons}` : 'nothing';
      if (seen.at(-1) !== now) seen.push(now);
    }
    requestAnimationFrame(look);
  };
  look();
});
const seenOf = (tab) => tab.evaluate(() => new Promise((done) => {
  let left = 30;
  const next = () => (--left ? requestAnimationFrame(next) : done(globalThis.seen));
  next();
}));

test('it is there at once as it will be', { timeout: 600_000 }, async () => {
  for (const subject of ['Newsletter', 'Long', 'Share of the frame']) {
    const tab = await tabOf(1440);
    await opened(tab, 'Narrow');
    const to = (name) => tab.locator('.thread-row', { hasText: name }).first().click();
    const settled = () => button(tab, 'Actual size').waitFor();
    await watch(tab);
    await to(subject);
    await settled();
    const first = (await seenOf(tab)).slice(1).filter((one) => one !== 'nothing');
    assert.equal(first.length, 1, `${subject}, at first: ${first.join(' | ')}`);
    await to('Narrow');
    await button(tab, 'Actual size').waitFor({ state: 'detached' });
    await tab.evaluate(() => globalThis.seen.splice(0));
    await to(subject);
    await settled();
    const again = (await seenOf(tab)).slice(1);
    assert.deepEqual(again, first, `${subject}, once more`);
    await tab.context().close();
  }
});

test('where the browser can make nothing smaller it scrolls, and no button says otherwise', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.addInitScript(() => {
    const supports = CSS.supports.bind(CSS);
    CSS.supports = (...about) => (/zoom/.test(about[0]) ? false : supports(...about));
  });
  await opened(tab, 'Newsletter');
  const { zoom, scrolls } = await inside(tab);
  assert.equal(zoom, '');
  assert.ok(scrolls > 0);
  assert.equal(await button(tab, 'Actual size').count(), 0);
  assert.equal(await button(tab, 'Fit width').count(), 0);
  await tab.context().close();
});

// How a message is shown: what is wider than its room is fitted to it, and its actual size is one click away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { build, candidateAddress, connect, openBrowser, openStage, recruiter, until } from './stage.mjs';

let stage, url, tabOf, shoot, fits;
const fixed = (width) => `<div style="width:${width}px;background:#dfe"><p>This many pixels wide: ${width}</p><p align="right">the end of the row</p></div>`;
const columns = (count) => `<table><tr>${`<td style="white-space:nowrap">one column of many</td>`.repeat(count)}</tr></table>`;
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
  ]);
  await connect(stage.api, stage.mail);
  ({ tabOf, shoot, fits } = await openBrowser(stage, 800));
}, { timeout: 120_000 });
after(() => stage?.closing.close());

async function opened(tab, subject) {
  const threads = await stage.api.all(`/threads?candidate=${stage.candidate.id}`);
  await tab.goto(`${url}/inbox/${threads.find((one) => one.subject === subject).id}`);
  await tab.locator('.message.open iframe').waitFor();
  await until('its height is known', () => tab.locator('.message.open iframe').evaluate((frame) => getComputedStyle(frame).visibility === 'visible'));
}
const inside = (tab) => tab.locator('.message.open iframe').evaluate((frame) => {
  const root = frame.contentDocument.documentElement;
  return { scrolls: root.scrollWidth - root.clientWidth, zoom: frame.contentDocument.body.style.zoom, hidden: root.scrollHeight - root.clientHeight };
});
const button = (tab, name) => tab.locator('.message.open').getByRole('button', { name, exact: true });

test('what is too wide is fitted, and shown in its actual size by one click', { timeout: 120_000 }, async () => {
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

test('a window that grows gives it its size back', { timeout: 60_000 }, async () => {
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

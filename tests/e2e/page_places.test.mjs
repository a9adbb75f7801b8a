// Where things stand in the page, at each width, and where the focus goes: nothing lies over anything
// else, nothing is cut off, and coming back one goes on where one was.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { adminPassword } from '../../tools/testbed/hearback.mjs';
import { openChromium } from '../../tools/testbed/browser.mjs';
import { addUser, build, candidateAddress, connect, domain, openStage, recruiter, until } from './stage.mjs';

const LONG = 'Maximiliane Hohenstein-Wallenberg';
const shots = process.env.HEARBACK_SHOTS; // a folder for pictures of each state, to be looked at
let stage, browser, url, long;
before(async () => {
  stage = await openStage('page-places', { extra: ['--fast-retries'] });
  url = stage.hearback.url;
  long = await stage.api.post('/candidates', { name: LONG, addresses: ['m.hw@post.example'] });
  const letter = async (at) => {
    const date = new Date(Date.now() - (at + 1) * 3_600_000);
    return { date, flags: ['\\Seen'], raw: await build({ messageId: `<${at}@post.example>`, from: `Jane Doe <${candidateAddress}>`, to: recruiter, date, subject: `Question ${at}`, text: `About question ${at}` }) };
  };
  await stage.mail.append(recruiter, await Promise.all(Array.from({ length: 16 }, (_, at) => letter(at))));
  await connect(stage.api, stage.mail);
  browser = await openChromium(stage.closing);
}, { timeout: 600_000 });
after(() => stage?.closing.close());

async function tabOf(width, { height = 800, language = 'en', dark = false } = {}) {
  await stage.api.patch('/me', { language });
  const context = await browser.newContext({ viewport: { width, height }, locale: language, colorScheme: dark ? 'dark' : 'light' });
  await context.request.post(`${url}/api/v1/session`, { data: { email: recruiter, password: adminPassword }, headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
  return context.newPage();
}
const shoot = (tab, name) => shots && tab.screenshot({ path: path.join(shots, `${name}.png`) });
if (shots) fs.mkdirSync(shots, { recursive: true });
const frames = (tab, count) => tab.evaluate(async (left) => { for (; left > 0; left--) await new Promise(requestAnimationFrame); }, count);
const fits = async (tab) => assert.ok((await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'it is too wide');
const over = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const rowsOf = (tab) => tab.locator('a.thread-row:visible');
const focused = (tab) => tab.evaluate(() => document.activeElement.getAttribute('href') ?? (document.activeElement.id || document.activeElement.tagName));
const focusOn = (tab, what, wanted) => until(what, async () => { const at = await focused(tab); if (at === wanted) return true; throw new Error(at); });

test('a notice lies over nothing, and nothing jumps when it comes', { timeout: 600_000 }, async () => {
  for (const [width, language, dark] of [[360, 'de', true], [768, 'fr', false], [1440, 'en', true]]) {
    const tab = await tabOf(width, { language, dark });
    await tab.goto(`${url}/inbox`);
    await rowsOf(tab).nth(1).click();
    await tab.locator('.message.open').first().waitFor();
    const top = () => tab.locator('.message.open').first().evaluate((one) => one.getBoundingClientRect().top);
    const reply = tab.locator('.thread-reply button').first();
    await reply.waitFor();
    await reply.click();
    await tab.getByRole('textbox').last().waitFor();
    await tab.keyboard.type('a thought');
    await tab.locator('form.composer [contenteditable=true]').getByText('a thought').waitFor();
    const rest = () => until('it stands still', async () => { const at = await top(); await frames(tab, 12); return (await top()) === at; });
    await rest();
    const stood = await top();
    await tab.locator('.compose-foot button').first().click(); // sends
    const notice = tab.locator('.notice').first();
    await notice.waitFor();
    await reply.waitFor();
    await rest();
    assert.ok(Math.abs((await top()) - stood) <= 1, `at ${width} px the message moved from ${stood} to ${await top()}`);
    const box = await notice.boundingBox();
    for (const pane of await tab.locator('.pane-body:visible, .pane-head:visible, .card:visible, .rail:visible, .topbar:visible').all()) {
      const room = await pane.boundingBox();
      assert.ok(!over(box, room), `at ${width} px the notice ${JSON.stringify(box)} lies over ${await pane.getAttribute('class')} ${JSON.stringify(room)}`);
    }
    assert.ok(box.y + box.height <= 800 && box.x + box.width <= width);
    await fits(tab);
    await shoot(tab, `notice-${width}-${language}`);
    await tab.context().close();
  }
});

test('C-6 who was invited is not offered to be invited, but told when it was', { timeout: 600_000 }, async () => {
  await addUser(stage.hearback, stage.api, { name: 'Theo', email: `theo@${domain}`, role: 'evaluator', language: 'en' });
  for (const [width, language, words] of [[1440, 'en', /^Invited .* ago$/], [360, 'de', /^Eingeladen vor /], [768, 'fr', /^Invitation envoyée il y a /]]) {
    const tab = await tabOf(width, { language, dark: width === 768 });
    await tab.goto(`${url}/settings/company/users`);
    const row = tab.getByRole('row').filter({ hasText: `theo@${domain}` });
    if (language === 'en') await row.getByRole('button', { name: /Invite to connect/ }).press('Enter');
    await row.getByText(words).waitFor();
    if (language === 'en') await until('the focus is somewhere', () => tab.evaluate(() => document.activeElement !== document.body));
    assert.equal(await row.getByRole('button').filter({ hasText: /\S/ }).count(), 0, 'but the pencil, which has no words');
    await fits(tab);
    await shoot(tab, `users-${width}-${language}`);
    await tab.context().close();
  }
});

test('M-7 a button’s words never cut a name', { timeout: 600_000 }, async () => {
  for (const [width, language] of [[768, 'de'], [360, 'fr'], [1024, 'de'], [1440, 'en']]) {
    const tab = await tabOf(width, { language });
    await tab.goto(`${url}/candidates/${long.id}`);
    const name = tab.getByRole('heading', { name: LONG, level: 1 });
    await name.waitFor();
    assert.ok(await name.evaluate((one) => one.scrollWidth <= one.clientWidth + 1 && one.scrollHeight <= one.clientHeight + 1), `${LONG} is cut at ${width} px, ${language}`);
    await fits(tab);
    await shoot(tab, `profile-${width}-${language}`);
    await tab.context().close();
  }
});

test('M-7 the browser’s Back gives the focus to the row that was left', { timeout: 600_000 }, async () => {
  for (const width of [1440, 360]) {
    const tab = await tabOf(width);
    for (const at of ['/inbox', `/candidates/${stage.candidate.id}?view=conversations`]) {
      await tab.goto(url + at);
      const row = tab.locator('a.thread-row:not(.candidate-row)').filter({ hasText: 'Question 6' });
      const href = await row.getAttribute('href');
      await row.click();
      await tab.waitForURL(`**${href}`);
      await tab.locator('.message.open').first().waitFor();
      await tab.goBack();
      await focusOn(tab, `the row has the focus again, ${at}`, href);
    }
    await tab.context().close();
  }
  // From one open conversation to the one before.
  const tab = await tabOf(1440);
  await tab.goto(`${url}/inbox`);
  await rowsOf(tab).first().click();
  await tab.locator('.message.open').first().waitFor();
  const first = await rowsOf(tab).first().getAttribute('href');
  await tab.keyboard.press('j');
  await tab.waitForURL(`**${await rowsOf(tab).nth(1).getAttribute('href')}`);
  await tab.goBack();
  await tab.waitForURL(`**${first}`);
  await focusOn(tab, 'the open row has the focus', first);
  // The list is one stop of the Tab key.
  await tab.keyboard.press('Tab');
  assert.equal(await tab.evaluate(() => document.activeElement.closest('.split-list')), null);
  await tab.context().close();
});

test('M-9 on a profile, the keyboard on somebody else’s row answers nobody', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/candidates/${stage.candidate.id}`);
  await tab.locator('.split-main article.message').last().waitFor();
  await tab.locator(`.split-list a[href^="/candidates/${long.id}"]`).focus();
  await tab.keyboard.press('r');
  await tab.waitForTimeout(300);
  assert.equal(await tab.locator('form.composer').count(), 0);
  await tab.locator('.split-main .thread-reply button').focus();
  await tab.keyboard.press('r');
  await tab.locator('form.composer .chip').getByText(candidateAddress).waitFor();
  await tab.context().close();
});

test('a long address is broken where it can be read, not before its last letter', { timeout: 600_000 }, async () => {
  const tab = await tabOf(360);
  await tab.goto(`${url}/candidates/${long.id}?compose=true`);
  const field = tab.locator('form.composer .chip-input').first();
  for (let length = 14; length <= 34; length += 2) {
    await field.fill(`${'christiane.hohenstein-wallenberg-jr'.slice(0, length)}@post.example,`);
  }
  await tab.locator('.chip-address').nth(10).waitFor();
  const lines = await tab.locator('.chip-address').evaluateAll((all) => all.map((one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    const widths = new Map();
    for (const box of range.getClientRects()) widths.set(Math.round(box.top), (widths.get(Math.round(box.top)) ?? 0) + box.width);
    return { address: one.textContent, widths: [...widths.values()], right: range.getBoundingClientRect().right, end: one.closest('.chip').getBoundingClientRect().right };
  }));
  assert.ok(lines.length >= 11);
  for (const { address, widths, right, end } of lines) {
    assert.ok(widths.every((width) => width > 40), `${address}: lines of ${widths.map(Math.round)} px`);
    assert.ok(right <= end, `${address} ends outside of its chip`);
  }
  await fits(tab);
  await shoot(tab, 'chips-360');
  await tab.context().close();
});

test('“1 new” stands in the head, over no row, however far the rows are scrolled', { timeout: 600_000 }, async () => {
  let news = 0;
  for (const [width, at] of [[1440, 'inbox'], [768, 'profile'], [360, 'profile']]) {
    const tab = await tabOf(width, { height: 500, dark: width === 768 });
    await tab.goto(at === 'inbox' ? `${url}/inbox` : `${url}/candidates/${stage.candidate.id}?view=conversations`);
    const rows = tab.locator(at === 'inbox' ? '.split-list a.thread-row' : '.split-main a.thread-row');
    await rows.first().waitFor();
    const body = tab.locator(`${at === 'inbox' ? '.split-list' : '.split-main'} .list-body`);
    await body.evaluate((one) => one.scrollTo({ top: 150 }));
    const third = rows.filter({ hasText: 'Question 5' });
    const stood = (await third.boundingBox()).y;
    await stage.mail.submit(candidateAddress, { to: recruiter, subject: `News ${++news}`, text: 'When can I start?' });
    const chip = tab.getByRole('button', { name: '1 new', exact: true });
    await chip.waitFor();
    const [box, room] = [await chip.boundingBox(), await body.boundingBox()];
    assert.ok(!over(box, room), `${at} at ${width} px: ${JSON.stringify(box)} over ${JSON.stringify(room)}`);
    assert.ok(box.y >= 0 && box.y + box.height <= 500 && box.x + box.width <= width, 'it is in sight');
    assert.ok(Math.abs((await third.boundingBox()).y - stood) <= 1, 'nothing moves under the reader');
    await fits(tab);
    await shoot(tab, `new-${at}-${width}`);
    await chip.click();
    await rows.filter({ hasText: `News ${news}` }).waitFor();
    await tab.context().close();
  }
});

test('M-7 the list is as wide as its reader wants, here and after coming back', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/inbox`);
  await rowsOf(tab).first().waitFor();
  const wide = async () => Math.round((await tab.locator('.split-list').boundingBox()).width);
  const becomes = (wanted) => until(`the list is ${wanted} px wide`, async () => (await wide()) === wanted);
  assert.equal(await wide(), 420);
  const drag = async (to) => {
    await tab.mouse.move(212 + (await wide()) + 4, 400);
    await tab.mouse.down();
    await tab.mouse.move(212 + to - 20, 400);
    await tab.mouse.move(212 + to, 400);
    await tab.mouse.up();
  };
  await drag(340);
  await becomes(340);
  await tab.reload();
  await rowsOf(tab).first().waitFor();
  assert.equal(await wide(), 340, 'at once, without a jump');
  const edge = tab.getByRole('separator', { name: 'Width of the list' });
  const says = (width) => until(`it says ${width}`, async () => (await edge.getAttribute('aria-valuenow')) === width);
  await edge.press('ArrowRight');
  await becomes(356);
  await says('356');
  // However quick they come.
  await edge.evaluate((line) => { for (let i = 0; i < 2; i++) line.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true })); });
  await says('388');
  await becomes(388);
  await drag(1200); // what is read keeps its room, beside the card, too
  await until('it goes as far as it may', async () => (await wide()) === 1440 - 968);
  await fits(tab);
  await tab.mouse.dblclick(212 + (await wide()) + 4, 400);
  await becomes(420);
  await tab.setViewportSize({ width: 1920, height: 900 });
  await becomes(500);
  await tab.setViewportSize({ width: 768, height: 900 });
  await becomes(312);
  await fits(tab);
  await tab.context().close();
});

test('M-7 F6 goes from pane to pane, and back', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/inbox`);
  await rowsOf(tab).first().click();
  await tab.locator('.message.open').first().waitFor();
  await tab.locator('aside.card').waitFor();
  const at = (which) => until(`the focus is in ${which}`, () => tab.evaluate((pane) => document.activeElement?.closest('.rail, .split-list, .split-main .pane-body, aside.card')?.matches(pane), which));
  await tab.locator('.rail a[href="/inbox"]').focus();
  for (const pane of ['.split-list', '.pane-body', '.card', '.rail']) {
    await tab.keyboard.press('F6');
    await at(pane);
  }
  await tab.keyboard.press('Shift+F6');
  await at('.card');
  // Out of what is being written, too.
  await tab.keyboard.press('r');
  await tab.getByRole('textbox', { name: 'Message' }).waitFor();
  await tab.keyboard.press('F6');
  await at('.card');
  await tab.context().close();
});

test('a conversation has its head from its row, before the server has answered', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/inbox`);
  const row = rowsOf(tab).first();
  await row.waitFor();
  const id = (await row.getAttribute('href')).match(/[0-9a-f-]{36}/)[0];
  const { subject, candidate_name: name } = await stage.api.get(`/threads/${id}`);
  let answer;
  const answered = new Promise((resolve) => { answer = resolve; });
  await tab.route(`**/api/v1/threads/${id}*`, async (route) => { await answered; await route.continue(); });
  await row.click();
  const head = tab.locator('.thread-head');
  await head.getByRole('heading', { name: subject }).waitFor();
  const place = await head.boundingBox();
  await head.getByText(name).waitFor();
  assert.equal(await tab.locator('.message').count(), 0);
  answer();
  await tab.locator('.message.open').first().waitFor();
  assert.deepEqual(await head.boundingBox(), place, 'nothing jumps');
  await tab.context().close();
});

test('M-1 M-2 j shows what was fetched ahead, and nothing of that was read before', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  const asked = [], answered = [];
  const name = (request) => `${request.method()} ${new URL(request.url()).pathname.replace('/api/v1', '')}`;
  tab.on('request', (request) => asked.push(name(request)));
  tab.on('requestfinished', (request) => answered.push(name(request)));
  await tab.goto(`${url}/all`);
  const rows = rowsOf(tab);
  await rows.nth(1).waitFor();
  const [, next] = await Promise.all([0, 1].map(async (at) => (await rows.nth(at).getAttribute('href')).match(/[0-9a-f-]{36}/)[0]));
  await rows.first().click();
  await tab.locator('.message.open').first().waitFor();
  const thread = await stage.api.get(`/threads/${next}`);
  await until('the next one was fetched', async () => answered.includes(`GET /messages/${thread.messages.at(-1).id}/body`));
  assert.ok(!asked.includes(`PATCH /threads/${next}`), 'nobody has read it');
  await tab.route('**/api/v1/**', (route) => route.abort());
  await tab.keyboard.press('j');
  await tab.waitForURL(`**/all/${next}**`);
  await tab.locator('.thread-head').getByRole('heading', { name: thread.subject }).waitFor();
  await tab.locator(`.message.open[data-message="${thread.messages.at(-1).id}"] .message-body`).waitFor();
  await tab.context().close();
});

test('W-1 a new message begins anywhere, with the question to whom', { timeout: 600_000 }, async () => {
  for (const [width, language, words] of [[1440, 'en', 'New message'], [768, 'de', 'Neue Nachricht'], [360, 'fr', 'Nouveau message']]) {
    const tab = await tabOf(width, { language });
    await tab.goto(`${url}/inbox`);
    await rowsOf(tab).first().waitFor();
    await shoot(tab, `compose-${width}-${language}`);
    await tab.getByRole('button', { name: words, exact: true }).click();
    await tab.keyboard.type('Maximil');
    await tab.getByRole('option').filter({ hasText: LONG }).first().waitFor();
    await tab.keyboard.press('Enter');
    await tab.waitForURL(`**/candidates/${long.id}?compose=true`);
    await tab.locator('form.composer').waitFor();
    await fits(tab);
    await tab.context().close();
  }
  // Also where a conversation is read.
  const reader = await tabOf(1440);
  await reader.goto(`${url}/inbox`);
  await rowsOf(reader).first().click();
  await reader.locator('.message.open').first().waitFor();
  await reader.keyboard.press('c');
  await reader.getByRole('dialog').getByRole('combobox').waitFor();
  assert.equal(await reader.locator('form.composer').count(), 0);
  await reader.context().close();
  // On a phone it lies over no row that can't be moved away.
  const tab = await tabOf(360, { height: 500 });
  await tab.goto(`${url}/inbox`);
  await rowsOf(tab).first().waitFor();
  await tab.locator('.list-body').evaluate((one) => one.scrollTo({ top: one.scrollHeight }));
  const last = rowsOf(tab).last();
  const float = tab.locator('.write-float');
  await until('the last row is free', async () => !over(await last.boundingBox(), await float.boundingBox()));
  await shoot(tab, 'float-360');
  await tab.context().close();
});

test('what is long takes nobody’s room, and what fits isn’t cut', { timeout: 600_000 }, async () => {
  const wide = await stage.api.post('/candidates', { name: 'W'.repeat(200), addresses: ['w@post.example'] });
  await stage.api.post('/jobs', { title: 'Sales Manager France and Benelux', kind: 'offer', team: [] });
  await stage.mail.append(recruiter, [{ raw: await build({ messageId: '<wide@post.example>', from: `"${'W'.repeat(3000)}" <w@post.example>`, to: recruiter, date: new Date(), subject: 'S'.repeat(900), text: 'Shall we meet?' }) }]);
  const thread = await until('it has come', async () => (await stage.api.get(`/threads?candidate=${wide.id}`)).rows[0]);
  const file = path.join(stage.folder, `${'n'.repeat(200)}.pdf`);
  fs.writeFileSync(file, 'x');
  const cut = (one) => one.evaluate((element) => element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
  for (const [width, language, dark] of [[1440, 'en', false], [768, 'de', true], [360, 'fr', false], [360, 'de', true]]) {
    const tab = await tabOf(width, { language, dark });
    const higher = async (what, most) => {
      for (const one of await tab.locator(what).all()) {
        const box = await one.boundingBox();
        assert.ok(!box || box.height <= most, `at ${width} px ${what} is ${box?.height} px high`);
      }
    };
    await tab.goto(`${url}/candidates/${wide.id}?view=conversations`);
    await rowsOf(tab).last().waitFor();
    await higher('.split-main .pane-head', 100);
    await higher('.pane-head button', 44);
    await shoot(tab, `wide-profile-${width}-${language}`);
    await tab.goto(`${url}/inbox/${thread.id}`);
    await tab.locator('.message.open').waitFor();
    await higher('.thread-head', 180);
    await higher('.message-name', 70);
    await fits(tab);
    await tab.keyboard.press('r');
    await tab.locator('form.composer .chip-input').first().fill(`${'b'.repeat(3000)},`);
    await tab.locator('form.composer input[type=file]').setInputFiles(file);
    await tab.locator('.uploads .chip').waitFor();
    await higher('.chip', 70);
    await fits(tab);
    await shoot(tab, `wide-composer-${width}-${language}`);
    // A subject or a name has the room that nothing else needs.
    await tab.goto(`${url}/candidates/${stage.candidate.id}?view=conversations`);
    const subject = tab.locator('.split-main .thread-who').filter({ hasText: 'Question 6' });
    await subject.waitFor();
    assert.ok(!(await cut(subject)), `the subject is cut at ${width} px`);
    await tab.keyboard.press('Control+k');
    await tab.locator('.palette input').fill('Hohenstein');
    const action = tab.locator('.palette-entry').nth(1); // behind the candidate, before the search in mail
    await until('it is found', async () => (await tab.locator('.palette-entry').count()) === 3 && /Hohenstein/.test(await action.innerText()));
    assert.ok(width < 400 || !(await cut(action.locator('.truncate'))), `the action is cut at ${width} px`);
    await tab.keyboard.press('Escape');
    await tab.goto(`${url}/jobs`);
    const title = tab.locator('.job-link strong');
    await title.waitFor();
    assert.ok(!(await cut(title)), `the job’s title is cut at ${width} px`);
    await tab.goto(`${url}/settings`);
    const nav = await tab.locator('.settings-nav').boundingBox();
    assert.ok(width > 700 || nav.width === width, `the settings’ list is ${nav.width} px wide`);
    await tab.context().close();
  }
});

test('S-2 what was read is to be read on a phone, and a mailbox’s tables have all the room', { timeout: 600_000 }, async () => {
  const [mailbox] = (await stage.api.get('/mailboxes')).rows;
  for (const [width, language, dark] of [[360, 'de', true], [360, 'fr', false], [768, 'en', false], [1440, 'de', false]]) {
    const tab = await tabOf(width, { language, dark });
    await tab.goto(`${url}/settings/account/profile/email/${mailbox.id}`);
    const row = tab.locator('.ledger tbody tr').nth(1);
    await row.waitFor();
    const box = await row.boundingBox();
    assert.ok(box.height <= 68, `a row is ${box.height} px high at ${width} px, ${language}`);
    for (const name of ['.folders', '.ledger']) {
      const [table, section] = [await tab.locator(name).boundingBox(), await tab.locator('.sections > section').filter({ has: tab.locator(name) }).boundingBox()];
      assert.ok(Math.abs(table.width - section.width) <= 1, `${name} is ${table.width} of ${section.width} px wide at ${width} px, ${language}`);
      const last = await tab.locator(`${name} tbody tr`).nth(1).locator('> :last-child').boundingBox();
      assert.ok(last.x + last.width <= table.x + table.width + 1 && last.x + last.width >= table.x + table.width - 30, `${name} ends at ${last.x + last.width}`);
    }
    await fits(tab);
    await row.scrollIntoViewIfNeeded();
    await shoot(tab, `ledger-${width}-${language}`);
    await tab.context().close();
  }
});

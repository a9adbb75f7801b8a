// M-8 in a real browser, on real servers: what waits for an answer, what was answered and waits for the
// candidate, what is done; who brings a conversation back, and who doesn't. M-7: what is unread. M-2: what is followed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { addUser, adminPassword, build, connect, domain, openStage, recruiter, until } from './stage.mjs';
import { openChromium } from '../../tools/testbed/browser.mjs';

const people = { lea: ['Lea Kern', 'lea@post.example'], tom: ['Tom Ober', 'tom@post.example'], mia: ['Mia Gone', 'mia@gone.example'] };
let stage, page, other;
const troubles = [];
before(async () => {
  stage = await openStage('triage', { extra: ['--fast-retries'], users: [people.lea[1], people.tom[1], 'mia.gone@post.example'] });
  for (const [name, address] of Object.values(people)) await stage.api.post('/candidates', { name, addresses: [address] });
  await connect(stage.api, stage.mail);
  const browser = await openChromium(stage.closing);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Berlin' });
  await context.request.post(`${stage.hearback.url}/api/v1/session`, { data: { email: recruiter, password: adminPassword }, headers: { origin: stage.hearback.url, 'sec-fetch-site': 'same-origin' } });
  const open = async () => {
    const tab = await context.newPage();
    tab.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    await tab.goto(`${stage.hearback.url}/inbox`);
    return tab;
  };
  page = await open();
  other = await open();
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const shots = process.env.HEARBACK_SHOTS; // a folder for pictures of each state, to be looked at
if (shots) fs.mkdirSync(shots, { recursive: true });
const shoot = (tab, name) => shots && tab.screenshot({ path: path.join(shots, `${name}.png`) });

const rows = (tab) => tab.locator('a.thread-row .thread-who').allInnerTexts();
const shows = (tab, wanted) => until(`the list shows ${wanted}`, async () => {
  const shown = await rows(tab);
  if (JSON.stringify(shown) === JSON.stringify(wanted)) return true;
  throw new Error(`it shows ${shown}`);
});
// In one look: whoever asked for the words of a mark that has just gone would wait for it.
const counted = (tab, wanted) => until(`${wanted} are counted`, async () => {
  const shown = await tab.evaluate(() => {
    const mark = document.querySelector('.rail a[href="/inbox"] .to-answer'); // beside it stands how much is unread, for those who hear it
    return [mark, document.querySelector('nav.tabs a') ?? mark].map((one) => Number(one?.innerText.match(/\d+/)?.[0] ?? 0));
  });
  if (shown.every((count) => count === wanted)) return true;
  throw new Error(`in the rail ${shown[0]}, on the tab ${shown[1]}`);
});
const inboxTab = (tab, name) => tab.locator('nav.tabs').getByRole('link', { name }).click();
const writes = ([, from], subject, text, more = {}) => stage.mail.submit(from, { to: recruiter, subject, text, ...more });
const answers = async (who, subject, text, more) => {
  const last = (await stage.mail.read(recruiter)).map((m) => m.source).findLast((source) => source.includes(who[1]) && source.includes(subject));
  const id = /^message-id:\s*(<[^>]+>)/im.exec(last)[1];
  return writes(who, `Re: ${subject}`, text, { inReplyTo: id, references: id, ...more });
};
const opened = (tab, subject) => tab.locator('.thread-head h1').getByText(subject, { exact: true }).waitFor();
const reply = async (tab, name, subject, text) => {
  await tab.locator('a.thread-row').filter({ hasText: name }).click();
  await opened(tab, subject);
  await tab.keyboard.press('r');
  const editor = tab.getByRole('textbox', { name: 'Message' });
  await editor.click();
  await tab.keyboard.type(text);
  await tab.keyboard.press('Control+Enter');
  await editor.waitFor({ state: 'detached' });
};
const notice = (tab, words) => tab.locator('.notice').filter({ hasText: words });
const keep = (tab, words) => notice(tab, words).hover(); // it goes by itself, but not from under the pointer

test('M-8 what candidates write is to answer, counted, and says for how long', { timeout: 600_000 }, async () => {
  await page.getByText('Nothing waits for you').waitFor();
  await writes(people.lea, 'My start', 'When can I start?');
  await shows(page, ['Lea Kern']);
  await writes(people.tom, 'The interview', 'Shall we meet?');
  for (const tab of [page, other]) {
    await shows(tab, ['Tom Ober', 'Lea Kern']);
    await counted(tab, 2);
  }
  const first = page.locator('a.thread-row').first();
  await first.getByText('1 min', { exact: true }).waitFor();
  assert.match(await first.locator('.thread-wait time').getAttribute('title'), /^Waits for an answer since \d+ /);
  assert.equal(await first.locator('.thread-who').evaluate((name) => getComputedStyle(name).fontWeight), '600', 'nobody has read it');
});

test('M-8 e puts the open conversation away, the next one opens, and undo brings it back', { timeout: 600_000 }, async () => {
  await page.locator('a.thread-row').first().click();
  await opened(page, 'The interview');
  await page.keyboard.press('e');
  await opened(page, 'My start');
  await keep(page, 'Done: Tom Ober');
  for (const tab of [page, other]) {
    await shows(tab, ['Lea Kern']);
    await counted(tab, 1);
  }
  await notice(page, 'Done: Tom Ober').getByRole('button', { name: 'Undo' }).click();
  await opened(page, 'The interview');
  for (const tab of [page, other]) {
    await shows(tab, ['Tom Ober', 'Lea Kern']);
    await counted(tab, 2);
  }
});

test('M-8 with the focus on a row e puts that away, and the focus goes to what took its place', { timeout: 600_000 }, async () => {
  await page.goto(`${stage.hearback.url}/inbox`);
  await shows(page, ['Tom Ober', 'Lea Kern']);
  await page.keyboard.press('j');
  const focused = () => page.evaluate(() => document.activeElement?.closest('a.thread-row')?.querySelector('.thread-who').textContent);
  await until('the first row has the focus', async () => (await focused()) === 'Tom Ober');
  await page.keyboard.press('e');
  await until('the next row has the focus', async () => { const at = await focused(); if (at === 'Lea Kern') return true; throw new Error(`${at}, ${await rows(page)}`); });
  await shows(other, ['Lea Kern']);
  await page.keyboard.press('e');
  await page.getByText('Nothing waits for you').waitFor();
  await until('the focus is in the page', () => page.evaluate(() => document.activeElement.id === 'main'));
  await counted(page, 0);
  // What was done last is taken back by a key.
  await page.keyboard.press('z');
  await shows(page, ['Lea Kern']);
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  await page.getByText('Nothing waits for you').waitFor();
  await inboxTab(page, 'Done');
  await page.waitForURL((url) => url.search === '?tab=done');
  await shows(page, ['Tom Ober', 'Lea Kern']);
  // Taken back: by the button this time.
  await page.locator('a.thread-row').nth(1).click();
  await opened(page, 'My start');
  await page.getByRole('button', { name: 'Back to To answer' }).click();
  await notice(page, 'Back in To answer: Lea Kern').waitFor();
  await shows(page, ['Tom Ober']);
  await shows(other, ['Lea Kern']);
  await counted(page, 1);
});

test('M-8 a person who writes again brings it back, an automatic answer doesn’t', { timeout: 600_000 }, async () => {
  await answers(people.tom, 'The interview', 'I am out of office.', { headers: { 'auto-submitted': 'auto-replied' } });
  await page.goto(`${stage.hearback.url}/inbox?tab=done`);
  await page.locator('a.thread-row').getByText('I am out of office.').waitFor();
  await shows(other, ['Lea Kern']);
  await answers(people.tom, 'The interview', 'Are you there?');
  await shows(other, ['Tom Ober', 'Lea Kern']);
  await shows(page, []);
  await counted(page, 2);
});

test('M-8 after an answer the next conversation opens, or the list, or what was answered stays: as one wants', { timeout: 600_000 }, async () => {
  const filed = () => page.getByText('filed in the Sent folder').first().waitFor();
  const again = async (text) => {
    await new Promise((go) => setTimeout(go, 1100)); // a date has seconds, and this is later than ours
    await answers(people.tom, 'The interview', text);
    await page.goto(`${stage.hearback.url}/inbox`);
    await shows(page, ['Tom Ober', 'Lea Kern']);
  };
  const wants = async (what) => {
    await page.goto(`${stage.hearback.url}/settings/account/profile`);
    await page.getByLabel('When a conversation is answered or done').selectOption({ label: what });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await notice(page, 'Saved').waitFor();
  };
  await page.goto(`${stage.hearback.url}/inbox`);
  await reply(page, 'Tom Ober', 'The interview', 'On Monday.');
  await opened(page, 'My start');
  await keep(page, 'Your message to Tom Ober is on its way');
  for (const tab of [page, other]) {
    await shows(tab, ['Lea Kern']);
    await counted(tab, 1);
  }
  await notice(page, 'Your message to Tom Ober is on its way').getByRole('button', { name: 'Show' }).click();
  await opened(page, 'The interview');
  await filed();
  await again('In the morning?');
  await wants('Go back to the list');
  await page.goto(`${stage.hearback.url}/inbox`);
  await reply(page, 'Tom Ober', 'The interview', 'At ten.');
  await page.waitForURL(`${stage.hearback.url}/inbox`);
  await shows(page, ['Lea Kern']);
  await again('Ten it is?');
  await wants('Stay in it');
  await page.goto(`${stage.hearback.url}/inbox`);
  await reply(page, 'Tom Ober', 'The interview', 'It is.');
  await shows(other, ['Lea Kern']);
  await filed();
  await opened(page, 'The interview');
  assert.deepEqual(await rows(page), ['Tom Ober', 'Lea Kern'], 'what is being read stays');
  await page.locator('a.thread-row[aria-current] .thread-wait time').waitFor({ state: 'detached' });  // and waits no more
  await page.locator('a.thread-row').nth(1).click();
  await opened(page, 'My start');
  await shows(page, ['Lea Kern']);
  await wants('Open the next one');
  await page.goto(`${stage.hearback.url}/inbox?tab=waiting`);
  await shows(page, ['Tom Ober']);
  // All that I wrote, whosever turn it is; and of these who is to answer.
  await page.goto(`${stage.hearback.url}/sent`);
  await page.locator('a.thread-row').filter({ hasText: 'Tom Ober' }).waitFor();
  await page.getByRole('link', { name: 'Waiting', exact: true }).click();
  await page.waitForURL('**/sent?tab=waiting');
  await shows(page, ['Tom Ober']);
});

test('M-8 an answer that couldn’t be delivered, or came back, is still to be given', { timeout: 600_000 }, async () => {
  // Refused at once.
  const [name, address] = people.mia;
  await stage.mail.append(recruiter, [{ raw: await build({ messageId: '<question@gone.example>', from: `${name} <${address}>`, to: recruiter, subject: 'My papers', text: 'Did they arrive?', date: new Date() }) }]);
  await page.goto(`${stage.hearback.url}/inbox`);
  await shows(page, [name, 'Lea Kern']);
  await reply(page, name, 'My papers', 'They did.');
  // By then the next one may be open: then the list waits for a word before it moves.
  const back = page.locator('a.thread-row').filter({ hasText: 'Not sent' });
  const news = page.getByRole('button', { name: '1 new', exact: true });
  await back.or(news).first().waitFor();
  if (!(await back.isVisible())) await news.click();
  await back.waitFor();
  // Nor is that to be missed in another window: there it is said, and counted beside Sent.
  await other.getByText(/^Not sent to Mia/).waitFor();
  await other.locator('a[href="/sent"] .rail-mark.problem', { hasText: '1' }).waitFor();
  // Accepted, and then returned.
  await reply(page, 'Lea Kern', 'My start', 'In May.');
  await shows(other, [name]);
  await counted(other, 1);
  const sent = await until('it is sent', async () => (await stage.mail.read(people.lea[1])).find((m) => m.source.includes('In May.')));
  const id = /^message-id:\s*(<[^>]+>)/im.exec(sent.source)[1];
  await stage.mail.append(recruiter, [{ raw: [
    'From: Mail Delivery System <MAILER-DAEMON@post.example>', `To: ${recruiter}`, 'Subject: Undelivered Mail Returned to Sender',
    `Date: ${new Date(Date.now() + 5000).toUTCString().replace('GMT', '+0000')}`, 'Message-ID: <returned@post.example>', `In-Reply-To: ${id}`, 'Auto-Submitted: auto-replied', 'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=r', '',
    '--r', 'Content-Type: text/plain', '', 'Your message could not be delivered.',
    '--r', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; post.example', '', `Final-Recipient: rfc822; ${people.lea[1]}`, 'Action: failed', 'Status: 5.1.1',
    '--r', 'Content-Type: text/rfc822-headers', '', `From: ${recruiter}`, `Message-ID: ${id}`, '--r--', ''].join('\r\n') }]);
  await shows(other, ['Lea Kern', name]);
  await counted(other, 2);
  await other.locator('a.thread-row').filter({ hasText: 'Lea Kern' }).getByText('Bounced').waitFor();
});

test('M-8 e is done wherever a conversation stands: on a profile, and among those of the team', { timeout: 600_000 }, async () => {
  const [lea] = (await stage.api.get('/candidates?q=Lea')).rows;
  await page.goto(`${stage.hearback.url}/candidates/${lea.id}?q=Lea&view=conversations`);
  const row = page.locator('.split-main a.thread-row');
  await row.focus();
  await page.keyboard.press('e');
  await notice(page, 'Done: Lea Kern').waitFor();
  await counted(other, 1);
  await page.keyboard.press('z');
  await counted(other, 2);
  await row.press('Enter');
  await opened(page, 'My start');
  await page.keyboard.press('e');
  await page.waitForURL(`**/candidates/${lea.id}?q=Lea&view=conversations`);
  await row.waitFor();
  await until('the focus is in the page', () => page.evaluate(() => document.activeElement !== document.body));
  await counted(other, 1);
  await notice(page, 'Done: Lea Kern').getByRole('button', { name: 'Undo' }).click();
  await opened(page, 'My start');
  await counted(other, 2); // the server has heard of it, before the page goes that told it
  await page.goto(`${stage.hearback.url}/all`);
  await page.locator('a.thread-row').filter({ hasText: 'Lea Kern' }).focus();
  await page.keyboard.press('e');
  await notice(page, 'Done: Lea Kern').waitFor();
  await page.keyboard.press('z');
  await counted(other, 2);
  // Where all of her mail is read: what `r` answers there.
  await page.goto(`${stage.hearback.url}/candidates/${lea.id}`);
  await page.locator('.thread-reply').getByRole('button', { name: 'Reply' }).waitFor();
  await page.keyboard.press('e');
  await notice(page, 'Done: Lea Kern').waitFor();
  await counted(other, 1);
  await page.keyboard.press('z');
  await counted(other, 2);
});

test('M-8 what the server refuses is taken back, with a word', { timeout: 600_000 }, async () => {
  await page.goto(`${stage.hearback.url}/inbox`);
  await page.locator('a.thread-row').filter({ hasText: 'Lea Kern' }).click();
  await opened(page, 'My start');
  await page.route('**/api/v1/threads/*', (route) => (route.request().method() === 'PATCH' ? route.abort() : route.fallback()));
  await page.keyboard.press('e');
  await notice(page, 'The conversation with Lea Kern could not be marked as done.').waitFor();
  await until('it is there again', async () => (await rows(page)).includes('Lea Kern'));
  await counted(page, 2);
  await page.unroute('**/api/v1/threads/*');
});

test('M-7 what came is bold until I read it, in every window; u says that I haven’t', { timeout: 600_000 }, async () => {
  for (const tab of [page, other]) await tab.goto(`${stage.hearback.url}/inbox`);
  const row = (tab, subject) => tab.locator('a.thread-row').filter({ hasText: subject });
  const bold = (subject, wanted) => Promise.all([page, other].map((tab) => until(`“${subject}” is ${wanted ? 'bold' : 'read'}`, async () => {
    const shown = row(tab, subject);
    const weight = await shown.locator('.thread-who').evaluate((name) => getComputedStyle(name).fontWeight);
    const dot = await shown.evaluate((one) => getComputedStyle(one, '::before').content !== 'none');
    return weight === (wanted ? '600' : '400') && dot === wanted && (await shown.getByText('Unread', { exact: true }).count()) === Number(wanted);
  })));
  await writes(people.tom, 'The contract', 'When will it come?');
  await bold('The contract', true);
  await row(page, 'The contract').click();
  await opened(page, 'The contract');
  await bold('The contract', false);
  // What comes while it is read is read; what comes behind another window isn't.
  await answers(people.tom, 'The contract', 'By post, please.');
  await page.locator('.message').getByText('By post, please.').waitFor();
  await row(other, 'By post, please.').waitFor();
  await bold('By post, please.', false);
  await page.keyboard.press('u');
  await page.waitForURL((url) => url.pathname === '/inbox');
  await bold('The contract', true);
  await until('the row has the focus', () => page.evaluate(() => document.activeElement?.textContent.includes('The contract')));
  await page.keyboard.press('u');
  await bold('The contract', false);
  await page.keyboard.press('u');
  await bold('The contract', true);
  await row(other, 'The contract').click();
  await bold('The contract', false);
  await other.getByRole('button', { name: 'Mark as unread' }).click();
  await other.waitForURL((url) => url.pathname === '/inbox');
  await bold('The contract', true);
  // Answered from the phone.
  const asked = (await stage.mail.read(recruiter)).map((m) => m.source).findLast((source) => source.includes('By post, please.'));
  const named = /^message-id:\s*(<[^>]+>)/im.exec(asked)[1];
  await stage.mail.append(recruiter, [{ raw: await build({ messageId: '<phone@lindenhof.example>', from: recruiter, to: people.tom[1], subject: 'Re: The contract', text: 'It is on its way.', inReplyTo: named, references: named, date: new Date(Date.now() + 1000) }) }], 'Sent');
  await inboxTab(page, 'Waiting');
  await inboxTab(other, 'Waiting');
  await row(page, 'The contract').waitFor();
  await bold('The contract', false);
  // Old mail that comes to light is nothing new.
  await inboxTab(page, 'To answer');
  await inboxTab(other, 'To answer');
  const old = new Date(Date.now() - 5 * 86_400_000);
  await stage.mail.append(recruiter, [{ raw: await build({ messageId: '<old@post.example>', from: people.lea[1], to: recruiter, subject: 'Long ago', text: 'Hello?', date: old }), date: old }]);
  await row(page, 'Long ago').waitFor();
  await bold('Long ago', false);
});

test('M-2 M-5 what one of us puts away stands in Archived for all who see it, until a person writes again', { timeout: 600_000 }, async () => {
  const { api, hearback } = stage;
  const clara = `clara@${domain}`;
  await addUser(hearback, api, { name: 'Clara', email: clara, role: 'admin' });
  const hers = hearback.api();
  await hers.signIn(clara, adminPassword);
  const archived = page.locator('a.thread-row').filter({ hasText: 'Long ago' });
  const by = (names) => until(`put away by ${names || 'nobody'}`, async () => {
    const [said] = await archived.allInnerTexts();
    if (names ? said?.replace(/\s+/g, ' ').includes(names) : said === undefined) return true;
    throw new Error(said);
  });
  await page.goto(`${hearback.url}/archived`);
  await page.getByText('Nothing is archived').waitFor();
  await by('');
  await page.goto(`${hearback.url}/inbox`);
  const row = page.locator('a.thread-row').filter({ hasText: 'Long ago' });
  await row.focus();
  await page.keyboard.press('e');
  await row.waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await page.waitForURL('**/archived');
  await by('Done by Ada Admin');
  const forClara = async () => (await hers.get('/threads?place=archived')).rows.map((one) => one.done_by.join());
  const claraSees = (wanted) => until(`Clara sees ${wanted.join() || 'nothing'}`, async () => JSON.stringify(await forClara()) === JSON.stringify(wanted));
  await claraSees(['Ada Admin']);
  const { rows: [thread] } = await hers.get('/threads?place=archived');
  // Taken back, and put away in another window.
  await archived.focus();
  await page.keyboard.press('e');
  await by('');
  await claraSees([]); // here it went before the server had said so
  await api.patch(`/threads/${thread.id}`, { done: true, seen: thread.came });
  await by('Done by Ada Admin');
  assert.deepEqual(await forClara(), ['Ada Admin']);
  await answers(people.lea, 'Long ago', 'Is anybody there?');
  await by('');
  assert.deepEqual(await forClara(), []);
});

test('M-2 what I follow stands in views of its own, in every window as it comes; all by keyboard', { timeout: 600_000 }, async () => {
  const { api, hearback: { url } } = stage;
  const job = await api.post('/jobs', { title: 'Optician', team: [] });
  const uma = await api.post('/candidates', { name: 'Uma Berg', addresses: ['uma@post.example'], job: job.id });
  let told = 0;
  const umaWrites = async (subject) => stage.mail.append(recruiter, [{ raw: await build({ messageId: `<uma${++told}@post.example>`, from: 'uma@post.example', to: recruiter, subject, text: `About ${subject}` }) }]);
  const row = (tab, subject) => tab.locator('a.thread-row').filter({ hasText: subject });
  const press = async (tab, name) => {
    const button = tab.getByRole('button', { name, exact: true });
    await button.focus();
    await tab.keyboard.press('Enter');
  };
  await umaWrites('First words');
  await other.goto(`${url}/followed-candidates`);
  await other.getByText('Follow a candidate from their card, and their conversations stand here.').waitFor();
  await page.goto(`${url}/candidates/${uma.id}`);
  await page.locator('a.thread-row').first().waitFor();
  await press(page, 'Follow');
  await page.getByText('Followed by you').waitFor();
  await until('the key is still there', () => page.evaluate(() => document.activeElement.textContent === 'Following'));
  await shows(other, ['Uma Berg']);
  // What she writes comes to the top of it, unread; what others write doesn't come.
  await writes(people.tom, 'Not followed', 'Hello');
  await umaWrites('Second words');
  await row(other, 'Second words').getByText('Unread', { exact: true }).waitFor();
  await shows(other, ['Uma Berg', 'Uma Berg']);
  // The way there, and out of it again, from her card.
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Followed candidates').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.waitForURL(`${url}/followed-candidates`);
  await row(page, 'First words').press('Enter');
  await opened(page, 'First words');
  await press(page, 'Following');
  await page.getByRole('button', { name: 'Follow', exact: true }).waitFor();
  await shows(other, []);
  await shows(page, []);
  await opened(page, 'First words'); // what is being read stays
  // A job likewise, from the list of jobs.
  await page.keyboard.press('g');
  await page.keyboard.press('j');
  await press(page, 'Follow Optician');
  await page.getByRole('button', { name: 'Stop following Optician' }).waitFor();
  await other.keyboard.press('Control+k');
  await other.keyboard.type('followed jobs');
  await other.keyboard.press('Enter');
  await other.waitForURL(`${url}/followed-jobs`);
  await shows(other, ['Uma Berg', 'Uma Berg']);
  await umaWrites('Third words');
  await row(other, 'Third words').waitFor();
  assert.equal(await row(other, 'Not followed').count(), 0);
  await press(page, 'Stop following Optician');
  await shows(other, []);
  await other.getByRole('link', { name: 'See jobs' }).waitFor();
  // On a phone, in the language with the longest words, nothing is cut off.
  await api.put(`/candidates/${uma.id}/follow`);
  await api.patch('/me', { language: 'de' });
  await page.setViewportSize({ width: 360, height: 800 });
  for (const at of ['/followed-candidates', '/followed-jobs', '/jobs', `/candidates/${uma.id}`]) {
    await page.goto(url + at);
    await page.locator('main h1:visible').first().waitFor();
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${at} is too wide`);
  }
});

test('T-4 r past a bounce answers the person, and asks nothing about what was in view', { timeout: 600_000 }, async () => {
  const [name, address] = people.lea;
  const { rows } = await stage.api.get('/threads?place=all&limit=100');
  const bounced = rows.find((row) => row.candidate_name === name && row.last_kind === 'bounce');
  await page.goto(`${stage.hearback.url}/all/${bounced.id}`);
  await page.locator('.message.open').first().waitFor();
  await page.keyboard.press('r');
  await page.locator('.compose-bounced').waitFor();
  assert.match(await page.locator('form.composer .chip').innerText(), new RegExp(address.replaceAll('.', '\\.')));
  await page.locator('form.composer [role=textbox]').waitFor();
  await page.keyboard.type('Once more, then.');
  await page.keyboard.press('Control+Enter');
  await until('it is sent', async () => (await stage.mail.read(address)).some((m) => m.source.includes('Once more, then.')));
  assert.equal(await page.getByRole('alertdialog').count(), 0);
});

test('M-2 M-7 a list is narrowed by keyboard alone, its address keeps that, and what comes or is read shows at once', { timeout: 600_000 }, async () => {
  const { hearback: { url }, api } = stage;
  await api.patch('/me', { language: 'en' });
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const { id } of (await api.get('/threads?place=all&unread=true&limit=100')).rows) await api.patch(`/threads/${id}`, { unread: false });
  await writes(people.lea, 'Narrow one', 'First of these');
  await until('it has come', async () => (await api.get('/threads?place=all&unread=true')).rows.length === 1);
  await page.goto(`${url}/all`);
  await until('there is more than that', async () => (await rows(page)).length > 1);
  const whole = (await rows(page)).length;
  // The rail says so, in words, too.
  await page.locator('.rail').getByRole('link', { name: /All candidates, 1 unread/ }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') || document.activeElement?.textContent);
  const tabTo = (name) => until(`Tab leads to ${name}`, async () => { if ((await focused()) === name) return true; await page.keyboard.press('Tab'); return false; });
  await tabTo('Filter');
  await page.keyboard.press('Enter');
  await until('its first part has the focus', async () => (await focused()) === 'Unread');
  await page.keyboard.press('Space');
  await shows(page, ['Lea Kern']);
  assert.equal(new URL(page.url()).search, '?unread=true');
  await page.reload();
  await shows(page, ['Lea Kern']);
  await page.goBack();
  await until('all is there again', async () => (await rows(page)).length === whole);
  await page.goForward();
  await shows(page, ['Lea Kern']);
  // What comes passes, too; what is open stays until the reader goes on.
  await writes(people.tom, 'Narrow two', 'Second of these');
  await shows(page, ['Tom Ober', 'Lea Kern']);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await opened(page, 'Narrow two');
  assert.equal(new URL(page.url()).search, '?unread=true');
  await until('it is read', async () => (await api.get('/threads?place=all&unread=true')).rows.length === 1);
  await shows(page, ['Tom Ober', 'Lea Kern']);
  await page.keyboard.press('j');
  await opened(page, 'Narrow one');
  await shows(page, ['Lea Kern']);
  await until('that is read, too', async () => (await api.get('/threads?place=all&unread=true')).rows.length === 0); // before the page that says so goes
  await page.goto(`${url}/all?unread=true`);
  await page.getByText('No conversation passes the filter').waitFor();
  await tabTo('Without “Unread”');
  await page.keyboard.press('Enter');
  await until('all is there again', async () => (await rows(page)).length >= whole);
  assert.equal(new URL(page.url()).search, '');
  // Who has waited longest first (M-8).
  const longest = async () => (await api.get('/threads?to_answer=true&order=longest&limit=100')).rows.map((one) => one.candidate_name);
  await page.goto(`${url}/all?to_answer=true`);
  await page.getByRole('button', { name: 'Longest wait first' }).press('Enter');
  await page.waitForURL(/order=longest/);
  const first = async () => (await rows(page)).slice(0, 3);
  await until('the first of them leads', async () => String(await first()) === String((await longest()).slice(0, 3)));
  // Until they say otherwise, also where the address doesn't.
  await page.goto(`${url}/all?to_answer=true`);
  await page.getByRole('button', { name: 'Longest wait first', pressed: true }).waitFor();
  await until('the first of them leads again', async () => String(await first()) === String((await longest()).slice(0, 3)));
  await page.getByRole('button', { name: 'Longest wait first', exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Longest wait first', pressed: false }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Longest wait first', pressed: false }).waitFor();
  // On a phone, in the language with the longest words, in the dark, nothing is cut off.
  await api.patch('/me', { language: 'de' });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 360, height: 800 });
  for (const at of ['/all?unread=true&to_answer=true&order=longest', '/inbox?unread=true']) {
    await page.goto(url + at);
    await page.locator('.list-filter button').first().waitFor();
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${at} is too wide`);
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1440, height: 900 });
  await api.patch('/me', { language: 'en' });
});

test('M-2 M-7 a list is narrowed to the mail of a colleague by keyboard alone, and follows what comes and what is moved (T-5)', { timeout: 600_000 }, async () => {
  const { hearback: { url }, api } = stage;
  const cleo = `cleo@${domain}`;
  await addUser(stage.hearback, api, { name: 'Cleo Amann', email: cleo, role: 'evaluator', language: 'en' });
  const withCleo = async () => (await api.get(`/threads?place=all&person=${encodeURIComponent(cleo)}`)).rows;
  const all = async (subject) => (await api.get('/threads?place=all&limit=100')).rows.find((row) => row.subject === subject);
  await writes(people.lea, 'Without Cleo', 'To one of you');
  await until('it has come', () => all('Without Cleo'));
  await writes(people.lea, 'With Cleo', 'To both of you', { cc: cleo });
  await until('it has come, too', async () => (await withCleo()).length === 1);
  await page.goto(`${url}/all`);
  await until('there is more than that', async () => (await rows(page)).length > 1);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') || document.activeElement?.textContent);
  const tabTo = (name) => until(`Tab leads to ${name}`, async () => { if ((await focused()) === name) return true; await page.keyboard.press('Tab'); return false; });
  await tabTo('Filter');
  await page.keyboard.press('Enter');
  await tabTo('Colleague');
  await page.keyboard.type('Cleo');
  await shows(page, ['Lea Kern']);
  assert.equal(new URL(page.url()).searchParams.get('person'), cleo);
  await page.reload();
  await shows(page, ['Lea Kern']);
  const choice = page.getByRole('combobox', { name: 'Colleague' });
  await until('it says whose', async () => (await choice.evaluate((one) => one.selectedOptions[0].text)) === 'Cleo Amann');
  await shoot(page, 'narrowed-1440-light');
  // What comes is hers, or isn't; what is moved takes her along.
  await writes(people.tom, 'Not to Cleo', 'To one of you');
  await writes(people.tom, 'Cleo, too', 'To both of you', { cc: cleo });
  await shows(page, ['Tom Ober', 'Lea Kern']);
  const leads = async (what, subject) => until(what, async () => (await page.locator('a.thread-row').last().innerText()).includes(subject));
  await leads('her letter lies alone', 'With Cleo');
  const { id } = await all('With Cleo');
  const { messages: [letter] } = await api.get(`/threads/${id}`);
  const moved = await api.post(`/threads/${id}/corrections`, { part: 'message', message: letter.id, into: (await all('Without Cleo')).id });
  await leads('the conversation that it was moved to stands there', 'Without Cleo');
  await shows(page, ['Tom Ober', 'Lea Kern']);
  await api.delete(`/corrections/${moved.id}`);
  await leads('it is back', 'With Cleo');
  // In each place, and on a phone in the language with the longest words nothing is cut off.
  await api.patch('/me', { language: 'de' });
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const width of [390, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const at of ['all', 'inbox', 'non-candidates', 'archived']) {
      await page.goto(`${url}/${at}?unread=true&person=${encodeURIComponent(cleo)}`);
      const last = page.locator('.list-filter select').last();
      await last.waitFor();
      await until('it says whose', async () => (await last.evaluate((one) => one.selectedOptions[0].text)) === 'Cleo Amann');
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, `${at} is too wide`);
      const { x, width: wide } = await last.boundingBox();
      assert.ok(x + wide <= width, `${at} hides it: ${x} + ${wide} of ${width}`);
      await shoot(page, `narrowed-${width}-dark-${at}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1440, height: 900 });
  await api.patch('/me', { language: 'en' });
});

test('W-5 what was refused is put right and sent again, in the place of that', { timeout: 600_000 }, async () => {
  const [{ id }] = (await stage.api.get('/threads?place=sent')).rows.filter((one) => one.subject.includes('My papers'));
  const letters = async () => (await stage.api.get(`/threads/${id}`)).messages.filter((one) => one.outbox);
  const [first] = await letters();
  assert.equal(first.outbox.state, 'failed');
  await page.goto(`${stage.hearback.url}/sent/${id}`);
  await page.getByRole('button', { name: 'Edit and send again' }).click();
  const text = page.getByRole('textbox', { name: 'Message' });
  await text.waitFor();
  await until('it stands there', async () => (await text.innerText()).includes('They did.'));
  await shoot(page, 'edit-again-1440-light');
  await page.getByRole('button', { name: `Remove ${people.mia[1]}` }).click();
  await page.getByRole('combobox', { name: 'To' }).fill('mia.gone@post.example,');
  await text.click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('Once more, to your other address. ');
  await page.keyboard.press('Control+Enter');
  await until('one is given up, and one on its way', async () => {
    const [before, after] = await letters();
    return before.outbox.state === 'cancelled' && after && after.outbox.state !== 'failed' ? after : false;
  });
  const [, after] = await letters();
  assert.deepEqual(after.to.map((one) => one.address), ['mia.gone@post.example']);
  await page.locator('article.message').filter({ hasText: /not sent/i }).first().waitFor();
});

test('no script error', () => assert.deepEqual(troubles, []));

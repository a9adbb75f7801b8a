// Goal U8: every place of the page, what opens over it and what stands before it, looked at by axe with all the
// rules of WCAG 2.2 A and AA: wide and narrow, in the light and in the dark. Nothing is found. And nothing of it has
// to be scrolled sideways at 320 px, which is 1280 magnified fourfold. And each place is in its reader's language.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { setupSecret, startHearback } from '../../tools/testbed/hearback.mjs';
import { axeSource } from '../../tools/testbed/peers.mjs';
import { addUser, build, candidateAddress, connect, domain, openBrowser, openStage, recruiter, until } from './stage.mjs';

const agent = 'pat@post.example';
const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const invitation = 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Second interview\r\nDTSTART:20261203T090000Z\r\nLOCATION:Room 2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
const axe = fs.readFileSync(fileURLToPath(axeSource()), 'utf8');
let stage, browser, fresh, at;

before(async () => {
  stage = await openStage('axe', { users: [agent] });
  const { api, mail, candidate, hearback } = stage;
  const clara = await addUser(hearback, api, { name: 'Clara', email: `clara@${domain}`, role: 'manager', language: 'en' });
  const theo = await api.post('/users', { name: 'Theo', email: `theo@${domain}`, role: 'evaluator', language: 'en' });
  const [job, closed] = [await api.post('/jobs', { title: 'Welder', team: [clara.id] }), await api.post('/jobs', { title: 'Painter', kind: 'talent_pool' })];
  for (const one of [job, closed]) await api.post(`/candidates/${candidate.id}/applications`, { job: one.id });
  await api.patch(`/jobs/${closed.id}`, { open: false });
  await api.post('/candidates', { name: 'Jane Doe-Smith', addresses: ['jds@post.example'] });
  for (const followed of [`/candidates/${candidate.id}`, `/jobs/${job.id}`]) await api.put(`${followed}/follow`);
  await api.post('/tokens', { name: 'Careers site', scope: 'read' });
  await fillMailbox(mail);
  const mailbox = await connect(api, mail);
  const [first] = await until('the letters are there', async () => {
    const { rows } = await api.get(`/threads?candidate=${candidate.id}`);
    return rows.length === 4 && rows.filter((row) => row.subject === 'Application');
  });
  const [other] = (await api.get('/threads?place=inbox&triage=to_answer')).rows.filter((row) => row.subject === 'Thanks');
  await api.patch(`/threads/${other.id}`, { done: true, seen: other.came });
  const folder = path.join(stage.folder, 'fresh');
  fs.mkdirSync(folder, { mode: 0o700 });
  fresh = await startHearback(folder, stage.closing, { mail });
  browser = await openBrowser(stage, 900);
  at = { candidate: candidate.id, job: job.id, thread: first.id, mailbox: mailbox.id, link: theo.link.path };
}, { timeout: 600_000 });
after(() => stage?.closing.close());

async function fillMailbox(mail) {
  const letter = async (id, days, more) => {
    const date = new Date(Date.now() - days * 86_400_000);
    return { date, raw: await build({ messageId: `<${id}@post.example>`, from: `Jane Doe <${candidateAddress}>`, to: recruiter, date, ...more }) };
  };
  const html = '<h1>Dear team</h1><p>Hello <img src="https://tracker.example/p.gif"></p><blockquote>On Monday you wrote: what about it?</blockquote>';
  await mail.append(recruiter, [
    await letter('application', 5, { subject: 'Application', text: 'Dear team, here is my application.', attachments: [
      { filename: 'CV.pdf', content: '%PDF-1.4' }, { filename: 'portrait.png', content: dot }, { filename: 'references.docx', content: 'x' },
      { filename: false, contentType: 'text/calendar; method=REQUEST', content: invitation }] }),
    await letter('more', 4, { subject: 'Re: Application', text: 'x', html, inReplyTo: '<application@post.example>', references: '<application@post.example>' }),
    await letter('away', 3, { subject: 'Automatic reply', text: 'I am away.', headers: { 'Auto-Submitted': 'auto-replied' } }),
    await letter('thanks', 2, { subject: 'Thanks', text: 'Thank you.' }),
    await letter('late', 1, { subject: 'مرحبا', text: 'When can I start? See https://post.example/jane' }),
  ]);
}

const button = (name, exact = true) => (tab) => tab.getByRole('button', { name, exact }).filter({ visible: true }).first().click();
const item = (name) => (tab) => tab.getByRole('menuitem', { name }).click();
const key = (name) => (tab) => tab.keyboard.press(name);
const there = (selector) => (tab) => tab.locator(selector).filter({ visible: true }).first().waitFor();
const dialog = there('[role=dialog], [role=alertdialog]'), menu = there('[role=menu]'), row = there('a.thread-row'), message = there('.message.open');
const heading = (tab) => tab.getByRole('heading').first().waitFor();
const field = (name, words) => (tab) => tab.getByLabel(name, { exact: true }).fill(words);
const card = there('.card, [role=dialog]');
const openRail = async (tab) => { if (tab.viewportSize().width < 720) { await button('Menu')(tab); await dialog(tab); } };
const openCard = async (tab) => { if (tab.viewportSize().width < 1340) await button('Show the candidate')(tab); };

// Where, and what is done there one after the other; each step's end is looked at where it is followed by `look`.
const look = Symbol('look');
const places = () => [
  ['/inbox', row, look, key('?'), dialog, look, key('Escape'), key('c'), there('[role=combobox]'), look, key('Escape'), key('Control+k'), there('[role=option]'), look, key('Escape'),
    openRail, look, button(/Ada Admin/), menu, look, key('Escape')],
  ['/inbox?tab=waiting', heading, look],
  ['/inbox?tab=done', row, look],
  ...['sent', 'all', 'followed-candidates', 'followed-jobs', 'non-candidates', 'archived'].map((place) => [`/${place}`, heading, look]),
  ['/non-candidates/new?to=pat@post.example', there('form.composer'), look],
  [`/inbox/${at.thread}`, message, there('iframe'), look,
    button('More about this message'), menu, look, item('Why is this here?'), look,
    button('More about this message'), item('Move to another conversation…'), dialog, look, key('Escape'),
    (tab) => tab.locator('.message-fold').first().click(), button(/CV\.pdf/), there('.preview, [role=dialog]'), look, key('Escape')],
  [`/inbox/${at.thread}`, message, key('r'), there('.composer [contenteditable=true]'), look],
  [`/inbox/${at.thread}`, message, openCard, card, look],
  [`/candidates`, row, look],
  [`/candidates?add=true`, dialog, look, field('Name', 'Jane Doe'), field('E-mail addresses', candidateAddress), there('[role=dialog] .same-name'), look],
  [`/candidates/${at.candidate}`, message, look,
    button('More actions'), menu, look, item('Merge with another candidate…'), dialog, field('Name or address of the other profile', 'smith'), there('[role=dialog] li button, [role=dialog] [role=option]'), look, key('Enter'), (tab) => tab.getByText('Addresses, together').waitFor(), look, key('Escape'),
    button('More actions'), item('Change the name'), dialog, look, key('Escape'),
    button('More actions'), item('Delete candidate'), dialog, look, key('Escape')],
  [`/candidates/${at.candidate}`, message, openCard, card, look,
    button(/^Phase in Welder/), menu, look, key('Escape'), button('Add address'), look],
  [`/candidates/${at.candidate}?view=conversations`, there('main a.thread-row'), look],
  [`/candidates/${at.candidate}?compose=true`, there('.composer [contenteditable=true]'), look],
  ['/jobs', heading, look, button('Add job'), dialog, look, key('Escape'), button('Reopen Painter'), dialog, look],
  [`/jobs/${at.job}`, there('form'), look],
  ['/search', there('.search-box'), look],
  ['/search?q=application', there('.thread-row.found'), look],
  ['/search?q=nothing-like-this', heading, look],
  ['/settings', heading, look],
  ['/settings/account/profile', there('form'), look],
  ['/settings/account/profile/email', heading, look],
  ['/settings/account/profile/email/add', heading, look, button(/^Other/), there('form'), look],
  [`/settings/account/profile/email/${at.mailbox}`, there('table'), look, button('Disconnect this mailbox'), dialog, look],
  ['/settings/account/access', there('table'), look],
  ['/settings/account/tokens', there('table'), look, button('Remove Careers site'), dialog, look],
  ['/settings/import', heading, look, (tab) => tab.locator('input[type=file]').first().setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('Name,E-mail\nZoe Berg,zoe@home.example\nEva,eva at home\n') }),
    (tab) => tab.getByRole('button', { name: 'Import 1 candidate' }).waitFor(), look],
  ['/settings/company/users', there('table'), look, button('Change Clara'), dialog, look, key('Escape'), button('Add user'), dialog, look],
];
const doors = () => [
  ['/not-there', heading, look],
  ['/sign-in', there('form'), look, button('Sign in'), look],
  [at.link, there('form'), look],
  ['/welcome', heading, look],
  [`${fresh.url}/setup`, heading, look],
  [`${fresh.url}/setup#${setupSecret(fresh)}`, there('form'), look],
];

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
async function findings(tab, only) {
  if (!(await tab.evaluate(() => 'axe' in globalThis))) await tab.evaluate(axe);
  // What fades in is looked at once it is there.
  await tab.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).map((one) => one.finished)));
  const { violations } = await tab.evaluate((options) => globalThis.axe.run(document, options), {
    iframes: false, preload: false, resultTypes: ['violations'],
    ...(only ? { runOnly: { type: 'rule', values: only } } : { runOnly: { type: 'tag', values: RULES }, rules: { 'target-size': { enabled: true } } }),
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, html, any }) => `${id}: ${target} ${html.slice(0, 160)} ${any[0]?.message ?? ''}`));
}

async function fitsIn320(tab, where, found) {
  const { width, height } = tab.viewportSize();
  await tab.setViewportSize({ width: 320, height });
  const wide = await tab.evaluate(() => [document.scrollingElement, ...document.querySelectorAll('#main, [role=dialog], [role=alertdialog]')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => `${one.localName}.${one.className} is ${one.scrollWidth} wide in ${one.clientWidth}`));
  for (const one of wide) found.push(`${where}, at 320 px: ${one}`);
  if (wide.length > 0) await browser.shoot(tab, `${where.replaceAll(/\W+/g, '-')}-320`);
  await tab.setViewportSize({ width, height });
}

/** All of it in the light; in the dark nothing is otherwise but the colors. */
async function lookedAt(tab, where, found) {
  for (const colorScheme of ['light', 'dark']) {
    await tab.emulateMedia({ colorScheme });
    for (const one of await findings(tab, colorScheme === 'dark' && ['color-contrast', 'link-in-text-block'])) found.push(`${where}, ${colorScheme}: ${one}`);
    await browser.shoot(tab, `${where.replaceAll(/\W+/g, '-')}-${colorScheme}`);
  }
  await tab.emulateMedia({ colorScheme: 'light' });
  if (tab.viewportSize().width === WIDTHS.at(-1)) await fitsIn320(tab, where, found);
}

const push = (tab, to) => tab.evaluate((at) => { history.pushState({}, '', at); dispatchEvent(new PopStateEvent('popstate')); }, to);
// Within the page as its links do, where that is possible: loading it anew for each place takes longer than looking.
// By way of nowhere, so that nothing of one place is taken for the next.
async function go(tab, address, within) {
  if (within) {
    const nowhere = tab.getByRole('heading', { name: /^(There is nothing here|Hier ist nichts)$/ });
    await push(tab, '/nowhere');
    await nowhere.waitFor();
    await push(tab, address);
    await nowhere.waitFor({ state: 'detached' });
  } else {
    await tab.goto('about:blank'); // an address that differs only behind its '#' loads nothing
    await tab.goto(new URL(address, stage.hearback.url).href);
  }
}

async function walk(tab, places, width, within) {
  const found = [];
  let whole = false;
  for (const [address, ...steps] of places) {
    let step = 0;
    try {
      await go(tab, address, within && whole);
      whole = true;
      for (const one of steps) {
        step++;
        if (one === look) await lookedAt(tab, `${width} px, ${new URL(tab.url()).pathname}, step ${step}`, found);
        else await one(tab);
      }
    } catch (error) {
      whole = false;
      found.push(`${width} px, ${address}, step ${step}: ${error.message}`);
      
    }
  }
  return found;
}

const WIDTHS = [1440, 390];
const both = async (walk) => (await Promise.all(WIDTHS.map(walk))).flat();

test('U8 axe finds nothing in any place of the page', { timeout: 600_000 }, async () => {
  assert.deepEqual(await both(async (width) => {
    const tab = await browser.tabOf(width);
    const found = await walk(tab, places(), width, true);
    await tab.context().close();
    return found;
  }), []);
});

test('U8 axe finds nothing at the doors', { timeout: 600_000 }, async () => {
  assert.deepEqual(await both(async (width) => {
    const context = await browser.browser.newContext({ viewport: { width, height: 900 }, locale: 'en' });
    const found = await walk(await context.newPage(), doors(), width);
    await context.close();
    return found;
  }), []);
});

// What is the same in English and German: names, what somebody wrote, folders of the server, and words that both have.
const SHARED = new Set(`Lindenhof Instruments Ada Admin Jane Doe Smith Clara Theo Welder Painter New Review Interview Offer Careers site
  When can start See Thanks Application away Automatic reply Thank you Dear team here application
  https post example jane doe jds pat ada clara theo lindenhof mail from anna after unread portrait png references docx CV pdf nothing like this
  INBOX Archive Drafts Junk Sent Trash Google Microsoft Outlook com Exchange Online Hearback TLS Chrome Linux Cc Bcc Link Name Manager`.split(/\s+/));
const words = (said) => said.match(/\p{Script=Latin}{3,}/gu) ?? [];
/** What is said there, each thing once: text, names of what is pressed, hints. */
const said = (tab) => tab.evaluate(() => {
  const found = [...document.querySelectorAll('[aria-label], [title], [placeholder]')].flatMap((one) => ['aria-label', 'title', 'placeholder'].map((name) => one.getAttribute(name)));
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.parentElement.checkVisibility()) found.push(texts.currentNode.data);
  return [...new Set(found.flatMap((one) => one?.trim() || []))];
});

test('U8 each place is in the language of its reader', { timeout: 600_000 }, async () => {
  const spoken = { en: new Map(), de: new Map() };
  for (const [language, all] of Object.entries(spoken)) {
    const tab = await browser.tabOf(1440, { language });
    for (const [address, shown] of places()) {
      await go(tab, address, all.size > 0);
      await shown(tab);
      all.set(address, await said(tab));
    }
    await tab.context().close();
  }
  const english = [...spoken.de].flatMap(([address, all]) => all.filter((one) => spoken.en.get(address).includes(one) && words(one).some((word) => !SHARED.has(word))).map((one) => `${address}: ${one}`));
  assert.deepEqual(english, []);
});

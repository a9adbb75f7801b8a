// `./dev bench page [threads]`: what a person waits for, in headless Chromium against the real server:
// the demo's inbox, then an inbox of 50,000 threads. Times in ms, median and slowest of the rounds, by the page's own
// clock: from the key, the click or the letter until the frame that shows what it asked for was painted.
// HEARBACK_PAGES=before,after measures several builds of the page in turn.
import fs from 'node:fs';
import path from 'node:path';
import { startDemo } from '../tools/demo/demo.mjs';
import { password, users } from '../tools/demo/people.mjs';
import { adminPassword, builtPages, mailboxOf, setUpCompany, startHearback } from '../tools/testbed/hearback.mjs';
import { startMail } from '../tools/testbed/mail.mjs';
import { openChromium } from '../tools/testbed/browser.mjs';
import { Closing, freePort, isRoot, privateFolder, run, until } from '../tools/testbed/process.mjs';
import { writeMailbox } from './mailbox.mjs';

const threads = Number(process.argv[2] ?? 50_000);
const rounds = Number(process.env.HEARBACK_ROUNDS ?? 5);
const builds = (process.env.HEARBACK_PAGES ?? builtPages).split(',').map((one) => path.resolve(one));
const owner = 'recruiter@lindenhof.example';
const TYPED = 120; // ms between two letters: a quick typist
const READ = 1000; // ms in which somebody looks at what has come
const closing = new Closing();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// In the page: the time of each input, and what is painted when. `shown` looks at each frame; the first in which it is
// true was painted by when the task behind it runs.
function watch() {
  const nothing = { head: null, article: null };
  const bench = { input: [], before: nothing };
  const take = (event) => bench.input.push(event.timeStamp);
  for (const one of ['keydown', 'pointerdown']) addEventListener(one, take, true);
  bench.painted = (what) => new Promise((done, failed) => {
    const until = performance.now() + 20_000;
    const look = (now) => {
      if (now > until) return failed(new Error(`never shown: ${what}, ${location.href}, ${document.body.innerText.slice(0, 2000)}`));
      if (!bench.shows[what]()) return requestAnimationFrame(look);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now());
      port2.postMessage(0);
    };
    requestAnimationFrame(look);
  });
  const last = () => [...document.querySelectorAll('article.message.open')].at(-1);
  const head = () => document.querySelector('.thread-head h1');
  // Another conversation's, with its words: those of HTML mail stand in a frame, which is seen once it is laid out.
  bench.shows = {
    head: () => head() && head() !== bench.before.head,
    message: () => {
      const body = last()?.querySelector('.message-body');
      if (!body || last() === bench.before.article || body.querySelector('.laying')) return false;
      const frame = body.querySelector('iframe');
      return frame ? frame.contentDocument?.URL === 'about:srcdoc' && frame.contentDocument.readyState === 'complete' : body.textContent.trim() !== '';
    },
    // The newest words are answered, and nothing else is on its way.
    answer: () => {
      const list = document.querySelector('.list-body');
      const words = document.querySelector('.search-box input')?.value.trim();
      return list && words === bench.word && new URL(location.href).searchParams.get('q') === words && list.ariaBusy !== 'true' && !list.querySelector('.skeleton');
    },
    // Whatever was asked for: more is being typed.
    some: () => document.querySelector('.list-body a[href^="/search/"]') !== null,
  };
  bench.begin = (...what) => {
    bench.input.length = 0;
    bench.before = { head: head() ?? null, article: last() ?? null };
    bench.waits = what.map(bench.painted);
  };
  bench.end = async (from) => (await Promise.all(bench.waits)).map((at) => at - bench.input.at(from));
  window.bench = bench;
}

// Until what `act` asked for stands there: from its first input (0), or its last (-1).
async function timed(page, what, act, from = 0) {
  await page.evaluate((what) => window.bench.begin(...what), what);
  await act();
  return page.evaluate((from) => window.bench.end(from), from);
}

async function measureRound(page, url, word, add) {
  const conversation = ['head', 'message'];
  const rows = page.locator('a.thread-row');
  const began = performance.now();
  await page.goto(`${url}/inbox`, { waitUntil: 'commit' });
  await rows.first().waitFor();
  add('first row', performance.now() - began);
  const opened = async (name, act) => {
    const [head, message] = await timed(page, conversation, act);
    add(`${name}: head`, head);
    add(`${name}: message`, message);
    await sleep(READ);
  };
  await opened('click at once', () => rows.first().click());
  const last = Math.min(await rows.count(), 8) - 1;
  for (let at = 1; at < last; at++) await opened('j', () => page.keyboard.press('j'));
  await opened('k', () => page.keyboard.press('k'));
  await opened('click', () => rows.nth(last).click());
  await page.goto(`${url}/search`);
  await page.getByRole('combobox').waitFor();
  await sleep(READ);
  const type = (letter) => page.keyboard.press(letter);
  await page.evaluate((word) => { window.bench.word = word; }, word);
  add('search: first letter', (await timed(page, ['some'], () => type(word[0])))[0]);
  for (const letter of word.slice(1, -1)) {
    await type(letter);
    await sleep(TYPED);
  }
  add('search: last letter', (await timed(page, ['answer'], () => type(word.at(-1))))[0]);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure(browser, name, { url, email, secret, word, serve }) {
  const measured = new Map(); // what, and of each build the times
  for (let round = 0; round < rounds * builds.length; ++round) {
    const build = round % builds.length;
    serve(builds[build]);
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(watch);
    await context.request.post(`${url}/api/v1/session`, { data: { email, password: secret }, headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
    await measureRound(await context.newPage(), url, word, (what, ms) => {
      if (!measured.has(what)) measured.set(what, builds.map(() => []));
      measured.get(what)[build].push(ms);
    });
    await context.close();
  }
  console.log(`\n${name.padEnd(28)}${builds.map(() => '  median slowest').join('')}`);
  for (const [what, of] of measured)
    console.log(what.padEnd(28) + of.map((times) => [median(times), Math.max(...times)].map((ms) => ms.toFixed(0).padStart(7)).join(' ')).join(''));
}

async function largeInbox(folder, pages) {
  const mail = await startMail(folder, closing, { host: 'mail.lindenhof.example', domains: ['lindenhof.example'], users: [{ address: owner, password: 'bench' }] });
  const home = mail.dovecot.home(owner);
  const { candidates } = writeMailbox(path.join(home, 'Maildir'), { count: threads, share: 1, owner });
  if (isRoot) run('chown', ['-R', 'nobody:nogroup', home]);
  const hearback = await startHearback(folder, closing, { mail, pages });
  const api = await setUpCompany(hearback, { email: owner });
  for (const [i, address] of candidates.entries()) await api.post('/candidates', { name: `Candidate ${i}`, addresses: [address] });
  const mailbox = await api.post('/mailboxes', { ...mailboxOf(mail, owner), window: { since: null } });
  await until('the import is complete', async () => !(await api.get(`/mailboxes/${mailbox.id}`)).importing, { within: 900_000, every: 500 });
  return hearback.url;
}

try {
  const folder = privateFolder('bench-page');
  closing.add(() => fs.rmSync(folder, { recursive: true, force: true }));
  const browser = await openChromium(closing);
  const [small, large] = ['demo', 'large'].map((name) => path.join(folder, name));
  for (const made of [small, large]) fs.mkdirSync(made);
  // The server reads a file when it is asked for: which build it is may change between two visits.
  const pages = path.join(folder, 'pages');
  const serve = (build) => {
    fs.rmSync(pages, { force: true });
    fs.symlinkSync(build, pages);
  };
  serve(builds[0]);
  const demo = await startDemo(small, closing, { port: await freePort(), answering: false, pages });
  const url = threads > 0 && (await largeInbox(large, pages));
  console.log(`${browser.version()}; ms, ${rounds} rounds of each build`);
  await measure(browser, 'demo inbox', { url: demo.hearback.url, email: users[0].email, secret: password, word: 'application', serve });
  if (url) await measure(browser, `inbox of ${threads} threads`, { url, email: owner, secret: adminPassword, word: 'interview', serve });
} finally {
  await closing.close();
}

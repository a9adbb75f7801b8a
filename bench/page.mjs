// `./dev bench page [threads]`: what a person waits for, in headless Chromium against the real server:
// the demo's inbox, then an inbox of 50,000 threads. Times in ms, median of the rounds.
import fs from 'node:fs';
import path from 'node:path';
import { startDemo } from '../tools/demo/demo.mjs';
import { password, users } from '../tools/demo/people.mjs';
import { adminPassword, mailboxOf, setUpCompany, startHearback } from '../tools/testbed/hearback.mjs';
import { startMail } from '../tools/testbed/mail.mjs';
import { openChromium } from '../tools/testbed/browser.mjs';
import { Closing, freePort, isRoot, privateFolder, run, until } from '../tools/testbed/process.mjs';
import { writeMailbox } from './mailbox.mjs';

const threads = Number(process.argv[2] ?? 50_000);
const rounds = Number(process.env.HEARBACK_ROUNDS ?? 5);
const owner = 'recruiter@lindenhof.example';
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(0).padStart(6);
const closing = new Closing();

async function measure(browser, name, url, email, secret) {
  const first = [], open = [], next = [];
  for (let round = 0; round < rounds; ++round) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await context.request.post(`${url}/api/v1/session`, { data: { email, password: secret }, headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
    const rows = page.locator('a[href^="/inbox/"]');
    let began = performance.now();
    await page.goto(`${url}/inbox`, { waitUntil: 'commit' });
    await rows.first().waitFor();
    first.push(performance.now() - began);
    began = performance.now();
    await rows.first().click();
    await page.locator('article, [data-message], iframe').first().waitFor();
    open.push(performance.now() - began);
    const before = page.url();
    began = performance.now();
    await page.keyboard.press('j');
    await page.waitForFunction((was) => location.href !== was || document.activeElement?.matches('a[href^="/inbox/"]'), before);
    next.push(performance.now() - began);
    await context.close();
  }
  console.log(`${name.padEnd(28)} ${median(first)} ${median(open)} ${median(next)}`);
}

async function largeInbox(folder) {
  const mail = await startMail(folder, closing, { host: 'mail.lindenhof.example', domains: ['lindenhof.example'], users: [{ address: owner, password: 'bench' }] });
  const home = mail.dovecot.home(owner);
  const { candidates } = writeMailbox(path.join(home, 'Maildir'), { count: threads, share: 1, owner });
  if (isRoot) run('chown', ['-R', 'nobody:nogroup', home]);
  const hearback = await startHearback(folder, closing, { mail });
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
  const demo = await startDemo(small, closing, { port: await freePort(), answering: false });
  const url = await largeInbox(large);
  console.log(`${browser.version()}; ms, median of ${rounds}\n${''.padEnd(28)}  first   open      j\n${''.padEnd(28)}    row thread   next`);
  await measure(browser, 'demo inbox', demo.hearback.url, users[0].email, password);
  await measure(browser, `inbox of ${threads} threads`, url, owner, adminPassword);
} finally {
  await closing.close();
}

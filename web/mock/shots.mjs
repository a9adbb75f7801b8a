// Pictures of every page from the mock, with axe on each: `npm run shots -- [folder]` after a build.
// Prints what went wrong: page errors, policy violations, axe findings, sideways scrolling.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { startMock } from './server.mjs';

const folder = process.argv[2] ?? 'shots';
const only = process.argv[3];
mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const SIZES = { wide: [1440, 900], middle: [1024, 768], phone: [390, 844], narrow: [360, 740] };
const PAGES = {
  inbox: { path: '/inbox' },
  thread: { path: ({ threads }) => `/inbox/${threads[0].id}`, settle: 600 },
  uncertain: { path: ({ threads }) => `/inbox/${threads[2].id}` },
  internal: { path: ({ threads }) => `/all/${threads[1].id}` },
  arabic: { path: ({ threads }) => `/inbox/${threads[4].id}`, settle: 400 },
  colored: { path: ({ threads }) => `/inbox/${threads[7].id}`, settle: 400 },
  failed: { path: ({ threads }) => `/sent/${threads[6].id}` },
  reply: {
    path: ({ threads }) => `/inbox/${threads[0].id}`,
    act: async (page) => {
      await page.keyboard.press('r');
      await page.waitForSelector('.rich-text');
      await page.keyboard.type('Dear Léa, Mira and Jonas will join us.');
    },
  },
  candidates: { path: '/candidates' },
  profile: { path: ({ candidates }) => `/candidates/${candidates[5].id}` },
  compose: {
    path: ({ candidates }) => `/candidates/${candidates[0].id}?compose=true`,
    settle: 500,
  },
  jobs: { path: '/jobs' },
  addJob: { path: '/jobs?add=true' },
  settingsProfile: { path: '/settings/account/profile', settle: 500 },
  email: { path: '/settings/account/profile/email' },
  addEmail: {
    path: '/settings/account/profile/email/add',
    act: (page) => page.click('.provider >> nth=0'),
  },
  addOther: {
    path: '/settings/account/profile/email/add',
    act: (page) => page.click('.provider >> nth=2'),
  },
  probe: {
    path: '/settings/account/profile/email/add',
    act: async (page) => {
      await page.click('.provider >> nth=2');
      await page.fill('[data-fault=address]', 'anna@nordlicht.example');
      await page.fill('[data-fault=password]', 'wrong');
      await page.fill('[data-fault="imap.host"]', 'imap.nordlicht.example');
      await page.fill('[data-fault="smtp.host"]', 'smtp.nordlicht.example');
      await page.check('.consent input');
      await page.click('form button[type=submit]');
      await page.waitForSelector('.probe[role=alert]');
    },
  },
  mailbox: { path: ({ mailboxes }) => `/settings/account/profile/email/${mailboxes[0].id}` },
  tokens: { path: '/settings/account/tokens' },
  users: { path: '/settings/company/users' },
  palette: {
    path: '/inbox',
    act: async (page) => {
      await page.keyboard.press('/');
      await page.waitForSelector('.palette input');
      await page.keyboard.type('le');
      await page.waitForTimeout(400);
    },
  },
  keys: { path: '/inbox', act: (page) => page.keyboard.press('?') },
  erase: {
    path: ({ candidates }) => `/candidates/${candidates[0].id}`,
    act: async (page) => {
      await page.click('.pane-head button[aria-haspopup=menu]');
      await page.click('.menu-item.problem');
    },
  },
  empty: { path: '/inbox', world: { empty: true } },
  missing: { path: '/inbox/0192aaaa-0000-7000-8000-ffffffffffff' },
  signIn: { path: '/sign-in', world: { signedIn: false } },
  setup: { path: '/setup', world: { signedIn: false, setup: true } },
};
// Each page at 1440 in light and English, and once more in another combination.
const OTHERS = [
  ['phone', 'dark', 'de'],
  ['middle', 'light', 'fr'],
  ['narrow', 'light', 'de'],
  ['middle', 'dark', 'en'],
  ['phone', 'light', 'fr'],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
let bad = 0;
let turn = 0;
for (const [name, { path, act, settle, world }] of Object.entries(PAGES)) {
  const other = OTHERS[turn++ % OTHERS.length];
  if (only && !only.split(',').includes(name)) continue;
  for (const [size, scheme, language] of [['wide', 'light', 'en'], other]) {
    const mock = await startMock({ language, ...world });
    const [width, height] = SIZES[size];
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      locale: language,
      timezoneId: 'Europe/Paris',
      hasTouch: size === 'phone' || size === 'narrow',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const wrong = [];
    page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/4(0[149]|22) \(/.test(message.text()))
        wrong.push(message.text());
    });
    const address = typeof path === 'function' ? path(mock.world) : path;
    await page.goto(mock.url + address, { waitUntil: 'load' });
    await page.waitForSelector('h1, .door-box, [role=alert]', { state: 'attached' });
    await page.waitForTimeout(settle ?? 250);
    try {
      await act?.(page);
    } catch (error) {
      wrong.push(`act: ${error.message.split('\n')[0]}`);
    }
    await page.waitForTimeout(settle ?? 250);
    const label = `${name}-${size}-${scheme}-${language}`;
    await page.screenshot({ path: `${folder}/${label}.png` });
    await page.evaluate(axe).catch(async () => {
      await page.addScriptTag({ content: axe }).catch(() => {});
    });
    const found = await page.evaluate(async () => {
      const result = await window.axe.run(document, {
        resultTypes: ['violations'],
        iframes: false,
      });
      return result.violations.map(
        (one) =>
          `${one.impact} ${one.id}: ${one.nodes
            .slice(0, 3)
            .map((node) => node.target.join(' '))
            .join(' | ')} ${one.nodes[0].any[0]?.message ?? ''}`,
      );
    });
    wrong.push(...found.map((one) => `axe ${one}`));
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (sideways > 0) wrong.push(`scrolls sideways by ${sideways} px`);
    if (wrong.length > 0) {
      bad++;
      console.log(`${label}\n  ${wrong.join('\n  ')}`);
    }
    await context.close();
    mock.close();
  }
}
await browser.close();
console.log(bad === 0 ? 'Nothing to complain of.' : `${bad} pictures with complaints.`);
process.exitCode = bad === 0 ? 0 : 1;

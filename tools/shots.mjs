// `./dev shots [folder]`: each place once at 1440 light in English, and once more in another
// combination of dark, width and language. With HEARBACK_URL it photographs a demo that runs already.
import fs from 'node:fs';
import path from 'node:path';
import { startDemo } from './demo/demo.mjs';
import { password, users } from './demo/people.mjs';
import { openChromium } from './testbed/browser.mjs';
import { Closing, freePort, privateFolder } from './testbed/process.mjs';
import { root } from './testbed/hearback.mjs';

const out = path.resolve(process.argv[2] ?? path.join(root, 'docs', 'shots'));

// name, address, what to do once there, the second combination
const places = [
  ['sign-in', '/sign-in', null, { width: 390, dark: true, language: 'fr' }],
  ['inbox', '/inbox', null, { width: 1024, dark: true, language: 'de' }],
  ['thread', '/inbox', openFirst, { width: 390, language: 'fr' }],
  ['reply', '/inbox', async (page) => { await openFirst(page); await page.keyboard.press('r'); await page.waitForTimeout(900); }, { width: 1440, dark: true, language: 'de' }],
  ['sent', '/sent', null, { width: 390, dark: true, language: 'de' }],
  ['all', '/all', null, { width: 1024, language: 'fr' }],
  ['followed-candidates', '/followed-candidates', openFirst, { width: 1440, dark: true, language: 'de' }],
  ['non-candidates', '/non-candidates', openFirst, { width: 390, dark: true, language: 'de' }],
  ['archived', '/archived', null, { width: 1024, language: 'de' }],
  ['followed-jobs', '/followed-jobs', null, { width: 390, dark: true, language: 'fr' }],
  ['search', '/search', async (page) => { await page.locator('.search-box input').fill('laser has:file'); await page.waitForTimeout(1200); }, { width: 390, dark: true, language: 'de' }],
  ['candidates', '/candidates', null, { width: 390, language: 'de' }],
  ['candidate', '/candidates', async (page) => { await page.locator('a[href^="/candidates/"]').first().click(); await page.waitForTimeout(600); }, { width: 1024, dark: true, language: 'fr' }],
  ['job', '/jobs', async (page) => { await page.locator('a.button[href^="/jobs/"]').first().click(); await page.waitForTimeout(600); }, { width: 390, language: 'de' }],
  ['jobs', '/jobs', null, { width: 390, dark: true, language: 'fr' }],
  ['import', '/settings/import', null, { width: 390, language: 'fr' }],
  ['email', '/settings/account/profile/email', null, { width: 1024, language: 'de' }],
  ['add-email', '/settings/account/profile/email/add', null, { width: 390, dark: true, language: 'fr' }],
  ['mailbox', '/settings/account/profile/email', async (page) => { const link = page.locator('main a[href^="/settings/account/profile/email/"]:not([href$="/add"])').first(); if (await link.count()) await link.click(); await page.waitForTimeout(600); }, { width: 1024, dark: true, language: 'de' }],
  ['profile', '/settings/account/profile', null, { width: 390, language: 'fr' }],
  ['users', '/settings/company/users', null, { width: 1024, dark: true, language: 'fr' }],
];
async function openFirst(page) {
  await page.locator('a.thread-row, [role=row] a, [role=option]').first().click();
  await page.waitForTimeout(900);
}

const closing = new Closing();
try {
  fs.mkdirSync(out, { recursive: true });
  let url = process.env.HEARBACK_URL;
  if (!url) {
    const folder = privateFolder('shots');
    closing.add(() => fs.rmSync(folder, { recursive: true, force: true }));
    url = (await startDemo(folder, closing, { port: await freePort(), answering: false })).hearback.url;
  }
  const browser = await openChromium(closing);
  const wanted = process.env.HEARBACK_SHOTS?.split(',');
  for (const [name, at, act, other] of places) {
    if (wanted && !wanted.includes(name)) continue;
    for (const look of [{ width: 1440, dark: false, language: 'en' }, { dark: false, ...other }]) {
      const context = await browser.newContext({ viewport: { width: look.width, height: look.width < 500 ? 800 : 900 }, colorScheme: look.dark ? 'dark' : 'light', locale: { en: 'en-GB', fr: 'fr-FR', de: 'de-DE' }[look.language] });
      const page = await context.newPage();
      if (name !== 'sign-in') {
        const user = users[0];
        await context.request.post(`${url}/api/v1/session`, { data: { email: user.email, password }, headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
        await context.request.patch(`${url}/api/v1/me`, { data: { language: look.language }, headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
      }
      await page.goto(url + at);
      const whole = () => page.waitForFunction(() => !document.querySelector('.skeleton'));
      await page.waitForTimeout(700);
      await whole();
      if (act) await act(page);
      await whole();
      await page.mouse.move(0, 0);
      await page.waitForTimeout(200);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) console.error(`${name} ${JSON.stringify(look)}: ${overflow} px wider than the window`);
      const file = `${name}-${look.width}-${look.dark ? 'dark' : 'light'}-${look.language}.png`;
      await page.screenshot({ path: path.join(out, file) });
      console.log(file);
      await context.close();
    }
  }
} finally {
  await closing.close();
}

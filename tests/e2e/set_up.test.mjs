// The first quarter of an hour, by the page alone: whoever set the server up makes the company and connects
// the first mailbox; a colleague connects theirs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { binary, builtPages, setupSecret, setUpCompany, startHearback } from '../../tools/testbed/hearback.mjs';
import { addUser, adminPassword, build, candidateAddress, domain, openBrowser, openStage, recruiter, until } from './stage.mjs';

const shots = process.env.HEARBACK_SHOTS; // a folder for pictures of each state, to be looked at
const shoot = (tab, name) => shots && tab.screenshot({ path: path.join(shots, `set-up-${name}.png`) });
let stage, browser;
before(async () => {
  stage = await openStage('set-up');
  const date = new Date(Date.now() - 5 * 86_400_000);
  await stage.mail.append(recruiter, [{ date, flags: ['\\Seen'], raw: await build({ messageId: '<application@post.example>', from: `Jane Doe <${candidateAddress}>`, to: recruiter, date, subject: 'My application', text: 'Dear team, here is my application.' }) }]);
  ({ browser } = await openBrowser(stage));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

test('C-8 from the one-time link to the first imported thread, by the page alone', { timeout: 600_000 }, async () => {
  const folder = path.join(stage.folder, 'first');
  fs.mkdirSync(folder, { mode: 0o700 });
  const began = performance.now();
  const fresh = await startHearback(folder, stage.closing, { mail: stage.mail, extra: ['--fast-retries'] });
  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'en-GB', timezoneId: 'Europe/Berlin' });
  const first = await context.newPage();
  const focusIn = (where) => until(`the focus is in ${where}`, () => first.evaluate((at) => document.activeElement?.matches(at), where));
  const go = first.getByRole('button', { name: 'Create the company' });
  await first.goto(`${fresh.url}/setup#not-this-one`);
  // The zone is the browser's, said before the company is made, and can be another.
  const zone = first.getByLabel('Time zone');
  assert.equal(await zone.inputValue(), 'Europe/Berlin');
  await zone.selectOption('Europe/Lisbon');
  await first.getByLabel('Company').fill('Lindenhof');
  await first.getByLabel('Your name').fill('Ada Admin');
  await first.getByLabel('E-mail address').fill('ada@');
  await first.getByLabel('Password').fill('short');
  await go.click();
  await focusIn('input[type=email][aria-invalid=true]');
  await first.getByLabel('E-mail address').fill(recruiter);
  await go.click();
  await focusIn('input[type=password][aria-invalid=true]');
  await first.getByLabel('Password').fill(adminPassword);
  await go.click();
  await first.getByRole('alert').getByText('Only whoever runs this server can set it up.').waitFor();
  // The right link, pasted over the wrong one: nothing typed is lost.
  await first.evaluate((secret) => { location.hash = secret; }, setupSecret(fresh));
  await go.click();
  await first.waitForURL('**/email/add');
  await focusIn('main');
  assert.equal((await (await first.request.get(`${fresh.url}/api/v1/me`)).json()).user.time_zone, 'Europe/Lisbon');
  await first.goto(`${fresh.url}/inbox`);
  await first.getByRole('link', { name: 'Add e-mail' }).click();
  await first.getByRole('button', { name: /^Other/ }).click();
  const field = (name) => first.locator(`[data-fault="${name}"]`);
  await focusIn('[data-fault=password]');
  assert.equal(await field('address').inputValue(), recruiter, 'the address that one signs in with stands there');
  await field('password').fill(stage.mail.passwordOf(recruiter));
  const { host } = stage.mail;
  const ports = { imap: stage.mail.dovecot.imaps, smtp: stage.mail.postfix.submissions };
  for (const server of ['imap', 'smtp']) {
    await field(`${server}.host`).fill(host);
    await field(`${server}.security`).selectOption('tls');
    await field(`${server}.port`).fill(String(ports[server]));
  }
  await first.getByLabel('I agree, for this mailbox of mine').check();
  const connectGo = first.getByRole('button', { name: 'Connect', exact: true });
  for (const [name, wrong, right] of [['imap.port', '1', String(ports.imap)], ['imap.host', 'nothing.invalid', host]]) {
    await field(name).fill(wrong);
    await connectGo.click();
    await focusIn(`[data-fault="${name}"][aria-invalid=true]`);
    await field(name).fill(right);
  }
  await connectGo.click();
  await first.waitForURL(/\/email\/[0-9a-f-]{36}/);
  const ownPage = first.url();
  // How it ends is in sight, with the next step beside it, and nothing says otherwise.
  const inSight = async (words) => {
    for (const one of [words, first.getByRole('link', { name: 'Open inbox' })]) {
      await one.waitFor();
      const box = await one.boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height <= first.viewportSize().height, `${await one.innerText()} is at ${box.y}`);
    }
  };
  await inSight(first.getByText('Of 1 message looked at, none is with a candidate yet. Add candidates, and their e-mail comes here.'));
  assert.equal(await first.getByText(/import has begun/).count(), 0);
  await first.getByRole('link', { name: 'Open inbox' }).click();
  await first.setViewportSize({ width: 1280, height: 800 });
  const next = first.getByRole('button', { name: 'Add candidate' });
  await next.waitFor();
  const list = await first.locator('.split-list').boundingBox();
  assert.ok(list.x + list.width >= 1279, 'the next step has all the room');
  await next.click();
  await first.getByRole('dialog').getByLabel('Name').fill('Jane Doe');
  await first.getByRole('dialog').getByLabel('E-mail addresses').fill(candidateAddress);
  await first.keyboard.press('Enter');
  try {
    await first.getByText('My application', { exact: true }).first().waitFor();
  } catch (error) {
    const api = fresh.api();
    await api.signIn(recruiter, adminPassword);
    const threads = await api.get('/threads?place=all');
    throw new Error(`${error.message}\nThe page: ${first.url()} ${await first.locator('main').innerText()}\n${JSON.stringify(threads)}\n${JSON.stringify(await api.get('/mailboxes'))}\n${fresh.logText().slice(-4000)}`);
  }
  await first.goto(`${fresh.url}/inbox`);
  await first.locator('a.thread-row').first().waitFor();
  const took = (performance.now() - began) / 1000;
  console.log(`From the empty folder to the first imported thread: ${took.toFixed(1)} s.`);
  assert.ok(took < 120, `it took ${took} s`);
  await first.getByRole('link', { name: /^To answer ?\d+$/ }).waitFor();
  for (const [language, words] of [['en', /^1 message with candidates imported, of \d+ looked at\.$/], ['de', /^1 Nachricht mit Kandidaten importiert, von \d+ angesehenen\.$/], ['fr', /^1 message avec des candidats importé, sur \d+ examinés\.$/]]) {
    await first.request.patch(`${fresh.url}/api/v1/me`, { data: { language }, headers: { origin: fresh.url, 'sec-fetch-site': 'same-origin' } });
    for (const [width, height] of [[360, 740], [1440, 900]]) {
      await first.setViewportSize({ width, height });
      await first.goto(ownPage);
      const said = first.getByText(words);
      await said.waitFor();
      const box = await said.boundingBox();
      assert.ok(box.y + box.height <= height / 2, `${language}, ${width} px: ${box.y}`);
      await shoot(first, `numbers-${language}-${width}`);
    }
  }
  await context.close();

  // A colleague needs to know no server: the admin's stand there.
  const admin = fresh.api();
  await admin.signIn(recruiter, adminPassword);
  const clara = `clara@${domain}`;
  await addUser(fresh, admin, { name: 'Clara', email: clara, role: 'evaluator' });
  const hers = await browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'en-GB' });
  const second = await hers.newPage();
  await second.goto(fresh.url);
  await second.getByLabel('E-mail address').fill(clara);
  await second.getByLabel('Password', { exact: true }).fill(adminPassword);
  await second.getByRole('button', { name: 'Sign in' }).click();
  await second.getByRole('link', { name: 'Add e-mail' }).click();
  await second.getByRole('button', { name: /^Other/ }).click();
  await second.getByText('The same servers as Ada Admin.').waitFor();
  const filled = (name) => second.locator(`[data-fault="${name}"]`);
  assert.equal(await filled('address').inputValue(), clara);
  await until('the servers stand there', async () => {
    const there = await Promise.all(['imap.host', 'imap.port', 'smtp.port'].map((name) => filled(name).inputValue()));
    if (there.join() === [host, ports.imap, ports.smtp].join()) return true;
    throw new Error(there.join());
  });
  await until('the focus is in the password', () => second.evaluate(() => document.activeElement?.matches('[data-fault=password]')));
  await second.keyboard.type(stage.mail.passwordOf(clara));
  await second.getByLabel('I agree, for this mailbox of mine').check();
  await second.getByRole('button', { name: 'Connect', exact: true }).click();
  await second.waitForURL(/\/email\/[0-9a-f-]{36}/);
  await second.getByRole('link', { name: 'Open inbox' }).click();
  await second.waitForURL('**/inbox');
  await hers.close();
  await fresh.stop();
});

test('O-5 one more company, by a link of the operator beside the running server; who works for both says for which', { timeout: 600_000 }, async () => {
  const { hearback } = stage;
  const company = (data) => spawnSync(binary, ['company', '--data', data, '--listen', `127.0.0.1:${hearback.port}`], { encoding: 'utf8' });
  const written = company(hearback.data);
  assert.equal(written.status, 0, written.stderr);
  const link = written.stdout.match(/^http\S+$/m)[0];
  const wrong = company(path.join(stage.folder, 'nowhere'));
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /No Hearback server has run on .*nowhere/);

  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'en-GB' });
  const tab = await context.newPage();
  await tab.goto(link);
  await tab.getByText('Name your company and make its first admin: you.').waitFor();
  const fill = async () => {
    await tab.getByLabel('Company').fill('Acme');
    await tab.getByLabel('Your name').fill('Ada of Acme');
    await tab.getByLabel('E-mail address').fill(recruiter);
    await tab.getByLabel('Password').fill(adminPassword);
    await tab.getByRole('button', { name: 'Create the company' }).click();
  };
  await fill();
  await tab.waitForURL('**/email/add');
  await tab.goto(`${hearback.url}/candidates`);
  await tab.getByText('No candidates yet').waitFor();

  // The link is used up, and says so.
  await context.clearCookies();
  await tab.goto('about:blank');
  await tab.goto(link);
  await fill();
  await tab.getByRole('alert').getByText('This link was used already, or is no longer good.').waitFor();

  await tab.goto(`${hearback.url}/sign-in`);
  const signIn = async (into) => {
    await tab.getByLabel('E-mail address').fill(recruiter);
    await tab.getByLabel('Password').fill(adminPassword);
    await tab.keyboard.press('Enter');
    await tab.getByRole('group', { name: 'Which company do you want to sign in to?' }).waitFor();
    await shoot(tab, `which-company-${into}`);
    await tab.getByRole('button', { name: into }).click();
    await tab.waitForURL('**/inbox');
    return (await (await tab.request.get(`${hearback.url}/api/v1/me`)).json()).company.name;
  };
  assert.equal(await signIn('Acme'), 'Acme');
  await context.clearCookies();
  await tab.goto(`${hearback.url}/sign-in`);
  assert.equal(await signIn('Lindenhof Instruments'), 'Lindenhof Instruments');
  await tab.goto(`${hearback.url}/candidates`);
  await tab.getByText('Jane Doe').first().waitFor();
  await context.close();
});

test('O-1 a page that was open while the server was updated says so, and becomes the new one', { timeout: 600_000 }, async () => {
  const folder = path.join(stage.folder, 'updated');
  const pages = path.join(folder, 'pages');
  fs.cpSync(builtPages, pages, { recursive: true });
  for (const packed of ['index.html.br', 'index.html.gz']) fs.rmSync(path.join(pages, packed), { force: true });
  const server = await startHearback(folder, stage.closing, { pages });
  await setUpCompany(server);
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'en-GB' });
  const tab = await context.newPage();
  await tab.goto(server.url);
  await tab.getByLabel('E-mail address').fill(recruiter);
  await tab.getByLabel('Password', { exact: true }).fill(adminPassword);
  await tab.getByRole('button', { name: 'Sign in' }).click();
  await tab.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await tab.getByRole('button', { name: 'Menu' }).waitFor();
  await tab.evaluate(() => { globalThis.sameDocument = true; });
  const lost = tab.getByText('The connection is interrupted');
  const updated = tab.getByText('Hearback was updated');
  await server.stop();
  await lost.waitFor();
  await server.start();
  await lost.waitFor({ state: 'hidden' });
  assert.equal(await updated.count(), 0, 'it is the same one');

  await server.stop();
  await lost.waitFor();
  const index = path.join(pages, 'index.html');
  fs.writeFileSync(index, fs.readFileSync(index, 'utf8').replace(/(type="module"[^>]*src="[^"]+)"/, '$1?2"'));
  await server.start();
  await updated.waitFor();
  assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it fits');
  await tab.getByRole('button', { name: 'Reload the page' }).click();
  await until('it is another document', () => tab.evaluate(() => !globalThis.sameDocument).catch(() => false));
  await context.close();
  await server.stop();
});

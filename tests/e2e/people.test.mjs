// O-5: a colleague comes in by a link, and nobody else ever knows their password.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { adminPassword, binary } from '../../tools/testbed/hearback.mjs';
import { openChromium } from '../../tools/testbed/browser.mjs';
import { build, candidateAddress, connect, domain, openStage, recruiter, until } from './stage.mjs';

const shots = process.env.HEARBACK_SHOTS; // a folder for pictures of each state, to be looked at
const nina = `nina@${domain}`, moved = `nina.neu@${domain}`, first = 'a first long password', second = 'a second long password';
let stage, browser, url;
before(async () => {
  stage = await openStage('people', { extra: ['--fast-retries'] });
  url = stage.hearback.url;
  await stage.mail.append(recruiter, [{ raw: await build({ from: candidateAddress, to: recruiter, subject: 'About the job', text: 'hello' }) }]);
  await connect(stage.api, stage.mail);
  browser = await openChromium(stage.closing);
}, { timeout: 600_000 });
after(() => stage?.closing.close());

async function person({ width = 1280, language = 'en', dark = false, email, password } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, locale: language, colorScheme: dark ? 'dark' : 'light' });
  if (email) await context.request.post(`${url}/api/v1/session`, { data: { email, password }, headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
  return context.newPage();
}
if (shots) fs.mkdirSync(shots, { recursive: true });
const shoot = (tab, name) => shots && tab.screenshot({ path: path.join(shots, `people-${name}.png`) });
const fits = async (tab) => assert.ok((await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'it is too wide');

test('O-5 invited by a link, in with one’s own password, which is changed; the other session ends', { timeout: 600_000 }, async () => {
  const ada = await person({ email: recruiter, password: adminPassword });
  await ada.goto(`${url}/settings/company/users`);
  await ada.getByRole('button', { name: 'Add user' }).click();
  const dialog = ada.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Nina');
  await dialog.getByLabel('E-mail address').fill(nina);
  await dialog.getByRole('checkbox').check();
  assert.equal(await dialog.locator('input[type=password]').count(), 0);
  await dialog.getByRole('button', { name: 'Add user' }).click();
  const link = await dialog.getByLabel('Link').inputValue();
  assert.ok(link.startsWith(`${url}/welcome#`), link);
  await shoot(ada, 'link');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const row = ada.locator('tr', { hasText: nina });
  await row.getByText(/not here yet/).waitFor();
  await shoot(ada, 'users');

  const laptop = await person({ width: 390, dark: true });
  const asked = [];
  laptop.on('request', (request) => asked.push(request.url()));
  await laptop.goto(link);
  await laptop.getByText('Ada Admin has invited you', { exact: false }).waitFor();
  await laptop.waitForURL(`${url}/welcome`); // the secret has left the address bar
  assert.ok(asked.every((one) => !one.includes(link.split('#')[1])), 'and was in no address that was asked for');
  await fits(laptop);
  await shoot(laptop, 'welcome');
  await laptop.getByLabel('New password').fill('too short');
  await laptop.getByRole('button', { name: /^Set password/ }).click();
  await laptop.getByText('The password needs at least 12 characters.').waitFor();
  await laptop.getByLabel('New password').fill(first);
  await laptop.getByRole('button', { name: /^Set password/ }).click();
  await laptop.waitForURL(/\/inbox/);
  await row.getByRole('button', { name: 'Invite to connect' }).waitFor(); // told live: she is here

  // Whoever comes later with the same link is too late.
  const late = await person({ language: 'de' });
  await late.goto(link);
  await late.getByText('Dieser Link gilt nicht mehr.').waitFor();
  await shoot(late, 'late');

  // She changes it on another device, and the first one is out, in the middle of what it shows.
  const desk = await person({ email: nina, password: first });
  await desk.goto(`${url}/settings/account/access`);
  await desk.getByText('This one').waitFor();
  await until('both devices stand there', async () => (await desk.locator('tbody tr').count()) === 2);
  await shoot(desk, 'access');
  await desk.getByLabel('Current password').fill('not this one');
  await desk.getByLabel('New password').fill(second);
  await desk.getByRole('button', { name: 'Change password' }).click();
  await desk.getByText('This is not your password.', { exact: false }).waitFor();
  await desk.getByLabel('Current password').fill(first);
  await desk.getByRole('button', { name: 'Change password' }).click();
  await until('one device is left', async () => (await desk.locator('tbody tr').count()) === 1);
  await laptop.getByRole('dialog').getByText('Your session has ended', { exact: false }).waitFor();
  await laptop.getByLabel('Password').fill(first);
  await laptop.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
  await laptop.getByText('The address or the password is wrong.').waitFor();
  await laptop.getByLabel('Password').fill(second);
  await laptop.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
  await laptop.getByRole('dialog').waitFor({ state: 'detached' });
});

test('O-5 an admin makes a link for who has forgotten the password', { timeout: 600_000 }, async () => {
  const ada = await person({ email: recruiter, password: adminPassword, language: 'en' });
  await ada.goto(`${url}/settings/company/users`);
  await ada.getByRole('button', { name: 'Change Nina' }).click();
  await ada.getByRole('button', { name: 'Password link' }).click();
  await ada.getByRole('button', { name: 'Make link' }).click();
  const link = await ada.getByRole('dialog').getByLabel('Link').inputValue();
  await stage.hearback.api().signIn(nina, second); // until it is used
  const tab = await person({ language: 'fr' });
  await tab.goto(link);
  await tab.getByText('A new password for Nina').waitFor(); // in her language, whatever the browser's
  await tab.getByLabel('New password').fill('a third long password');
  await tab.getByRole('button', { name: /^Set password/ }).click();
  await tab.waitForURL(/\/inbox/);
  assert.equal((await stage.hearback.api().refused('POST', '/session', { email: nina, password: second })).status, 401);
});

test('O-5 who is deactivated is out at once; let in again, they sign in as before', { timeout: 600_000 }, async () => {
  const ada = await person({ email: recruiter, password: adminPassword });
  const tab = await person({ email: nina, password: 'a third long password' });
  await tab.goto(`${url}/candidates`);
  await tab.getByText('Jane Doe').first().waitFor();
  await ada.goto(`${url}/settings/company/users`);
  const change = ada.getByRole('button', { name: 'Change Nina' });
  await change.click();
  await ada.getByRole('dialog').getByRole('checkbox').uncheck(); // she is on no hiring team
  await shoot(ada, 'change');
  await ada.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await tab.getByText('Jane Doe').first().waitFor({ state: 'detached' }); // told live
  await change.click();
  await ada.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await ada.getByRole('alertdialog').getByRole('button', { name: 'Deactivate' }).click();
  await tab.getByRole('dialog').getByText('Votre session est terminée', { exact: false }).or(tab.getByRole('dialog').getByText('Your session has ended', { exact: false })).waitFor();
  assert.equal((await stage.hearback.api().refused('POST', '/session', { email: nina, password: 'a third long password' })).status, 401);
  await ada.locator('tr', { hasText: nina }).getByText('Deactivated').waitFor();
  await change.click();
  await ada.getByRole('button', { name: 'Let in again' }).click();
  await until('she is in again', () => stage.hearback.api().signIn(nina, 'a third long password').then(() => true, () => false));
  // Nobody takes away the last who could undo it.
  await ada.getByRole('button', { name: 'Change Ada Admin' }).click();
  await ada.getByRole('dialog').getByLabel('Role').selectOption('manager');
  await ada.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await ada.getByText('Nobody else who can sign in is an admin.').waitFor();
});

test('O-5 by keys alone: a colleague signs in by another address, and the company has another name', { timeout: 600_000 }, async () => {
  const ada = await person({ email: recruiter, password: adminPassword });
  const tab = await person({ email: nina, password: 'a third long password', width: 390, dark: true });
  await tab.goto(`${url}/inbox`);
  await tab.getByText('Lindenhof Instruments').first().waitFor();
  await ada.goto(`${url}/settings/company/users`);
  await ada.getByRole('button', { name: 'Change Nina' }).focus();
  await ada.keyboard.press('Enter');
  const dialog = ada.getByRole('dialog');
  await dialog.waitFor();
  const becomes = async (address) => {
    await dialog.getByLabel('E-mail address').focus();
    await ada.keyboard.press('Control+a');
    await ada.keyboard.type(address);
    await ada.keyboard.press('Enter');
  };
  await becomes(recruiter);
  await dialog.getByText('There is a user with this address already.').waitFor();
  await becomes(candidateAddress);
  await dialog.getByText('This is a candidate’s address').waitFor(); // asked, as for somebody new (I-1)
  await shoot(ada, 'of-candidate');
  await becomes(moved);
  await dialog.waitFor({ state: 'detached' });
  await ada.locator('tr', { hasText: moved }).waitFor();
  assert.equal(await ada.getByRole('button', { name: 'Change Nina' }).evaluate((button) => button === document.activeElement), true);
  assert.equal((await stage.hearback.api().refused('POST', '/session', { email: nina, password: 'a third long password' })).status, 401);
  await stage.hearback.api().signIn(moved, 'a third long password');
  await ada.keyboard.press('Control+k');
  await ada.keyboard.type('general');
  await ada.getByRole('option', { name: 'Settings › General' }).waitFor();
  await ada.keyboard.press('Enter');
  await ada.getByLabel('Name of the company').focus();
  await ada.keyboard.press('Control+a');
  await ada.keyboard.type('Acme & Sons');
  await shoot(ada, 'company');
  await fits(ada);
  await ada.keyboard.press('Enter');
  await tab.getByText('Acme & Sons').first().waitFor(); // told live, and she is in as before
  await ada.goto(`${url}/settings/company`);
  await shoot(ada, 'company-saved');
});

test('O-5 the operator lets in an admin whom nobody else can', { timeout: 600_000 }, async () => {
  const { hearback } = stage;
  const verb = (address) => spawnSync(binary, ['link', address, '--data', hearback.data, '--listen', `127.0.0.1:${hearback.port}`], { encoding: 'utf8' });
  assert.match(verb(recruiter).stderr, /running on the data directory/);
  await hearback.stop();
  assert.match(verb('nobody@nowhere.example').stderr, /No active user/);
  const made = verb(recruiter.toUpperCase());
  const link = made.stdout.match(/http\S+\/welcome#(\S+)/);
  assert.ok(link, made.stdout + made.stderr);
  await hearback.start();
  const ada = hearback.api();
  await ada.post('/link/password', { link: link[1], password: 'once more in here' });
  assert.equal((await ada.get('/me')).user.email, recruiter);
  assert.equal((await stage.api.refused('GET', '/me')).status, 401, 'what the old password had opened has ended');
});

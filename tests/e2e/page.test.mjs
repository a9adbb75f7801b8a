// The journey of the main job in a real browser, as a newcomer would take it: sign in, connect a
// mailbox (with a mistake first), read, see live mail, reply with formatting and a file, get the answer.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { adminPassword } from '../../tools/testbed/hearback.mjs';
import { axeSource, chromium } from '../../tools/testbed/peers.mjs';
import { build, candidateAddress, openStage, recruiter, until } from './stage.mjs';

let stage, browser, page;
const troubles = [];
before(async () => {
  stage = await openStage('page');
  const day = 86_400_000;
  const letter = async (id, days, more) => ({ date: new Date(Date.now() - days * day), flags: ['\\Seen'],
    raw: await build({ messageId: `<${id}@post.example>`, from: `Jane Doe <${candidateAddress}>`, to: recruiter, date: new Date(Date.now() - days * day), ...more }) });
  await stage.mail.append(recruiter, [
    await letter('application', 5, { subject: 'My application', text: 'Dear team, here is my application.', attachments: [{ filename: 'CV.pdf', content: '%PDF-1.4' }] }),
    await letter('older', 20, { subject: 'An older question', text: 'Are you hiring?' }),
    await letter('hostile', 4, { subject: 'Pictures', text: 'x', html: '<p>Hello <img src="https://tracker.example/p.gif"><script>top.owned=1</script><a href="javascript:top.owned=1" onclick="top.owned=1">click</a><svg onload="top.owned=1"></svg></p>' }),
    await letter('private', 3, { from: 'mum@home.example', subject: 'Sunday dinner', text: 'private' }),
  ]);
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'] });
  stage.closing.add(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error' && !/status of 4(01|22)/.test(message.text())) troubles.push(`console: ${message.text()}`); });
  page.on('request', (request) => { if (!request.url().startsWith(stage.hearback.url) && !/^(data|blob|about):/.test(request.url())) troubles.push(`request to ${request.url()}`); });
}, { timeout: 120_000 });
after(() => stage?.closing.close());

async function accessible(where) {
  await page.evaluate(fs.readFileSync(fileURLToPath(axeSource()), 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { iframes: false, resultTypes: ['violations'] }));
  const serious = violations.filter((v) => ['serious', 'critical'].includes(v.impact));
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(', ')}`), [], `axe on ${where}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${where} is ${overflow} px too wide`);
}

test('sign in: a wrong password is told, the right one leads to the inbox', { timeout: 60_000 }, async () => {
  await page.goto(stage.hearback.url);
  await page.getByLabel('E-mail address').fill(recruiter);
  await page.getByLabel('Password', { exact: true }).fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').first().waitFor();
  assert.equal(await page.getByLabel('E-mail address').inputValue(), recruiter, 'what was typed stays');
  await page.getByLabel('Password', { exact: true }).fill(adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/inbox');
  await accessible('the empty inbox');
});

test('C-1 C-3 C-6 Settings > My account > Profile > E-mail > Add e-mail: a mistake is explained, nothing typed is lost', { timeout: 90_000 }, async () => {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'E-mail', exact: true }).click();
  await page.getByRole('link', { name: 'Add e-mail' }).or(page.getByRole('button', { name: 'Add e-mail' })).first().click();
  for (const provider of ['Google', 'Microsoft', 'Hearback']) await page.getByRole('button', { name: new RegExp(`^${provider}`) }).waitFor();
  await page.getByRole('button', { name: /^Other/ }).click();
  await page.getByLabel('E-mail address').fill(recruiter);
  await page.getByLabel('Password', { exact: true }).fill('not this one');
  const imap = page.getByRole('group', { name: 'Incoming mail (IMAP)' }), smtp = page.getByRole('group', { name: 'Outgoing mail (SMTP)' });
  await imap.getByLabel('Server').fill(stage.mail.host);
  await imap.getByLabel('Port').fill(String(stage.mail.dovecot.imaps));
  await smtp.getByLabel('Server').fill(stage.mail.host);
  await smtp.getByLabel('Encryption').selectOption('starttls');
  await smtp.getByLabel('Port').fill(String(stage.mail.postfix.submission));
  await page.getByLabel('I agree, for this mailbox of mine').check();
  await accessible('the form');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  const alert = page.getByRole('alert').first();
  await alert.waitFor({ timeout: 30_000 });
  assert.match(await alert.innerText(), /password/i);
  assert.deepEqual((await stage.api.get('/mailboxes')).rows, []);
  await page.getByLabel('Password', { exact: true }).fill(stage.mail.passwordOf(recruiter));
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.waitForURL(/\/email\/[0-9a-f-]{36}/, { timeout: 30_000 });
  await until('the import is complete', async () => { const [m] = (await stage.api.get('/mailboxes')).rows; return m && !m.importing; });
  await accessible('the mailbox');
});

test('C-8 an older window is counted first, then imported', { timeout: 60_000 }, async () => {
  await page.getByRole('heading', { name: 'Import my old e-mails' }).waitFor();
  await page.getByRole('button', { name: 'Choose another period' }).click();
  await page.getByLabel('Everything').check();
  await page.getByRole('button', { name: 'Count first' }).click();
  await page.getByText('3 messages of 4 are with candidates').waitFor();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await until('the older message is there', async () => (await stage.api.get(`/threads?candidate=${stage.candidate.id}`)).rows.some((t) => t.subject === 'An older question'));
});

test('the profile shows the imported threads, and hostile HTML does nothing', { timeout: 60_000 }, async () => {
  await page.getByRole('link', { name: 'Candidates', exact: true }).click();
  await page.getByRole('link', { name: /Jane Doe/ }).first().click();
  for (const subject of ['My application', 'An older question', 'Pictures']) await page.getByText(subject, { exact: true }).first().waitFor();
  assert.equal(await page.getByText('Sunday dinner').count(), 0);
  await accessible('the profile');
  await page.getByText('Pictures', { exact: true }).first().click();
  const body = page.frameLocator('iframe').first();
  await body.getByText('Hello').waitFor();
  assert.equal(await page.evaluate(() => globalThis.owned), undefined);
  assert.equal(await body.locator('script, svg, [onclick], a[href^="javascript"]').count(), 0);
  await accessible('the thread');
});

test('S-9 live mail appears without reload', { timeout: 60_000 }, async () => {
  await page.getByRole('link', { name: 'Inbox' }).click();
  await page.evaluate(() => { globalThis.sameDocument = true; });
  await stage.mail.submit(candidateAddress, { to: recruiter, subject: 'One more thing', text: 'When can I start?' });
  const fresh = page.getByText('One more thing', { exact: true }).first();
  const chip = page.getByRole('button', { name: /new/i }).first();
  await fresh.or(chip).first().waitFor({ timeout: 15_000 });
  if (!(await fresh.isVisible())) await chip.click();
  await fresh.click();
  await page.getByText('When can I start?').first().waitFor();
  assert.equal(await page.evaluate(() => globalThis.sameDocument), true);
});

test('W-1 reply with formatting and an attachment: sent, in Sent, and the answer joins the thread', { timeout: 90_000 }, async () => {
  await page.getByRole('button', { name: 'Reply', exact: true }).last().click();
  const editor = page.getByRole('textbox', { name: 'Message' });
  await editor.waitFor();
  await editor.click();
  await page.keyboard.press('Control+b');
  await page.keyboard.type('Next Monday');
  await page.keyboard.press('Control+b');
  await page.keyboard.type(', if that suits you.');
  const file = path.join(stage.folder, 'contract.txt');
  fs.writeFileSync(file, 'the contract');
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText('contract.txt').first().waitFor();
  await until('the upload is done', async () => (await page.locator('progress').count()) === 0);
  await accessible('the composer');
  await page.keyboard.press('Control+Enter');
  const arrived = await until('the candidate has it', async () => (await stage.mail.read(candidateAddress)).find((m) => /contract\.txt/.test(m.source)));
  assert.match(arrived.source, /<(b|strong)>Next Monday<\/(b|strong)>/);
  await page.getByText('filed in your Sent folder').first().waitFor({ timeout: 20_000 });
  assert.equal((await stage.mail.read(recruiter, 'Sent')).length, 1);
  const id = /^message-id:\s*<([^>]+)>/im.exec(arrived.source)[1];
  await stage.mail.submit(candidateAddress, { to: recruiter, subject: 'Re: One more thing', text: 'Monday is perfect.', inReplyTo: `<${id}>`, references: `<${id}>` });
  await page.getByText('Monday is perfect.').first().waitFor({ timeout: 15_000 });
  const row = (await stage.api.get(`/threads?candidate=${stage.candidate.id}`)).rows.find((t) => t.subject.endsWith('One more thing'));
  assert.equal(row.messages, 3);
});

test('keyboard: one Escape closes the overview and the focus is where it was; no subject is asked about', { timeout: 60_000 }, async () => {
  await page.goto(`${stage.hearback.url}/inbox`);
  await page.getByText('One more thing').first().waitFor();
  await page.keyboard.press('j');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('href'));
  const row = await until('a row has the focus', async () => { const at = await focused(); return at?.startsWith('/inbox/') && at; });
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await until('the row has the focus again', async () => (await focused()) === row);
  await page.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}?compose=true`);
  await page.getByRole('textbox', { name: 'Message' }).click();
  await page.keyboard.type('Hello again');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('alertdialog').getByText('Send without a subject?').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Hello again').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
});

test('narrow, dark, in French and German: nothing is too wide, nothing untranslated', { timeout: 90_000 }, async () => {
  for (const [language, heading] of [['fr', /réception/i], ['de', /Posteingang/]]) {
    await stage.api.patch('/me', { language });
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: language, storageState: await page.context().storageState() });
    const narrow = await context.newPage();
    await narrow.goto(`${stage.hearback.url}/inbox`);
    await narrow.getByText(heading).first().waitFor();
    assert.ok((await narrow.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    await context.close();
  }
  await stage.api.patch('/me', { language: 'en' });
});

test('no script error, no failed request, no request to anybody else', () => assert.deepEqual(troubles, []));

// The journey of the main job in a real browser, as a newcomer would take it: sign in, connect a
// mailbox (with a mistake first), read, see live mail, reply with formatting and a file, get the answer.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { adminPassword } from '../../tools/testbed/hearback.mjs';
import { openChromium } from '../../tools/testbed/browser.mjs';
import { axeSource } from '../../tools/testbed/peers.mjs';
import { addUser, build, candidateAddress, connect, domain, openStage, processorSeconds, recruiter, until } from './stage.mjs';

let stage, browser, page;
const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const troubles = [];
before(async () => {
  stage = await openStage('page', { extra: ['--fast-retries'] });
  await stage.api.patch('/me', { after_answer: 'stay' });  // what becomes of an answer is looked at here
  const day = 86_400_000;
  const letter = async (id, days, more) => ({ date: new Date(Date.now() - days * day), flags: ['\\Seen'],
    raw: await build({ messageId: `<${id}@post.example>`, from: `Jane Doe <${candidateAddress}>`, to: recruiter, date: new Date(Date.now() - days * day), ...more }) });
  await stage.mail.append(recruiter, [
    await letter('application', 5, { subject: 'My application', text: 'Dear team, here is my application.', attachments: [{ filename: 'CV.pdf', content: '%PDF-1.4' }] }),
    await letter('older', 20, { subject: 'An older question', text: 'Are you hiring?' }),
    await letter('hostile', 4, { subject: 'Pictures', text: 'x', html: '<p>Hello <img src="https://tracker.example/p.gif"><script>top.owned=1</script><a href="javascript:top.owned=1" onclick="top.owned=1">click</a><svg onload="top.owned=1"></svg></p>' }),
    await letter('deep', 6, { subject: 'Deep', text: 'x', html: `<p>Deep words</p>${Array.from({ length: 20_000 }, (_, i) => `<font size=${i % 7} color=${i}><p>`).join('')}` }),
    await letter('styled', 7, { subject: 'Styled', text: 'x', html: `<p>Styled words</p><p style="color:${'a'.repeat(120_000)}">x</p>` }),
    await letter('tall', 8, { subject: 'Tall', text: 'x', html: '<p>Tall words</p><div style="height:1e8px">x</div><table height="100000000"><tr><td>y</td></tr></table><div style="height:4000px"></div><div style="height:4000px"></div><p>The end</p>' }),
    await letter('dark', 9, { subject: 'White on dark', text: 'x', html: '<html><body bgcolor="#101828" style="background:#101828;color:#ffffff"><p><font color="#ffffff">I accept your offer.</font></p></body></html>' }),
    await letter('meeting', 10, { from: 'ada@lindenhof.example <jane.doe@post.example>', subject: 'Meeting', text: 'Shall we meet?', html: '<p>Shall we meet? <img src="cid:map@x"></p>', attachments: [
      { filename: 'map.png', cid: 'map@x', contentDisposition: 'inline', content: dot },
      { filename: false, contentType: 'text/calendar; method=REQUEST', content: 'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Second interview\r\nDTSTART;TZID=W. Europe Standard Time:20261203T100000\r\nDTEND;TZID=W. Europe Standard Time:20261203T110000\r\nLOCATION:Room 3\r\nORGANIZER;CN=Jane Doe:mailto:jane.doe@post.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n' },
      ...['CV.pdf', 'cv.pdf', 'Zeugnis Größe.pdf', `${'A very long name '.repeat(12)}.pdf`, 'references.docx'].map((filename) => ({ filename, content: filename })),
      { filename: 'portrait.png', content: dot }] }),
    await letter('private', 3, { from: 'mum@home.example', subject: 'Sunday dinner', text: 'private' }),
  ]);
  browser = await openChromium(stage.closing);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Berlin' });
  page = await context.newPage();
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => { if (message.type() === 'error' && !/status of 4(01|22)|net::ERR_FAILED/.test(message.text())) troubles.push(`console: ${message.text()}`); });
  page.on('request', (request) => { if (!request.url().startsWith(stage.hearback.url) && !/^(data|blob|about):/.test(request.url())) troubles.push(`request to ${request.url()}`); });
}, { timeout: 600_000 });
after(() => stage?.closing.close());

async function accessible(where) {
  await page.evaluate(fs.readFileSync(fileURLToPath(axeSource()), 'utf8'));
  // What fades in is looked at once it is there.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).map((one) => one.finished)));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { iframes: false, resultTypes: ['violations'] }));
  const serious = violations.filter((v) => ['serious', 'critical'].includes(v.impact));
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(', ')}`), [], `axe on ${where}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${where} is ${overflow} px too wide`);
}

test('sign in: a wrong password is told, the right one leads to the inbox', { timeout: 600_000 }, async () => {
  await page.goto(stage.hearback.url);
  await page.getByLabel('E-mail address').fill('ada@');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('“ada@” is not an e-mail address.').waitFor();
  await page.getByText('Please fill this in.').waitFor();
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

test('C-1 C-3 C-6 Settings > My account > Profile > E-mail > Add e-mail: a mistake is explained, nothing typed is lost', { timeout: 600_000 }, async () => {
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
  await alert.waitFor();
  assert.match(await alert.innerText(), /password/i);
  assert.deepEqual((await stage.api.get('/mailboxes')).rows, []);
  await page.getByLabel('Password', { exact: true }).fill(stage.mail.passwordOf(recruiter));
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.waitForURL(/\/email\/[0-9a-f-]{36}/);
  await until('the import is complete', async () => { const [m] = (await stage.api.get('/mailboxes')).rows; return m && !m.importing; });
  await accessible('the mailbox');
});

test('C-8 an older window is counted first, then imported', { timeout: 600_000 }, async () => {
  await page.getByRole('heading', { name: 'Import my old e-mails' }).waitFor();
  await page.getByRole('button', { name: 'Choose another period' }).click();
  await page.getByLabel('Everything').check();
  await page.getByRole('button', { name: 'Count first' }).click();
  await page.getByText('8 messages of 9 are with candidates').waitFor();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await until('the older message is there', async () => (await stage.api.get(`/threads?candidate=${stage.candidate.id}`)).rows.some((t) => t.subject === 'An older question'));
});

test('the profile shows the imported threads, and hostile HTML does nothing', { timeout: 600_000 }, async () => {
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

const linkTo = async (subject) => {
  await page.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}?view=conversations`);
  const link = page.locator('a').filter({ hasText: subject }).first();
  await link.waitFor();
  return link;
};
const openLetter = async (subject) => (await linkTo(subject)).click();

test('THREAT13 a message that was made to freeze the reader opens like any other', { timeout: 600_000 }, async () => {
  for (const [subject, words] of [['Deep', 'Deep words'], ['Styled', 'Styled words'], ['Tall', 'Tall words']]) {
    const link = await linkTo(subject);
    const took = await processorSeconds(page, async () => {
      await link.click();
      await page.frameLocator('iframe').first().getByText(words).waitFor();
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    });
    assert.ok(took < 5, `${subject}: ${took} s of processor`);
  }
  const height = () => page.locator('iframe').first().evaluate((frame) => frame.getBoundingClientRect().height);
  await until('the height is known', async () => (await height()) > 5_000);
  assert.ok((await height()) <= 6_000);
  await page.getByRole('button', { name: 'Show all of it' }).click();
  await until('all of it is shown', async () => (await height()) > 8_000);
  assert.ok((await height()) < 60_001);
});

test('case 15 a mail stands on the ground that it brings', { timeout: 600_000 }, async () => {
  await openLetter('White on dark');
  const body = page.frameLocator('iframe').first();
  await body.getByText('I accept your offer.').waitFor();
  assert.equal(await body.locator('html').evaluate((html) => getComputedStyle(html).backgroundColor), 'rgb(16, 24, 40)');
});

test('invitations have a name, pictures open and save, and nobody hides behind a name', { timeout: 600_000 }, async () => {
  await openLetter('Meeting');
  await page.getByText('Invitation: Second interview').waitFor();
  await page.getByText(/3 December 2026(,| at) 10:00\s?–\s?11:00/).waitFor();
  await page.locator('.invitation').getByText('Room 3').waitFor();
  await page.locator('.invitation').getByText('Jane Doe (jane.doe@post.example)').waitFor();
  assert.equal(await page.getByText('Unnamed file').count(), 0);
  await page.locator('.message-name').getByText('jane.doe@post.example', { exact: true }).waitFor();
  await page.getByText('calls itself “ada@lindenhof.example”').first().waitFor();
  await page.getByText('1 picture in the text').click();
  await page.getByRole('button', { name: /map\.png/ }).click();
  const preview = page.locator('.preview');
  const shown = preview.getByRole('img', { name: 'map.png' });
  await shown.waitFor();
  assert.ok(await shown.evaluate((img) => img.decode().then(() => img.naturalWidth > 0)));
  await preview.getByRole('link', { name: 'Download map.png' }).waitFor();
  await accessible('a picture');
  await page.keyboard.press('Escape');
  await preview.waitFor({ state: 'detached' });
});

test('many files: six at first, all on demand, and one archive that another program opens', { timeout: 600_000 }, async () => {
  await openLetter('Meeting');
  const files = page.getByRole('list', { name: 'Attachments' });
  await files.getByText('references.docx').waitFor();
  assert.equal(await files.getByRole('listitem').count(), 6);
  // Once the words above are there with their picture, which may be fewer lines than were kept free for them.
  await until('the words are there', () => page.locator('.message.open iframe').first().evaluate((frame) => {
    const pictures = [...frame.contentDocument.images];
    return getComputedStyle(frame).visibility === 'visible' && pictures.length > 0 && pictures.every((one) => one.naturalWidth > 0);
  }));
  const steady = await until('it stands still', async () => {
    const before = await files.boundingBox();
    await page.waitForTimeout(300);
    return before.y === (await files.boundingBox()).y && before;
  });
  await page.getByRole('article').getByRole('button', { name: 'Show all 7' }).press('Enter');
  await page.getByRole('button', { name: 'Show fewer', expanded: true }).and(page.locator(':focus')).waitFor();
  assert.equal(await files.getByRole('listitem').count(), 7);
  assert.equal((await files.boundingBox()).y, steady.y, 'what was there has not moved');
  await accessible('many files');

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download all' }).click()]);
  assert.equal(download.suggestedFilename(), 'Meeting.zip');
  const archive = await download.path();
  execFileSync('unzip', ['-tqq', archive]);
  const listed = execFileSync('unzip', ['-Z1', archive], { env: { ...process.env, LC_ALL: 'C.UTF-8' }, encoding: 'utf8' }).trimEnd().split('\n');
  assert.deepEqual(listed, ['attachment.ics', 'CV.pdf', 'cv (2).pdf', 'Zeugnis Größe.pdf', `${'A very long name '.repeat(12)}.pdf`, 'references.docx', 'portrait.png']);

  await page.getByRole('button', { name: /portrait\.png/ }).press('Enter');
  const preview = page.locator('.preview');
  await preview.getByRole('img', { name: 'portrait.png' }).waitFor();
  await preview.getByText('6 of 7').waitFor();
  await page.keyboard.press('ArrowRight');
  await preview.getByRole('img', { name: 'map.png' }).waitFor();
  await preview.getByText('7 of 7').waitFor();
  await accessible('one picture of several files');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /portrait\.png/ }).and(page.locator(':focus')).waitFor();
});

test('M-7 each time is in the zone of the browser, in the reader’s way of writing', { timeout: 600_000 }, async () => {
  assert.equal((await stage.api.get('/me')).user.time_zone, 'Europe/Berlin');
  await page.goto(`${stage.hearback.url}/settings/account/profile`);
  assert.equal(await page.getByLabel('Time zone').inputValue(), 'Europe/Berlin');
});

test('M-7 at 768 px no table squeezes its words, and nothing moves when the editor comes', { timeout: 600_000 }, async () => {
  await stage.api.patch('/me', { language: 'de' });
  await page.setViewportSize({ width: 768, height: 900 });
  for (const at of ['company/users', 'account/profile/email']) {
    await page.goto(`${stage.hearback.url}/settings/${at}`);
    const cells = page.locator('.settings-page tbody td');
    await cells.first().waitFor();
    for (const width of await cells.evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect().width))) assert.ok(width > 90, `${at}: ${width} px`);
  }
  await page.route('**/assets/editor-*.js', async (route) => { await new Promise((go) => setTimeout(go, 1000)); await route.continue(); });
  await page.goto(`${stage.hearback.url}/settings/account/profile`);
  const height = () => page.locator('.signature').evaluate((box) => box.getBoundingClientRect().height);
  await page.locator('.signature .waiting').waitFor();
  const before = await height();
  await page.locator('.signature .toolbar').waitFor();
  assert.equal(await height(), before);
  await page.unroute('**/assets/editor-*.js');
  await page.setViewportSize({ width: 1440, height: 900 });
  await stage.api.patch('/me', { language: 'en' });
  await page.goto(`${stage.hearback.url}/inbox`);
});

test('S-9 live mail appears without reload', { timeout: 600_000 }, async () => {
  await page.getByRole('link', { name: 'Inbox' }).click();
  await page.evaluate(() => { globalThis.sameDocument = true; });
  await stage.mail.submit(candidateAddress, { to: recruiter, subject: 'One more thing', text: 'When can I start?' });
  const fresh = page.getByText('One more thing', { exact: true }).first();
  const chip = page.getByRole('button', { name: /^\d+ new$/ });
  await fresh.or(chip).first().waitFor();
  if (!(await fresh.isVisible())) await chip.click();
  await fresh.click();
  await page.getByText('When can I start?').first().waitFor();
  assert.equal(await page.evaluate(() => globalThis.sameDocument), true);
});

test('W-1 reply with formatting and an attachment: sent, in Sent, and the answer joins the thread', { timeout: 600_000 }, async () => {
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
  await page.locator('form.composer input[type=file]').setInputFiles(file);
  await page.getByText('contract.txt').first().waitFor();
  await until('the upload is done', async () => (await page.locator('progress').count()) === 0);
  const seen = (locator) => locator.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
  await until('what was attached is in sight', () => seen(page.locator('.uploads .chip')));
  await page.locator('.pane-body:has(form.composer)').evaluate((pane) => pane.scrollTo(0, 0));
  await page.getByRole('button', { name: 'Remove contract.txt' }).focus();
  await until('what has the focus is in sight', () => seen(page.getByRole('button', { name: 'Remove contract.txt' })));
  await accessible('the composer');
  await page.keyboard.press('Control+Enter');
  const arrived = await until('the candidate has it', async () => (await stage.mail.read(candidateAddress)).find((m) => /contract\.txt/.test(m.source)));
  assert.match(arrived.source, /<(b|strong)>Next Monday<\/(b|strong)>/);
  await page.getByText('filed in the Sent folder').first().waitFor();
  assert.equal((await stage.mail.read(recruiter, 'Sent')).length, 1);
  const id = /^message-id:\s*<([^>]+)>/im.exec(arrived.source)[1];
  await stage.mail.submit(candidateAddress, { to: recruiter, subject: 'Re: One more thing', text: 'Monday is perfect.', inReplyTo: `<${id}>`, references: `<${id}>` });
  await page.getByText('Monday is perfect.').first().waitFor();
  const row = (await stage.api.get(`/threads?candidate=${stage.candidate.id}`)).rows.find((t) => t.subject.endsWith('One more thing'));
  assert.equal(row.messages, 3);
});

test('M-1 M-8 Sent shows my own words, the inbox the answer that waits; both say it is to answer', { timeout: 600_000 }, async () => {
  const rowOf = (words) => page.locator('a.thread-row').filter({ hasText: words });
  await page.goto(`${stage.hearback.url}/sent?tab=to_answer`);
  const mine = rowOf('One more thing');
  await mine.getByText('Next Monday, if that suits you.').waitFor();
  assert.doesNotMatch(await mine.innerText(), /Monday is perfect/);
  await page.goto(`${stage.hearback.url}/inbox`);
  await rowOf('One more thing').getByText('Monday is perfect.').waitFor();
  await rowOf('One more thing').getByText(/^\d+ min$/).waitFor();
});

test('THREAT1 the server asks for trusted types, and drafts, pasted markup and reloads live with that', { timeout: 600_000 }, async () => {
  const policy = (await fetch(stage.hearback.url)).headers.get('content-security-policy');
  assert.match(policy, /require-trusted-types-for 'script'; trusted-types hearback ProseMirrorClipboard/);
  await page.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}?compose=true`);
  const editor = page.getByRole('textbox', { name: 'Message' });
  await editor.click();
  await page.keyboard.type('Kept words. ');
  await editor.evaluate((element) => {
    const data = new DataTransfer();
    data.setData('text/html', '<p onclick="top.owned=1">Pasted <b>boldly</b><script>top.owned=1</script><img src=x onerror="top.owned=1"></p>');
    data.setData('text/plain', 'Pasted boldly');
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await editor.locator('strong').getByText('boldly').waitFor();
  await until('it is kept', () => page.evaluate(() => Object.entries(localStorage).some(([key, draft]) => key.startsWith('hearback.draft.') && draft.includes('boldly'))));
  await page.reload();
  await editor.getByText('Kept words.').waitFor();
  await editor.locator('strong').getByText('boldly').waitFor();
  await page.getByRole('button', { name: 'Plain text', exact: true }).click();
  await page.locator('textarea.plain-box').waitFor();
  await page.getByRole('button', { name: 'Formatted text', exact: true }).click();
  await editor.getByText('Kept words.').waitFor();
  assert.equal(await page.evaluate(() => globalThis.owned), undefined);
  await page.getByRole('button', { name: 'Discard' }).click();
});

test('keyboard: one Escape closes the overview and the focus is where it was; no subject is asked about', { timeout: 600_000 }, async () => {
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

test('M-7 the keyboard answers what has the focus, and leaves what is written alone', { timeout: 600_000 }, async () => {
  await page.goto(`${stage.hearback.url}/inbox`);
  const rows = page.locator('a.thread-row');
  await rows.first().click();
  await page.locator('.message.open').first().waitFor();
  await page.keyboard.press('j');
  const second = await rows.nth(1).getAttribute('href');
  await page.waitForURL(`**${second}`);
  await until('the open row has the focus', async () => (await page.evaluate(() => document.activeElement?.getAttribute('href'))) === second);
  await page.keyboard.press('r');
  const editor = page.getByRole('textbox', { name: 'Message' });
  await editor.waitFor();
  assert.equal(new URL(page.url()).pathname, second);
  await editor.click();
  await page.keyboard.type('half a thought');
  await page.keyboard.press('Escape');
  await editor.waitFor({ state: 'detached' });
  await page.keyboard.press('r');
  await editor.getByText('half a thought').waitFor();
  // A send that fails leaves the writer where they were: letters go on being letters.
  await page.route('**/api/v1/messages', (route) => route.abort());
  await editor.click();
  await page.keyboard.press('Control+Enter');
  await page.locator('form.composer [role=alert]').waitFor();
  await until('the focus is in the text', () => editor.evaluate((element) => element === document.activeElement));
  await page.keyboard.type('jjj');
  assert.equal(new URL(page.url()).pathname, second);
  await page.locator('.compose-foot button').first().focus();
  await page.keyboard.press('j');
  assert.equal(new URL(page.url()).pathname, second);
  await page.unroute('**/api/v1/messages');
  // Discarding can be taken back: the words are there again, with the writer in them.
  await page.getByRole('button', { name: 'Discard' }).click();
  await editor.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await editor.getByText('half a thought').waitFor();
  await until('the focus is in the text', () => editor.evaluate((element) => element === document.activeElement));
  await page.getByRole('button', { name: 'Discard' }).click();
});

test('M-7 by the keyboard alone: no press is lost, and the focus is always somewhere', { timeout: 600_000 }, async () => {
  const focused = () => page.evaluate(() => { const at = document.activeElement; return at?.getAttribute('href') ?? (at === document.body ? 'nowhere' : at?.id || at?.textContent || at?.tagName); });
  const focusAt = (what, wanted) => until(what, async () => { const at = await focused(); if (at === wanted) return true; throw new Error(at); });
  const rows = page.locator('a.thread-row');
  const href = (at) => rows.nth(at).getAttribute('href');
  const editor = page.getByRole('textbox', { name: 'Message' });
  await page.goto(`${stage.hearback.url}/inbox`);
  await rows.first().waitFor();
  // As quick as a key that is held down.
  await page.evaluate(() => { for (let i = 0; i < 4; i++) dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true })); });
  await focusAt('the fourth row has the focus', await href(3));
  await page.keyboard.press('Enter');
  await page.locator('.message.open').first().waitFor();
  await page.evaluate(() => { for (let i = 0; i < 3; i++) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', bubbles: true })); });
  await page.waitForURL(`**${await href(0)}`);
  // What is typed at once is never taken for keys.
  await page.locator('.message.open').first().waitFor();
  const first = page.url();
  await page.evaluate(() => { for (const key of ['r', 'j', 'k', 'a', 'j']) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); });
  await until('the writer is in the text', () => editor.evaluate((element) => element === document.activeElement));
  assert.equal(page.url(), first);
  await page.keyboard.type('A draft that waits');
  await page.keyboard.press('Escape');
  await focusAt('the way to reply has the focus', 'Reply');
  // A conversation with a draft is gone past like any other, and its draft is written on with r.
  await page.keyboard.press('j');
  await page.waitForURL(`**${await href(1)}`);
  await page.keyboard.press('k');
  await page.waitForURL(first);
  await editor.getByText('A draft that waits').waitFor();
  await focusAt('the row keeps the focus', await href(0));
  await page.keyboard.press('r');
  await until('the writer is in the text', () => editor.evaluate((element) => element === document.activeElement));
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.waitForURL('**/sent');
  await focusAt('the place has the focus', 'main');
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.waitForURL('**/candidates');
  await page.locator('.candidate-row').first().waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('Jane');
  await page.waitForURL('**/candidates?q=Jane');
  await page.keyboard.press('Enter');
  await until('what was found has the focus', async () => (await focused()).startsWith('/candidates/'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Jane Doe' }).waitFor();
  await page.keyboard.press('c');
  await until('the writer is in the message', () => page.evaluate(() => document.activeElement.closest('form.composer') !== null));
  await page.keyboard.press('Escape');
  await focusAt('the way to reply has the focus', 'Reply');
});

test('a connection that is gone is told, and told when it is back', { timeout: 600_000 }, async () => {
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  const cut = await context.newPage();
  await cut.goto(`${stage.hearback.url}/inbox`);
  await cut.locator('a.thread-row').first().waitFor();
  await context.setOffline(true);
  const told = cut.getByText('The connection is interrupted.');
  await told.waitFor();
  await context.setOffline(false);
  await told.waitFor({ state: 'detached' });
  await context.close();
});

test('M-9 the files of all mails stand in the card, the CV first', { timeout: 600_000 }, async () => {
  await page.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}`);
  const first = page.locator('aside.card .card-files').getByRole('button').first();
  await first.waitFor();
  assert.match(await first.innerText(), /^CV\.pdf/);
  await first.click();
  const preview = page.getByRole('region', { name: 'CV.pdf' });
  await preview.getByText('This PDF is damaged').waitFor(); // it consists of its first line
  const [file] = await Promise.all([page.waitForEvent('download'), preview.getByRole('link', { name: 'Download', exact: true }).click()]);
  await page.keyboard.press('Escape');
  assert.equal(fs.readFileSync(await file.path(), 'utf8').trim(), '%PDF-1.4');
});

test('M-9 the profile is one timeline over all conversations, answered where one reads it', { timeout: 600_000 }, async () => {
  await page.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}`);
  const main = page.locator('.split-main');
  await main.getByText('Added to Hearback').waitFor();
  const messages = main.locator('article.message');
  await messages.last().waitFor();
  const dates = await main.locator('.timeline-fact time, .message time').evaluateAll((all) => all.map((one) => Date.parse(one.dateTime)));
  assert.ok(dates.length > 5);
  assert.deepEqual(dates, dates.toSorted((one, other) => one - other), 'by date');
  const subjects = await main.locator('.timeline-subject').allInnerTexts();
  assert.ok(new Set(subjects).size > 2, 'of several conversations');
  await main.locator('article.message.open').first().waitFor();
  await accessible('the timeline');
  // What comes stands at its end, and is answered there.
  await stage.mail.submit(candidateAddress, { to: recruiter, subject: 'On the timeline', text: 'Do you see this?' });
  await main.locator('.timeline-subject').last().getByText('On the timeline').waitFor();
  await messages.last().getByText('Do you see this?').waitFor();
  await page.keyboard.press('r');
  await page.keyboard.type('I see it on the timeline.');
  await page.getByRole('textbox', { name: 'Message' }).getByText('I see it on the timeline.').waitFor();
  await page.keyboard.press('Control+Enter');
  await until('she has it', async () => (await stage.mail.read(candidateAddress)).some((m) => /I see it on the timeline/.test(m.source) && /^in-reply-to:/im.test(m.source)));
  await messages.last().frameLocator('iframe').getByText('I see it on the timeline.').waitFor();
  await page.getByRole('textbox', { name: 'Message' }).waitFor({ state: 'detached' });
  // It is in sight, and nothing of a draft is lost from it.
  await until('it is in sight', () => messages.last().evaluate((one) => one.getBoundingClientRect().bottom <= innerHeight + 1));
  await page.keyboard.press('r');
  await page.keyboard.type('Half a thought.');
  await page.keyboard.press('Escape');
  await main.locator('.timeline-subject').getByText('Draft', { exact: true }).first().waitFor();
  await page.reload();
  const text = page.getByRole('textbox', { name: 'Message' });
  await text.getByText('Half a thought.').waitFor();
  await main.getByRole('button', { name: 'New message' }).click();
  await until('a new message is empty', async () => !(await text.innerText()).includes('Half'));
  await page.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}`);
  await text.getByText('Half a thought.').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  // The conversation itself is a step away, and so is the list of them.
  await main.locator('.timeline-subject a').last().click();
  await page.waitForURL(/\/threads\//);
  await page.goBack();
  await main.getByRole('link', { name: 'Conversations' }).click();
  await main.locator('a.thread-row').first().waitFor();
  await page.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}?compose=true`);
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
});

test('W-5 a session that ends while sending: signed in over the page, the message goes', { timeout: 600_000 }, async () => {
  await page.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}?view=conversations`);
  await page.locator('a').filter({ hasText: 'My application' }).first().click();
  await page.locator('.message.open').first().waitFor();
  await page.getByRole('button', { name: 'Reply', exact: true }).last().click();
  const editor = page.getByRole('textbox', { name: 'Message' });
  await editor.waitFor();
  await page.keyboard.type('Sent across the gap');
  const at = page.url();
  await page.context().clearCookies();
  await page.keyboard.press('Control+Enter');
  const door = page.getByRole('dialog', { name: 'Sign in again' });
  await door.waitFor();
  await accessible('signing in again');
  await door.getByLabel('Password').fill(adminPassword);
  await door.getByRole('button', { name: 'Sign in' }).click();
  await until('the candidate has it', async () => {
    if ((await stage.mail.read(candidateAddress)).some((m) => /Sent across the gap/.test(m.source))) return true;
    const [newest] = (await stage.api.get('/outbox')).rows;
    throw new Error(`asked to sign in: ${await door.isVisible()}, the newest in the outbox: ${newest?.state} ${newest?.why ?? ''}`);
  });
  assert.equal(page.url(), at);
  await editor.waitFor({ state: 'detached' });
});

const topOf = (locator) => locator.evaluate((element) => element.getBoundingClientRect().top);
const frames = (count) => page.evaluate(async (left) => { for (; left > 0; left--) await new Promise(requestAnimationFrame); }, count);
const drawn = () => until('every message has its height', () => page.locator('.message.open iframe').evaluateAll((all) => all.every((one) => getComputedStyle(one).visibility === 'visible')));
const rest = (locator) => until('it stands still', async () => { const at = await topOf(locator); await frames(12); return (await topOf(locator)) === at; });

test('what arrives leaves the composer its words and its place, notices don’t cover the way to reply', { timeout: 600_000 }, async () => {
  await page.goto(page.url());
  await page.getByRole('button', { name: 'Reply', exact: true }).last().click();
  const editor = page.getByRole('textbox', { name: 'Message' });
  await editor.waitFor();
  await page.keyboard.type('thinking');
  const composer = page.locator('form.composer');
  await drawn();
  await rest(composer);
  const stood = await topOf(composer);
  const [sent] = (await stage.mail.read(candidateAddress)).filter((m) => /Sent across the gap/.test(m.source));
  const id = /^message-id:\s*<([^>]+)>/im.exec(sent.source)[1];
  await stage.mail.submit(candidateAddress, { to: recruiter, subject: 'Re: My application', text: `It came across.\n${'line\n'.repeat(20)}`, inReplyTo: `<${id}>`, references: `<${id}>` });
  await page.getByText('It came across.').first().waitFor();
  await page.locator('article.message').last().getByText('It came across.').waitFor();
  await editor.getByText('thinking').waitFor();
  await drawn();
  await rest(composer);
  assert.ok(Math.abs((await topOf(composer)) - stood) <= 1, `the composer moved from ${stood} to ${await topOf(composer)}`);
  // Whoever scrolls just as something grows has scrolled by just that much.
  const scrolled = await page.evaluate(() => new Promise((done) => {
    const [pane, form, first] = ['.pane-body:has(form.composer)', 'form.composer', '.message'].map((at) => document.querySelector(at));
    const top = () => form.getBoundingClientRect().top;
    const before = top();
    const at = pane.scrollTop;
    pane.scrollTop += at > 40 ? -20 : 20;
    const by = pane.scrollTop - at;
    first.style.paddingBottom = '90px';
    let frames = 20;
    const look = () => (--frames ? requestAnimationFrame(look) : done([by, top() - before]));
    look();
  }));
  assert.ok(Math.abs(scrolled[0]) > 0 && Math.abs(scrolled[0] + scrolled[1]) <= 1, `scrolled by ${scrolled[0]}, moved by ${scrolled[1]}`);
  await page.getByRole('button', { name: 'Discard' }).click();
  const notice = page.locator('.notice').first();
  await notice.waitFor();
  const reply = page.locator('.thread-reply button').first();
  await reply.scrollIntoViewIfNeeded();
  const [a, b] = [await notice.boundingBox(), await reply.boundingBox()];
  assert.ok(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y, 'the notice covers Reply');
});

test('O-1 the first visit costs less than 216 kB, compressed, in each language', { timeout: 600_000 }, async () => {
  const dist = fileURLToPath(new URL('../../web/dist', import.meta.url));
  for (const language of ['de', 'fr', 'en']) {
    await stage.api.patch('/me', { language });
    const context = await browser.newContext({ locale: language, storageState: { ...(await page.context().storageState()), origins: [] } });
    const first = await context.newPage();
    // By the page's own clock: what is fetched ahead once a row stands there costs nobody a wait. Nor does what comes once
    // the page has come to rest, which a slow machine may believe before its first row.
    await first.addInitScript(() => {
      const { setTimeout } = window;
      window.setTimeout = (run, wait, ...more) => setTimeout(run, wait >= 1000 ? 60_000 : wait, ...more);
    });
    await first.addInitScript(() => new MutationObserver((_, watching) => {
      if (!document.querySelector('a.thread-row')) return;
      window.firstRowAt = performance.now();
      watching.disconnect();
    }).observe(document, { childList: true, subtree: true }));
    await first.goto(`${stage.hearback.url}/inbox`);
    await first.locator('a.thread-row').first().waitFor();
    const asked = await first.evaluate(() => [...new Map(performance.getEntriesByType('resource').filter((one) => one.startTime <= window.firstRowAt)
      .map((one) => [new URL(one.name).pathname, one.encodedBodySize]).filter(([at]) => /\.(js|css)$/.test(at)))]);
    const octets = (ending) => asked.reduce((sum, [at]) => { const file = path.join(dist, at) + ending; return sum + fs.statSync(fs.existsSync(file) ? file : path.join(dist, at)).size; }, 0);
    const [plain, gz, br] = ['', '.gz', '.br'].map(octets);
    const sent = asked.reduce((sum, [, size]) => sum + size, 0);
    console.log(`first visit, ${language}: ${plain} octets, ${gz} gzip, ${br} brotli; sent ${sent}`);
    assert.ok(gz < 216_000 && br < 192_000 && br < gz && plain > gz, `${plain} ${gz} ${br}: ${asked.join(' ')}`);
    assert.equal(asked.filter(([at]) => /\/(?:en|de|fr)-[\w-]+\.js$/.test(at)).length, 1, 'the words of one language');
    await context.close();
  }
});

test('O-1 what is sent packed says so, and unpacks to the same octets', { timeout: 600_000 }, async () => {
  const get = (at, accepted) => new Promise((done, failed) => {
    http.get(stage.hearback.url + at, { headers: accepted ? { 'accept-encoding': accepted } : {} }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part)).on('end', () => done({ headers: answer.headers, octets: Buffer.concat(parts) }));
    }).on('error', failed);
  });
  const asset = /\/assets\/[\w-]+\.js/.exec((await get('/')).octets.toString())[0];
  const plain = await get(asset);
  assert.equal(plain.headers['content-encoding'], undefined);
  for (const [accepted, coding, unpack] of [['br', 'br', brotliDecompressSync], ['gzip', 'gzip', gunzipSync], ['gzip, deflate, br, zstd', 'br', brotliDecompressSync]]) {
    const packed = await get(asset, accepted);
    assert.equal(packed.headers['content-encoding'], coding);
    assert.match(packed.headers.vary, /accept-encoding/i);
    assert.equal(packed.headers['content-type'], plain.headers['content-type']);
    assert.equal(Number(packed.headers['content-length']), packed.octets.length);
    assert.ok(packed.octets.length < plain.octets.length / 2);
    assert.deepEqual(unpack(packed.octets), plain.octets);
  }
  assert.match(plain.headers.vary, /accept-encoding/i, 'a cache must not give the plain one to all, or the packed one');
});

test('C-6 who is connected isn’t asked to connect', { timeout: 600_000 }, async () => {
  const add = (name) => addUser(stage.hearback, stage.api, { name, email: `${name.toLowerCase()}@${domain}`, role: 'evaluator', language: 'en' });
  await add('Clara');
  await add('Theo');
  const clara = stage.hearback.api();
  await clara.signIn(`clara@${domain}`, adminPassword);
  await connect(clara, stage.mail, `clara@${domain}`);
  await page.goto(`${stage.hearback.url}/settings/company/users`);
  const row = (name) => page.getByRole('row').filter({ hasText: `${name.toLowerCase()}@${domain}` });
  await row('Theo').getByRole('button', { name: /Invite to connect/ }).waitFor();
  await row('Clara').getByText('Mailbox connected').waitFor();
  assert.equal(await row('Clara').getByRole('button', { name: /Invite to connect/ }).count(), 0);
  await accessible('the users');
});

test('an evaluator is offered nothing that the server refuses', { timeout: 600_000 }, async () => {
  const add = (name, more) => addUser(stage.hearback, stage.api, { name, email: `${name.toLowerCase()}@${domain}`, role: 'evaluator', language: 'en', ...more });
  await add('Eva', { all_jobs: true });
  await add('Nora');
  const refused = /Add candidate|Add job|Add address|Remove .*@|Rename|More actions/;
  const offered = async (tab, at, there) => {
    await tab.goto(stage.hearback.url + at);
    await tab.getByText(there).first().waitFor();
    const names = await tab.locator('button, a, [role=option]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') || one.textContent.trim()));
    assert.deepEqual(names.filter((name) => refused.test(name)), [], at);
  };
  for (const name of ['Eva', 'Nora']) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.request.post(`${stage.hearback.url}/api/v1/session`, { data: { email: `${name.toLowerCase()}@${domain}`, password: adminPassword }, headers: { origin: stage.hearback.url, 'sec-fetch-site': 'same-origin' } });
    const tab = await context.newPage();
    await offered(tab, '/inbox', 'Connect your mailbox');
    await offered(tab, '/jobs?add=true', name === 'Eva' ? 'No jobs yet' : 'You are on no hiring team yet.');
    if (name === 'Eva') await offered(tab, `/candidates/${stage.candidate.id}`, candidateAddress);
    else await offered(tab, '/candidates?add=true', 'An admin or manager adds them.');
    await tab.keyboard.press('Control+k');
    await tab.getByRole('dialog').getByText('Add e-mail').waitFor();
    assert.equal(await tab.getByRole('dialog').getByText(refused).count(), 0);
    await context.close();
  }
});

// A piece of text that is there as a whole: nothing of it cut off.
const whole = (element) => element.scrollWidth <= element.clientWidth + 1 || getComputedStyle(element).display === 'inline';
test('at 360 px names and addresses are whole, in every language', { timeout: 600_000 }, async () => {
  for (const language of ['fr', 'de', 'en']) {
    await stage.api.patch('/me', { language });
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: language, storageState: await page.context().storageState() });
    const narrow = await context.newPage();
    for (const subject of ['My application', 'Meeting']) {
      await narrow.goto(`${stage.hearback.url}/candidates/${stage.candidate.id}?view=conversations`);
      await narrow.locator('a').filter({ hasText: subject }).first().click();
      const head = narrow.locator('.message.open .message-head').last();
      await head.waitFor();
      const address = head.getByText(candidateAddress, { exact: true }).first();
      await address.waitFor();
      for (const one of [head.locator('.message-name'), address])
        assert.ok(await one.evaluate(whole), `${subject}, ${language}: ${await one.innerText()}`);
      const [box, time] = [await address.boundingBox(), await head.locator('time').boundingBox()];
      assert.ok(box.x + box.width <= 360 && time.x + time.width <= 360);
      const stumps = await narrow.locator('.message.folded .sender-address').evaluateAll((all) => all.filter((one) => {
        const own = one.getBoundingClientRect(), room = one.closest('.message-who').getBoundingClientRect();
        return own.width > 0 && own.top < room.bottom && (own.right > room.right + 1 || one.scrollWidth > one.clientWidth + 1);
      }).map((one) => one.textContent));
      assert.deepEqual(stumps, []);
      const small = await narrow.locator('button, a, summary, select').evaluateAll((all) => all
        .filter((one) => { const box = one.getBoundingClientRect(); return box.width > 0 && !one.matches('.skip') && (box.width < 24 || box.height < 24); })
        .map((one) => `${one.className} ${one.textContent}`));
      assert.deepEqual(small, [], `too small for a finger, ${language}`);
      for (const one of [narrow.locator('.thread-seen .truncate'), narrow.locator('.thread-about a')])
        assert.ok(await one.evaluate(whole), `${subject}, ${language}: ${await one.innerText()}`);
      await narrow.locator('.message.open').last().click({ position: { x: 4, y: 4 } }); // beside the files, which open
      await narrow.keyboard.press('r');
      const goesTo = narrow.locator('form.composer .chip').getByText(candidateAddress).first();
      await goesTo.waitFor();
      const [seen, chip] = [await goesTo.boundingBox(), await narrow.locator('form.composer .chip').first().boundingBox()];
      const far = await goesTo.evaluate((element) => { const range = document.createRange(); range.selectNodeContents(element); return range.getBoundingClientRect().right; });
      assert.ok(far <= chip.x + chip.width && seen.width > 0, `the recipient's address ends at ${far}, its chip at ${chip.x + chip.width}`);
      const field = await narrow.locator('form.composer .chip-input').first().boundingBox();
      assert.ok(field.y < chip.y + chip.height, 'no empty line below the recipient');
    }
    await context.close();
  }
  await stage.api.patch('/me', { language: 'en' });
});

test('narrow, dark, in French and German: the inbox isn’t too wide', { timeout: 600_000 }, async () => {
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

// S-5 as somebody sees it who adds a candidate: who has the address already, what was found, where,
// and what is still being searched. Real servers; the way to one of the mailboxes is ours to hold.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { adminPassword } from '../../tools/testbed/hearback.mjs';
import { addUser, build, candidateAddress, connect, domain, mailboxOf, openBrowser, openStage, recruiter, until } from './stage.mjs';

const clara = `clara@${domain}`;
const nora = 'nora@home.example';
let stage, tabOf, shoot, fits, url, way, box;

/** A way to a port that can be held, so that nothing passes, and closed. */
async function wayTo(port) {
  const ends = new Set();
  let held = false;
  const server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]]) {
      ends.add(one);
      one.on('data', (data) => other.write(data));
      one.on('close', () => { ends.delete(one); other.destroy(); });
      one.on('error', () => {});
      if (held) one.pause();
    }
  });
  const open = (at) => new Promise((done) => server.listen(at, '127.0.0.1', done));
  await open(0);
  const here = server.address().port;
  return {
    port: here,
    open: () => open(here),
    hold(yes) { held = yes; for (const one of ends) yes ? one.pause() : one.resume(); },
    close: () => new Promise((done) => { server.close(done); for (const one of ends) one.destroy(); }),
  };
}

before(async () => {
  stage = await openStage('old-mail', { extra: ['--fast-retries'] });
  url = stage.hearback.url;
  const { api, mail, hearback } = stage;
  const letter = async (id, from, to, days, more) => {
    const date = new Date(Date.now() - days * 86_400_000);
    return { date, raw: await build({ messageId: `<${id}@home.example>`, from, to, date, subject: `About ${id}`, text: 'Good morning', ...more }) };
  };
  await mail.append(recruiter, [await letter('first', nora, recruiter, 6)]);
  await mail.append(recruiter, [await letter('answer', recruiter, nora, 5, { inReplyTo: '<first@home.example>' })], 'Sent');
  await mail.append(clara, [await letter('other', `Nora <${nora}>`, clara, 4)]);
  await addUser(stage.hearback, api, { name: 'Clara', email: clara, role: 'manager' });
  const hers = hearback.api();
  await hers.signIn(clara, adminPassword);
  way = await wayTo(mail.dovecot.imaps);
  stage.closing.add(() => way.close());
  const own = await connect(api, mail);
  box = await connect(hers, mail, clara, { imap: { ...mailboxOf(mail, clara).imap, port: way.port } });
  // Nobody is asked (C-14), but for the last test.
  await api.put(`/mailboxes/${own.id}/past`, { past: 'open' });
  await hers.put(`/mailboxes/${box.id}/past`, { past: 'open' });
  box.state = async () => (await hers.get(`/mailboxes/${box.id}`)).last_error;
  ({ tabOf, shoot, fits } = await openBrowser(stage));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const says = (tab, words) => until(words, async () => {
  const said = await tab.locator('.old-mail:visible').first().textContent({ timeout: 1000 }).catch(() => '(nothing)');
  if (said === words) return true;
  throw new Error(said);
});

/** The address is typed, and it is said who has it, without a jump. */
async function isHeld(tab, field, below) {
  const stood = (await below.boundingBox()).y;
  await field.fill(candidateAddress);
  const link = tab.locator('.same-name:visible a');
  assert.match(await link.getAttribute('href'), new RegExp(stage.candidate.id));
  assert.equal((await below.boundingBox()).y, stood, 'nothing moves while it is typed');
  await fits(tab);
}

test('S-5 adding a candidate says who has the address, what was found and what is still being searched', { timeout: 600_000 }, async () => {
  const tab = await tabOf(1440);
  await tab.goto(`${url}/candidates`);
  await tab.getByRole('button', { name: 'Add candidate' }).first().click();
  const dialog = tab.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Nora');
  const field = dialog.getByLabel(/addresses/i);
  await isHeld(tab, field, dialog.locator('.dialog-foot'));
  await dialog.getByText('This address is here already:').waitFor();
  await shoot(tab, 'address-held-1440');
  await field.fill(nora);
  await until('it is taken back', async () => !(await dialog.getByText('This address is here already:').isVisible()));
  way.hold(true);
  await dialog.getByRole('button', { name: 'Add candidate' }).click();
  await tab.waitForURL('**/candidates/*-*');
  await says(tab, '2 older messages in 1 mailbox, 1 mailbox still being searched');
  await shoot(tab, 'searching-1440');
  way.hold(false);
  await says(tab, '3 older messages in 2 mailboxes');
  await tab.locator('.split-main .timeline-subject a').nth(1).waitFor();
  await shoot(tab, 'found-1440');
  await tab.locator('.split-main .timeline-subject a').first().click();
  await tab.locator('aside.card .old-mail').waitFor();
  await shoot(tab, 'card-1440');
  await tab.context().close();
});

test('S-5 a mailbox that can’t be reached is searched when it can be, and that is said', { timeout: 600_000 }, async () => {
  await way.close();
  await until('it fails', async () => (await box.state()) !== '');
  const added = await stage.api.post('/candidates', { name: 'Olga', addresses: ['olga@home.example'] });
  const tab = await tabOf(360, { language: 'de', dark: true });
  await tab.goto(`${url}/candidates/${added.id}`);
  await says(tab, 'Keine älteren Nachrichten in 1 Postfach. 1 Postfach ist gerade nicht erreichbar; es wird durchsucht, sobald es das wieder ist.');
  await fits(tab);
  await shoot(tab, 'waiting-360-de');
  await tab.getByRole('button', { name: 'Kandidat anzeigen' }).click();
  await tab.locator('.address-add').click();
  await isHeld(tab, tab.locator('input[type=email]'), tab.locator('form button[type=submit]'));
  await shoot(tab, 'address-held-360-de');
  await way.open();
  await until('it is read again', async () => (await box.state()) === '');
  await tab.reload(); // sooner than the page asks again
  await says(tab, 'Keine älteren Nachrichten in 2 Postfächern');
  await tab.context().close();
});

test('C-14 an address of somebody whom one may not see is searched for as far as can be told', { timeout: 600_000 }, async () => {
  const hers = stage.hearback.api();
  await hers.signIn(clara, adminPassword);
  const me = (await hers.get('/me')).user.id;
  const job = await stage.api.post('/jobs', { title: 'Baker', team: [me] });
  // Jane is in no job of hers, and nobody is new@home.example.
  const add = async (name, address) => {
    assert.deepEqual((await hers.get(`/address-holders?address=${address}`)).rows, []);
    return (await hers.post('/candidates', { name, addresses: [address], job: job.id })).id;
  };
  const told = async (id) => {
    const { added, ...search } = (await hers.get(`/candidates/${id}/old-mail`)).search;
    assert.ok(added);
    return search;
  };
  // Nor does it tell them apart on the way there.
  const [jane, nobody] = [await add('Jane', candidateAddress), await add('Nobody', 'new@home.example')];
  await until('it is searched', async () => {
    assert.deepEqual(await told(jane), await told(nobody));
    return (await stage.api.get(`/candidates/${nobody}/old-mail`)).search.searched === 2;
  });
  assert.deepEqual(await told(jane), await told(nobody));
});

test('C-14 the past of a colleague’s mailbox opens once they agree, and they are told what it brought', { timeout: 90_000 }, async () => {
  const hers = stage.hearback.api();
  await hers.signIn(clara, adminPassword);
  const date = new Date(Date.now() - 3 * 86_400_000);
  await stage.mail.append(clara, [{ date, raw: await build({ from: 'pia@home.example', to: clara, date, subject: 'About pia', text: 'Good morning' }) }]);
  await hers.put(`/mailboxes/${box.id}/past`, { past: 'ask' });
  const pia = await stage.api.post('/candidates', { name: 'Pia', addresses: ['pia@home.example'] });
  const search = async () => (await stage.api.get(`/candidates/${pia.id}/old-mail`)).search;
  await until('she is asked', async () => (await hers.get(`/mailboxes/${box.id}/past`)).asked === 1);
  const tab = await tabOf(1440);
  await tab.goto(`${url}/candidates/${pia.id}`);
  await says(tab, 'No older messages in 1 mailbox. In 1 mailbox, older e-mail opens once its owner agrees.');
  const page = await tabOf(1440);
  await page.context().request.post(`${url}/api/v1/session`, { data: { email: clara, password: adminPassword }, headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
  await page.goto(`${url}/settings/account/profile/email`);
  await page.getByRole('link', { name: 'Settings, 1 person waits for your word' }).waitFor();
  await page.getByRole('table').getByText('1 person waits for your word').waitFor();
  await page.getByRole('link', { name: clara }).first().click();
  await page.getByText('made pia@home.example a candidate').waitFor();
  await shoot(page, 'past-asked-1440');
  assert.equal((await search()).messages, 0);
  await page.getByRole('button', { name: /Open the past/ }).click();
  await page.getByText('Brought 1 message').waitFor({ timeout: 60_000 });
  await until('it is there', async () => (await search()).messages === 1);
  await tab.context().close();
  await page.context().close();
});

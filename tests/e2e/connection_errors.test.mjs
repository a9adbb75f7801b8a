// C-3: each way in which connecting can fail is told apart, says what to do, and saves nothing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { binary, root, setUpCompany } from '../../tools/testbed/hearback.mjs';
import { startDovecot } from '../../tools/testbed/dovecot.mjs';
import { freePort, startChild } from '../../tools/testbed/process.mjs';
import { mailboxOf, openStage, recruiter, until } from './stage.mjs';

let stage, form, dead, silent, chatty;
before(async () => {
  stage = await openStage('errors', { extra: ['--host', 'wrong.lindenhof.example=127.0.0.1', '--fast-retries'] });
  form = mailboxOf(stage.mail, recruiter);
  dead = await freePort();
  // Accepts and says nothing; greets as an IMAP server that knows no STARTTLS.
  silent = await server(() => {});
  chatty = await server((socket) => {
    socket.write('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready\r\n');
    socket.on('data', (d) => { const tag = d.toString().split(' ')[0]; socket.write(`* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n${tag} OK\r\n`); });
  });
}, { timeout: 600_000 });
after(() => stage?.closing.close());

async function server(onSocket) {
  const made = net.createServer((socket) => { socket.on('error', () => {}); onSocket(socket); });
  await new Promise((resolve) => made.listen(0, '127.0.0.1', resolve));
  stage.closing.add(() => { made.close(); });
  made.unref();
  return made.address().port;
}

async function refusal(change, api = stage.api) {
  const error = await api.refused('POST', '/mailboxes', { ...form, ...change(structuredClone(form)) });
  assert.equal(error.status, 422, error.message);
  assert.deepEqual((await api.get('/mailboxes')).rows, [], 'nothing is saved');
  return error.problem;
}

const cases = [
  ['wrong password', (f) => ({ password: 'not this one' }), { imap: 'imap.login-refused', smtp: 'smtp.login-refused' }],
  ['wrong port: nobody there', (f) => ({ imap: { ...f.imap, port: dead } }), { imap: 'net.refused', smtp: null }],
  ['a port that speaks without TLS', (f) => ({ imap: { ...f.imap, port: stage.mail.dovecot.imap } }), { imap: 'tls.not-tls', smtp: null }],
  ['TLS name mismatch', (f) => ({ imap: { ...f.imap, host: 'wrong.lindenhof.example' } }), { imap: 'tls.name-mismatch', smtp: null }],
  ['STARTTLS missing', (f) => ({ imap: { host: f.imap.host, port: chatty, security: 'starttls' } }), { imap: 'imap.starttls-missing', smtp: null }],
  ['host not found', (f) => ({ imap: { ...f.imap, host: 'no-such-host.invalid' } }), { imap: 'net.host-not-found', smtp: null }],
  ['timeout', (f) => ({ imap: { host: f.imap.host, port: silent, security: 'starttls' } }), { imap: 'imap.timeout', smtp: null }],
  ['an SMTP server where IMAP should be', (f) => ({ imap: { ...f.imap, port: stage.mail.postfix.submissions } }), { imap: 'imap.not-imap', smtp: null }],
  ['IMAP fine but SMTP refuses the password', (f) => ({ smtp: { ...f.smtp, user: recruiter, password: 'not this one' } }), { imap: null, smtp: 'smtp.login-refused' }],
  ['IMAP fine but SMTP is not there', (f) => ({ smtp: { ...f.smtp, port: dead } }), { imap: null, smtp: 'net.refused' }],
];
for (const [name, change, expected] of cases)
  test(`C-3 ${name}`, { timeout: 600_000 }, async () => {
    const problem = await refusal(change);
    assert.equal(problem.code, 'mailbox.probe-failed');
    for (const side of ['imap', 'smtp']) {
      assert.equal(problem[side]?.code ?? null, expected[side], `${side}: ${JSON.stringify(problem)}`);
      if (problem[side]) assert.ok(problem[side].what.length > 10 && problem[side].hint.length > 10, 'says what and what to do');
    }
    assert.ok(!JSON.stringify(problem).includes('not this one'));
  });

test('C-3 an untrusted certificate', { timeout: 600_000 }, async () => {
  const { makeAuthority } = await import('../../tools/testbed/certificates.mjs');
  const other = makeAuthority(path.join(stage.folder, 'other-ca'));
  const dovecot = await startDovecot(path.join(stage.folder, 'untrusted'), { users: [{ address: recruiter, password: 'x' }], certificate: other.issue('server', [stage.mail.host]) });
  stage.closing.add(dovecot.stop);
  const problem = await refusal((f) => ({ imap: { ...f.imap, port: dovecot.imaps } }));
  assert.equal(problem.imap.code, 'tls.untrusted');
});

test('THREAT3 without the operator’s leave, loopback and private addresses get one uniform answer', { timeout: 600_000 }, async () => {
  const port = await freePort();
  const child = startChild(binary, ['serve', '--data', path.join(stage.folder, 'strict-data'), '--listen', `127.0.0.1:${port}`, '--pages', path.join(root, 'web/dist'),
    '--host', 'inward.example=10.1.2.3'], { log: path.join(stage.folder, 'strict.log') });
  stage.closing.add(() => child.kill());
  const url = `http://127.0.0.1:${port}`;
  await until('it answers', async () => (await fetch(`${url}/api/v1/health`)).ok);
  const api = await setUpCompany({ api: () => new (stage.api.constructor)(url), logText: () => fs.readFileSync(path.join(stage.folder, 'strict.log'), 'utf8') });
  const ask = async (host, imapPort) => {
    const problem = await refusal((f) => ({ imap: { ...f.imap, host, port: imapPort }, smtp: { ...f.smtp, host, port: 465 } }), api);
    return [problem.imap, problem.smtp];
  };
  const answers = new Set();
  for (const host of ['127.0.0.1', '10.0.0.1', '192.168.1.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1'])
    answers.add(JSON.stringify(await ask(host, 993)));
  assert.equal(answers.size, 1, [...answers].join('\n'));
  assert.match([...answers][0], /net\.forbidden-address/);
  // A port that isn't allowed is refused before the name is looked up.
  for (const host of ['127.0.0.1', 'inward.example', 'no-such-host.invalid'])
    assert.equal((await ask(host, stage.mail.dovecot.imaps))[0].code, 'net.forbidden-address', host);
  // Names that lead inward are told like names that nobody has.
  const named = new Set();
  for (const host of ['localhost', 'inward.example', 'no-such-host.invalid']) named.add(JSON.stringify(await ask(host, 993)));
  assert.equal(named.size, 1, [...named].join('\n'));
  assert.match([...named][0], /net\.host-not-found/);
  // Spellings that only some resolvers take for an address lead nowhere either.
  for (const host of ['0x7f.1', '2130706433', '127.1', '[::1]', '127.0.0.1.'])
    for (const failure of await ask(host, 993)) assert.match(failure.code, /^net\.(forbidden-address|host-not-found)$/, host);
});

test('C-5 Exchange ActiveSync is refused with a clear sentence', { timeout: 600_000 }, async () => {
  const error = await stage.api.refused('POST', '/mailboxes', { ...form, imap: { ...form.imap, host: 'outlook.example/Microsoft-Server-ActiveSync' } });
  assert.equal(error.problem.code, 'mailbox.activesync');
});

test('C-6 without consent nothing is tried', { timeout: 600_000 }, async () => {
  const { consent, ...without } = form;
  assert.equal((await stage.api.refused('POST', '/mailboxes', without)).status, 422);
});

test('SEC12 a changed host wants the password again', { timeout: 600_000 }, async () => {
  const mailbox = await stage.api.post('/mailboxes', form);
  const { password, ...rest } = form.imap;
  const error = await stage.api.refused('PATCH', `/mailboxes/${mailbox.id}`, { imap: { ...rest, host: 'wrong.lindenhof.example' } });
  assert.equal(error.status, 422);
  assert.equal((await stage.api.get(`/mailboxes/${mailbox.id}`)).imap.host, stage.mail.host);
});

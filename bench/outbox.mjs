// `./dev bench outbox [messages]`: messages per second that leave one mailbox through real Postfix
// and Dovecot. Hearback is the whole server, from the last accepted request until every message is
// known to be sent, or to lie in Sent; nodemailer (pooled: one connection kept; single: one per
// message) and Postfix's smtp-source send the same octets. One run, medians, the order of the
// clients turned from round to round.
import fs from 'node:fs';
import { mailboxOf, setUpCompany, startHearback, builtVersion } from '../tools/testbed/hearback.mjs';
import { startMail } from '../tools/testbed/mail.mjs';
import { MailComposer, nodemailer } from '../tools/testbed/peers.mjs';
import { Closing, privateFolder, run, startChild, until } from '../tools/testbed/process.mjs';

const count = Number(process.argv[2] ?? 200);
const rounds = Number(process.env.HEARBACK_ROUNDS ?? 3);
const domain = 'lindenhof.example', owner = `ada@${domain}`, to = 'jane.doe@post.example', password = 'bench';
const text = 'Dear Jane,\n\n' + 'thank you for your application; we read it with pleasure. '.repeat(30) + '\n\nAda\n';
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const closing = new Closing();
const results = new Map();

async function measure(name, send) {
  const began = performance.now();
  await send();
  const rate = count / ((performance.now() - began) / 1000);
  results.set(name, [...(results.get(name) ?? []), rate]);
}

// From the first request until the last message is out: sending begins while others are written.
async function hearbackSends(api, mailbox, candidate, round, done) {
  const rows = [];
  const began = performance.now();
  for (let i = 0; i < count; ++i)
    rows.push((await api.post('/messages', { mailbox: mailbox.id, candidate: candidate.id, to: [to], subject: `Letter ${round}.${i}`, text }, { 'idempotency-key': `bench-${done}-${round}-${i}-key` })).id);
  const accepted = performance.now();
  const waiting = new Set(rows);
  await until('all are out', async () => {
    for (const id of waiting) {
      const { state } = await api.get(`/outbox/${id}`);
      if (state === 'failed' || state === 'uncertain') throw new Error(`a message is ${state}`);
      if (state !== 'seen_in_sent' && !(done === 'sent' && state === 'sent')) return false;
      waiting.delete(id);
    }
    return true;
  }, { within: 600_000, every: 20 });
  return { all: performance.now() - began, accepted: accepted - began };
}

async function nodemailerSends(mail, pool) {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1', port: mail.postfix.submissions, secure: true, auth: { user: owner, pass: password },
    tls: { rejectUnauthorized: false, servername: mail.host }, pool, maxConnections: 1, maxMessages: Infinity,
  });
  for (let i = 0; i < count; ++i) await transport.sendMail({ from: owner, to, subject: `Letter ${i}`, text });
  transport.close();
}

// With Sent copies: the same, and an APPEND by ImapFlow after each message, on one connection.
async function nodemailerFiles(mail) {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1', port: mail.postfix.submissions, secure: true, auth: { user: owner, pass: password },
    tls: { rejectUnauthorized: false, servername: mail.host }, pool: true, maxConnections: 1, maxMessages: Infinity,
  });
  await mail.withImap(owner, async (client) => {
    for (let i = 0; i < count; ++i) {
      const raw = await new MailComposer({ from: owner, to, subject: `Letter ${i}`, text }).compile().build();
      await transport.sendMail({ envelope: { from: owner, to }, raw });
      await client.append('Sent', raw, ['\\Seen']);
    }
  });
  transport.close();
}

try {
  const folder = privateFolder('bench-outbox');
  closing.add(() => fs.rmSync(folder, { recursive: true, force: true }));
  const mail = await startMail(folder, closing, { host: `mail.${domain}`, domains: [domain, 'post.example'],
    users: [owner, to].map((address) => ({ address, password })) });
  const hearback = await startHearback(folder, closing, { mail, extra: ['--fast-retries'] });
  const api = await setUpCompany(hearback, { email: owner });
  const candidate = await api.post('/candidates', { name: 'Jane Doe', addresses: [to] });
  const mailbox = await api.post('/mailboxes', mailboxOf(mail, owner));
  await until('the mailbox is connected', async () => !(await api.get(`/mailboxes/${mailbox.id}`)).importing);
  // The first message teaches who files the copies.
  const first = await api.post('/messages', { mailbox: mailbox.id, candidate: candidate.id, to: [to], subject: 'First', text }, { 'idempotency-key': 'bench-first-key' });
  await until('the first one lies in Sent', async () => (await api.get(`/outbox/${first.id}`)).state === 'seen_in_sent', { within: 60_000 });

  const accepted = [];
  const clients = [
    ['Hearback, known to be sent', async (round) => accepted.push((await hearbackSends(api, mailbox, candidate, round, 'sent')).accepted)],
    ['Hearback, lying in Sent', (round) => hearbackSends(api, mailbox, candidate, round, 'copies')],
    ['nodemailer pooled', () => nodemailerSends(mail, true)],
    ['nodemailer, a connection each', () => nodemailerSends(mail, false)],
    ['nodemailer pooled, ImapFlow files', () => nodemailerFiles(mail)],
    // Neither TLS nor a sign-in: what Postfix itself takes at most.
    ['smtp-source, one session at a time', async () => {
      const child = startChild('/usr/sbin/smtp-source', ['-s', '1', '-d', '-m', String(count), '-l', '2000', '-f', owner, '-t', to, `127.0.0.1:${mail.postfix.smtp}`], {});
      await child.ended;
    }],
  ];
  for (let round = 0; round < rounds; ++round)
    for (let i = 0; i < clients.length; ++i) {
      const [name, send] = clients[(i + round) % clients.length];
      await measure(name, () => send(round));
    }
  const version = (command, args) => run(command, args).trim().split('\n')[0];
  console.log(`${builtVersion()}; Postfix ${version('/usr/sbin/postconf', ['-h', 'mail_version'])}, Dovecot ${version('dovecot', ['--version'])}, nodemailer ${JSON.parse(fs.readFileSync(new URL('../tools/node_modules/nodemailer/package.json', import.meta.url))).version}, Node ${process.versions.node}`);
  console.log(`${count} messages of ${text.length} octets from one mailbox, messages/s, median of ${rounds} (all rounds)`);
  for (const [name] of clients) {
    const rates = results.get(name);
    console.log(`${name.padEnd(36)} ${median(rates).toFixed(1).padStart(7)}   (${rates.map((r) => r.toFixed(1)).join(' ')})`);
  }
  console.log(`The API alone accepted ${(count / (median(accepted) / 1000)).toFixed(1)} messages/s.`);
} finally {
  await closing.close();
}

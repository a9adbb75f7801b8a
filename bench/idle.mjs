// `./dev bench idle [mailboxes [row]]`: what a mailbox costs while nothing happens, and what many candidates'
// addresses cost. Hearback is the whole server; the mail servers are stubs (stub_mail.mjs), one
// process with this one. Memory is the resident set of the server beyond that of the same server
// with the same people and no mailbox, divided by the mailboxes.
import fs from 'node:fs';
import path from 'node:path';
import { Api, binary, builtVersion, startHearback } from '../tools/testbed/hearback.mjs';
import { makeAuthority } from '../tools/testbed/certificates.mjs';
import { Closing, pause, privateFolder, run, until } from '../tools/testbed/process.mjs';
import { startStubs } from './stub_mail.mjs';

const count = Number(process.argv[2] ?? 1000);
const only = process.argv[3];
const rows = [
  { name: 'in the clear, 2 connections', security: 'none' },
  { name: 'in the clear, 1 connection', security: 'none', one: true },
  { name: 'TLS, 2 connections', security: 'tls' },
  { name: 'TLS, 1 connection', security: 'tls', one: true },
  { name: 'TLS, 1 connection, NOTIFY', security: 'tls', notify: true },
];
const minutes = Number(process.env.HEARBACK_MINUTES ?? 4);  // folders are looked at every second one: two looks
const seed = path.join(path.dirname(binary), 'bench', 'hearback_seed');
const ofOneHost = 20;  // sign-ins are tried at one host only so often
const hosts = Array.from({ length: Math.ceil(count / ofOneHost) }, (_, i) => `mail${i}.hosts.example`);
const closing = new Closing();
const folder = privateFolder('bench-idle');
closing.add(() => fs.rmSync(folder, { recursive: true, force: true }));
const authority = makeAuthority(path.join(folder, 'tls'));
const certificate = authority.issue('stub', hosts);

const kib = (pid) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
/** When it has stopped to change: nothing happens any more. */
async function settled(pid) {
  let last = kib(pid);
  const begun = Date.now();
  for (let same = 0; same < 5;) {
    if (Date.now() - begun > 120_000) throw new Error('The memory of the server doesn’t come to rest.');
    await pause(1000);
    const now = kib(pid);
    same = Math.abs(now - last) < 256 ? same + 1 : 0;
    last = now;
  }
  return last;
}

async function start(own, name, { users, candidates, stubs }) {
  const at = path.join(folder, name);
  fs.mkdirSync(path.join(at, 'data'), { recursive: true, mode: 0o700 });
  const people = run(seed, [path.join(at, 'data'), String(users), String(candidates)], { timeout: 600_000 }).trim().split('\n').map((line) => line.split(' '));
  const extra = ['--allow-plain', '--log-level', 'warn', ...hosts.flatMap((host) => ['--host', `${host}=127.0.0.1`]), '--ca-file', authority.certificate];
  const hearback = await startHearback(at, own, { extra });
  const apis = people.map(([, cookie]) => Object.assign(new Api(hearback.url), { cookie: `hearback=${cookie}` }));
  await apis[0].get('/me');
  return { hearback, people, apis, stubs };
}

async function connectAll({ people, apis, stubs }, mailboxes, security) {
  const waiting = Array.from({ length: mailboxes }, (_, i) => i);
  const one = async () => {
    for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) {
      const host = hosts[i % hosts.length];
      await apis[i].post('/mailboxes', { address: people[i][0], password: 'secret', imap: { host, port: stubs.imap, security }, smtp: { host, port: stubs.smtp, security },
        consent: { text_version: '1', language: 'en' } });
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
}

const allIdle = (stubs, wanted) => until('every mailbox is watched', () => stubs.idling() >= wanted && stubs.sessions() === wanted, { within: 600_000, every: 500 });

async function mailboxesCost({ name, security, one, notify }) {
  const own = new Closing();
  try {
    const stubs = await startStubs({ certificate: security === 'tls' ? certificate : undefined, one, notify });
    own.add(() => stubs.close());
    const connections = one || notify ? 1 : 2;
    const server = await start(own, name.replaceAll(/[ ,]+/g, '-'), { users: count, candidates: 0, stubs });
    const { hearback } = server;
    const before = await settled(hearback.pid());
    await connectAll(server, count, security);
    await allIdle(stubs, count * connections);
    const connected = await settled(hearback.pid());
    const commands = () => [...stubs.counts.values()].reduce((a, b) => a + b, 0);
    const counted = new Map(stubs.counts), begin = commands();
    await pause(minutes * 60_000);
    const perMinute = (commands() - begin) / count / minutes;
    const verbs = [...stubs.counts].map(([verb, n]) => [verb, (n - (counted.get(verb) ?? 0)) / count / minutes]).filter(([, n]) => n > 0.005)
      .map(([verb, n]) => `${verb} ${n.toFixed(2)}`).join(', ');
    const later = kib(hearback.pid());
    await hearback.stop();
    await until('all have left', () => stubs.sessions() === 0);
    await hearback.start();
    await allIdle(stubs, count * connections);
    const restarted = await settled(hearback.pid());
    const each = (now) => ((now - before) / count).toFixed(1).padStart(10);
    console.log(`${name.padEnd(30)} ${each(connected)} ${each(later)} ${each(restarted)} ${perMinute.toFixed(2).padStart(10)}   ${verbs}`);
  } finally {
    await own.close();
  }
}

async function addressesCost(candidates, mailboxes) {
  const own = new Closing();
  try {
    const stubs = await startStubs({});
    own.add(() => stubs.close());
    const server = await start(own, 'addresses', { users: mailboxes, candidates, stubs });
    const before = await settled(server.hearback.pid());
    await connectAll(server, mailboxes, 'none');
    await allIdle(stubs, mailboxes * 2);
    const after = await settled(server.hearback.pid());
    console.log(`\n${candidates} candidates' addresses, ${mailboxes} mailboxes: ${(after / 1024).toFixed(0)} MiB resident, ${(before / 1024).toFixed(0)} before the first was connected`);
  } finally {
    await own.close();
  }
}

try {
  console.log(`${builtVersion()}, Node ${process.version}; ${count} mailboxes at stub servers, each of 5 folders with 165 messages about nobody; ${minutes} minutes of nothing`);
  console.log(`\n${'KiB a mailbox'.padEnd(30)} ${'connected'.padStart(10)} ${'later'.padStart(10)} ${'restarted'.padStart(10)} ${'commands a minute'.padStart(10)}`);
  for (const row of rows.filter(({ name }) => !only || name.includes(only))) await mailboxesCost(row);
  if (!only) await addressesCost(50_000, 200);
} finally {
  await closing.close();
}

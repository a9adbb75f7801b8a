// `./dev demo`: the whole product on loopback, with a company, real mail servers, and candidates who
// answer. Ctrl-C stops all of it. Everything lies in one folder that is made anew at each start.
import fs from 'node:fs';
import { addUser, startHearback, mailboxOf, setUpCompany, setupSecret } from '../testbed/hearback.mjs';
import { startMail } from '../testbed/mail.mjs';
import { accepts, Closing, portNear, privateFolder, until } from '../testbed/process.mjs';
import { startAnswering } from './answering.mjs';
import { allLetters, freshLetters } from './letters.mjs';
import { candidateDomains, candidates, company, domain, jobs, moves, outsideDomain, password, stranger, users } from './people.mjs';

const host = `mail.${domain}`;
const began = Date.now();
const progress = (text) => console.error(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${text}`);

/** Starts the demo; everything that must be stopped goes into `closing`. */
export async function startDemo(folder, closing, { port = Number(process.env.HEARBACK_PORT ?? 8025), answering = true, pages } = {}) {
  if (await accepts(port)) throw new Error(`Something listens on 127.0.0.1:${port} already. Stop it, or set HEARBACK_PORT to another port.`);
  progress('starting Dovecot and Postfix');
  const accounts = [...users.map((u) => u.email), ...candidates.map((c) => c.address), stranger.address].map((address) => ({ address, password }));
  const ports = { imaps: await portNear(8993), submissions: await portNear(8465) };
  const mail = await startMail(folder, closing, { host, users: accounts, ports, domains: [domain, ...candidateDomains, outsideDomain] });
  progress('filling the mailboxes');
  const letters = await allLetters();
  await Promise.all(users.flatMap((user) => ['INBOX', 'Sent'].map((box) =>
    mail.append(user.email, letters.filter((l) => l.mailbox === user.key && l.folder === box).map((l) => ({ ...l, flags: ['\\Seen'] })), box))));
  progress('starting Hearback');
  const hearback = await startHearback(folder, closing, { mail, port, pages });
  progress('making the company');
  await makeCompany(hearback);
  progress('connecting the mailboxes');
  await connectMailboxes(hearback, mail);
  progress('working a little');
  await work(hearback, mail);
  if (answering) {
    let stopping = false;
    const clients = await Promise.all(candidates.map((c) => startAnswering(mail, c, { stopping: () => stopping })));
    closing.add(async () => { stopping = true; await Promise.all(clients.map((c) => c.stop())); });
  }
  return { mail, hearback };
}

async function makeCompany(hearback) {
  const admin = users.find((u) => u.role === 'admin');
  const api = hearback.api();
  await api.post('/setup', { company, name: admin.name, email: admin.email, password, language: admin.language, secret: setupSecret(hearback) });
  const id = new Map([[admin.key, (await api.get('/me')).user.id]]);
  for (const u of users.filter((u) => u !== admin))
    id.set(u.key, (await addUser(hearback, api, { name: u.name, email: u.email, role: u.role, all_jobs: u.all_jobs, language: u.language }, password)).id);
  const job = new Map();
  for (const j of jobs) job.set(j.key, await api.post('/jobs', { title: j.title, kind: j.kind, team: j.team.map((key) => id.get(key)) }));
  const named = (stages, name) => {
    const found = stages.find((stage) => stage.name === name);
    if (!found) throw new Error(`No job begins with “${name}”.`);
    return found.id;
  };
  for (const c of candidates) {
    const { id: of, phases, statuses } = job.get(c.job);
    await api.post('/candidates', { name: c.name, addresses: [c.address], job: of, phase: named(phases, c.phase), status: named(statuses, c.status) });
  }
  await follow(hearback);
  const invited = users.find((u) => !u.connected);
  if (invited) await api.post(`/users/${id.get(invited.key)}/invitation`);
}

// Each user follows what they want to have together.
async function follow(hearback) {
  for (const user of users) {
    const api = hearback.api();
    await api.signIn(user.email, password);
    const [people, places] = await Promise.all([api.get('/candidates?limit=200'), api.get('/jobs')]);
    const wanted = new Set(user.follows.map((one) => jobs.find((j) => j.key === one)?.title ?? one));
    for (const { id, name } of people.rows) if (wanted.has(name)) await api.put(`/candidates/${id}/follow`);
    for (const { id, title } of places.rows) if (wanted.has(title)) await api.put(`/jobs/${id}/follow`);
  }
}

// Each user connects their own mailbox, with the request that the page's form sends.
async function connectMailboxes(hearback, mail) {
  for (const user of users.filter((u) => u.connected)) {
    const api = hearback.api();
    await api.signIn(user.email, password);
    const since = new Date(Date.now() - user.windowDays * 86_400_000).toISOString();
    const mailbox = await api.post('/mailboxes', { ...mailboxOf(mail, user.email), window: { since }, consent: { text_version: '1', language: user.language } });
    await until('the first import is complete', async () => !(await api.get(`/mailboxes/${mailbox.id}`)).importing, { within: 60_000 });
    await putAway(api);
  }
}

// What has ended is done.
async function putAway(api) {
  const ended = new Set(candidates.filter((c) => /declined|withdrawn/.test(c.story)).map((c) => c.name));
  for (const triage of ['waiting', 'to_answer'])
    for (const row of (await api.get(`/threads?place=inbox&triage=${triage}&limit=100`)).rows)
      if (ended.has(row.candidate_name)) await api.patch(`/threads/${row.id}`, { done: true, seen: row.came });
}

// What only use brings: an archived job, moves that have somebody's name, mail that nobody has read, and a letter to
// somebody who is no candidate.
async function work(hearback, mail) {
  const api = hearback.api();
  await api.signIn(users.find((u) => u.role === 'admin').email, password);
  const places = (await api.get('/jobs')).rows;
  const titleOf = (key) => jobs.find((j) => j.key === key).title;
  for (const { key } of jobs.filter((j) => j.archived))
    await api.patch(`/jobs/${places.find((job) => job.title === titleOf(key)).id}`, { open: false });
  const people = (await api.get('/candidates?limit=200')).rows;
  for (const { name, phase } of moves) {
    const { applications: [{ id, job: of, phase: from }] } = await api.get(`/candidates/${people.find((one) => one.name === name).id}`);
    const { phases } = places.find((job) => job.id === of);
    await api.patch(`/applications/${id}`, { phase: phases.find((one) => one.name === phase).id, from: { phase: from.id } });
  }
  const [mailbox] = (await api.get('/mailboxes')).rows;
  await api.post('/messages', { mailbox: mailbox.id, to: [stranger.address], subject: stranger.subject, text: stranger.text });
  for (const letter of await freshLetters()) await mail.append(users.find((u) => u.key === letter.mailbox).email, [letter]);
}

function introduce({ hearback, mail }) {
  console.log(`Hearback is ready: ${hearback.url}`);
  console.log(`\nSign in as (password for all of them: ${password})`);
  for (const u of users) console.log(`  ${u.email.padEnd(24)} ${u.role.padEnd(10)} ${u.name}${u.connected ? '' : ': connect a mailbox yourself'}`);
  console.log(`\nBen's mailbox, for Settings > My account > Profile > E-mail > Add e-mail > Other:
  address ben@${domain}, password ${password}
  IMAP ${host} port ${mail.dovecot.imaps} TLS, SMTP ${host} port ${mail.postfix.submissions} TLS
\nThe candidates answer within seconds. Ctrl-C stops everything.`);
}

if (import.meta.url === `file://${fs.realpathSync(process.argv[1])}`) {
  const closing = new Closing();
  const folder = privateFolder('demo');
  let ending = false;
  const end = async (code) => {
    if (ending) return;
    ending = true;
    console.error('\nstopping');
    await closing.close();
    fs.rmSync(folder, { recursive: true, force: true });
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(0));
  try {
    introduce(await startDemo(folder, closing));
  } catch (error) {
    if (!ending) console.error(error.message);
    await end(1);
  }
}

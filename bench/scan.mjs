// `./dev bench scan [messages]`: importing a large mailbox, beside the floor and ImapFlow, in one run.
// Every contender reads the same Dovecot mailbox over plain IMAP on loopback. Hearback is the whole
// server, driven through its API: connect, scan, match, fetch the bodies, commit.
import fs from 'node:fs';
import path from 'node:path';
import { binary, root, setUpCompany, startHearback, mailboxOf, builtVersion } from '../tools/testbed/hearback.mjs';
import { startMail } from '../tools/testbed/mail.mjs';
import { Closing, isRoot, privateFolder, run, until } from '../tools/testbed/process.mjs';
import { writeMailbox } from './mailbox.mjs';

const count = Number(process.argv[2] ?? 100_000);
const rounds = Number(process.env.HEARBACK_ROUNDS ?? 3);
const owner = 'recruiter@lindenhof.example', password = 'bench';
const closing = new Closing();
const folder = privateFolder('bench');
closing.add(() => fs.rmSync(folder, { recursive: true, force: true }));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

// Seconds of CPU that all Dovecot processes used so far.
function serverCpu() {
  let ticks = 0;
  for (const pid of fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)))
    try {
      const [, name, rest] = /\((.*)\) (.*)/.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
      const parts = rest.split(' ');
      if (/^(imap|dovecot)/.test(name)) ticks += Number(parts[11]) + Number(parts[12]) + Number(parts[13]) + Number(parts[14]);
    } catch { /* it ended meanwhile */ }
  return ticks / 100;
}

async function hearbackImport(mail, candidates, matching) {
  const own = new Closing();
  const at = fs.mkdtempSync(path.join(folder, 'run-'));
  try {
    const hearback = await startHearback(at, own, { mail, extra: ['--allow-plain'] });
    const api = await setUpCompany(hearback, { email: owner });
    for (const [i, address] of candidates.entries()) await api.post('/candidates', { name: `Candidate ${i}`, addresses: [address] });
    const stat = () => fs.readFileSync(`/proc/${hearback.pid()}/stat`, 'utf8').split(') ')[1].split(' ');
    const cpu = () => (Number(stat()[11]) + Number(stat()[12])) / 100;
    fs.writeFileSync(`/proc/${hearback.pid()}/clear_refs`, '5');  // the peak from here on: signing up hashed a password with 64 MiB
    const cpuBefore = cpu(), began = performance.now();
    const mailbox = await api.post('/mailboxes', { ...mailboxOf(mail, owner, { window: { since: null } }),
      imap: { host: mail.host, port: mail.dovecot.imap, security: 'none' }, smtp: { host: mail.host, port: mail.postfix.submission, security: 'none' } });
    const tried = performance.now();
    const done = await until('the import is complete', async () => { const m = await api.get(`/mailboxes/${mailbox.id}`); return !m.importing && m; }, { within: 600_000, every: 10 });
    const wall = (performance.now() - began) / 1000;
    if (done.bodies_fetched !== matching.length) throw new Error(`${done.bodies_fetched} bodies for ${matching.length} matching messages`);
    const peak = Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${hearback.pid()}/status`, 'utf8'))[1]) / 1024;
    return { wall, probe: (tried - began) / 1000, cpu: cpu() - cpuBefore, peak_mib: peak };
  } finally {
    await own.close();
    fs.rmSync(at, { recursive: true, force: true });
  }
}

try {
  console.error(`writing ${count} messages`);
  const mail = await startMail(folder, closing, { host: 'mail.lindenhof.example', domains: ['lindenhof.example'], users: [{ address: owner, password }] });
  const home = mail.dovecot.home(owner);
  const { candidates, matching } = writeMailbox(path.join(home, 'Maildir'), { count, owner });
  if (isRoot) run('chown', ['-R', 'nobody:nogroup', home]);
  const uidFile = path.join(folder, 'uids');
  fs.writeFileSync(uidFile, matching.map((n) => `${n}\n`).join(''));
  const floorBinary = path.join(path.dirname(binary), 'bench', 'hearback_bench');
  const contenders = {
    'floor (headers and bodies, thrown away)': () => JSON.parse(run(floorBinary, ['127.0.0.1', String(mail.dovecot.imap), owner, password, uidFile], { timeout: 600_000 })),
    'Hearback (whole import, committed)': () => hearbackImport(mail, candidates, matching),
    'ImapFlow (headers only, thrown away)': () => JSON.parse(run('node', [path.join(root, 'bench', 'imapflow.mjs'), String(mail.dovecot.imap), owner, password], { timeout: 600_000 })),
  };
  const clearCache = () => { for (const f of fs.readdirSync(path.join(home, 'Maildir'))) if (f === 'dovecot.index.cache') fs.rmSync(path.join(home, 'Maildir', f)); };
  contenders['floor (headers and bodies, thrown away)']();  // the first open builds Dovecot's indexes
  const version = (name) => JSON.parse(fs.readFileSync(path.join(root, 'tools', 'node_modules', name, 'package.json'), 'utf8')).version;
  console.log(`${builtVersion()}, Dovecot ${run('dovecot', ['--version']).split(' ')[0]}, ImapFlow ${version('imapflow')}, Node ${process.version}; ${count} messages, ${matching.length} about ${candidates.length} candidates; median of ${rounds}`);
  for (const cache of ['warm', 'cold']) {
    let floor;
    console.log(`\nDovecot's header cache ${cache}\n${'contender'.padEnd(42)}   wall s  ratio   cpu s  server cpu s  peak MiB`);
    for (const [name, go] of Object.entries(contenders)) {
      const runs = [];
      for (let i = 0; i < rounds; ++i) {
        if (cache === 'cold') clearCache();
        const before = serverCpu();
        const result = await go();
        runs.push({ ...result, server: serverCpu() - before });
      }
      const of = (key) => median(runs.map((r) => r[key]));
      floor ??= of('wall');
      console.log(`${name.padEnd(42)} ${of('wall').toFixed(2).padStart(8)} ${(of('wall') / floor).toFixed(2).padStart(6)} ${of('cpu').toFixed(2).padStart(7)} ${of('server').toFixed(2).padStart(13)} ${of('peak_mib').toFixed(1).padStart(9)}`);
    }
  }
} finally {
  await closing.close();
}

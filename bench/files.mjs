// `./dev bench files`: what reading costs of one message of 25 MB: its words, one small file of it,
// one large one, ten large ones at once. Processor time and memory are those of the whole server.
import fs from 'node:fs';
import { builtVersion, mailboxOf, setUpCompany, startHearback } from '../tools/testbed/hearback.mjs';
import { startMail } from '../tools/testbed/mail.mjs';
import { MailComposer } from '../tools/testbed/peers.mjs';
import { Closing, pause, privateFolder, until } from '../tools/testbed/process.mjs';

const domain = 'lindenhof.example', owner = `ada@${domain}`, from = 'jane.doe@post.example', password = 'bench';
const closing = new Closing();
const folder = privateFolder('bench-files');
closing.add(() => fs.rmSync(folder, { recursive: true, force: true }));

try {
  const mail = await startMail(folder, closing, { host: `mail.${domain}`, domains: [domain], users: [{ address: owner, password }] });
  const file = (filename, octets, seed) => ({ filename, content: Buffer.from(Uint32Array.from({ length: octets / 4 }, (_, i) => Math.imul(i + seed, 2654435761)).buffer) });
  const files = [file('small.pdf', 10_000, 1), ...Array.from({ length: 10 }, (_, i) => file(`large${i}.pdf`, 1_840_000, i + 7))];
  const raw = await new MailComposer({ from, to: owner, subject: 'Ten files', text: 'Here they are.\n'.repeat(50), html: '<p>Here they are.</p>'.repeat(50), attachments: files }).compile().build();
  await mail.append(owner, [{ raw }]);
  const hearback = await startHearback(folder, closing, { mail });
  const api = await setUpCompany(hearback, { email: owner });
  await api.post('/candidates', { name: 'Jane Doe', addresses: [from] });
  await api.post('/mailboxes', mailboxOf(mail, owner));
  const [row] = await until('the message is there', async () => { const { rows } = await api.get('/threads'); return rows.length && rows; }, { within: 60_000 });
  const { messages: [message] } = await api.get(`/threads/${row.id}`);
  const proc = (name) => fs.readFileSync(`/proc/${hearback.pid()}/${name}`, 'utf8');
  const cpu = () => { const stat = proc('stat').split(') ')[1].split(' '); return (Number(stat[11]) + Number(stat[12])) * 10; };
  const kib = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(proc('status'))[1]);
  const bytes = async (at) => Buffer.from(await (await api.raw('GET', `/messages/${message.id}/${at}`)).arrayBuffer());
  const attachment = (index) => bytes(`attachments/${index}`);

  console.log(`${builtVersion()}, Node ${process.version}; a message of ${(raw.length / 1e6).toFixed(1)} MB with ${files.length} files\n`);
  console.log(`${''.padEnd(34)}   ms CPU   ms wall   MiB more at its peak`);
  async function measure(what, times, once) {
    await once();
    await pause(300);
    fs.writeFileSync(`/proc/${hearback.pid()}/clear_refs`, '5');
    const before = { cpu: cpu(), at: performance.now(), rss: kib('VmRSS') };
    for (let i = 0; i < times; ++i) await once();
    const wall = (performance.now() - before.at) / times;
    console.log(`${what.padEnd(34)} ${((cpu() - before.cpu) / times).toFixed(1).padStart(8)} ${wall.toFixed(1).padStart(9)} ${((kib('VmHWM') - before.rss) / 1024).toFixed(1).padStart(10)}`);
  }
  const same = (index, got) => { if (!got.equals(files[index].content)) throw new Error(`file ${index} isn't what was sent`); };
  await measure('its words', 50, () => bytes('body'));
  await measure('a file of 10 kB', 50, async () => same(0, await attachment(0)));
  await measure('a file of 1.84 MB, the last', 20, async () => same(10, await attachment(10)));
  await measure('its ten large files at once', 5, () => Promise.all(Array.from({ length: 10 }, async (_, i) => same(i + 1, await attachment(i + 1)))));
  await measure('its source', 5, async () => { if ((await bytes('raw')).length < 25e6) throw new Error('short'); });
} finally {
  await closing.close();
}

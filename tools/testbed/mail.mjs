// One organization's mail: an authority, a Dovecot and a Postfix that know each other.
import path from 'node:path';
import { makeAuthority } from './certificates.mjs';
import { startDovecot } from './dovecot.mjs';
import { startPostfix } from './postfix.mjs';
import { ImapFlow, nodemailer } from './peers.mjs';

/** users: [{address, password}]; host: the name on the certificate. */
export async function startMail(folder, closing, { host, users, domains, rawlog = false, ports = {}, settings = {} }) {
  const authority = makeAuthority(path.join(folder, 'tls'));
  const certificate = authority.issue('server', [host, 'localhost', '127.0.0.1']);
  const dovecot = await startDovecot(path.join(folder, 'dovecot'), { users, certificate, rawlog, ports, settings: settings.dovecot });
  closing.add(dovecot.stop);
  const postfix = await startPostfix(path.join(folder, 'postfix'), { domains, dovecot, certificate, ports, settings: settings.postfix });
  closing.add(postfix.stop);
  const passwordOf = (address) => users.find((u) => u.address === address).password;

  /** Runs `use` with a signed-in IMAP client that is not ours. */
  async function withImap(address, use) {
    const client = new ImapFlow({ host: '127.0.0.1', port: dovecot.imaps, secure: true, servername: host, tls: { ca: undefined, rejectUnauthorized: false },
      auth: { user: address, pass: passwordOf(address) }, logger: false });
    client.on('error', () => {});
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.logout().catch(() => client.close());
    }
  }
  /** Puts messages into a folder, as if they had lain there since `date`. raw: string or Buffer. */
  const append = (address, messages, folderName = 'INBOX') => withImap(address, async (client) => {
    for (const { raw, date, flags = [] } of messages)
      await client.append(folderName, Buffer.isBuffer(raw) ? raw : Buffer.from(raw), flags, date ?? new Date());
  });
  /** All messages of a folder: [{uid, flags, source, internalDate}]. */
  const read = (address, folderName = 'INBOX') => withImap(address, async (client) => {
    const lock = await client.getMailboxLock(folderName, { readOnly: true });
    try {
      const all = [];
      for await (const m of client.fetch('1:*', { uid: true, flags: true, source: true, internalDate: true }))
        all.push({ uid: m.uid, flags: [...m.flags], source: m.source.toString('latin1'), internalDate: m.internalDate });
      return all;
    } finally {
      lock.release();
    }
  });
  /** Sends as a mail client of `from` would, through the real submission service. */
  const submit = async (from, message) => {
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port: postfix.submissions, secure: true,
      tls: { rejectUnauthorized: false }, auth: { user: from, pass: passwordOf(from) } });
    try {
      return await transport.sendMail({ from, ...message });
    } finally {
      transport.close();
    }
  };
  return { host, authority, dovecot, postfix, withImap, append, read, submit, passwordOf };
}

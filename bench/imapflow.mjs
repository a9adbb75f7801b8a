// What a team would take instead of an engine of its own: ImapFlow, fetching the same header fields.
//   node imapflow.mjs PORT USER PASSWORD
import { ImapFlow } from '../tools/testbed/peers.mjs';

const [port, user, pass] = process.argv.slice(2);
const client = new ImapFlow({ host: '127.0.0.1', port: Number(port), secure: false, doSTARTTLS: false, disableCompression: true, auth: { user, pass }, logger: false });
const began = process.hrtime.bigint();
await client.connect();
const lock = await client.getMailboxLock('INBOX', { readOnly: true });
let messages = 0;
const headers = ['from', 'to', 'cc', 'bcc', 'reply-to', 'subject', 'date', 'message-id', 'in-reply-to', 'references'];
for await (const _ of client.fetch('1:*', { uid: true, internalDate: true, size: true, headers })) ++messages;
lock.release();
await client.logout();
const used = process.cpuUsage();
console.log(JSON.stringify({ wall: Number(process.hrtime.bigint() - began) / 1e9, messages, cpu: (used.user + used.system) / 1e6, peak_mib: process.resourceUsage().maxRSS / 1024 }));

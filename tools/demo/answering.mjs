// A demo candidate at her own mail client: reads by IMAP, answers by SMTP within seconds.
import { ImapFlow } from '../testbed/peers.mjs';
import { pause } from '../testbed/process.mjs';
import { fill, withQuote } from './letters.mjs';
import { domain } from './people.mjs';
import { phrases } from './phrases.mjs';

/** Answers each mail from the company once, until `stopping()`; resolves when it listens. */
export async function startAnswering(mail, candidate, { delay = 2500, stopping = () => false } = {}) {
  const client = new ImapFlow({ host: '127.0.0.1', port: mail.dovecot.imaps, secure: true, tls: { rejectUnauthorized: false },
    auth: { user: candidate.address, pass: mail.passwordOf(candidate.address) }, logger: false });
  client.on('error', () => {});
  await client.connect();
  await client.mailboxOpen('INBOX');
  let next = client.mailbox.uidNext, answered = 0, working = Promise.resolve();
  const work = async () => {
    const arrived = [];
    for await (const m of client.fetch(`${next}:*`, { uid: true, envelope: true, source: true, headers: ['auto-submitted', 'references'] }, { uid: true }))
      if (m.uid >= next) arrived.push(m);
    for (const message of arrived) {
      next = message.uid + 1;
      if (!message.envelope.from?.[0]?.address?.endsWith(`@${domain}`)) continue;
      if (/auto-submitted:\s*auto/i.test(message.headers?.toString() ?? '')) continue;
      await pause(delay);
      if (stopping()) return;
      await answer(mail, candidate, message, answered++);
      await client.messageFlagsAdd({ uid: message.uid }, ['\\Seen', '\\Answered']);
    }
  };
  client.on('exists', () => { working = working.then(work).catch(() => {}); });
  const listening = (async () => { while (!stopping() && client.usable) await client.idle().catch(() => pause(1000)); })();
  return { stop: async () => { client.close(); await listening; } };
}

async function answer(mail, candidate, message, count) {
  const { envelope } = message;
  const to = envelope.replyTo?.[0] ?? envelope.from[0];
  const words = phrases[candidate.language];
  const text = fill(words.replies[count % words.replies.length], { name: candidate.name, team: to.name || to.address });
  const source = message.source.toString('utf8');
  const plain = source.slice(source.search(/\r?\n\r?\n/)).replace(/=\r?\n/g, '').split('\n').map((l) => l.trim())
    .filter((l) => l && !/^(--|Content-)|[<>=]/.test(l)).slice(0, 6).join('\n');
  const earlier = /references:\s*((?:<[^>]*>\s*)*)/i.exec(message.headers?.toString() ?? '')?.[1].trim().split(/\s+/).filter(Boolean) ?? [];
  await mail.submit(candidate.address, {
    from: { name: candidate.name, address: candidate.address },
    to: { name: to.name ?? '', address: to.address },
    subject: /^re:/i.test(envelope.subject ?? '') ? envelope.subject : `Re: ${envelope.subject ?? ''}`,
    text: withQuote(text, { text: plain, date: envelope.date ?? new Date(), who: to.name || to.address }, candidate.language),
    inReplyTo: envelope.messageId,
    references: [...earlier, envelope.messageId].join(' '),
  });
}

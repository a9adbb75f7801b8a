// A letter of one's own that nobody got is written on: in its conversation, and in the place of that one where the
// server would else send it still (W-5).
import type { QueryClient } from '@tanstack/react-query';
import { bodyQuery, type Message, mailboxesQuery, type OutboxMessage } from '../api/queries';
import { type Draft, hasDraft, keepDraft, readDraft, tellThisTab } from './drafts';
import { answeredBy, replyMailbox } from './reply';
import { ownHtml } from './text';

/** Whether it lies in the composer of its conversation by then: another draft may, and isn't written over. */
export async function editAgain(
  queries: QueryClient,
  user: string,
  message: Message,
  row: OutboxMessage,
): Promise<boolean> {
  const about = `thread:${row.thread}`;
  if (hasDraft(user, about)) return readDraft(user, about)?.answers?.id === message.id;
  const [{ html, text }, mailboxes] = await Promise.all([
    queries.fetchQuery(bodyQuery(message.id)),
    queries.fetchQuery(mailboxesQuery),
  ]);
  const people = (all: Message['to']) => all.map(({ name, address }) => ({ name, address }));
  const draft: Draft = {
    answers: answeredBy(message, false),
    ...(row.state === 'failed' ? { replaces: row.id } : {}),
    mailbox: replyMailbox({ ...message, to: [], cc: [] }, mailboxes),
    to: people(message.to),
    cc: people(message.cc),
    bcc: (row.bcc ?? []).map((address) => ({ name: '', address })),
    subject: message.subject,
    rich: html !== '',
    html: ownHtml(html),
    text,
    uploads: message.attachments.map(({ index, filename, type, octets }) => ({
      id: `${message.id}:${index}`,
      filename,
      type,
      octets,
      lies: { message: message.id, index },
    })),
    quote: false, // what it quoted stands in it
  };
  keepDraft(user, about, draft);
  tellThisTab(user, about); // an empty composer may be open
  return true;
}

// Who a reply goes to, what it is called, and what it quotes.
import type { Schemas } from '../api/client';
import type { Message, Thread } from '../api/queries';
import { addRecipients, type Recipient, sameAddress } from './addresses';
import type { Answered, Draft } from './drafts';

export function replySubject(subject: string): string {
  return /^\s*(re|aw|antw|tr|réf|sv|rv)\s*(\[\d+\])?\s*[:：]/i.test(subject)
    ? subject.trim()
    : `Re: ${subject.trim()}`.trim();
}

type Addressed = Pick<Message, 'from' | 'to' | 'cc' | 'direction'>;

// To the writer, or, under one's own message, to whom that went. Everybody: Cc too, but never
// oneself; a candidate's address is never in Cc (W-3), so it moves up. Of more people than are listed
// there is no everybody: it would be the first hundred.
export function replyRecipients(
  message: Addressed & Pick<Message, 'people_left_out'>,
  everybody: boolean,
  mine: readonly string[],
  candidate: readonly string[],
): { to: Recipient[]; cc: Recipient[] } {
  const all = everybody && message.people_left_out === 0;
  const own = (person: Schemas['Person']) => mine.some((one) => sameAddress(one, person.address));
  const their = (person: Schemas['Person']) =>
    candidate.some((one) => sameAddress(one, person.address));
  const plain = (people: readonly Schemas['Person'][]) =>
    people.map(({ name, address }) => ({ name, address }));
  const fromMe = message.from.some(own);
  let to = addRecipients([], plain(fromMe ? message.to : message.from));
  if (all && !fromMe)
    to = addRecipients(to, plain(message.to.filter((one) => !own(one) && their(one))));
  if (!all) return { to, cc: [] };
  const rest = [...(fromMe ? [] : message.to), ...message.cc].filter((one) => !own(one));
  to = addRecipients(to, plain(rest.filter(their)));
  const cc = addRecipients([], plain(rest)).filter(
    (one) => !to.some((other) => sameAddress(other.address, one.address)),
  );
  return { to, cc };
}

export function answeredBy(message: Message, all: boolean): Answered {
  const { id, date, from } = message;
  const writer = from[0] && { name: from[0].name, address: from[0].address };
  return { id, all, date, ...(writer ? { writer } : {}) };
}

// A draft goes on answering what it answered, though something else is the newest by now: sent again, it is
// the same message. Unless its writer has chosen another one.
export function answering(draft: Draft, asked: Answered | undefined, chosen: boolean): Draft {
  if (!asked || (draft.answers && (!chosen || draft.answers.id === asked.id))) return draft;
  return { ...draft, answers: asked };
}

// Whom one answers without having said which message: the newest that a person wrote. Nobody reads what is
// written to who reports bounces, and hardly anybody what is written to an automatic reply.
export function answeredOf<Row extends { versions: readonly Pick<Message, 'kind'>[] }>(
  rows: readonly Row[],
): Row | undefined {
  const newest = (...kinds: Message['kind'][]) =>
    rows.findLast((row) => row.versions.some((one) => kinds.includes(one.kind)));
  return newest('human') ?? newest('list', 'automatic') ?? rows.at(-1);
}

// What lies in the conversation after a message, a colleague's answer as well; nothing, where that one is on an
// older page.
export function cameAfter(messages: readonly Message[], id: string): Message[] {
  const at = messages.findIndex((one) => one.id === id);
  return at < 0 ? [] : messages.slice(at + 1);
}

// T-4: up to where who begins an answer has seen the conversation. Not, where a person has written since: that is
// asked about.
export function seenBy(thread: Thread | undefined, answered: string | undefined) {
  if (!thread || !answered || !thread.messages.some(({ id }) => id === answered)) return undefined;
  const isKnown = cameAfter(thread.messages, answered).every(({ kind }) => kind !== 'human');
  return isKnown ? thread.came : undefined;
}

// C-13: who nobody has confirmed as the owner of an address doesn't write from it.
const isProven = (mailbox: Schemas['Mailbox']) =>
  mailbox.address_proof === 'sign_in' || mailbox.address_proof === 'admin';
// Why not, in one word of `mailbox.state`.
export const notSending = (mailbox: Schemas['Mailbox']) => {
  if (mailbox.address_proof === 'none') return 'unproven' as const;
  if (mailbox.address_proof === 'refused') return 'refused' as const;
  return mailbox.state === 'active' ? undefined : mailbox.state;
};
export const canSend = (mailbox: Schemas['Mailbox']) => notSending(mailbox) === undefined;

// Whose answers leave them out. An address that isn't proven to be mine is somebody else's.
export const ownAddresses = (signIn: string, mailboxes: readonly Schemas['Mailbox'][]) => [
  signIn,
  ...mailboxes.filter(isProven).map((mailbox) => mailbox.address),
];

// The mailbox that was written to, where it is one of mine; else the first that can send.
export function replyMailbox(
  message: Addressed | undefined,
  mailboxes: readonly Schemas['Mailbox'][],
): string {
  const able = mailboxes.filter(canSend);
  const people = message ? [...message.to, ...message.cc, ...message.from] : [];
  const addressed = able.find((mailbox) =>
    people.some((person) => sameAddress(person.address, mailbox.address)),
  );
  return (addressed ?? able[0] ?? mailboxes[0])?.id ?? '';
}

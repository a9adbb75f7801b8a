import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import part from '../imports/words/en.json';
import base from './en.json';

// With the words that come with a page of their own.
const en = { ...base, problem: { ...base.problem, ...part.problem } };

const SERVER = join(import.meta.dirname, '../../../src');

// Codes that only whoever runs the server meets, in its log or on its console, or nobody at all.
const UNSEEN = new Set([
  'folder.not-read', // ends a look that began under other settings; another one begins
  'sync.settings-moved',
  'mailbox.another-account',
  'outbox.no-room', // a message is put back, or the past ends its pass: both come again
  'sync.no-room',
  // Refusals to start.
  'company.exists',
  'net.certificate',
  'net.listen',
  'store.bad-database',
  'store.bad-master-key',
  'store.blob-folder-foreign',
  'store.blob-folder-missing',
  'store.cannot-open',
  'store.crypto',
  'store.in-use',
  'store.master-key',
  'store.master-key-damaged',
  'store.master-key-exposed',
  'store.master-key-missing',
  'store.newer-schema',
  'store.no-such-company',
  'store.other-installation',
  'store.schema-broken',
  'store.wrong-master-key',
  // Mistakes of the program itself, which no request can bring about.
  'document.not-read', // said to the process that reads it alone
  'errand.unknown',
  'folder.reset', // sync’s own: it looks again
  'journal.position',
  'mail.part-missing', // the API says attachment.missing
  'mailbox.personal',
  'mailbox.secret-denied',
  'net.no-http',
  'outbox.bad-start',
  'store.unknown-word',
  // The page's own files.
  'pages.missing',
]);
// Areas of the command line and the data directory alone.
const UNSEEN_AREAS = new Set(['config', 'data']);
// Words that look like codes in an area of codes: members of requests, kinds of what happened (docs/journal.md).
const MEMBERS = new Set([
  'address.added',
  'address.removed',
  'application.phase-changed',
  'application.put-back',
  'application.removed',
  'application.status-changed',
  'application.submitted',
  'candidate.added',
  'candidate.forgotten',
  'candidate.removed',
  'candidate.parted',
  'file.added',
  'file.removed',
  'job.opened',
  'mailbox.connected',
  'mailbox.proof-changed',
  'mailbox.state-changed',
  'message.bounced',
  'message.copy-not-filed',
  'message.failed',
  'message.fate-unknown',
  'message.received',
  'message.sent',
  'company.renamed',
  'user.address-changed',
  'user.deactivated',
  'user.let-in',
  'user.link-made',
  'user.password-set',
  'user.rights-changed',
  'http.answer', // of a picture that can't be had, which nobody is told about
  'imap.host',
  'imap.password',
  'smtp.password',
  'message.eml',
  'message.html',
  'message.txt',
]);

const source = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.[ch]pp$/.test(file) && !/_(?:test|fuzz)\.cpp$/.test(file))
  .map((file) => readFileSync(join(SERVER, file), 'utf8'))
  .join('\n')
  .replace(/^\s*\/\/.*$/gm, '')
  .replace(/log::\w+\(\s*"[^"]*"/g, ''); // what happened, for the log

const CODE = /"([a-z]+(?:-[a-z]+)*)\.([a-z]+(?:-[a-z]+)*)"/g;

// An area is one of codes where a code of it stands beside the kind of an error, or is known here.
// Of such an area every literal counts, however the server hands it on.
function codesOf(text: string): Set<string> {
  const areas = new Set(Object.keys(en.problem));
  for (const [, area] of text.matchAll(/\bKind::\w+,\s*(?:"",\s*)?"([a-z-]+)\.[a-z-]+"/g))
    areas.add(area!);
  const codes = new Set<string>();
  for (const [, area, rest] of text.matchAll(CODE))
    if (areas.has(area!)) codes.add(`${area}.${rest}`);
  for (const [, noun] of text.matchAll(/\bnot_found\("([a-z-]+)"\)/g)) codes.add(`${noun}.missing`);
  return codes;
}

const codes = codesOf(source);
const words = en.problem as Record<string, Record<string, { title: string; detail?: string }>>;
const translated = (code: string) => {
  const [area, rest] = code.split('.') as [string, string];
  return Boolean(words[area]?.[rest]?.title);
};

describe('the codes of the server', () => {
  it('are found, however they are written', () => {
    const text = `fail(Kind::input,\n  "new.one", "W"); wrong("to", "new.two"); not_found("thing");
      refuse(Kind::conflict, "", "other.three"); why = "mailbox.four"; row("t.column")`;
    expect([...codesOf(text)].sort()).toEqual(
      ['mailbox.four', 'new.one', 'new.two', 'other.three', 'thing.missing'].sort(),
    );
    for (const code of [
      'imap.login-refused',
      'mail.too-large',
      'mailbox.removed',
      'recipients.none',
      'thread.internal',
      'tls.bytes-before-handshake',
    ])
      expect(codes).toContain(code);
    expect(codes.size).toBeGreaterThan(120);
  });
  it('are all translated', () => {
    const missing = [...codes].filter(
      (code) =>
        !translated(code) &&
        !UNSEEN.has(code) &&
        !UNSEEN_AREAS.has(code.split('.')[0]!) &&
        !MEMBERS.has(code),
    );
    expect(missing.sort()).toEqual([]);
  });
  it('have no exception that is needed no more', () => {
    const idle = [...UNSEEN, ...MEMBERS].filter((code) => !codes.has(code) || translated(code));
    expect(idle).toEqual([]);
  });
  it('are the only ones translated, beside those of the page', () => {
    const all = Object.entries(words).flatMap(([area, rest]) =>
      Object.keys(rest).map((one) => `${area}.${one}`),
    );
    const page = ['page.offline', 'page.unexpected'];
    expect(all.filter((code) => !codes.has(code) && !page.includes(code))).toEqual([]);
  });
});

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import {
  MailWarning,
  MessageSquareQuote,
  Paperclip,
  SendHorizontal,
  Trash2,
  Type,
} from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { isLost, Left, ProblemError } from '../api/client';
import { problemWords } from '../api/problem';
import {
  bodyQuery,
  candidateQuery,
  failed,
  keys,
  type Mailbox,
  type Message,
  mailboxesQuery,
  type Thread,
} from '../api/queries';
import { PHONE, useHere, useMe, useMedia } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { signedInAgain } from '../setup/again';
import { Button, IconButton } from '../ui/button';
import { isComposed } from '../ui/composed';
import { showFaults } from '../ui/field';
import { notifier, notify, unsay } from '../ui/notice';
import { Banner, ProblemBanner } from '../ui/state';
import { isAddress, parseRecipients, sameAddress, short } from './addresses';
import { type Draft, goingAlong, hasDraft, isUnstored, lostOf, readAttempts } from './drafts';
import { isWriting, takeEarly, typedOn } from './early';
import { FileList, useFiles } from './files';
import { putBack } from './joined';
import { useKept } from './kept';
import { knownIn } from './offered';
import { Coming } from './on-demand';
import { ProfileFiles } from './profile-files';
import { tellsOfFile } from './promised';
import { AskBefore, isOfServer, type Question } from './questions';
import { introOf, NOTHING_QUOTED, NoQuote, type Quote, quote } from './quote';
import { Recipients } from './recipients';
import {
  answeredBy,
  answering,
  cameAfter,
  canSend,
  notSending,
  ownAddresses,
  replyMailbox,
  replyRecipients,
  replySubject,
} from './reply';
import { RichText } from './rich-text';
import { useSaid } from './said';
import { Seers } from './seers';
import { insertOptimistically, type Outgoing, send, wentBefore, whileOnline } from './send';
import { LOST_BEFORE, lostWords, NotSent, Sending } from './sending';
import { nameOf, onItsWay, typedMeanwhile, useShared } from './shared';
import { escapeHtml, htmlToText, ownHtml, textToHtml } from './text';
import { keepUnsent, sayUnsent } from './unsent';
import './composer.css';

type Field = 'to' | 'cc' | 'bcc';
const FIELDS: readonly Field[] = ['to', 'cc', 'bcc'];

export type ComposerProps = {
  candidate?: { id: string; name: string } | undefined; // none: it is with somebody who is none
  to?: string; // whom, then, if that is known
  thread?: Thread;
  replyTo?: Message; // unless a draft lies here that answers another one
  chosen?: boolean | undefined; // the writer said which: then the draft answers that from now on
  all?: boolean;
  calm?: boolean | undefined; // a draft that lay here: it takes nobody's focus
  onClose: () => void;
  onUndo: () => void; // a discarded draft is there again: show it
  onSent?: (thread: string) => void;
};

// Given from above: once its writer has left nobody knows them any more, and this page is about to go.
type Known = ComposerProps & {
  me: NonNullable<ReturnType<typeof useMe>>;
  mailboxes: readonly Mailbox[];
};

const profileQuery = (candidate: ComposerProps['candidate']) => ({
  ...candidateQuery(candidate?.id ?? ''),
  enabled: Boolean(candidate),
});

export function Composer(props: ComposerProps) {
  const { t } = useTranslation();
  const me = useMe();
  const mailboxes = useQuery(mailboxesQuery);
  const { candidate } = props;
  const profile = useQuery(profileQuery(candidate));
  // What is being written stays, though only now its conversation turns out to be with a candidate.
  const shown = useRef(false);
  if (!me || mailboxes.isPending || (!shown.current && candidate && profile.isPending))
    return <Coming calm={props.calm} />;
  if (failed(mailboxes)) return <ProblemBanner error={mailboxes.error} />;
  if (mailboxes.data.length === 0) {
    return (
      <section className="composer" aria-label={t('compose.title')}>
        <Banner
          tone="attention"
          title={t('compose.noMailboxTitle')}
          actions={
            <>
              <Button look="primary" small asChild>
                <Link to="/settings/account/profile/email/add">{t('email.add')}</Link>
              </Button>
              <Button small onClick={props.onClose}>
                {t('close')}
              </Button>
            </>
          }
        >
          {t('compose.noMailboxText')}
        </Banner>
      </section>
    );
  }
  shown.current = true;
  return <Table {...props} me={me} mailboxes={mailboxes.data} />;
}

// Whoever goes on while a message is on its way and comes back finds nothing to send a second time; and the
// draft, if it comes back as well. What they write meanwhile, or want to answer instead, is a message of its own.
function Table(props: Known) {
  const { t } = useTranslation();
  const { thread, candidate, to = '', chosen = false, calm = false, onClose } = props;
  const user = props.me.user.id;
  // Stays, though the conversation become part of another one meanwhile: there may be a draft there, too.
  const [about] = useState(
    thread ? `thread:${thread.id}` : candidate ? `candidate:${candidate.id}` : `address:${to}`,
  );
  const place = nameOf(user, about);
  const sent = useShared(onItsWay, place);
  const [waits, setWaits] = useState(sent);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    if (!waits || sent) return;
    // What was typed meanwhile was meant for another one: this one's words stay as they were sent.
    if (lostOf(user, about)) typedMeanwhile.set(place, '');
    if (chosen || typedMeanwhile.of(place) || hasDraft(user, about)) setWaits(false);
    else close.current();
  }, [waits, sent, user, about, place, chosen]);
  if (waits) return <Sending place={place} calm={calm} onClose={onClose} />;
  return (
    <>
      <Writing {...props} about={about} />
      <span className="sr" aria-live="polite">
        {sent ? t('outbox.state.sending') : ''}
      </span>
    </>
  );
}

function Writing({
  me,
  mailboxes,
  about,
  candidate,
  to = '',
  thread,
  replyTo,
  chosen = false,
  all = false,
  calm: restored = false,
  onClose,
  onUndo,
  onSent,
}: Known & { about: string }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const profile = useQuery(profileQuery(candidate)).data;
  const name = candidate?.name;
  const place = nameOf(me.user.id, about);
  const [typed] = useState(() => typedMeanwhile.of(place) !== '');
  const calm = restored && !typed;
  const fresh = useMemo((): Draft => {
    const signature = me.user.signature_html ? ownHtml(me.user.signature_html) : '';
    const html = signature ? `<p></p><p></p>${signature}` : '<p></p>';
    const mine = ownAddresses(me.user.email, mailboxes);
    const theirs = profile?.addresses.map((one) => one.address) ?? [];
    if (thread?.non_candidate) theirs.push(thread.candidate_name);
    const first = name
      ? (profile?.addresses ?? [])
          .filter((one) => one.synced)
          .map((one) => ({ name, address: one.address }))
      : parseRecipients(to);
    const people = replyTo
      ? replyRecipients(replyTo, all, mine, theirs)
      : { to: first.slice(0, 1), cc: [] };
    return {
      ...(replyTo ? { answers: answeredBy(replyTo, all) } : {}),
      mailbox: replyMailbox(replyTo, mailboxes),
      ...people,
      bcc: [],
      subject: replyTo ? replySubject(thread?.subject || replyTo.subject) : '',
      rich: true,
      html,
      text: htmlToText(html),
      uploads: [],
      quote: Boolean(replyTo),
    };
  }, [me, mailboxes, profile, replyTo, all, name, to, thread]);

  const {
    draft,
    touched,
    taken,
    change: set,
    keep,
    keepSent,
    finish,
  } = useKept(
    me.user.id,
    about,
    fresh,
    // What may have gone stays as it is, whatever is to be answered: sent again it is the same message.
    (stored) => (lostOf(me.user.id, about) ? stored : answering(stored, fresh.answers, chosen)),
    (said) => {
      if (said) notify(t('compose.elsewhere'));
      onClose();
    },
  );
  const { answers } = draft;
  // Asked at once, also where there is no network: it is said that it doesn't come.
  const quoted = { ...bodyQuery(answers?.id ?? ''), networkMode: 'always' as const };
  useQuery({ ...quoted, enabled: Boolean(answers) }); // there before it is sent
  const after = thread && answers ? cameAfter(thread.messages, answers.id) : [];
  const lastOf = (kind: Message['kind']) => after.findLastIndex((one) => one.kind === kind);
  const cameBack = lastOf('bounce') > lastOf('human');
  const files = useFiles(me.user.id, about, draft.uploads, set);
  const [opened, setOpened] = useState(false);
  const copies = opened || draft.cc.length + draft.bcc.length > 0;
  const [error, setError] = useState<unknown>(() => lostOf(me.user.id, about) && LOST_BEFORE);
  const [fault, setFault] = useState<{ field: Field; words: string }>();
  const [question, setQuestion] = useState<Question>();
  const said = useSaid(me.user.id, about, thread, answers?.id);
  const [dragging, setDragging] = useState(false);
  const phone = useMedia(PHONE);
  const [editorKey, setEditorKey] = useState(0);
  const box = useRef<HTMLFormElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const over = useRef(false); // it went: until this composer closes there is nothing to be done in it
  const busy = useShared(onItsWay, place) || over.current;
  const router = useRouter();
  // The writer may go on while the answer is on its way.
  const here = useHere();
  const focused = useRef<Element | null>(null);
  const early = useRef<{ typed: string; html: string }>(undefined); // before the editor came

  // Once the failed message is on the table again, so is the writer.
  useEffect(() => {
    if (error === undefined || error === LOST_BEFORE) return;
    box.current?.querySelector('[role=alert]')?.scrollIntoView({ block: 'nearest' });
    focusIn(box.current, focused.current);
  }, [error]);

  // Until the text can take them, letters are nothing else, and are kept for it; from the moment on in
  // which nobody keeps them any more who stood here before.
  useLayoutEffect(() => {
    if (!calm && !box.current?.contains(document.activeElement)) {
      box.current?.focus({ preventScroll: true });
    }
  }, [calm]);

  const change = useCallback(
    (part: Partial<Draft>) => {
      setFault((fault) => (fault && fault.field in part ? undefined : fault));
      // What was said of the message is no more said of another one. Its words are seldom what was refused.
      if (Object.keys(part).some((key) => key !== 'html' && key !== 'text')) setError(undefined);
      set(part);
    },
    [set],
  );

  // Never left out by itself: what goes without it is another message. So is what says it in other words.
  async function quoteOf(): Promise<Quote> {
    if (!draft.quote || !answers) return NOTHING_QUOTED;
    const body = await queries.fetchQuery(quoted);
    const { intro = introOf(answers, t, format) } = lostOf(me.user.id, about) ?? {};
    return quote(intro, body.fresh || body.text);
  }

  // What goes without a subject, or without a word and a file.
  function forgotten(text: string): Question | undefined {
    const subject = draft.subject.trim() === '';
    const words = [text, htmlToText(ownHtml(me.user.signature_html ?? ''))].map((one) =>
      one.replace(/\s+/g, ' ').trim(),
    );
    const empty = draft.uploads.length === 0 && ['', words[1]].includes(words[0]);
    if (subject && empty) return 'both';
    if (subject) return 'subject';
    if (empty) return 'text';
    const own = words[0]!.replace(words[1]!, '');
    return draft.uploads.length === 0 && tellsOfFile(own) ? 'file' : undefined;
  }

  // What is wrong with the people stands where they do, and names who it is where that is known.
  function refusedField(reason: unknown, say: (field: Field, words: string) => void): boolean {
    if (!(reason instanceof ProblemError)) return false;
    const field = FIELDS.find((one) => one === reason.problem.field);
    if (!field) return false;
    const { title, detail } = problemWords(reason);
    const one = draft[field].length === 1 ? `${short(draft[field][0]!.address)}: ` : '';
    setOpened(true);
    say(field, [one + title, detail].filter(Boolean).join(' '));
    return true;
  }

  // What has been discarded meanwhile, here or in another tab, is nobody's matter any more.
  const isWanted = () => hasDraft(me.user.id, about);
  const keptWords = () => t(isUnstored(me.user.id, about) ? 'compose.keptHere' : 'compose.kept');

  // For a writer who went on: also that the server asks something, as it does whenever it is sent again.
  const tellGone = (say: ReturnType<typeof notifier>, address: string) => (reason: unknown) => {
    if (!isWanted()) return;
    const { title, detail } = problemWords(reason);
    const first = draft.to[0]!;
    const whom = { name: name || first.name || first.address };
    const words =
      isLost(reason) || lostOf(me.user.id, about)
        ? [t('compose.unknownTo', whom), t(lostWords(me.user.id, about))]
        : [!wentBefore(reason) && t('compose.notSent', whom), title, detail];
    const unsent = {
      about,
      address,
      words: [...words, `${keptWords()}.`].filter(Boolean).join(' '),
    };
    if (!sayUnsent(say, unsent, t('compose.show'), router.history.push))
      keepUnsent(me.user.id, unsent);
  };

  // Sent as it stands there at once, until the server's own arrives; once more where the session ended, and the
  // writer signed in again over this very page.
  async function transmit(outgoing: Outgoing): Promise<Awaited<ReturnType<typeof deliver>>> {
    try {
      return await deliver(outgoing);
    } catch (reason) {
      const ended = reason instanceof ProblemError && reason.status === 401;
      if (!ended || !(await signedInAgain(me.user.id)) || !isWanted()) throw reason;
      return transmit(outgoing);
    }
  }

  async function deliver(outgoing: Outgoing) {
    const mailbox = mailboxes.find((one) => one.id === draft.mailbox);
    const takeBack = thread
      ? insertOptimistically(queries, thread.id, {
          from: [{ name: me.user.name, address: mailbox?.address ?? me.user.email }],
          to: draft.to,
          cc: draft.cc,
          subject: outgoing.subject,
          snippet: words(),
        })
      : undefined;
    try {
      const quote = await quoteOf().catch((reason: unknown) => {
        throw new NoQuote(reason);
      });
      const { html } = outgoing;
      // As it is by now: another tab may have sent it meanwhile.
      const { place, answers } = said.goesTo({ thread: thread?.id, candidate: candidate?.id });
      const row = await send(
        { user: me.user.id, about },
        {
          ...outgoing,
          ...place,
          ...answers,
          text: outgoing.text + quote.text,
          ...(html === undefined ? {} : { html: html + quote.html }),
        },
        quote.intro,
      );
      return { row, takeBack };
    } catch (reason) {
      takeBack?.();
      throw reason;
    }
  }

  const words = () => (draft.rich ? htmlToText(draft.html) : draft.text.trimEnd());
  const lacks = (field: Field, words: string) =>
    showFaults(box.current, () => setFault({ field, words }));

  // asked: what was forgotten was asked about.
  async function submit(asked = false): Promise<void> {
    if (onItsWay.of(place) || over.current) return;
    if (draft.to.length === 0) return lacks('to', t('compose.noRecipient'));
    for (const field of FIELDS) {
      const bad = draft[field].find((one) => !isAddress(one.address));
      if (bad) return lacks(field, t('compose.notAddress', { text: short(bad.address) }));
    }
    if (files.underway.length > 0)
      return void notify(t('compose.stillUploading'), { tone: 'problem' });
    const text = words();
    const question = asked ? undefined : forgotten(text);
    if (question) return setQuestion(question);
    const outgoing: Outgoing = {
      mailbox: draft.mailbox,
      ...(answers ? { in_reply_to: answers.id } : {}),
      ...(draft.replaces ? { replaces: draft.replaces } : {}),
      to: draft.to.map((one) => one.address),
      cc: draft.cc.map((one) => one.address),
      bcc: draft.bcc.map((one) => one.address),
      subject: draft.subject.trim(),
      text,
      ...(draft.rich ? { html: ownHtml(draft.html) } : {}),
      ...goingAlong(draft.uploads),
    };
    keepSent(); // what goes out is what is stored
    focused.current = document.activeElement;
    setError(undefined);
    setFault(undefined);
    unsay(`unsent ${about}`);
    const say = notifier();
    const tell = tellGone(say, router.history.location.href);
    onItsWay.set(place, true);
    let done: Awaited<ReturnType<typeof transmit>>;
    try {
      done = await transmit(outgoing);
    } catch (reason) {
      onItsWay.set(place, false);
      return refused(reason, tell);
    }
    // From here on it is the server's: whatever goes wrong, nobody may be told that it wasn't sent.
    over.current = true;
    finish(draft);
    onItsWay.set(place, false);
    const { row, takeBack } = done;
    say(t('compose.queued'), { about: `answer ${thread?.id ?? row.thread}`, series: 'sent' });
    try {
      const comes = queries.invalidateQueries({ queryKey: keys.thread(row.thread) });
      await whileOnline(comes.then(takeBack));
      if (candidate) void queries.invalidateQueries({ queryKey: keys.timeline(candidate.id) });
      void queries.invalidateQueries({ queryKey: ['threads', 'head'] });
      void queries.invalidateQueries({ queryKey: keys.outbox });
      if (here.current) onSent?.(row.thread);
    } finally {
      if (here.current) onClose();
    }
  }

  function refused(reason: unknown, tell: (reason: unknown) => void): void {
    const code = reason instanceof ProblemError ? reason.code : '';
    const cause = reason instanceof NoQuote ? reason.cause : reason;
    const signedOut = reason instanceof ProblemError && reason.status === 401;
    if (wentBefore(reason)) {
      if (thread) void queries.invalidateQueries({ queryKey: keys.thread(thread.id) });
      void queries.invalidateQueries({ queryKey: keys.outbox });
    }
    if (signedOut || cause instanceof Left) {
      tell(cause); // this page is about to go, or gone
    } else if (reason instanceof NoQuote) {
      if (here.current) setQuestion('quote');
      else tell(reason.cause);
    } else if (isOfServer(code)) {
      said.asks((reason as ProblemError).problem);
      if (here.current) setQuestion(code);
      else tell(reason);
      if (thread) void queries.invalidateQueries({ queryKey: keys.thread(thread.id) });
    } else if (!here.current) {
      tell(reason);
    } else if (!refusedField(reason, lacks)) {
      // What it was to replace has gone meanwhile: whoever sends it now means one more.
      if (code === 'outbox.too-late') set({ replaces: undefined });
      setError(reason);
    }
  }

  function writeEarly(add: (typed: string) => string) {
    const { typed, html } = early.current ?? { typed: '', html: draft.html };
    const now = add(typed);
    early.current = { typed: now, html };
    set({ html: html.replace('</p>', () => `${earlyHtml(now)}</p>`) });
  }

  // What was typed before all of this was there stands where the writer is now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, at the beginning
  useLayoutEffect(() => {
    const typed = typedMeanwhile.of(place) + takeEarly();
    typedMeanwhile.set(place, '');
    if (calm || !typed) return;
    if (!replyTo) {
      if (draft.to.length > 0) set({ subject: draft.subject + typed.replaceAll('\n', ' ') });
    } else if (draft.rich) {
      writeEarly(() => typed);
      setEditorKey((key) => key + 1);
    } else {
      set({ text: typed + draft.text });
      const text = box.current?.querySelector('textarea');
      queueMicrotask(() => text?.setSelectionRange(typed.length, typed.length));
    }
  }, []);

  const latest = useRef(submit);
  latest.current = submit;

  function discard() {
    if (busy) return; // it can't be called back
    const before = draft;
    const attempts = readAttempts(me.user.id, about);
    unsay(`unsent ${about}`);
    files.abandon();
    finish();
    onClose();
    if (touched) {
      notify(t('compose.discarded'), {
        action: {
          label: t('undo'),
          run: () => {
            putBack(me.user.id, about, before, attempts);
            onUndo();
          },
        },
      });
    }
  }

  const saidOf = (field: Field) => (fault?.field === field ? fault.words : undefined);
  const known = useMemo(() => knownIn(thread, profile), [thread, profile]);
  const hiddenCopies = draft.bcc.length > 0;
  const candidateCopied = [...draft.cc, ...draft.bcc].some((one) =>
    profile?.addresses.some((other) => sameAddress(other.address, one.address)),
  );
  // Who gets it anyway isn't told apart from the recipients.
  const getting = [...draft.to, ...draft.cc, ...draft.bcc];
  const audience = (profile?.seen_by ?? []).filter(
    ({ id, email }) => id !== me.user.id && !getting.some((one) => sameAddress(one.address, email)),
  );
  const names = new Intl.ListFormat(i18n.language).format(audience.map((one) => one.name));
  const seers = [
    !candidate
      ? t('compose.audienceOfNonCandidate')
      : names
        ? t('compose.audience', { names, count: audience.length })
        : t('compose.audienceMe'),
    ...(hiddenCopies ? [t('compose.bccNote')] : []),
  ].join(' ');
  const seersInShort = candidate ? names || t('compose.seenByMe') : t('compose.seenByAll');
  const tools = (
    <>
      <span className="toolbar-line" aria-hidden />
      <IconButton label={t('compose.attach')} onClick={() => picker.current?.click()}>
        <Paperclip size={16} aria-hidden />
      </IconButton>
      {candidate && <ProfileFiles candidate={candidate.id} files={files} />}
      {replyTo && (
        <IconButton
          label={t('compose.quote')}
          aria-pressed={draft.quote}
          onClick={() => change({ quote: !draft.quote })}
        >
          <MessageSquareQuote size={16} aria-hidden />
        </IconButton>
      )}
      <IconButton
        label={draft.rich ? t('compose.toPlain') : t('compose.toRich')}
        aria-pressed={!draft.rich}
        onClick={() => {
          if (draft.rich) change({ rich: false, text: htmlToText(draft.html) });
          else change({ rich: true, html: textToHtml(draft.text) });
          setEditorKey((key) => key + 1);
        }}
      >
        <Type size={16} aria-hidden />
      </IconButton>
    </>
  );

  return (
    <form
      ref={box}
      className={`composer${dragging ? ' dragging' : ''}`}
      aria-label={t('compose.title')}
      aria-busy={busy}
      tabIndex={-1}
      inert={busy}
      hidden={busy && Boolean(thread)}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => {
        if (event.target === box.current && isWriting(event)) {
          const text = textIn(box.current);
          if (text) {
            text.focus({ preventScroll: true }); // which takes the key, too
          } else {
            event.preventDefault();
            writeEarly((typed) => typedOn(typed, event.key));
          }
        }
        // Dialogs stand elsewhere in the document: what is pressed there is theirs.
        if (!box.current?.contains(event.target as Node)) return;
        // What is being composed is half a word yet: the key is its method’s.
        if (isComposed(event.nativeEvent)) return;
        // The editor keeps Escape for itself (defaultPrevented).
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          keep();
          onClose();
          if (touched) notify(keptWords());
        }
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          // what is still in a recipient field becomes a recipient first
          const writer = event.target as HTMLElement;
          writer.blur();
          setTimeout(() => {
            writer.focus({ preventScroll: true }); // who is asked something is there again afterwards
            box.current?.requestSubmit();
          });
        }
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={(event) => {
        if (!box.current?.contains(event.relatedTarget as Node | null)) setDragging(false);
      }}
      onDrop={(event) => {
        setDragging(false);
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        files.add(event.dataTransfer.files);
      }}
    >
      <div className="compose-line">
        <label htmlFor="compose-from">{t('field.from')}</label>
        <select
          id="compose-from"
          className="compose-from"
          value={draft.mailbox}
          onChange={(event) => change({ mailbox: event.target.value })}
        >
          {mailboxes.map((mailbox) => (
            <option key={mailbox.id} value={mailbox.id} disabled={!canSend(mailbox)}>
              {mailbox.address}
              {notSending(mailbox) && ` – ${t(`mailbox.state.${notSending(mailbox)!}`)}`}
            </option>
          ))}
        </select>
        {!copies && (
          <Button look="ghost" small onClick={() => setOpened(true)}>
            {t('compose.copies')}
          </Button>
        )}
      </div>
      <Recipients
        label={t('field.to')}
        value={draft.to}
        known={known.to}
        onChange={(to) => change({ to })}
        error={saidOf('to')}
        autoFocus={!replyTo && draft.to.length === 0}
      />
      {(cameBack || draft.replaces) && (
        <p className="small compose-bounced">
          <MailWarning size={14} aria-hidden />
          {t(draft.replaces ? 'compose.replaces' : 'compose.cameBack')}
        </p>
      )}
      {copies && (
        <>
          <Recipients
            label={t('field.cc')}
            value={draft.cc}
            known={known.copies}
            onChange={(cc) => change({ cc })}
            error={saidOf('cc')}
            autoFocus={draft.cc.length + draft.bcc.length === 0}
          />
          <Recipients
            label={t('field.bcc')}
            value={draft.bcc}
            known={known.copies}
            error={saidOf('bcc')}
            onChange={(bcc) => change({ bcc })}
          />
        </>
      )}
      <div className="compose-line">
        <label htmlFor="compose-subject">{t('field.subject')}</label>
        <input
          id="compose-subject"
          className="chip-input"
          value={draft.subject}
          maxLength={900}
          autoFocus={!replyTo && !calm && draft.to.length > 0}
          onChange={(event) => change({ subject: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) event.preventDefault();
          }}
        />
      </div>
      {draft.rich ? (
        <RichText
          key={editorKey}
          html={draft.html}
          taken={taken}
          label={t('compose.body')}
          onChange={(html) => change({ html })}
          onFiles={files.add}
          autoFocus={Boolean(replyTo) && !calm}
          onReady={() => box.current?.scrollIntoView({ block: 'nearest' })}
          tools={tools}
        />
      ) : (
        <>
          <textarea
            className="plain-box"
            aria-label={t('compose.body')}
            dir="auto"
            rows={9}
            value={draft.text}
            autoFocus={!calm}
            onChange={(event) => change({ text: event.target.value })}
          />
          <div className="toolbar">{tools}</div>
        </>
      )}
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          files.add(event.target.files ?? []);
          event.target.value = '';
        }}
      />
      <FileList files={files} onPutAway={() => focusIn(box.current, null)} />
      {profile?.resting && <Banner tone="attention">{t('rest.noAnswer')}</Banner>}
      {candidateCopied && <Banner tone="attention">{t('compose.candidateCopied')}</Banner>}
      {error !== undefined && <NotSent error={error} user={me.user.id} about={about} />}
      {phone && <Seers words={seers} />}
      <footer className="compose-foot">
        <Button
          look="primary"
          type="submit"
          busy={busy}
          icon={<SendHorizontal size={16} aria-hidden />}
        >
          {t('compose.send')}
        </Button>
        <Seers words={phone ? seersInShort : seers} again={phone} />
        <IconButton label={t('compose.discard')} onClick={discard}>
          <Trash2 size={16} aria-hidden />
        </IconButton>
      </footer>
      <AskBefore
        question={question}
        to={draft.to}
        writer={() => writerIn(box.current, focused.current)}
        onClose={() => {
          if (question === 'thread.newer-message') said.answers(question);
          setQuestion(undefined);
        }}
        onConfirm={(question) => {
          if (isOfServer(question)) said.answers(question);
          setQuestion(undefined);
          if (question === 'quote') flushSync(() => change({ quote: false }));
          void latest.current(true);
        }}
      />
    </form>
  );
}

// Where the writer was; else the text. Never the page itself, where letters are shortcuts.
const writerIn = (box: HTMLElement | null, before: Element | null) =>
  before instanceof HTMLElement && box?.contains(before) ? before : textIn(box);
const focusIn = (box: HTMLElement | null, before: Element | null) =>
  writerIn(box, before)?.focus({ preventScroll: true });

const textIn = (box: HTMLElement | null) =>
  box?.querySelector<HTMLElement>('[role=textbox], textarea');
// Of blanks, HTML would keep one, and none at the end of a line.
const earlyHtml = (typed: string) =>
  escapeHtml(typed)
    .replace(/ (?= |\n|$)/g, '&nbsp;')
    .replaceAll('\n', '<br>');

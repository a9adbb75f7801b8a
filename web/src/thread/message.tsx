import { useQuery } from '@tanstack/react-query';
import {
  Bot,
  ChevronDown,
  CircleHelp,
  Code,
  Ellipsis,
  MailWarning,
  Newspaper,
  Paperclip,
  Reply,
  ReplyAll,
} from 'lucide-react';
import { Fragment, memo, type ReactNode, useContext, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BASE, type Schemas } from '../api/client';
import { bodyQuery, candidateQuery, failed, type Message, mailboxesQuery } from '../api/queries';
import { sameAddress } from '../composer/addresses';
import { ownAddresses } from '../composer/reply';
import { useMe } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { Button, IconButton } from '../ui/button';
import { Menu, MenuItem } from '../ui/menu';
import { usePerson } from '../ui/person';
import { Avatar, Failed, Skeleton, Tag } from '../ui/state';
import { Attachments } from './attachments';
import { BodyFrame } from './body-frame';
import { CorrectedBy, CorrectingDialog, CorrectingItems, InConversation } from './correcting';
import { isForward, type Level, quoteLevels } from './fold';
import { TakingItems } from './non-candidate';
import { NotGone, OutboxLine, OutboxQuestion } from './outbox-state';
import { AT_ONCE, PlainText } from './plain-text';
import { countOf, VersionSwitch } from './versions';

function KindTag({ kind }: { kind: Message['kind'] }) {
  const { t } = useTranslation();
  if (kind === 'human') return null;
  const Icon = kind === 'bounce' ? MailWarning : kind === 'list' ? Newspaper : Bot;
  return (
    <Tag tone={kind === 'bounce' ? 'problem' : 'neutral'} icon={<Icon size={12} aria-hidden />}>
      {t(`kind.${kind}`)}
    </Tag>
  );
}

export const MessageCard = memo(function MessageCard({
  message,
  row,
  versions,
  open,
  found,
  onToggle,
  onPick,
  onReply,
}: {
  message: Message; // the version that is shown
  row: string;
  versions?: readonly Message[] | undefined; // all of the row, where there are several
  open: boolean;
  found?: boolean; // what was searched for is in it
  onToggle: (row: string) => void;
  onPick: (row: string, message: string) => void;
  onReply: (message: Message, all: boolean) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [details, setDetails] = useState(false);
  const [why, setWhy] = useState(false);
  const [asked, setAsked] = useState<'message' | 'whole'>(); // where it is to lie instead
  const from = useKnown(message.from[0]);
  const person = usePerson();
  const name = from ? person(from.name, [from.address]).short : t('message.noSender');
  const isMine = useMine();
  const parts = usePersonParts();
  const sender = from ? parts(from) : { first: t('message.noSender') };
  const count = countOf(message, versions);
  const pending = message.id.startsWith('pending:');

  if (!open) {
    return (
      <article className="message folded" data-message={message.id} data-row={row}>
        <button
          type="button"
          className="message-fold"
          aria-expanded={false}
          onClick={() => onToggle(row)}
        >
          <Avatar name={name} small />
          <span className="message-who">
            {sender.first}
            {message.direction === 'incoming' && sender.second}
          </span>
          {message.kind !== 'human' && <KindTag kind={message.kind} />}
          {message.outbox && <NotGone state={message.outbox.state} />}
          <span className="truncate grow quiet" dir="auto">
            {message.snippet}
          </span>
          {message.attachments.some((part) => !part.inline) && (
            <Paperclip size={14} className="message-clip" aria-label={t('attachment.has')} />
          )}
          {count > 1 && <Tag>{t('message.versions', { count })}</Tag>}
          <time className="quiet tabular message-time" dateTime={message.date}>
            {format.listTime(message.date)}
          </time>
        </button>
      </article>
    );
  }

  const everybody = [...message.to, ...message.cc];
  return (
    <article
      className={`message open ${message.direction}${found ? ' found' : ''}`}
      data-message={message.id}
      data-row={row}
      aria-label={t('message.label', { name, date: format.full(message.date) })}
    >
      <header className="message-head">
        <Avatar name={name} />
        <div className="grow">
          <div className="row message-top">
            <div className="row wrap grow message-whom">
              <button
                type="button"
                className="message-name"
                aria-expanded
                title={t('message.fold')}
                onClick={() => onToggle(row)}
              >
                {sender.first}
              </button>
              {sender.second}
              <KindTag kind={message.kind} />
            </div>
            <time
              className="quiet tabular message-time"
              dateTime={message.date}
              title={format.full(message.date)}
            >
              {format.moment(message.date)}
            </time>
          </div>
          <button
            type="button"
            className="message-to"
            aria-expanded={details}
            onClick={() => setDetails(!details)}
          >
            <span className="truncate">
              {everybody.length > 0
                ? t('message.to', {
                    names: everybody
                      .map((one) =>
                        isMine(one.address)
                          ? t('message.me')
                          : person(one.name, [one.address]).short,
                      )
                      .join(', '),
                  })
                : t('message.noRecipients')}
            </span>
            <ChevronDown size={14} aria-hidden className={details ? 'turned' : ''} />
          </button>
        </div>
        {!pending && (
          <div className="message-actions">
            <IconButton label={t('reply')} shortcut="r" onClick={() => onReply(message, false)}>
              <Reply size={18} aria-hidden />
            </IconButton>
            <Menu
              align="end"
              trigger={
                <Button look="ghost" className="icon" aria-label={t('message.more')}>
                  <Ellipsis size={18} aria-hidden />
                </Button>
              }
            >
              {message.people_left_out === 0 && (
                <MenuItem
                  icon={<ReplyAll size={16} aria-hidden />}
                  onSelect={() => onReply(message, true)}
                >
                  {t('replyAll')}
                </MenuItem>
              )}
              <MenuItem icon={<CircleHelp size={16} aria-hidden />} onSelect={() => setWhy(true)}>
                {t('why.title')}
              </MenuItem>
              <MenuItem
                icon={<Code size={16} aria-hidden />}
                onSelect={() =>
                  window.open(`${BASE}/messages/${message.id}/raw`, '_blank', 'noopener')
                }
              >
                {t('message.source')}
              </MenuItem>
              <TakingItems />
              <CorrectingItems message={message.id} row={row} onAsk={setAsked} />
            </Menu>
          </div>
        )}
      </header>
      {count > 1 && (
        <VersionSwitch
          message={message}
          versions={versions ?? [message]}
          onPick={(picked) => onPick(row, picked)}
        />
      )}
      <CorrectingDialog part={asked} message={message.id} onClose={() => setAsked(undefined)} />
      {details && <Details message={message} />}
      {why && (
        <p className="message-note">
          <strong>{t('why.title')}</strong>{' '}
          {t(`why.${message.why.by}`, { detail: message.why.detail })}
          {message.why.corrected && <CorrectedBy corrected={message.why.corrected} />}
        </p>
      )}
      <MessageBody key={message.id} message={message} />
      <Attachments key={`files:${message.id}`} message={message.id} parts={message.attachments} />
      {message.outbox && (
        <>
          <OutboxLine row={message.outbox} />
          <OutboxQuestion
            row={message.outbox}
            message={message}
            onEdit={() => onReply(message, false)}
          />
        </>
      )}
    </article>
  );
});

// Who writes from a candidate's address without a name of their own is the candidate.
function useKnown(from: Schemas['Person'] | undefined): Schemas['Person'] | undefined {
  const of = useContext(InConversation);
  const candidate = useQuery({ ...candidateQuery(of?.candidate ?? ''), enabled: false }).data;
  if (!from || !candidate || from.name.trim()) return from;
  const theirs = candidate.addresses.some((one) => sameAddress(one.address, from.address));
  return theirs ? { ...from, name: candidate.name } : from;
}

// Whether an address is the reader's own.
function useMine(): (address: string) => boolean {
  const me = useMe();
  const mailboxes = useQuery(mailboxesQuery).data;
  if (!me) return () => false;
  const mine = ownAddresses(me.user.email, mailboxes ?? []);
  return (address) => mine.some((one) => sameAddress(one, address));
}

// The name and the address, in the order that ui/person says.
function usePersonParts() {
  const person = usePerson();
  return ({ name, address }: Schemas['Person']): { first: ReactNode; second?: ReactNode } => {
    const { first, second, named, pretends } = person(name, [address]);
    return {
      first: <bdi className={named ? 'sender' : 'sender whole'}>{first}</bdi>,
      second: second && (
        <bdi className={pretends ? 'sender-pretends' : 'sender-address'}>{second}</bdi>
      ),
    };
  };
}

function Details({ message }: { message: Message }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = usePersonParts();
  const list = (people: Schemas['Person'][]) =>
    people.map((person) => {
      const { first, second } = parts(person);
      return (
        <span key={`${person.name}${person.address}`} className="person" dir="auto">
          {first} {second}
        </span>
      );
    });
  return (
    <dl className="message-details">
      <dt>{t('field.from')}</dt>
      <dd>{list(message.from)}</dd>
      <dt>{t('field.to')}</dt>
      <dd>{message.to.length > 0 ? list(message.to) : '–'}</dd>
      {message.cc.length > 0 && (
        <>
          <dt>{t('field.cc')}</dt>
          <dd>{list(message.cc)}</dd>
        </>
      )}
      {message.people_left_out > 0 && (
        <dd className="quiet">{t('message.peopleLeftOut', { count: message.people_left_out })}</dd>
      )}
      <dt>{t('field.subject')}</dt>
      <dd dir="auto">{message.subject || t('thread.noSubject')}</dd>
      <dt>{t('field.date')}</dt>
      <dd>{format.full(message.date)}</dd>
      <dt>{t('why.title')}</dt>
      <dd>
        {t(`why.${message.why.by}`, { detail: message.why.detail })}
        {message.why.corrected && <CorrectedBy corrected={message.why.corrected} />}
      </dd>
    </dl>
  );
}

function MessageBody({ message }: { message: Message }) {
  const { t } = useTranslation();
  const pending = message.id.startsWith('pending:');
  const body = useQuery({ ...bodyQuery(message.id), enabled: !pending });
  if (pending) return <PlainText text={message.snippet} />;
  if (body.isPending)
    return (
      <div className="laying">
        <Skeleton rows={2} />
      </div>
    );
  if (failed(body)) return <Failed error={body.error} onRetry={() => void body.refetch()} />;
  const { html, text, fresh, quoted, signature, defects } = body.data;
  return (
    <div className="message-body">
      {defects.length > 0 && (
        <p className="message-note" title={defects.join(', ')}>
          {t('message.defects')}
        </p>
      )}
      {html ? (
        <BodyFrame message={message} html={html} />
      ) : text.trim() ? (
        <>
          {(fresh || !quoted) && <Words text={fresh || text} />}
          {(fresh || quoted) && signature && (
            <Folded label={t('message.showSignature')} text={signature} />
          )}
          {quoted &&
            (isForward(quoted, message.subject) ? (
              <Words text={quoted} />
            ) : (
              <Quoted level={quoteLevels(quoted)} open={!fresh} />
            ))}
        </>
      ) : (
        <p className="quiet">{t('message.empty')}</p>
      )}
    </div>
  );
}

// Somebody who answers between the lines means what they quote to be read: it stands there, as a quote.
function Words({ text }: { text: string }) {
  if (text.length > AT_ONCE || !/^>/m.test(text)) return <PlainText text={text} />;
  return (
    <Runs level={quoteLevels(text)}>
      {(inner) => (
        <blockquote className="quoted">
          <Runs level={inner}>{(deeper) => <Quoted level={deeper} />}</Runs>
        </blockquote>
      )}
    </Runs>
  );
}

// One level at a time; what stands between two quotes stays between them.
function Quoted({ level, open }: { level: Level; open?: boolean }) {
  const { t } = useTranslation();
  return (
    <details className="folded-text" open={open}>
      <summary>{t('message.showQuoted')}</summary>
      <div className="quoted">
        <Runs level={level}>{(inner) => <Quoted level={inner} />}</Runs>
      </div>
    </details>
  );
}

function Runs({ level, children }: { level: Level; children: (inner: Level) => ReactNode }) {
  return runsOf(level).map((run, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a fixed text
    <Fragment key={at}>
      {typeof run === 'string' ? <PlainText text={run} /> : children(run)}
    </Fragment>
  ));
}

// Lines that follow each other are one text; blank ones at an edge are nothing.
function runsOf(level: Level): Level {
  const runs: Level = [];
  for (const part of level) {
    const last = runs.at(-1);
    if (typeof part !== 'string') runs.push(part);
    else if (typeof last === 'string') runs[runs.length - 1] = `${last}\n${part}`;
    else runs.push(part);
  }
  return runs.filter((run) => typeof run !== 'string' || run.trim());
}

function Folded({ label, text }: { label: string; text: string }) {
  return (
    <details className="folded-text">
      <summary>{label}</summary>
      <PlainText text={text} />
    </details>
  );
}

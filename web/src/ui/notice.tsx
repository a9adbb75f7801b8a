// Short words about what just happened, for eyes (below the page) and screen readers.
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Left } from '../api/client';
import { problemWords } from '../api/problem';
import { useShortcuts } from '../frame/shortcuts';
import { Button, IconButton } from './button';
import './notice.css';

type Notice = {
  id: number;
  text: string;
  tone: 'done' | 'note' | 'problem'; // a note is about nothing that was done
  action?: { label: string; run: () => void; shows?: boolean }; // or it takes something back
  loss?: boolean; // it stays until it is dismissed, whatever is said after it
  about?: string; // a later notice about the same thing takes the place of this one
  series?: string; // done several times, one after the other, it is one notice: the last lies on the others
  under?: Notice | undefined;
  at?: number; // when it was said
};

let notices: Notice[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(list: Notice[]) {
  notices = list;
  for (const listener of listeners) listener();
}

const gone = (id: number) => notices.filter((notice) => notice.id !== id);
function dismiss(id: number) {
  // Of several losses, each is read and put away by itself.
  const { loss, under } = notices.find((notice) => notice.id === id) ?? {};
  set(loss && under ? notices.map((one) => (one.id === id ? under : one)) : gone(id));
}

// Without what is said of it, wherever it lies.
function past(notice: Notice | undefined, about: string): Notice | undefined {
  if (!notice) return undefined;
  const under = past(notice.under, about);
  if (notice.about === about) return under;
  return under === notice.under ? notice : { ...notice, under };
}
const without = (about: string) => notices.flatMap((notice) => past(notice, about) ?? []);
// The latest of those that pass, and every loss.
function kept(list: Notice[], most: number): Notice[] {
  const passing = list.filter((notice) => !notice.loss);
  const old = new Set(passing.slice(0, Math.max(0, passing.length - most)));
  return list.filter((notice) => !old.has(notice));
}
const depthOf = ({ under }: Notice): number => (under ? 1 + depthOf(under) : 0);

const JUST_NOW = 1000; // ms: what is done and leads to another page is said right before
const READ = 4000; // what went wrong takes longer to read
/** What was said of a page goes with it: what is lost stays, and what can be taken back or looked at. */
export function leavePage() {
  const age = ({ at = 0 }: Notice) => Date.now() - at;
  const stays = (one: Notice) =>
    one.loss || one.action || age(one) < (one.tone === 'problem' ? READ : JUST_NOW);
  if (!notices.every(stays)) set(notices.filter(stays));
}

/** It isn't so any more. */
export function unsay(about: string) {
  set(without(about));
}

/** It is called otherwise than it was said. */
export function reword(id: number | undefined, text: string) {
  if (!notices.some((notice) => notice.id === id && notice.text !== text)) return;
  set(notices.map((notice) => (notice.id === id ? { ...notice, text } : notice)));
}

// → what it is reworded by.
export function notify(text: string, options: Partial<Omit<Notice, 'id' | 'text'>> = {}): number {
  const id = next++;
  const tone = options.tone ?? 'done';
  const { about, series } = options;
  const others = about ? without(about) : notices;
  // What was done lies on what was done right before it, a loss on whatever was lost before.
  const latest = options.loss
    ? others.find((notice) => notice.loss && notice.series === series)
    : others.findLast((notice) => notice.tone === 'done');
  const under = series && latest?.series === series ? latest : undefined;
  const beside = others.filter((notice) => notice !== under);
  set([
    ...kept(beside, tone === 'note' ? 3 : 2),
    { id, text, tone, ...options, under, at: Date.now() },
  ]);
  return id;
}

// How many have left this page by signing out.
let left = 0;
/** Whoever signs out takes along what was said to them, and what it would take back. */
export function forgetNotices() {
  left++;
  set([]);
}
/** For what is said once an answer has come: nothing, if whoever asked has signed out meanwhile. */
export function notifier(): (...said: Parameters<typeof notify>) => number | undefined {
  const asked = left;
  return (...said) => (asked === left ? notify(...said) : undefined);
}

// Nothing goes from under a hand.
const attended = () => document.querySelector('.notices:hover, .notices:focus-within') !== null;
function useExpiry({ id, tone, action }: Notice) {
  const stays = action ? 8000 : 5000;
  useEffect(() => {
    if (tone === 'problem') return;
    let timer: ReturnType<typeof setTimeout>;
    const expire = (after: number) => {
      timer = setTimeout(() => (attended() ? expire(2000) : dismiss(id)), after);
    };
    expire(stays);
    return () => clearTimeout(timer);
  }, [id, tone, stays]);
}

function act(notice: Notice) {
  const { id, action, under } = notice;
  action?.run();
  // What was taken back gives way to what was done before it.
  if (under && !action?.shows) set(notices.map((one) => (one.id === id ? under : one)));
  else dismiss(id);
}

function tellProblem(error: unknown, say: ReturnType<typeof notifier>) {
  if (error instanceof Left) return;
  const words = problemWords(error);
  say([words.title, words.detail].filter(Boolean).join(' '), { tone: 'problem' });
}
export const notifyProblem = (error: unknown) => tellProblem(error, notify);
/** As a notifier() does. */
export function problemNotifier(): (error: unknown) => void {
  const say = notifier();
  return (error) => tellProblem(error, say);
}

export function Notices() {
  const { t } = useTranslation();
  const list = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
  // Never what lies before something else that was done since.
  const latest = list.findLast(({ tone }) => tone === 'done');
  const undo = latest?.action && !latest.action.shows ? latest : undefined;
  useShortcuts({
    z: () => (undo ? act(undo) : notify(t('nothingToUndo'), { tone: 'note', about: 'undo' })),
  });
  // Whoever pressed something here goes on where they came from.
  const before = useRef<Element | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: that another list is shown is the point
  useEffect(() => {
    const from = before.current;
    if (!from || document.activeElement !== document.body) return;
    before.current = null;
    const target = from.isConnected ? from : document.getElementById('main');
    (target as HTMLElement | null)?.focus({ preventScroll: true });
  }, [list]);
  return (
    <section
      className="notices"
      aria-live="polite"
      aria-label={t('notices')}
      onFocus={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) before.current = relatedTarget;
      }}
    >
      {list.map((notice) => (
        <Line key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

const ICONS = { done: CircleCheck, note: Info, problem: CircleAlert };

function Line({ notice }: { notice: Notice }) {
  const { t } = useTranslation();
  useExpiry(notice);
  const Icon = ICONS[notice.tone];
  return (
    <div className={`notice ${notice.tone}`}>
      <Icon size={16} aria-hidden />
      <span className="grow">
        {notice.text}
        {notice.under && (
          <span className="quiet"> · {t('noticesBefore', { count: depthOf(notice) })}</span>
        )}
      </span>
      {notice.action && (
        <Button small onClick={() => act(notice)}>
          {notice.action.label}
        </Button>
      )}
      <IconButton label={t('close')} onClick={() => dismiss(notice.id)}>
        <X size={16} aria-hidden />
      </IconButton>
    </div>
  );
}

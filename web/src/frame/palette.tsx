// One box for people, places and actions. People are asked for at the server while typing.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  BriefcaseBusiness,
  Check,
  CornerDownLeft,
  MailOpen,
  Reply,
  ReplyAll,
  Search,
  SquarePen,
} from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemWords } from '../api/problem';
import { candidatePageQuery, jobPageQuery, MOST_SEARCHED } from '../api/queries';
import { isAddress, sameAddress } from '../composer/addresses';
import { takeEarly } from '../composer/early';
import { useAnswered, useAsked } from '../search/asking';
import { askBox } from '../search/way';
import { isComposed } from '../ui/composed';
import { useFocusBack } from '../ui/dialog';
import { useBackCloses } from '../ui/on-top';
import { usePerson } from '../ui/person';
import { Avatar } from '../ui/state';
import { Keys } from '../ui/tip';
import { found, isOnlyPicked } from './found';
import { type Entry, usePlacesAndActions } from './places-and-actions';
import { isTaken, knows, press } from './shortcuts';
import './palette.css';

export { addWords } from './places-and-actions';

// What is done to the conversation that is open, by the keys that do it.
const OPEN = [
  ['r', 'keys.reply', Reply],
  ['a', 'keys.replyAll', ReplyAll],
  ['e', 'keys.done', Check],
  ['u', 'keys.unread', MailOpen],
] as const;

// A conversation is open, nothing covers it, and nobody is writing in it.
const canPress = () => knows('r') && !isTaken(document.activeElement);

// `write`: to whom is all that is asked.
export function Palette({
  write: writes = false,
  onClose,
  onHelp,
  onWrite,
  onSignOut,
}: {
  write?: boolean;
  onClose: () => void;
  onHelp: () => void;
  onWrite: () => void;
  onSignOut: () => void;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const person = usePerson();
  const [text, setText] = useState('');
  const [picked, setPicked] = useState<string>(); // by its id: what is found for more words stands elsewhere
  const [entered, setEntered] = useState(false);
  useLayoutEffect(() => {
    const typed = takeEarly();
    if (!typed) return;
    setText(typed.replaceAll('\n', ' '));
    setEntered(typed.endsWith('\n'));
  }, []);
  const list = useRef<HTMLDivElement>(null);
  const toBox = useRef(false); // the search's own box has the focus next
  const toPress = useRef<string>(undefined); // once the focus is back where it was
  const [open] = useState(() => (canPress() ? OPEN.filter(([key]) => knows(key)) : []));
  const id = useId();
  const [composed, setComposed] = useState(false); // by an input method that hasn't ended
  const [asked, asking] = useAsked(text.trim(), composed);
  const people = useQuery(candidatePageQuery(asked));
  const jobs = useQuery({
    ...jobPageQuery({ q: asked }),
    enabled: Boolean(asked) && !writes,
    placeholderData: keepPreviousData,
  });
  useAnswered(asking, asked, people.isFetching || jobs.isFetching);

  const toDo = usePlacesAndActions({ onHelp, onWrite, onSignOut });
  const entries = useMemo(() => {
    const visit = (candidateId: string, compose: boolean) => () =>
      void navigate({
        to: '/candidates/$candidateId',
        params: { candidateId },
        search: compose ? { compose } : {},
      });
    const rows = (people.data?.rows ?? []).map((row) => ({
      ...row,
      shown: person(row.name, row.addresses),
    }));
    const persons = rows.map(({ id, shown, applications }): Entry => {
      const about = [applications[0]?.job_title, shown.second].filter(Boolean);
      return {
        id,
        group: t('palette.people'),
        label: shown.first,
        detail: (shown.named ? about : about.reverse()).join(' · '),
        whole: !shown.named,
        icon: <Avatar name={shown.first} small />,
        run: visit(id, writes),
      };
    });
    // Whose address nobody has whom the writer may see is no candidate's.
    const address = text.trim();
    const isKnown = rows.some((row) => row.addresses.some((one) => sameAddress(one, address)));
    const letter: Entry[] =
      isAddress(address) && !isKnown
        ? [
            {
              id: 'letter',
              group: t('palette.nonCandidate'),
              label: t('palette.write', { name: address }),
              whole: true,
              icon: <SquarePen size={16} aria-hidden />,
              run: () => void navigate({ to: '/non-candidates/new', search: { to: address } }),
            },
          ]
        : [];
    if (writes) return [...persons, ...letter];
    const write: Entry[] = text.trim()
      ? rows.slice(0, 3).map(({ id, shown }) => ({
          id: `write-${id}`,
          group: t('palette.actions'),
          label: t('palette.write', { name: shown.short }),
          whole: !shown.named,
          icon: <SquarePen size={16} aria-hidden />,
          run: visit(id, true),
        }))
      : [];
    const jobEntries: Entry[] = (jobs.data?.rows ?? []).map((job) => ({
      id: job.id,
      group: t('palette.jobs'),
      label: job.title,
      icon: <BriefcaseBusiness size={16} aria-hidden />,
      run: () => void navigate({ to: '/candidates', search: { job: job.id } }),
    }));
    const toOpen = open.map(
      ([key, label, Icon]): Entry => ({
        id: key,
        group: t('palette.open'),
        label: t(label),
        keys: key,
        icon: <Icon size={16} aria-hidden />,
        run: () => {
          toPress.current = key;
        },
      }),
    );
    const words = text.trim();
    if (!words) return [...toOpen, ...persons.slice(0, 4), ...toDo];
    const matching = found([...jobEntries, ...toOpen, ...toDo], words);
    const mail: Entry = {
      id: 'search',
      group: t('search'),
      label: t('palette.search', { text: words }),
      icon: <Search size={16} aria-hidden />,
      run: () => {
        toBox.current = true;
        void navigate({ to: '/search', search: { q: words } });
      },
    };
    const picked = matching.filter((one) => isOnlyPicked(one, words));
    const others = matching.filter((one) => !picked.includes(one));
    return [...persons, ...write, ...letter, ...others, mail, ...picked];
  }, [text, people.data, jobs.data, t, navigate, writes, person, open, toDo]);

  const at = entries.findIndex((entry) => entry.id === picked);
  const chosen = Math.max(at, 0);
  useEffect(() => {
    list.current?.querySelector(`[data-at="${chosen}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };

  // Enter means what was picked, else what was typed, not what was found for less of it: it waits for
  // the answer to that.
  const settled =
    asked === text.trim() &&
    ![people, jobs].some((one) => one.isFetching && (one.isPending || one.isPlaceholderData));
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when both have come
  useEffect(() => {
    if (!entered || !settled) return;
    setEntered(false);
    run(entries[chosen]);
  }, [entered, settled]);

  const why = problemWords(people.error);
  const label = t(writes ? 'palette.writeTo' : 'palette.label');
  const focusBack = useFocusBack(true);
  useBackCloses(true, onClose);
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="shade" />
        <Radix.Content
          className="palette"
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            if (!toBox.current) {
              focusBack(event);
              const key = toPress.current;
              if (key && canPress()) press(key);
              return;
            }
            event.preventDefault();
            askBox();
          }}
        >
          <Radix.Title className="sr">{t('search')}</Radix.Title>
          <div className="palette-box">
            <Search size={18} aria-hidden />
            <input
              role="combobox"
              aria-label={label}
              aria-expanded
              aria-controls={`${id}-list`}
              aria-activedescendant={entries[chosen] ? `${id}-${chosen}` : undefined}
              placeholder={label}
              autoFocus
              maxLength={MOST_SEARCHED}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setComposed((event.nativeEvent as InputEvent).isComposing);
                setPicked(undefined);
                setEntered(false);
              }}
              onCompositionEnd={() => setComposed(false)}
              onKeyDown={(event) => {
                const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
                if (step) {
                  event.preventDefault();
                  setPicked(entries.at((chosen + step) % Math.max(entries.length, 1))?.id);
                } else if (event.key === 'Enter' && !isComposed(event.nativeEvent)) {
                  event.preventDefault();
                  if (at >= 0) return run(entries[at]);
                  asking.askNow(text.trim());
                  setEntered(true);
                }
              }}
            />
          </div>
          <div
            className="palette-list"
            role="listbox"
            id={`${id}-list`}
            ref={list}
            aria-label={t('search')}
          >
            {entries.map((entry, index) => (
              <div key={entry.id} role="presentation">
                {entry.group !== entries[index - 1]?.group && (
                  <p className="palette-group" role="presentation">
                    {entry.group}
                  </p>
                )}
                {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's */}
                {/* biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus */}
                <div
                  role="option"
                  id={`${id}-${index}`}
                  data-at={index}
                  aria-selected={index === chosen}
                  className={`palette-entry${entry.whole ? ' whole' : ''}`}
                  onPointerMove={() => setPicked(entry.id)}
                  onClick={() => run(entry)}
                >
                  <span className="palette-icon">{entry.icon}</span>
                  <span className="truncate">{entry.label}</span>
                  {entry.detail && <span className="quiet truncate grow">{entry.detail}</span>}
                  {entry.keys && <Keys keys={entry.keys} />}
                  {index === chosen && <CornerDownLeft size={14} aria-hidden />}
                </div>
              </div>
            ))}
          </div>
          {entries.length === 0 && people.isSuccess && (
            <p className="palette-none quiet" role="status">
              {t('palette.none', { text: text.trim() })}
              {writes && ` ${t('palette.noneToWrite')}`}
            </p>
          )}
          {people.isError && (
            <p className="palette-none quiet" role="alert">
              {[why.title, why.detail].filter(Boolean).join(' ')}
            </p>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

// The files of a message: those that are there, those on their way up, and what there is to say about
// those that were chosen last. What a message can't carry is never sent up.
import type { TFunction } from 'i18next';
import { Paperclip, X } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemWords } from '../api/problem';
import { useFormat } from '../i18n/format';
import { IconButton } from '../ui/button';
import { notifier } from '../ui/notice';
import { Banner } from '../ui/state';
import type { Draft, Upload } from './drafts';
import { comesOn, goesUp, goesUpNoMore, goingUp, nextKey } from './going-up';
import { addUpload } from './joined';
import { nameOf, useShared } from './shared';
import { FILES_OCTETS, filesOver, upload } from './uploads';

type Said = { key: number; name: string } & (
  | { what: 'large' | 'over'; octets: number } // how much there is too much
  | { what: 'empty' }
  | { what: 'failed' | 'unreadable'; reason: unknown }
);

// A folder, or what has changed since it was chosen: browsers say no more than that nothing went up.
const canBeRead = (file: File) =>
  new Promise<boolean>((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(true);
    reader.onerror = () => resolve(false);
    reader.readAsArrayBuffer(file.slice(0, 1));
  });

export type Files = ReturnType<typeof useFiles>;

export function useFiles(
  user: string,
  about: string,
  uploads: readonly Upload[],
  set: (part: Partial<Draft> | ((before: Draft) => Partial<Draft>)) => void,
) {
  const { t } = useTranslation();
  const place = nameOf(user, about);
  const underway = useShared(goingUp, place);
  const [said, setSaid] = useState<Said[]>([]);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const chosen = useRef<readonly { octets: number }[]>([]);
  useLayoutEffect(() => {
    chosen.current = [...uploads, ...underway];
  }, [uploads, underway]);

  const bring = useCallback(
    (key: number, file: File) => {
      const say = notifier();
      const sending = upload(file, (share) => comesOn(key, share));
      const { name, size: octets } = file;
      goesUp({ user, about }, { key, name, octets, share: 0, abort: sending.abort });
      set({}); // it belongs to the draft already: who goes on now leaves one
      sending.promise.then(
        (stored) => {
          const place = goesUpNoMore(key); // with what follows, so that it never counts twice
          // Discarded here, it wouldn't have come up: that was done in another tab.
          if (place && !addUpload(place.user, place.about, stored))
            say(t('compose.files.late', { name }), { tone: 'problem', loss: true });
        },
        async (reason: unknown) => {
          goesUpNoMore(key);
          if (reason instanceof DOMException) return; // taken off
          const what = (await canBeRead(file)) ? 'failed' : 'unreadable';
          const words = { key, name, what, reason } as const;
          if (here.current) setSaid((list) => [...list, words]);
          else say(sentenceOf(words, t), { tone: 'problem' });
        },
      );
    },
    [user, about, set, t],
  );
  const add = useCallback(
    (list: Iterable<File>) => {
      const words: Said[] = [];
      const all = [...chosen.current];
      for (const file of list) {
        const key = nextKey();
        const about = { key, name: file.name };
        const one = { octets: file.size };
        if (filesOver([one]) > 0) {
          words.push({ ...about, what: 'large', octets: filesOver([one]) });
        } else if (filesOver([...all, one]) > 0) {
          words.push({ ...about, what: 'over', octets: filesOver([...all, one]) });
        } else {
          if (file.size === 0) words.push({ ...about, what: 'empty' });
          all.push(one);
          bring(key, file);
        }
      }
      chosen.current = all;
      setSaid(words);
    },
    [bring],
  );
  const hush = useCallback(() => setSaid([]), []);
  const remove = useCallback(
    (id: string) => {
      hush();
      set((before) => ({ uploads: before.uploads.filter((one) => one.id !== id) }));
    },
    [set, hush],
  );
  // One that lies with the candidate already.
  const takeAlong = useCallback(
    (file: Upload) => {
      hush();
      const over = filesOver([...chosen.current, file]);
      if (over > 0)
        return setSaid([{ key: nextKey(), name: file.filename, what: 'over', octets: over }]);
      set((before) => ({
        uploads: [...before.uploads.filter((one) => one.id !== file.id), file],
      }));
    },
    [set, hush],
  );
  // None of them goes on for a draft that is discarded.
  const abandon = () => {
    for (const one of goingUp.of(place)) one.abort();
  };
  return { uploads, underway, said, add, takeAlong, remove, hush, abandon };
}

function sentenceOf(one: Said & { what: 'failed' | 'unreadable' }, t: TFunction): string {
  const { name, what, reason } = one;
  if (what === 'unreadable') return t('compose.files.unreadable', { name });
  const { title, detail } = problemWords(reason);
  return t('compose.files.failed', { name, why: [title, detail].filter(Boolean).join(' ') });
}

export function FileList({ files, onPutAway }: { files: Files; onPutAway: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { uploads, underway, said } = files;
  // Of two tabs, each may have attached what was too much together.
  const over = filesOver([...uploads, ...underway]);
  const most = format.octets(FILES_OCTETS);

  // A file that comes is seen, though the text above takes all the room; and so is what is said of it.
  const list = useRef<HTMLUListElement>(null);
  const words = useRef<HTMLDivElement>(null);
  const attached = uploads.length + underway.length;
  const shown = useRef(attached);
  useEffect(() => {
    if (attached > shown.current) list.current?.scrollIntoView({ block: 'nearest' });
    shown.current = attached;
  }, [attached]);
  useEffect(() => {
    if (said.length > 0) words.current?.scrollIntoView({ block: 'nearest' });
  }, [said]);

  const sentence = (one: Said) => {
    const { name } = one;
    switch (one.what) {
      case 'empty':
        return t('compose.files.empty', { name });
      case 'unreadable':
      case 'failed':
        return sentenceOf(one, t);
      default:
        return t(`compose.files.${one.what}`, { name, most, over: format.octets(one.octets) });
    }
  };
  return (
    <>
      {attached > 0 && (
        <ul className="uploads" aria-label={t('attachment.list')} ref={list}>
          {uploads.map((one) => (
            <li key={one.id} className="chip">
              <Paperclip size={12} aria-hidden />
              <span className="truncate">{one.filename}</span>
              <span className="quiet tabular">{format.octets(one.octets)}</span>
              <button
                type="button"
                aria-label={t('compose.remove', { what: one.filename })}
                onClick={() => files.remove(one.id)}
              >
                <X size={12} aria-hidden />
              </button>
            </li>
          ))}
          {underway.map((one) => (
            <li key={one.key} className="chip">
              <span className="truncate">{one.name}</span>
              <progress value={one.share} aria-label={t('compose.uploading', { name: one.name })} />
              <button
                type="button"
                aria-label={t('compose.remove', { what: one.name })}
                onClick={() => {
                  files.hush();
                  one.abort();
                }}
              >
                <X size={12} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      {(said.length > 0 || over > 0) && (
        // Anew each time: what is said twice is heard twice.
        <div className="file-words" key={said[0]?.key} ref={words}>
          <Banner tone="attention" role="alert">
            <ul>
              {over > 0 && (
                <li>{t('compose.files.together', { most, over: format.octets(over) })}</li>
              )}
              {said.map((one) => (
                <li key={one.key}>{sentence(one)}</li>
              ))}
            </ul>
            {said.length > 0 && (
              <IconButton
                label={t('close')}
                onClick={() => {
                  files.hush();
                  onPutAway();
                }}
              >
                <X size={16} aria-hidden />
              </IconButton>
            )}
          </Banner>
        </div>
      )}
    </>
  );
}

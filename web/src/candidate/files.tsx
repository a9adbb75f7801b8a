// A candidate's files: what came with messages, and what colleagues put on the profile (W-9); the CV first,
// then the newest (M-9).
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, Left, type Schemas, unwrap } from '../api/client';
import { problemWords } from '../api/problem';
import { failed, filesQuery, keys } from '../api/queries';
import { comesOn, goesUp, goesUpNoMore, goingUp, nextKey } from '../composer/going-up';
import { nameOf, useShared } from '../composer/shared';
import { MESSAGE_OCTETS, upload } from '../composer/uploads';
import { useMayEdit, useMe } from '../frame/hooks';
import { useFormat } from '../i18n/format';
import { fileOf, isDocument } from '../preview/kind';
import { FileChip } from '../thread/attachments';
import { Button, IconButton } from '../ui/button';
import { notifier, problemNotifier } from '../ui/notice';
import { Banner, Failed } from '../ui/state';
import '../thread/thread.css';

const AT_FIRST = 4;

// While its card waits for them: what came later would push the rest down. Not where nothing can be asked;
// nor once it has been shown without them, for somebody may be at work in it.
export function useCandidateFiles(candidate: string) {
  const files = useQuery(filesQuery(candidate));
  const shown = useRef<string>(undefined);
  const waits = files.isPending && files.fetchStatus !== 'paused';
  if (!waits) shown.current = candidate;
  return { files, coming: waits && shown.current !== candidate };
}

export function CandidateFiles({
  candidate,
  files,
  heading: Heading,
}: {
  candidate: string;
  files: UseQueryResult<Schemas['CandidateFiles'], Error>;
  heading: 'h2' | 'h3';
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayEdit = useMayEdit();
  const [all, setAll] = useState(false);
  const box = useRef<HTMLElement>(null);
  const remove = useRemove(candidate);
  const coming = useComing(candidate);
  const rows = useMemo(
    () => (files.data?.rows ?? []).filter((row) => row.file || isDocument(row)),
    [files.data],
  );
  const among = useMemo(() => rows.map((row) => fileOf(candidate, row)), [rows, candidate]);
  const head = <Heading className="label grow">{t('card.files')}</Heading>;
  if (failed(files))
    return (
      <section>
        {head}
        <Failed error={files.error} onRetry={() => void files.refetch()} />
      </section>
    );
  if (!files.data || (rows.length === 0 && !mayEdit)) return null;
  const { more } = files.data;
  const many = rows.length > AT_FIRST;
  // The buttons stand above the list: nothing moves away from under a finger.
  return (
    <section ref={box}>
      <div className="row card-files-head">
        {head}
        {many && (
          <Button look="ghost" small aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t('card.fewerFiles') : t('card.allFiles', { count: rows.length })}
          </Button>
        )}
        {mayEdit && <AddButton onFiles={coming.add} />}
      </div>
      {coming.failed.length > 0 && (
        <Banner tone="attention" role="alert">
          <ul>
            {coming.failed.map((one) => (
              <li key={one.key}>{one.words}</li>
            ))}
          </ul>
          <IconButton label={t('close')} onClick={coming.hush}>
            <X size={16} aria-hidden />
          </IconButton>
        </Banner>
      )}
      <ul className="card-files">
        {coming.files.map((one) => (
          <li key={one.key} className="row">
            <span className="truncate grow">{one.name}</span>
            <progress value={one.share} aria-label={t('compose.uploading', { name: one.name })} />
            <IconButton label={t('compose.remove', { what: one.name })} onClick={one.abort}>
              <X size={14} aria-hidden />
            </IconButton>
          </li>
        ))}
        {(all ? rows : rows.slice(0, AT_FIRST)).map((row, at) => (
          <li key={row.file ?? `${row.message} ${row.index}`} className="row">
            <FileChip
              among={among}
              at={at}
              when={[format.listTime(row.date), row.added_by ?? (row.ours && t('card.ours'))]
                .filter(Boolean)
                .join(' · ')}
            />
            {row.file && mayEdit && (
              <IconButton
                label={t('compose.remove', { what: row.filename })}
                onClick={(event) => {
                  // The second of two would hit the row that has come under it.
                  if (event.detail > 1) return;
                  // What has the focus goes: it stays beside the list.
                  box.current
                    ?.querySelector<HTMLElement>('.file-add')
                    ?.focus({ preventScroll: true });
                  void remove(row.file!, row.filename);
                }}
              >
                <X size={14} aria-hidden />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      {rows.length + coming.files.length === 0 && (
        <p className="small quiet">{t('card.noFiles')}</p>
      )}
      {more && (all || !many) && <p className="small quiet">{t('card.olderFiles')}</p>}
    </section>
  );
}

function AddButton({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton
        className="file-add"
        label={t('card.addFile')}
        onClick={() => picker.current?.click()}
        // Still held down from what it took the focus after.
        onKeyDown={(event) => {
          if (event.repeat) event.preventDefault();
        }}
      >
        <Plus size={16} aria-hidden />
      </IconButton>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles(event.target.files ?? []);
          event.target.value = '';
        }}
      />
    </>
  );
}

// ---- on their way up ---------------------------------------------------------------------------

type NotAdded = { key: number; words: string };

// One after the other; whoever goes on meanwhile leaves them on their way, and who signs out doesn't.
function useComing(candidate: string) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const user = useMe()?.user.id ?? '';
  const about = `profile:${candidate}`;
  const files = useShared(goingUp, nameOf(user, about));
  const [failed, setFailed] = useState<NotAdded[]>([]);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const add = async (list: Iterable<File>) => {
    const say = notifier();
    const tell = (key: number, words: string) => {
      if (here.current) setFailed((before) => [...before, { key, words }]);
      else say(words, { tone: 'problem', loss: true, series: about });
    };
    setFailed([]);
    const all: { key: number; file: File; signal: AbortSignal }[] = [];
    for (const file of list) {
      const key = nextKey();
      const { name, size: octets } = file;
      if (octets > MESSAGE_OCTETS) {
        tell(key, t('card.fileTooLarge', { name, most: format.octets(MESSAGE_OCTETS) }));
        continue;
      }
      const stop = new AbortController();
      goesUp({ user, about }, { key, name, octets, share: 0, abort: () => stop.abort() });
      all.push({ key, file, signal: stop.signal });
    }
    for (const { key, file, signal } of all) {
      try {
        await put(candidate, file, signal, (share) => comesOn(key, share));
      } catch (reason) {
        if (!signal.aborted && !(reason instanceof Left)) {
          const { title, detail } = problemWords(reason);
          const why = [title, detail].filter(Boolean).join(' ');
          tell(key, t('card.fileFailed', { name: file.name, why }));
        }
      }
      if (goesUpNoMore(key)) await queries.invalidateQueries({ queryKey: keys.files(candidate) });
    }
  };
  return { files, failed, hush: () => setFailed([]), add };
}

// Taken off, or left by who signs out: nothing more is asked for.
async function put(
  id: string,
  file: File,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  signal.throwIfAborted();
  const sending = upload(file, onProgress);
  signal.addEventListener('abort', sending.abort);
  const stored = await sending.promise;
  signal.throwIfAborted();
  const path = { id, file: stored.id };
  await unwrap(client.PUT('/candidates/{id}/files/{file}', { signal, params: { path } }));
}

// ---- off the profile ---------------------------------------------------------------------------

// At once; whoever didn't mean it takes it back, wherever they are by then.
function useRemove(candidate: string): (file: string, name: string) => Promise<void> {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const going = useRef(new Set<string>());
  const asked = async (
    ask: () => Promise<unknown>,
    tell: ReturnType<typeof problemNotifier>,
    done?: () => void,
  ) => {
    try {
      await ask();
      done?.();
    } catch (reason) {
      tell(reason);
    } finally {
      await queries.invalidateQueries({ queryKey: keys.files(candidate) });
    }
  };
  return async (file, name) => {
    const [say, tell] = [notifier(), problemNotifier()];
    const params = { path: { id: candidate, file } };
    const gone = () => unwrap(client.DELETE('/candidates/{id}/files/{file}', { params }));
    const back = () => unwrap(client.PUT('/candidates/{id}/files/{file}', { params }));
    if (going.current.has(file)) return;
    going.current.add(file);
    await asked(gone, tell, () =>
      say(t('card.fileRemoved', { name }), {
        series: `files ${candidate}`,
        action: { label: t('undo'), run: () => void asked(back, problemNotifier()) },
      }),
    );
    going.current.delete(file);
  };
}

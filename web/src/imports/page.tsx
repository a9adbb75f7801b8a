// O-3: candidates or jobs from a CSV file. What would happen is shown at once; nothing is stored before the button is
// pressed, and what is refused can be mended and sent again.
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Check, CircleAlert, Download, FileUp, Minus, Pencil, Plus } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/client';
import { codeWords } from '../api/problem';
import { keys } from '../api/queries';
import { useMayEdit } from '../frame/hooks';
import { addPart } from '../i18n';
import { useFormat } from '../i18n/format';
import { SettingsPage } from '../settings/layout';
import { Button } from '../ui/button';
import { Banner, Tag } from '../ui/state';
import { FileProblem } from './problem';
import { refusedLines, save, textOf } from './refused';
import { type Line, type Lines, MOST_OCTETS, type Outcome, send, type What } from './send';
import './imports.css';

const WORDS = {
  en: () => import('./words/en.json'),
  fr: () => import('./words/fr.json'),
  de: () => import('./words/de.json'),
};
// Before the page is shown. Not while its module is loaded: whatever that imports would come apart.
export const addWords = () => addPart(WORDS);

const OUTCOMES: readonly Outcome[] = ['refused', 'changed', 'new', 'same'];
const LINES_SHOWN = 100;
const EXAMPLE: Record<What, string> = {
  candidates:
    'Name,E-mail,External id,Job,Phase,Status\r\nMara Lind,mara@example.org,A-1,Engineer,Interview,\r\nOtto Ohm,otto@example.org; o.ohm@example.com,A-2,,,\r\n',
  jobs: 'Title,Kind,External id,Phases,Team\r\nEngineer,offer,J-1,Application; Interview; Offer,max@example.com\r\n',
};

type State = {
  step: 'checking' | 'checked' | 'importing' | 'done' | 'stopped';
  lines: Line[];
  answer: Lines | undefined; // the last one
  error: unknown;
  begins: number[]; // of all lines that the server has told of: a stopped import knows fewer of them
};

export function ImportPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const what: What = useSearch({ from: '/app/settings/import' }).what ?? 'candidates';
  const mayEdit = useMayEdit();
  // The same file chosen again is looked at again: it may have been mended, or the jobs have.
  const [{ file, chosen }, setChosen] = useState<{ file: File | undefined; chosen: number }>({
    file: undefined,
    chosen: 0,
  });
  const setFile = (next: File | undefined) =>
    setChosen((now) => ({ file: next, chosen: now.chosen + 1 }));
  if (!mayEdit) return null;
  return (
    <SettingsPage path={[t('settings.company'), t('settings.import')]} title={t('settings.import')}>
      <fieldset className="import-what" aria-label={t('import.what.label')}>
        {(['candidates', 'jobs'] as const).map((one) => (
          <button
            key={one}
            type="button"
            className="tab"
            aria-pressed={what === one}
            onClick={() => {
              setFile(undefined);
              void navigate({
                to: '/settings/import',
                search: one === 'jobs' ? { what: one } : {},
              });
            }}
          >
            {t(`import.what.${one}`)}
          </button>
        ))}
      </fieldset>
      <p className="quiet settings-text">{t(`import.text.${what}`)}</p>
      <Choose what={what} again={file !== undefined} onFile={setFile} />
      {file && file.size > MOST_OCTETS && (
        <Banner tone="problem" role="alert" title={t('import.tooLarge')}>
          {t('import.tooLargeText')}
        </Banner>
      )}
      {file && file.size <= MOST_OCTETS && <Checked key={chosen} what={what} file={file} />}
    </SettingsPage>
  );
}

function Choose({
  what,
  again,
  onFile,
}: {
  what: What;
  again: boolean;
  onFile: (file: File) => void;
}) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button within does the same by keyboard
    <div
      className={`import-drop${over ? ' over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [first] = event.dataTransfer.files;
        if (first) onFile(first);
      }}
    >
      <Button
        look={again ? 'secondary' : 'primary'}
        icon={<FileUp size={16} aria-hidden />}
        onClick={() => picker.current?.click()}
      >
        {again ? t('import.another') : t('import.choose')}
      </Button>
      <span className="small quiet grow">{t('import.drop')}</span>
      <Button
        look="ghost"
        small
        icon={<Download size={16} aria-hidden />}
        onClick={() => save(`${what}.csv`, `\uFEFF${EXAMPLE[what]}`)}
      >
        {t('import.example')}
      </Button>
      <input
        ref={picker}
        type="file"
        accept=".csv,.txt,text/csv"
        hidden
        onChange={(event) => {
          const [first] = event.target.files ?? [];
          if (first) onFile(first);
          event.target.value = '';
        }}
      />
    </div>
  );
}

// What becomes of the file, and how far it has got.
function useImport(what: What, file: File) {
  const queries = useQueryClient();
  const [state, setState] = useState<State>({
    step: 'checking',
    lines: [],
    answer: undefined,
    error: undefined,
    begins: [],
  });
  const running = useRef<AbortController>(undefined);
  const run = async (dryRun: boolean, before: Line[]) => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    let lines = before;
    const step = (next: State['step'], error?: unknown) =>
      setState((now) => ({ ...now, step: next, lines, error }));
    step(dryRun ? 'checking' : 'importing');
    try {
      const made = before.filter((one) => one.outcome === 'new').length;
      const options = { dryRun, from: before.length, made, signal: control.signal };
      await send(what, file, options, (answer) => {
        lines = [...lines, ...answer.lines];
        setState((now) => ({
          ...now,
          lines,
          answer,
          begins: lines.length > now.begins.length ? lines.map((one) => one.line) : now.begins,
        }));
      });
      if (running.current === control)
        step(dryRun ? 'checked' : control.signal.aborted ? 'stopped' : 'done');
    } catch (error) {
      if (running.current !== control) return;
      step(dryRun ? 'checked' : 'stopped', control.signal.aborted ? undefined : error);
    } finally {
      if (!dryRun) {
        void queries.invalidateQueries({ queryKey: keys.candidates });
        void queries.invalidateQueries({ queryKey: keys.jobs });
        void queries.invalidateQueries({ queryKey: keys.stageCounts });
      }
    }
  };
  const begin = useRef(run);
  begin.current = run;
  useEffect(() => {
    void begin.current(true, []);
    return () => {
      const control = running.current;
      running.current = undefined;
      control?.abort();
    };
  }, []);
  return {
    state,
    start: () => void run(false, []),
    goOn: () => void run(state.step !== 'stopped', state.lines),
    stop: () => running.current?.abort(),
  };
}

function Checked({ what, file }: { what: What; file: File }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, start, goOn, stop } = useImport(what, file);
  const { step, lines, answer, error } = state;
  const ready = useRef<HTMLDivElement>(null);
  const count = (outcome: Outcome) => lines.filter((one) => one.outcome === outcome).length;
  const toDo = count('new') + count('changed');
  const total = answer?.total ?? 0;
  const busy = step === 'checking' || step === 'importing';
  // The button that was pressed goes; what came of it takes the focus.
  useEffect(() => {
    if (step === 'done' || step === 'stopped') ready.current?.focus();
  }, [step]);
  const told = t('import.progress', {
    done: format.number(lines.length),
    total: format.number(total),
  });
  return (
    <>
      <div className="import-state" role="status" tabIndex={-1} ref={ready}>
        {busy && (
          <>
            <span className="grow">
              {step === 'checking' ? t('import.checking', { name: file.name }) : told}
            </span>
            {total > 0 && <progress max={total} value={lines.length} aria-label={told} />}
            {step === 'importing' && <Button onClick={stop}>{t('import.stop')}</Button>}
          </>
        )}
        {step === 'done' && (
          <Banner
            tone="done"
            title={t('import.done', { count: toDo, shown: format.number(toDo) })}
            actions={
              <Button small asChild>
                <Link to={what === 'jobs' ? '/jobs' : '/candidates'}>
                  {t(`import.show.${what}`)}
                </Link>
              </Button>
            }
          />
        )}
        {step === 'stopped' && (
          <Banner
            tone="attention"
            title={t('import.stopped', { line: lines.at(-1)?.line ?? 1 })}
            actions={<Button onClick={goOn}>{t('import.goOn')}</Button>}
          />
        )}
        {step === 'checked' && error === undefined && (
          <>
            {total === 0 && <p>{t('import.noLines', { name: file.name })}</p>}
            {total > 0 && toDo === 0 && <p>{t('import.nothing')}</p>}
            {toDo > 0 && (
              <Button look="primary" onClick={start}>
                {t(`import.${what}`, { count: toDo, shown: format.number(toDo) })}
              </Button>
            )}
          </>
        )}
        {!busy && count('refused') > 0 && (
          <Refused file={file} lines={lines} answer={answer!} begins={state.begins} />
        )}
      </div>
      {error !== undefined && (
        <FileProblem
          error={error}
          actions={
            step === 'checked' &&
            // What is the matter with the file stays so.
            !(error instanceof ProblemError && error.status === 422) && (
              <Button onClick={goOn}>{t('import.goOn')}</Button>
            )
          }
        />
      )}
      {answer && <NotImported answer={answer} />}
      {lines.length > 0 && step !== 'importing' && (
        <Told file={file} lines={lines} done={step === 'done' || step === 'stopped'} />
      )}
    </>
  );
}

function NotImported({ answer }: { answer: Lines }) {
  const { t } = useTranslation();
  const names = answer.columns.filter((one) => !one.as).map((one) => one.name || '–');
  if (names.length === 0) return null;
  const shown = names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '');
  return <Banner tone="attention" title={t('import.notImported', { columns: shown })} />;
}

function useReason() {
  useTranslation();
  return (line: Line) => {
    const { code, what, detail } = line.problem!;
    const words = codeWords(code);
    const title = words.title === code ? what : words.title;
    // What it is about comes from the file: a cell of a spreadsheet doesn't begin with it.
    return [title, detail && `(${detail})`, words.detail].filter(Boolean).join(' ');
  };
}

function Refused({
  file,
  lines,
  answer,
  begins,
}: {
  file: File;
  lines: Line[];
  answer: Lines;
  begins: number[];
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const count = lines.filter((one) => one.outcome === 'refused').length;
  return (
    <Button
      icon={<Download size={16} aria-hidden />}
      onClick={async () => {
        const text = textOf(new Uint8Array(await file.arrayBuffer()));
        save(
          `refused-${file.name}`,
          refusedLines(text, answer, lines, begins, reason, t('import.reason')),
        );
      }}
    >
      {t('import.download', { count, shown: format.number(count) })}
    </Button>
  );
}

// Before it, what would happen; after it, what has.
function Told({ file, lines, done }: { file: File; lines: Line[]; done: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [only, setOnly] = useState<Outcome>();
  const [most, setMost] = useState(LINES_SHOWN);
  const ranked = OUTCOMES.flatMap((outcome) => {
    const of = lines.filter((one) => one.outcome === outcome && (!only || only === outcome));
    return [
      ...of.filter((one) => one.warnings.length),
      ...of.filter((one) => !one.warnings.length),
    ];
  });
  return (
    <>
      <div className="import-filter row wrap">
        {OUTCOMES.map((outcome) => {
          const count = lines.filter((one) => one.outcome === outcome).length;
          if (count === 0) return null;
          return (
            <button
              key={outcome}
              type="button"
              className="tab"
              aria-pressed={only === outcome}
              onClick={() => {
                setOnly(only === outcome ? undefined : outcome);
                setMost(LINES_SHOWN);
              }}
            >
              {t(`import.${done ? 'outcomeDone' : 'outcome'}.${outcome}`)}
              <span className="tabular">{format.number(count)}</span>
            </button>
          );
        })}
      </div>
      <table className="import-lines" aria-label={t('import.lines', { name: file.name })}>
        <thead>
          <tr>
            <th scope="col">{t('import.line')}</th>
            <th scope="col">{t('import.whom')}</th>
            <th scope="col">{t(done ? 'import.resultDone' : 'import.result')}</th>
          </tr>
        </thead>
        <tbody>
          {ranked.slice(0, most).map((line) => (
            <Row key={line.line} line={line} done={done} />
          ))}
        </tbody>
      </table>
      {ranked.length > most && (
        <Button onClick={() => setMost(most + LINES_SHOWN)}>{t('import.more')}</Button>
      )}
    </>
  );
}

const LOOKS: Record<Outcome, { tone: 'done' | 'accent' | 'neutral' | 'problem'; icon: ReactNode }> =
  {
    new: { tone: 'done', icon: <Plus size={12} aria-hidden /> },
    changed: { tone: 'accent', icon: <Pencil size={12} aria-hidden /> },
    same: { tone: 'neutral', icon: <Check size={12} aria-hidden /> },
    refused: { tone: 'problem', icon: <Minus size={12} aria-hidden /> },
  };

function Row({ line, done }: { line: Line; done: boolean }) {
  const { t } = useTranslation();
  const reason = useReason();
  // Of who is new the name stands beside.
  const changes = line.changes.filter(
    (one) => line.outcome !== 'new' || (one.what !== 'name' && one.what !== 'title'),
  );
  return (
    <tr>
      <td className="tabular">{line.line}</td>
      <th scope="row">
        <bdi>{line.name || '–'}</bdi>
      </th>
      <td>
        <Tag {...LOOKS[line.outcome]}>
          {t(`import.${done ? 'outcomeDone' : 'outcome'}.${line.outcome}`)}
        </Tag>
        {line.problem && <p>{reason(line)}</p>}
        {changes.map((one, i) => {
          const kinds = { offer: 'offer', 'talent-pool': 'talent_pool', campaign: 'campaign' };
          const word = (text: string) =>
            one.what === 'kind' && text in kinds
              ? t(`jobs.kind.${kinds[text as keyof typeof kinds]}` as 'jobs.kind.offer')
              : text;
          const names = { what: t(`import.column.${one.what}`), to: word(one.to) };
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: they never change their order
            <p key={i} className="quiet">
              {one.from
                ? t('import.fromTo', { ...names, from: word(one.from) })
                : t('import.to', names)}
            </p>
          );
        })}
        {line.warnings.map((one) => (
          <p key={one.code + one.detail} className="import-warning">
            <CircleAlert size={14} aria-hidden />
            {t(`import.warning.${one.code}`, { detail: one.detail })}
          </p>
        ))}
      </td>
    </tr>
  );
}

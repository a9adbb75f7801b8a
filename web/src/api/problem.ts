// Problems in words: the stable code picks the translation; an unknown code falls back to what the
// server itself said.
import { i18n } from '../i18n';
import { ProblemError, type Schemas, toProblem } from './client';

export type Words = { title: string; detail: string };

function translated(code: string): Words | undefined {
  if (!/^[a-z0-9.-]+$/.test(code)) return undefined;
  const title = `problem.${code}.title`;
  if (!i18n.exists(title)) return undefined;
  const detail = `problem.${code}.detail`;
  return {
    title: i18n.t(title as never),
    detail: i18n.exists(detail) ? i18n.t(detail as never) : '',
  };
}

export function problemWords(error: unknown): Words {
  const { problem } = error instanceof ProblemError ? error : toProblem(error, -1);
  return (
    translated(problem.code) ??
    (problem.title
      ? { title: problem.title, detail: problem.detail ?? '' }
      : translated('page.unexpected')!)
  );
}

// Of a trial whose end someone waits for: nothing is tried again by itself there.
const SILENT = /^(?:imap|smtp|net)\.(?:timeout|closed)$/;
export function failureWords(failure: Schemas['Failure']): Words {
  const words = translated(failure.code) ?? { title: failure.what, detail: failure.hint };
  return SILENT.test(failure.code) ? { ...words, detail: i18n.t('probe.silent') } : words;
}

// For states that carry a code alone: a mailbox's last error, an outbox row's reason.
export function codeWords(code: string): Words {
  return translated(code) ?? { title: code, detail: '' };
}

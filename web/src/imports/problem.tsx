// What is the matter with a file as a whole.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/client';
import { problemWords } from '../api/problem';
import { useFormat } from '../i18n/format';
import { Banner } from '../ui/state';

// In which line: the server's own words alone say so.
const unclosedIn = (error: unknown): string | undefined =>
  error instanceof ProblemError && error.problem.code === 'import.unclosed-quote'
    ? /\d+/.exec(error.problem.title)?.[0]
    : undefined;

export function FileProblem({ error, actions }: { error: unknown; actions?: ReactNode }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { title, detail } = problemWords(error);
  const line = unclosedIn(error);
  return (
    <Banner
      tone="problem"
      role="alert"
      title={line ? t('import.unclosed', { line: format.number(Number(line)) }) : title}
      actions={actions}
    >
      {detail}
    </Banner>
  );
}

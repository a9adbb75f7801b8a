// What the writer is asked before a message goes: by this page, and by the server.
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/client';
import { problemWords } from '../api/problem';
import { Ask } from '../ui/dialog';

const ASKED_BY_SERVER = ['thread.internal', 'thread.newer-message'] as const;
export type OfServer = (typeof ASKED_BY_SERVER)[number];
// What is asked here, before anything is sent: about what was most likely forgotten, or can't go along.
const ASKED_HERE = {
  subject: ['compose.noSubjectTitle', 'compose.noSubjectText'],
  text: ['compose.noTextTitle', 'compose.noTextText'],
  both: ['compose.noBothTitle', 'compose.noBothText'],
  file: ['compose.noFileTitle', 'compose.noFileText'],
  quote: ['compose.noQuoteTitle', 'compose.noQuoteText'],
} as const;
export type Question = OfServer | keyof typeof ASKED_HERE;

export const isOfServer = (code: string): code is OfServer =>
  (ASKED_BY_SERVER as readonly string[]).includes(code);

const problemOf = (code: string) => ({ type: 'about:blank', title: code, status: 409, code });

export function AskBefore({
  question,
  to,
  writer,
  onClose,
  onConfirm,
}: {
  question: Question | undefined;
  to: readonly { address: string }[];
  writer: () => HTMLElement | null | undefined; // where the writing goes on
  onClose: () => void;
  onConfirm: (question: Question) => void;
}) {
  const { t } = useTranslation();
  const words = (one: Question): { title: string; text: string } => {
    if (!isOfServer(one)) return { title: t(ASKED_HERE[one][0]), text: t(ASKED_HERE[one][1]) };
    const { title } = problemWords(new ProblemError(problemOf(one)));
    if (one !== 'thread.internal') return { title, text: t('compose.newerText') };
    const names = to.map(({ address }) => address).join(', ');
    return { title, text: t('compose.internalText', { names }) };
  };
  return (
    <Ask
      open={question !== undefined}
      onClose={onClose}
      focusBackTo={writer}
      {...(question ? words(question) : { title: '', text: t('compose.newerText') })}
      cancel={t('compose.back')}
      confirm={t('compose.sendAnyway')}
      onConfirm={() => question && onConfirm(question)}
    />
  );
}

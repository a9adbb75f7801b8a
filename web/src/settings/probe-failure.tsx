import { CircleAlert, CircleCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ProblemError, type Schemas } from '../api/client';
import { failureWords } from '../api/problem';
import { ProblemBanner } from '../ui/state';

export function probeOf(error: unknown): Schemas['ProbeProblem'] | undefined {
  if (!(error instanceof ProblemError)) return undefined;
  const { problem } = error;
  return problem.imap || problem.smtp ? problem : undefined;
}

// What each of the two servers said: the one that let us in is named as well.
export function ProbeFailure({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const probe = probeOf(error);
  if (!probe) return <ProblemBanner error={error} />;
  return (
    <section className="probe" role="alert">
      <h2 className="minor">{t('probe.title')}</h2>
      <p className="small quiet">{t('probe.text')}</p>
      <ul>
        {(['imap', 'smtp'] as const).map((server) => {
          const failure = probe[server];
          const words = failure ? failureWords(failure) : undefined;
          return (
            <li key={server} className={failure ? 'bad' : 'good'}>
              {failure ? (
                <CircleAlert size={16} aria-hidden />
              ) : (
                <CircleCheck size={16} aria-hidden />
              )}
              <div>
                <strong>{t(`server.${server}`)}: </strong>
                {words ? (
                  <>
                    {words.title} <span className="probe-hint">{words.detail}</span>
                  </>
                ) : (
                  t('probe.fine')
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

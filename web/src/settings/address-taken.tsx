// An address that a colleague can't have just like that: it is a candidate's (I-1), or a connected mailbox of
// somebody else's (C-13).
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError, type Schemas } from '../api/client';
import type { Claim } from '../api/queries';
import { Button } from '../ui/button';
import { Banner, ProblemBanner } from '../ui/state';
import { useDecision } from './deciding';

export type Holders = NonNullable<Schemas['ConnectedProblem']['candidates']>;

// Who loses the address, where it becomes a colleague's (I-1).
export function candidatesOf(error: unknown): Holders | undefined {
  if (!(error instanceof ProblemError) || error.code !== 'user.address-of-candidate') return;
  return (error.problem as Schemas['ConnectedProblem']).candidates;
}

export function OfCandidates({
  candidates,
  busy,
  anyway,
  onAnyway,
}: {
  candidates: Holders;
  busy: boolean;
  anyway: string;
  onAnyway: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Banner
      tone="attention"
      role="alert"
      title={t('users.ofCandidate')}
      actions={
        <Button small busy={busy} onClick={onAnyway}>
          {anyway}
        </Button>
      }
    >
      <ul className="card-list">
        {candidates.map(({ id, name }) => (
          <li key={id}>
            <Link to="/candidates/$candidateId" params={{ candidateId: id }}>
              {t('shared.open', { name })}
            </Link>
          </li>
        ))}
      </ul>
      {t('users.ofCandidateText')}
    </Banner>
  );
}

// Whose mailbox has the address by an admin's word, where that is what stands against it (C-13).
export function connectedOf(error: unknown): Claim | undefined {
  if (!(error instanceof ProblemError) || error.code !== 'user.address-connected') return;
  return (error.problem as Schemas['ConnectedProblem']).claim;
}

export function AlreadyConnected({ claim, onDone }: { claim: Claim; onDone: () => void }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const decide = useDecision(claim, () => {
    box.current?.closest('form')?.querySelector<HTMLElement>('[type=submit]')?.focus();
    onDone();
  });
  return (
    <div ref={box}>
      <Banner
        tone="attention"
        role="alert"
        title={t('users.connectedBy', { name: claim.user_name })}
        actions={
          <Button small busy={decide.isPending} onClick={() => decide.mutate('take_back')}>
            {t('users.takeBack', { name: claim.user_name })}
          </Button>
        }
      />
      {decide.isError && <ProblemBanner error={decide.error} />}
    </div>
  );
}

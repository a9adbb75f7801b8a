import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { moveDraft } from '../composer/joined';
import { keepTables } from '../composer/kept';
import { useMe } from '../frame/hooks';

// Who has become part of another one (O-5) is answered with that one, `stands`: its address leads there, and so
// does what is being written to them; its own page is never shown again.
export function useStanding(id: string, stands: string | undefined): void {
  const navigate = useNavigate();
  const user = useMe()?.user.id;
  useEffect(() => {
    if (!user || !stands || stands === id) return;
    keepTables();
    moveDraft(user, `candidate:${id}`, `candidate:${stands}`);
    void navigate({
      to: '/candidates/$candidateId',
      params: { candidateId: stands },
      search: (before) => before,
      replace: true,
    });
  }, [navigate, user, stands, id]);
}

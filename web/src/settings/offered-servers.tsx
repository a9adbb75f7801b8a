// Whoever connects a mailbox of a domain that an admin has one of needn't know its servers: they stand there,
// until something else is typed.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { offeredServersQuery } from '../api/queries';
import { isAddress } from '../composer/addresses';
import { Button } from '../ui/button';
import { type Account, fieldsOf } from './account';

type Servers = Pick<Account, 'imap' | 'smtp'>;

const domainOf = (address: string): string => {
  const written = address.trim();
  return isAddress(written) ? written.slice(written.lastIndexOf('@') + 1) : '';
};

export function useServers(address: string, typed: Servers) {
  // Of an address that is still being typed nothing is asked.
  const [domain, setDomain] = useState(() => domainOf(address));
  const [own, setOwn] = useState(false);
  const asked = useQuery({ ...offeredServersQuery(domain), enabled: domain !== '' });
  // Its password goes there: never to the servers of an address that stood there before.
  const offered = domainOf(address) === domain ? asked.data : undefined;
  const servers: Servers =
    offered && !own ? { imap: fieldsOf(offered.imap), smtp: fieldsOf(offered.smtp) } : typed;
  return {
    servers,
    offered,
    own,
    setOwn,
    onAddress: () => setDomain(domainOf(address)),
  };
}

/** Whose they are; there from the beginning, so that nothing below it jumps. */
export function WhoseServers({
  of: { offered, own, setOwn },
}: {
  of: Pick<ReturnType<typeof useServers>, 'offered' | 'own' | 'setOwn'>;
}) {
  const { t } = useTranslation();
  const name = offered?.owner_name;
  return (
    <div className="whose-servers small quiet" role="status">
      {!name ? (
        t('server.whose')
      ) : own ? (
        <Button small onClick={() => setOwn(false)}>
          {t('server.useSame', { name })}
        </Button>
      ) : (
        t('server.sameAs', { name })
      )}
    </div>
  );
}

// Whoever connects a mailbox of a domain that an admin has one of needn't know its servers: they stand there,
// until something else is typed.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { offeredServersQuery } from '../api/queries';
import { isAddress } from '../composer/addresses';
import { Button } from '../ui/button';
import { fieldsOf, noServers, type ServerFields } from './account';
import { useForVisit } from './for-visit';

const domainOf = (address: string): string => {
  const written = address.trim();
  return isAddress(written) ? written.slice(written.lastIndexOf('@') + 1) : '';
};

type Server = 'imap' | 'smtp';

const changed = (from: ServerFields, to: ServerFields): Partial<ServerFields> =>
  Object.fromEntries(
    Object.entries(to).filter(([name, value]) => from[name as keyof ServerFields] !== value),
  );

export function useServers(address: string) {
  // Of an address that is still being typed nothing is asked.
  const [domain, setDomain] = useState(() => domainOf(address));
  const [typed, setTyped] = useForVisit<Partial<Record<Server, Partial<ServerFields>>>>(
    'servers',
    {},
  );
  const asked = useQuery({ ...offeredServersQuery(domain), enabled: domain !== '' });
  // Its password goes there: never to the servers of an address that stood there before.
  const offered = domainOf(address) === domain ? (asked.data ?? undefined) : undefined;
  const servers = { imap: shown('imap'), smtp: shown('smtp') };
  function shown(server: Server): ServerFields {
    return { ...(offered ? fieldsOf(offered[server]) : noServers[server]), ...typed[server] };
  }
  return {
    servers,
    offered,
    own: Object.keys(typed).length > 0,
    // What nobody typed goes with the offer that it is of.
    put: (server: Server, fields: ServerFields) =>
      setTyped((before) => ({
        ...before,
        [server]: { ...before[server], ...changed(servers[server], fields) },
      })),
    takeOffer: () => setTyped({}),
    // Asks for the address as it stands now.
    settle: () => setDomain(domainOf(address)),
  };
}

/** Whose they are; there from the beginning, so that nothing below it jumps. */
export function WhoseServers({
  of: { offered, own, takeOffer },
}: {
  of: Pick<ReturnType<typeof useServers>, 'offered' | 'own' | 'takeOffer'>;
}) {
  const { t } = useTranslation();
  const name = offered?.owner_name;
  return (
    <div className="whose-servers small quiet" role="status">
      {!name ? (
        t('server.whose')
      ) : own ? (
        <Button
          small
          onClick={(event) => {
            // The button goes: the keyboard goes on with what it filled in.
            event.currentTarget.form
              ?.querySelector<HTMLElement>('[data-fault="imap.host"]')
              ?.focus();
            takeOffer();
          }}
        >
          {t('server.useSame', { name })}
        </Button>
      ) : (
        t('server.sameAs', { name })
      )}
    </div>
  );
}

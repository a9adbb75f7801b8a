import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Hourglass, KeyRound, Mail, MailCheck, MailPlus, Pencil, UserPlus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { problemWords } from '../api/problem';
import { keys, userListQuery } from '../api/queries';
import { isAddress, short } from '../composer/addresses';
import { useFocusAfter, useMe } from '../frame/hooks';
import { isLanguage, LANGUAGE_NAMES, LANGUAGES, type Language } from '../i18n';
import { useFormat } from '../i18n/format';
import { useAdding } from '../ui/adding';
import { AddressText } from '../ui/address';
import { Button, IconButton } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Checkbox, Field, Input, Select, showFaults } from '../ui/field';
import { More } from '../ui/more';
import { notify, notifyProblem } from '../ui/notice';
import { Avatar, Banner, Failed, ProblemBanner, Skeleton, Tag } from '../ui/state';
import {
  AlreadyConnected,
  candidatesOf,
  connectedOf,
  type Holders,
  OfCandidates,
} from './address-taken';
import { Claims } from './claims';
import { Confirmed } from './confirmed';
import { SettingsPage } from './layout';
import { LinkDialog, LinkShown } from './password-link';
import { ROLES, UserDialog } from './user';

// Once a day at most, whichever admin it was.
const mayInvite = ({ invitation }: Schemas['User']): boolean =>
  !invitation || new Date(invitation.again_at).getTime() <= Date.now();

export function Users() {
  const { t } = useTranslation();
  const me = useMe();
  const admin = me?.user.role === 'admin';
  const queries = useQueryClient();
  const users = useInfiniteQuery(userListQuery);
  const { add: adding } = useSearch({ from: '/app/settings/company/users' });
  const setAdding = useAdding();
  const [changing, setChanging] = useState<Schemas['User']>();
  const [linking, setLinking] = useState<Schemas['User']>();
  const invite = useMutation({
    mutationFn: ({ id }: { id: string; name: string }) =>
      unwrap(client.POST('/users/{id}/invitation', { params: { path: { id } } })),
    onSuccess: (_done, { name }) => notify(t('users.invited', { name })),
    onError: notifyProblem,
    // Refused, too: a colleague was quicker, or they have connected by now.
    onSettled: () => queries.invalidateQueries({ queryKey: keys.users }),
  });
  // The button that was pressed goes: whoever invites goes on with the next.
  const table = useRef<HTMLTableElement>(null);
  useFocusAfter(invite.isPending, () => {
    const row = table.current?.querySelector(`[data-user="${invite.variables?.id}"]`);
    const following = (one: Element) =>
      row && row.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
    return [...(table.current?.querySelectorAll('button') ?? [])].find(following);
  });
  return (
    <SettingsPage
      path={[t('settings.company'), t('settings.users')]}
      title={t('settings.users')}
      text={t('users.text')}
      action={
        admin && (
          <Button
            look="primary"
            icon={<UserPlus size={16} aria-hidden />}
            onClick={() => setAdding(true)}
          >
            {t('users.add')}
          </Button>
        )
      }
    >
      {admin && <Claims />}
      {admin && <Confirmed />}
      {!admin ? (
        <Banner tone="attention">{t('users.adminOnly')}</Banner>
      ) : users.isPending ? (
        <Skeleton rows={5} />
      ) : users.isError && !users.data ? (
        <Failed error={users.error} onRetry={() => void users.refetch()} />
      ) : (
        <table className="table" ref={table}>
          <thead>
            <tr>
              <th scope="col">{t('field.name')}</th>
              <th scope="col">{t('users.role')}</th>
              <th scope="col">
                <span className="sr">{t('users.invite')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {users.data.pages
              .flatMap((page) => page.rows)
              .map((user) => (
                <tr key={user.id} data-user={user.id}>
                  <th scope="row">
                    <span className="row">
                      <Avatar name={user.name} />
                      <span className="grow">
                        {user.name} {user.id === me.user.id && <Tag>{t('users.you')}</Tag>}
                        {!user.active && <Tag>{t('user.inactive')}</Tag>}
                        <span className="small quiet user-email">
                          <AddressText address={user.email} />
                        </span>
                      </span>
                    </span>
                  </th>
                  <td>
                    {t(`role.${user.role}`)}
                    <p className="small quiet">
                      {user.role === 'admin' || user.all_jobs
                        ? t('users.allJobs')
                        : t('users.teamJobs')}
                    </p>
                  </td>
                  <td className="table-action">
                    <div className="user-action">
                      <span className="user-invite">
                        {user.active && user.arrived === false ? (
                          <NotHereYet user={user} onLink={() => setLinking(user)} />
                        ) : (
                          <Mailbox
                            user={user}
                            me={me.user.id}
                            busy={invite.isPending && invite.variables.id === user.id}
                            onInvite={() => invite.mutate(user)}
                          />
                        )}
                      </span>
                      <IconButton
                        label={t('user.change', { name: user.name })}
                        onClick={() => setChanging(user)}
                      >
                        <Pencil size={16} aria-hidden />
                      </IconButton>
                    </div>
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      )}
      {admin && <More of={users} />}
      {admin && adding && <AddUser onClose={() => setAdding(false)} />}
      {changing && me && (
        <UserDialog
          user={changing}
          own={changing.id === me.user.id}
          onLink={() => {
            setLinking(changing);
            setChanging(undefined);
          }}
          onClose={() => setChanging(undefined)}
        />
      )}
      {linking && <LinkDialog user={linking} onClose={() => setLinking(undefined)} />}
    </SettingsPage>
  );
}

// Whoever has no password yet has to be let in first, and can be asked for a mailbox then.
function NotHereYet({ user, onLink }: { user: Schemas['User']; onLink: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const alive = user.link_expires && new Date(user.link_expires).getTime() > Date.now();
  return (
    <>
      <span
        className="small quiet row"
        title={alive && user.link_expires ? format.full(user.link_expires) : undefined}
      >
        <Hourglass size={16} aria-hidden />
        {alive && user.link_expires
          ? t('users.notHereYet', { until: format.until(user.link_expires) })
          : t('users.linkOver')}
      </span>
      <Button small icon={<KeyRound size={16} aria-hidden />} onClick={onLink}>
        {t('link.new')}
        <span className="sr"> {user.name}</span>
      </Button>
    </>
  );
}

function Mailbox({
  user,
  me,
  busy,
  onInvite,
}: {
  user: Schemas['User'];
  me: string;
  busy: boolean;
  onInvite: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  if (user.connected) {
    return (
      <span className="small quiet row">
        <MailCheck size={16} aria-hidden />
        {t('users.connected')}
      </span>
    );
  }
  if (user.waiting) {
    return (
      <span className="small quiet row">
        <Hourglass size={16} aria-hidden />
        {t('users.waits')}
      </span>
    );
  }
  if (user.id === me || !user.active) return null;
  return (
    <>
      {user.invitation && (
        <span className="small quiet row" title={format.full(user.invitation.invited_at)}>
          <Mail size={16} aria-hidden />
          {t('users.invitedAgo', { ago: format.ago(user.invitation.invited_at) })}
        </span>
      )}
      {mayInvite(user) && (
        <Button small icon={<MailPlus size={16} aria-hidden />} busy={busy} onClick={onInvite}>
          {t('users.invite')}
          <span className="sr"> {user.name}</span>
        </Button>
      )}
    </>
  );
}

type Name = 'name' | 'email';

function AddUser({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Schemas['Role']>('manager');
  const [allJobs, setAllJobs] = useState(false);
  const [language, setLanguage] = useState<Language>(
    isLanguage(i18n.language) ? i18n.language : 'en',
  );
  const [wrong, setWrong] = useState<Partial<Record<Name, string>>>({});
  const form = useRef<HTMLFormElement>(null);
  const under = useRef(false); // a second press comes before that is drawn
  const add = useMutation({
    mutationFn: (confirmed: boolean) =>
      unwrap(
        client.POST('/users', {
          body: {
            confirmed,
            name: name.trim(),
            email: email.trim(),
            role,
            all_jobs: role === 'admin' || allJobs,
            language,
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.users }),
    onError: (error) => {
      under.current = false;
      setCandidates(candidatesOf(error));
      if (connectedOf(error) || candidatesOf(error)) return;
      const field = error instanceof ProblemError ? error.problem.field : undefined;
      if (field === 'name' || field === 'email') {
        showFaults(form.current, () => setWrong({ [field]: problemWords(error).title }));
      }
    },
  });
  const connected = connectedOf(add.error);
  // While it is done all the same, they stay.
  const [candidates, setCandidates] = useState<Holders>();
  if (add.data) {
    return (
      <Dialog open onClose={onClose} title={t('users.added', { name: add.data.name })}>
        <LinkShown link={add.data.link} name={add.data.name} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title={t('users.add')}>
      <form
        ref={form}
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (under.current) return;
          const found: Partial<Record<Name, string>> = {};
          if (!name.trim()) found.name = t('field.required');
          if (!isAddress(email.trim())) {
            found.email = email.trim()
              ? t('compose.notAddress', { text: short(email.trim()) })
              : t('field.required');
          }
          showFaults(form.current, () => setWrong(found));
          if (Object.keys(found).length > 0) return;
          under.current = true;
          add.mutate(false);
        }}
      >
        <Field label={t('field.name')} error={wrong.name}>
          <Input
            autoFocus
            value={name}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label={t('field.email')} hint={t('users.emailHint')} error={wrong.email}>
          <Input
            type="email"
            value={email}
            autoComplete="off"
            onChange={(event) => {
              setEmail(event.target.value);
              setCandidates(undefined);
              if (connected || candidates) add.reset();
            }}
          />
        </Field>
        <div className="two">
          <Field label={t('users.role')} hint={t(`role.${role}Hint`)}>
            <Select
              value={role}
              options={ROLES.map((one) => ({ value: one, label: t(`role.${one}`) }))}
              onChange={(event) => setRole(event.target.value as Schemas['Role'])}
            />
          </Field>
          <Field label={t('language')}>
            <Select
              value={language}
              options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
              onChange={(event) =>
                isLanguage(event.target.value) && setLanguage(event.target.value)
              }
            />
          </Field>
        </div>
        {role !== 'admin' && (
          <Checkbox checked={allJobs} onChange={(event) => setAllJobs(event.target.checked)}>
            {t('users.seesAll')}
          </Checkbox>
        )}
        <p className="small quiet">{t('users.linkFollows')}</p>
        {connected ? (
          <AlreadyConnected claim={connected} onDone={() => add.reset()} />
        ) : candidates ? (
          <OfCandidates
            candidates={candidates}
            busy={add.isPending}
            anyway={t('users.ofCandidateAnyway')}
            onAnyway={() => add.mutate(true)}
          />
        ) : (
          add.isError && Object.keys(wrong).length === 0 && <ProblemBanner error={add.error} />
        )}
        <div className="dialog-foot">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" busy={add.isPending && !candidates}>
            {t('users.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

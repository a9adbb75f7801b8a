// What an admin may change of a colleague, and what ends by it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { problemWords } from '../api/problem';
import { keys } from '../api/queries';
import type { operations } from '../api/schema';
import { isAddress, short } from '../composer/addresses';
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from '../i18n';
import { zoneChoices } from '../setup/zone';
import { Button } from '../ui/button';
import { Ask, Dialog } from '../ui/dialog';
import { Checkbox, Field, Input, Select, showFaults } from '../ui/field';
import { notify } from '../ui/notice';
import { Banner, ProblemBanner } from '../ui/state';
import {
  AlreadyConnected,
  candidatesOf,
  connectedOf,
  type Holders,
  OfCandidates,
} from './address-taken';

type Role = Schemas['Role'];
export const ROLES: readonly Role[] = ['admin', 'manager', 'evaluator'];
type Change = NonNullable<operations['changeUser']['requestBody']>['content']['application/json'];
type Name = 'name' | 'email';

export function UserDialog({
  user,
  own,
  onLink,
  onClose,
}: {
  user: Schemas['User'];
  own: boolean;
  onLink: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState(user.name);
  const [role, setRole] = useState<Role>(user.role);
  const [allJobs, setAllJobs] = useState(user.role !== 'admin' && user.all_jobs);
  const [email, setEmail] = useState(user.email);
  const [language, setLanguage] = useState(user.language);
  const [zone, setZone] = useState(user.time_zone);
  const zones = useMemo(() => zoneChoices(user.time_zone), [user.time_zone]);
  const [wrong, setWrong] = useState<Partial<Record<Name, string>>>({});
  const [candidates, setCandidates] = useState<Holders>();
  const [asking, setAsking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const change = useMutation({
    mutationFn: (body: Change) =>
      unwrap(client.PATCH('/users/{id}', { params: { path: { id: user.id } }, body })),
    onSuccess: (changed, { active }) => {
      notify(
        active === undefined
          ? t('saved')
          : t(active ? 'user.letIn' : 'user.deactivated', { name: changed.name }),
      );
      onClose();
    },
    onError: (error) => {
      setAsking(false);
      setCandidates(candidatesOf(error));
      if (connectedOf(error) || candidatesOf(error)) return;
      const field = error instanceof ProblemError ? error.problem.field : undefined;
      if (field === 'name' || field === 'email')
        showFaults(form.current, () => setWrong({ [field]: problemWords(error).title }));
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: keys.users });
      if (own) void queries.invalidateQueries({ queryKey: keys.me });
    },
  });
  const connected = connectedOf(change.error);
  const moved = email.trim() !== user.email;
  const save = (confirmed: boolean) =>
    change.mutate({
      name: name.trim(),
      role,
      all_jobs: role === 'admin' || allJobs,
      // What they said of themselves meanwhile stays, unless it is what is changed here.
      ...(language !== user.language ? { language } : {}),
      ...(zone !== user.time_zone ? { time_zone: zone } : {}),
      ...(moved ? { email: email.trim(), confirmed } : {}),
    });
  const narrower =
    (user.role === 'admin' && role !== 'admin') ||
    (user.all_jobs && role !== 'admin' && !allJobs) ||
    (user.role === 'manager' && role === 'evaluator');
  return (
    <Dialog open onClose={onClose} title={t('user.title', { name: user.name })}>
      <form
        ref={form}
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (change.isPending) return;
          const found: Partial<Record<Name, string>> = {};
          if (!name.trim()) found.name = t('field.required');
          if (moved && !isAddress(email.trim()))
            found.email = email.trim()
              ? t('compose.notAddress', { text: short(email.trim()) })
              : t('field.required');
          showFaults(form.current, () => setWrong(found));
          if (Object.keys(found).length === 0) save(false);
        }}
      >
        {!user.active && <Banner tone="attention" title={t('user.inactiveNow')} />}
        <Field label={t('field.name')} error={wrong.name}>
          <Input
            value={name}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field
          label={t('field.email')}
          hint={
            moved
              ? [t('user.moved'), user.connected && t('user.movedMailbox')]
                  .filter(Boolean)
                  .join(' ')
              : t('users.emailHint')
          }
          error={wrong.email}
        >
          <Input
            type="email"
            value={email}
            autoComplete="off"
            onChange={(event) => {
              setEmail(event.target.value);
              setCandidates(undefined);
              if (connected || candidates) change.reset();
            }}
          />
        </Field>
        <Field label={t('users.role')} hint={t(`role.${role}Hint`)}>
          <Select
            value={role}
            options={ROLES.map((one) => ({ value: one, label: t(`role.${one}`) }))}
            onChange={(event) => setRole(event.target.value as Role)}
          />
        </Field>
        <div className="two">
          <Field label={t('language')}>
            <Select
              value={language}
              options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
              onChange={(event) =>
                isLanguage(event.target.value) && setLanguage(event.target.value)
              }
            />
          </Field>
          <Field label={t('profile.timeZone')}>
            <Select
              value={zone}
              options={zones}
              onChange={(event) => setZone(event.target.value)}
            />
          </Field>
        </div>
        {role !== 'admin' && (
          <Checkbox checked={allJobs} onChange={(event) => setAllJobs(event.target.checked)}>
            {t('users.seesAll')}
          </Checkbox>
        )}
        {narrower && <p className="small quiet">{t('user.narrower')}</p>}
        {connected ? (
          <AlreadyConnected claim={connected} onDone={() => change.reset()} />
        ) : candidates ? (
          <OfCandidates
            candidates={candidates}
            busy={change.isPending}
            anyway={t('user.ofCandidateAnyway')}
            onAnyway={() => save(true)}
          />
        ) : (
          change.isError &&
          Object.keys(wrong).length === 0 && <ProblemBanner error={change.error} />
        )}
        <div className="user-more">
          {user.active && !own && (
            <Button icon={<KeyRound size={16} aria-hidden />} onClick={onLink}>
              {t(user.arrived === false ? 'link.new' : 'user.link')}
            </Button>
          )}
          {user.active ? (
            <Button onClick={() => setAsking(true)}>{t('user.deactivate')}</Button>
          ) : (
            <Button
              busy={change.isPending && change.variables.active === true}
              onClick={() => change.mutate({ active: true })}
            >
              {t('user.letInAgain')}
            </Button>
          )}
        </div>
        <div className="dialog-foot">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" busy={change.isPending && !asking && !candidates}>
            {t('save')}
          </Button>
        </div>
      </form>
      <Ask
        open={asking}
        onClose={() => setAsking(false)}
        title={t('user.deactivateTitle', { name: user.name })}
        text={t('user.deactivateText')}
        confirm={t('user.deactivate')}
        danger
        busy={change.isPending}
        onConfirm={() => change.mutate({ active: false })}
      />
    </Dialog>
  );
}

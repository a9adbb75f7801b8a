// What an admin may change of a colleague, and what ends by it.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { problemWords } from '../api/problem';
import { keys } from '../api/queries';
import { Button } from '../ui/button';
import { Ask, Dialog } from '../ui/dialog';
import { Checkbox, Field, Input, Select, showFaults } from '../ui/field';
import { notify } from '../ui/notice';
import { Banner, ProblemBanner } from '../ui/state';

type Role = Schemas['Role'];
export const ROLES: readonly Role[] = ['admin', 'manager', 'evaluator'];
type Change = { name?: string; role?: Role; all_jobs?: boolean; active?: boolean };

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
  const [wrong, setWrong] = useState<string>();
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
      if (error instanceof ProblemError && error.problem.field === 'name')
        showFaults(form.current, () => setWrong(problemWords(error).title));
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: keys.users });
      if (own) void queries.invalidateQueries({ queryKey: keys.me });
    },
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
          showFaults(form.current, () => setWrong(name.trim() ? undefined : t('field.required')));
          if (!name.trim()) return;
          change.mutate({ name: name.trim(), role, all_jobs: role === 'admin' || allJobs });
        }}
      >
        {!user.active && <Banner tone="attention" title={t('user.inactiveNow')} />}
        <Field label={t('field.name')} error={wrong}>
          <Input
            value={name}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label={t('field.email')}>
          <Input value={user.email} readOnly />
        </Field>
        <Field label={t('users.role')} hint={t(`role.${role}Hint`)}>
          <Select
            value={role}
            options={ROLES.map((one) => ({ value: one, label: t(`role.${one}`) }))}
            onChange={(event) => setRole(event.target.value as Role)}
          />
        </Field>
        {role !== 'admin' && (
          <Checkbox checked={allJobs} onChange={(event) => setAllJobs(event.target.checked)}>
            {t('users.seesAll')}
          </Checkbox>
        )}
        {narrower && <p className="small quiet">{t('user.narrower')}</p>}
        {change.isError && !wrong && <ProblemBanner error={change.error} />}
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
          <Button look="primary" type="submit" busy={change.isPending && !asking}>
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

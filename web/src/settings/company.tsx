// What the company is called: it stands on everybody's page, and in the links by which colleagues join.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { keys } from '../api/queries';
import { useMe } from '../frame/hooks';
import { Button } from '../ui/button';
import { Field, Input } from '../ui/field';
import { notify } from '../ui/notice';
import { Banner, ProblemBanner } from '../ui/state';
import { SettingsPage } from './layout';

export function CompanySettings() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <SettingsPage
      path={[t('settings.company'), t('settings.general')]}
      title={t('settings.company')}
    >
      {me?.user.role === 'admin' ? (
        <NameForm key={me.company.name} now={me.company.name} />
      ) : (
        <Banner tone="attention">{t('company.adminOnly')}</Banner>
      )}
    </SettingsPage>
  );
}

function NameForm({ now }: { now: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState(now);
  const save = useMutation({
    mutationFn: () => unwrap(client.PATCH('/company', { body: { name: name.trim() } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.me });
      notify(t('saved'));
    },
  });
  const changed = name.trim() !== now;
  return (
    <form
      className="stack loose settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() && changed && !save.isPending) save.mutate();
      }}
    >
      <Field
        label={t('company.name')}
        hint={t('company.nameHint')}
        error={name.trim() ? undefined : t('field.required')}
      >
        <Input
          value={name}
          maxLength={200}
          autoComplete="organization"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      {save.isError && <ProblemBanner error={save.error} />}
      <div className="row">
        <Button look="primary" type="submit" busy={save.isPending} disabled={!changed}>
          {t('save')}
        </Button>
        <span className="small quiet" role="status">
          {changed ? t('unsaved') : ''}
        </span>
      </div>
    </form>
  );
}

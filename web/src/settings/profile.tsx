import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, type Schemas, unwrap } from '../api/client';
import { problemWords } from '../api/problem';
import { keys } from '../api/queries';
import { RichText } from '../composer/rich-text';
import { isBlank, ownHtml } from '../composer/text';
import { useMe } from '../frame/hooks';
import { isLanguage, LANGUAGE_NAMES, LANGUAGES, switchLanguage } from '../i18n';
import { browserZone, zoneChoices } from '../setup/zone';
import { Button } from '../ui/button';
import { Field, Input, Select } from '../ui/field';
import { notify } from '../ui/notice';
import { ProblemBanner } from '../ui/state';
import { SettingsPage } from './layout';
import '../composer/composer.css';

type AfterAnswer = Schemas['AfterAnswer'];
const AFTER_ANSWER: readonly AfterAnswer[] = ['next', 'list', 'stay'];

export function ProfileSettings() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <SettingsPage
      path={[t('settings.account'), t('settings.profile')]}
      title={t('settings.profile')}
    >
      {me && <ProfileForm key={me.user.id} user={me.user} />}
    </SettingsPage>
  );
}

function ProfileForm({ user }: { user: Schemas['User'] }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState(user.name);
  const [language, setLanguage] = useState(user.language);
  const [zone, setZone] = useState(user.time_zone);
  const [signature, setSignature] = useState(user.signature_html ?? '');
  const [after, setAfter] = useState(user.after_answer ?? 'next');
  const zones = useMemo(() => zoneChoices(zone), [zone]);
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        client.PATCH('/me', {
          body: {
            name: name.trim(),
            language,
            time_zone: zone,
            after_answer: after,
            signature_html: isBlank(signature) ? '' : ownHtml(signature),
          },
        }),
      ),
    onSuccess: async (changed) => {
      queries.setQueryData(keys.me, changed);
      void queries.invalidateQueries({ queryKey: keys.users });
      await switchLanguage(changed.user.language);
      notify(t('saved'));
    },
  });
  const ofSignature =
    save.error instanceof ProblemError && save.error.problem.field === 'signature_html';
  const wrong = ofSignature ? problemWords(save.error) : undefined;
  const changed =
    name.trim() !== user.name ||
    language !== user.language ||
    zone !== user.time_zone ||
    after !== (user.after_answer ?? 'next') ||
    signature !== (user.signature_html ?? '');
  return (
    <form
      className="stack loose settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() && !save.isPending) save.mutate();
      }}
    >
      <Field label={t('field.name')} error={name.trim() ? undefined : t('field.required')}>
        <Input
          value={name}
          maxLength={200}
          autoComplete="name"
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field label={t('profile.signInAddress')} hint={t('profile.signInHint')}>
        <Input value={user.email} readOnly />
      </Field>
      <div className="two">
        <Field label={t('language')}>
          <Select
            value={language}
            options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
            onChange={(event) => isLanguage(event.target.value) && setLanguage(event.target.value)}
          />
        </Field>
        <Field
          label={t('profile.timeZone')}
          hint={
            zone === browserZone() ? undefined : (
              <>
                {t('zone.differs', { zone: browserZone().replaceAll('_', ' ') })}{' '}
                <Button look="ghost" small onClick={() => setZone(browserZone())}>
                  {t('zone.take')}
                </Button>
              </>
            )
          }
        >
          <Select value={zone} options={zones} onChange={(event) => setZone(event.target.value)} />
        </Field>
      </div>
      <Field label={t('profile.afterAnswer')} hint={t('profile.afterAnswerHint')}>
        <Select
          value={after}
          options={AFTER_ANSWER.map((value) => ({ value, label: t(`profile.after.${value}`) }))}
          onChange={(event) => setAfter(event.target.value as AfterAnswer)}
        />
      </Field>
      <div className="field">
        <span className="legend">{t('profile.signature')}</span>
        <div className="signature">
          <RichText
            html={ownHtml(signature)}
            label={t('profile.signature')}
            onChange={setSignature}
          />
        </div>
        <p className="field-hint">{t('profile.signatureHint')}</p>
        {wrong && (
          <p className="field-error" role="alert">
            <CircleAlert size={14} aria-hidden />
            {`${wrong.title} ${wrong.detail}`}
          </p>
        )}
      </div>
      {save.isError && !wrong && <ProblemBanner error={save.error} />}
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

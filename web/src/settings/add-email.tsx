import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronRight, LoaderCircle, Mail } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, ProblemError, unwrap } from '../api/client';
import { failureWords, problemWords } from '../api/problem';
import { keys, mailboxesQuery, meQuery } from '../api/queries';
import { isAddress, short } from '../composer/addresses';
import { isLanguage } from '../i18n';
import { Button } from '../ui/button';
import { Checkbox, Field, Input, showFaults } from '../ui/field';
import { notify } from '../ui/notice';
import { Banner, Tag } from '../ui/state';
import {
  type Account,
  emptyAccount,
  type Fault,
  faultOf,
  serverOf,
  validPort,
  withoutPasswords,
} from './account';
import { forgetVisit, useForVisit } from './for-visit';
import { SettingsPage } from './layout';
import { useServers, WhoseServers } from './offered-servers';
import { ProbeFailure, probeOf } from './probe-failure';
import { ServerFields } from './server-fields';
import { sinceOf, WindowChoice, type WindowValue } from './window-choice';

// Which wording the consent was given to; a changed text gets a new name.
const CONSENT_VERSION = '2026-2';

// What can be used comes first.
const PROVIDERS = ['other', 'google', 'microsoft', 'hearback'] as const;
type Provider = (typeof PROVIDERS)[number];

export function AddEmail() {
  const { t } = useTranslation();
  const [provider, setProvider] = useForVisit<Provider | undefined>('provider', undefined);
  return (
    <SettingsPage
      path={[t('settings.account'), t('settings.profile'), t('settings.email')]}
      title={t('email.add')}
      back="/settings/account/profile/email"
    >
      {provider === 'other' ? (
        <AccountForm onBack={() => setProvider(undefined)} />
      ) : (
        <Providers chosen={provider} onChoose={setProvider} />
      )}
    </SettingsPage>
  );
}

function Providers({
  chosen,
  onChoose,
}: {
  chosen: Provider | undefined;
  onChoose: (provider: Provider) => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="stack settings-form">
      <h2>{t('provider.title')}</h2>
      <ul className="providers">
        {PROVIDERS.map((one) => (
          <li key={one}>
            <button
              type="button"
              className="provider"
              aria-pressed={one === 'other' ? undefined : chosen === one}
              onClick={() => onChoose(one)}
            >
              <Mail size={20} aria-hidden />
              <span className="grow">
                <strong>{t(`provider.${one}.name`)}</strong>
                <span className="small quiet">{t(`provider.${one}.text`)}</span>
              </span>
              {one === 'other' ? (
                <ChevronRight size={18} aria-hidden />
              ) : (
                <Tag>{t('provider.notYet')}</Tag>
              )}
            </button>
            {chosen === one && one !== 'other' && (
              <Banner
                tone="attention"
                role="status"
                title={t(`provider.${one}.notYet`)}
                actions={
                  one !== 'hearback' && (
                    <Button small look="primary" onClick={() => onChoose('other')}>
                      {t('provider.useOther')}
                    </Button>
                  )
                }
              >
                {t(`provider.${one}.instead`)}
              </Banner>
            )}
          </li>
        ))}
      </ul>
      <p className="small quiet">{t('provider.eas')}</p>
    </div>
  );
}

// Mostly it is the mailbox of the address that one signs in with.
function useOwnAddress(): string {
  const email = useQuery(meQuery).data?.user.email;
  const mine = useQuery(mailboxesQuery).data;
  const connected = mine?.some(({ address }) => address.toLowerCase() === email?.toLowerCase());
  return connected === false ? (email ?? '') : '';
}

function AccountForm({ onBack }: { onBack: () => void }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const ownAddress = useOwnAddress();
  const prefilled = useRef(ownAddress !== '').current;
  // (A password isn't kept.)
  const [typed, setTyped] = useForVisit<Partial<Account>>('account', {}, withoutPasswords);
  const account = { ...emptyAccount, address: ownAddress, ...typed };
  const offer = useServers(account.address);
  const { servers } = offer;
  const [range, setRange] = useForVisit<WindowValue>('window', { kind: '14days', date: '' });
  const [never, setNever] = useForVisit('never', ''); // C-14: named before the first message is looked at
  const [agreed, setAgreed] = useState(false);
  const [found, setFound] = useState<Partial<Record<Fault, string>>>({});
  const [rangeFault, setRangeFault] = useState<string>();
  const [consentFault, setConsentFault] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const put = (part: Partial<Account>) => setTyped((before) => ({ ...before, ...part }));
  const required = t('field.required');
  // What an offer has filled in since isn't missing.
  const faults = { ...found };
  for (const server of ['imap', 'smtp'] as const) {
    const field = `${server}.host` as const;
    if (faults[field] === required && servers[server].host) delete faults[field];
  }

  const connect = useMutation({
    mutationFn: () => {
      const since = sinceOf(range);
      return unwrap(
        client.POST('/mailboxes', {
          body: {
            address: account.address.trim(),
            user: account.user.trim() || account.address.trim(),
            password: account.password,
            imap: serverOf(servers.imap),
            smtp: {
              ...serverOf(servers.smtp),
              ...(account.ownSmtp
                ? { user: account.smtpUser.trim(), password: account.smtpPassword }
                : {}),
            },
            window: { since: since === undefined ? null : since },
            never_synced: never.split(/[\s,;]+/).filter(Boolean),
            consent: {
              text_version: CONSENT_VERSION,
              language: isLanguage(i18n.language) ? i18n.language : 'en',
            },
          },
        }),
      );
    },
    onSuccess: async (mailbox) => {
      forgetVisit(queries);
      queries.setQueryData(keys.mailbox(mailbox.id), mailbox);
      void queries.invalidateQueries({ queryKey: keys.mailboxes });
      void queries.invalidateQueries({ queryKey: keys.invitations });
      const proven = mailbox.address_proof !== 'none';
      notify(t(proven ? 'email.connected' : 'email.waits', { address: mailbox.address }));
      await navigate({
        to: '/settings/account/profile/email/$mailboxId',
        params: { mailboxId: mailbox.id },
      });
    },
    onError: (error) => {
      const probe = probeOf(error);
      const found: Partial<Record<Fault, string>> = {};
      for (const server of ['imap', 'smtp'] as const) {
        const failure = probe?.[server];
        if (failure) {
          found[faultOf(server, failure.code, account.ownSmtp)] = failureWords(failure).title;
        }
      }
      const field = error instanceof ProblemError ? error.problem.field : undefined;
      if (field && !probe) found[field as Fault] = problemWords(error).title;
      showFaults(form.current, () => setFound(found));
    },
  });

  function submit() {
    if (connect.isPending) return;
    offer.settle();
    const found: Partial<Record<Fault, string>> = {};
    if (!account.address.trim()) found.address = required;
    else if (!isAddress(account.address.trim())) {
      found.address = t('compose.notAddress', { text: short(account.address.trim()) });
    }
    if (!account.password) found.password = required;
    for (const server of ['imap', 'smtp'] as const) {
      if (!servers[server].host.trim()) found[`${server}.host`] = required;
      if (!validPort(servers[server].port)) found[`${server}.port`] = t('server.badPort');
    }
    if (account.ownSmtp && !account.smtpUser.trim()) found['smtp.user'] = required;
    if (account.ownSmtp && !account.smtpPassword) found['smtp.password'] = required;
    const noDate = sinceOf(range) === undefined;
    connect.reset(); // what was said of the try before
    showFaults(form.current, () => {
      setFound(found);
      setRangeFault(noDate ? required : undefined);
      setConsentFault(!agreed);
    });
    if (Object.keys(found).length === 0 && !noDate && agreed) connect.mutate();
  }

  return (
    <form
      ref={form}
      className="stack loose settings-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Banner title={t('appPassword.title')}>
        {t('appPassword.text')}{' '}
        <details className="inline-details">
          <summary>{t('appPassword.more')}</summary>
          <ul>
            <li>{t('appPassword.google')}</li>
            <li>{t('appPassword.microsoft')}</li>
            <li>{t('appPassword.others')}</li>
          </ul>
        </details>
      </Banner>
      <div className="stack">
        <Field label={t('email.address')} error={faults.address}>
          <Input
            autoFocus={!prefilled}
            type="email"
            autoComplete="email"
            value={account.address}
            data-fault="address"
            onChange={(event) => put({ address: event.target.value })}
            onBlur={offer.settle}
          />
        </Field>
        <div className="two">
          <Field label={t('server.user')} hint={t('server.userHint')} error={faults.user}>
            <Input
              value={account.user}
              placeholder={account.address}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              data-fault="user"
              onChange={(event) => put({ user: event.target.value })}
            />
          </Field>
          <Field
            label={t('server.password')}
            hint={t('server.passwordHint')}
            error={faults.password}
          >
            <Input
              autoFocus={prefilled}
              type="password"
              autoComplete="off"
              value={account.password}
              data-fault="password"
              onChange={(event) => put({ password: event.target.value })}
            />
          </Field>
        </div>
      </div>
      <div className="stack">
        <WhoseServers of={offer} />
        <ServerFields
          server="imap"
          value={servers.imap}
          onChange={(imap) => offer.put('imap', imap)}
          faults={faults}
        />
      </div>
      <div className="stack">
        <ServerFields
          server="smtp"
          value={servers.smtp}
          onChange={(smtp) => offer.put('smtp', smtp)}
          faults={faults}
        />
        <Checkbox
          checked={account.ownSmtp}
          onChange={(event) => put({ ownSmtp: event.target.checked })}
        >
          {t('server.ownSmtp')}
        </Checkbox>
        {account.ownSmtp && (
          <div className="two">
            <Field label={t('server.smtpUser')} error={faults['smtp.user']}>
              <Input
                value={account.smtpUser}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                data-fault="smtp.user"
                onChange={(event) => put({ smtpUser: event.target.value })}
              />
            </Field>
            <Field label={t('server.smtpPassword')} error={faults['smtp.password']}>
              <Input
                type="password"
                autoComplete="off"
                value={account.smtpPassword}
                data-fault="smtp.password"
                onChange={(event) => put({ smtpPassword: event.target.value })}
              />
            </Field>
          </div>
        )}
      </div>
      <WindowChoice
        legend={t('window.title')}
        value={range}
        onChange={setRange}
        error={rangeFault}
      />
      <Field label={t('never.title')} hint={t('never.atOnce')} error={faults.never_synced}>
        <Input
          value={never}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          data-fault="never_synced"
          onChange={(event) => setNever(event.target.value)}
        />
      </Field>
      <section className="consent">
        <h2 className="minor">{t('consent.title')}</h2>
        <ul>
          <li>{t('consent.read')}</li>
          <li>{t('consent.keep')}</li>
          <li>{t('consent.write')}</li>
          <li>{t('consent.see')}</li>
          <li>{t('consent.stop')}</li>
        </ul>
        <Checkbox
          checked={agreed}
          aria-invalid={consentFault || undefined}
          aria-describedby={consentFault ? 'consent-fault' : undefined}
          onChange={(event) => {
            setAgreed(event.target.checked);
            setConsentFault(false);
          }}
        >
          <strong>{t('consent.agree')}</strong>
        </Checkbox>
        {consentFault && (
          <p className="field-error" id="consent-fault">
            {t('consent.missing')}
          </p>
        )}
      </section>
      {connect.isError && <ProbeFailure error={connect.error} />}
      {connect.isPending && (
        <div className="probe trying" role="status">
          <p className="row">
            <LoaderCircle size={16} className="spin" aria-hidden />
            {t('probe.trying', { imap: servers.imap.host, smtp: servers.smtp.host })}
          </p>
        </div>
      )}
      <div className="row wrap">
        <Button look="primary" type="submit" busy={connect.isPending}>
          {t('email.connect')}
        </Button>
        <Button onClick={onBack}>{t('provider.back')}</Button>
        <span className="small quiet">{t('email.triedFirst')}</span>
      </div>
    </form>
  );
}

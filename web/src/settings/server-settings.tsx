import { useMutation, useQueryClient } from '@tanstack/react-query';
import { LoaderCircle } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, unwrap } from '../api/client';
import { failureWords } from '../api/problem';
import { keys, type Mailbox } from '../api/queries';
import { Button } from '../ui/button';
import { Checkbox, Field, Input, showFaults } from '../ui/field';
import { notify } from '../ui/notice';
import { type Fault, type ServerFields as Fields, faultOf, serverOf, validPort } from './account';
import { ProbeFailure, probeOf } from './probe-failure';
import { ServerFields } from './server-fields';

export function ServerSettings({ mailbox }: { mailbox: Mailbox }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(
    mailbox.state === 'needs_sign_in' || mailbox.send_error === 'smtp.login-refused',
  );
  if (editing) return <Edit mailbox={mailbox} onDone={() => setEditing(false)} />;
  return (
    <>
      <dl className="facts">
        {(['imap', 'smtp'] as const).map((server) => (
          <div key={server}>
            <dt>{t(`server.${server}`)}</dt>
            <dd>
              {mailbox[server].host}:{mailbox[server].port} ·{' '}
              {t(`security.${mailbox[server].security}`)} · {mailbox[server].user}
            </dd>
          </div>
        ))}
      </dl>
      <div>
        <Button onClick={() => setEditing(true)}>{t('mailbox.change')}</Button>
      </div>
    </>
  );
}

const fieldsOf = (server: Mailbox['imap']): Fields => ({
  host: server.host,
  port: String(server.port),
  security: server.security,
  ownPort: true,
});

function Edit({ mailbox, onDone }: { mailbox: Mailbox; onDone: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [imap, setImap] = useState(fieldsOf(mailbox.imap));
  const [smtp, setSmtp] = useState(fieldsOf(mailbox.smtp));
  const [user, setUser] = useState(mailbox.imap.user);
  const [password, setPassword] = useState('');
  const [ownSmtp, setOwnSmtp] = useState(mailbox.smtp.user !== mailbox.imap.user);
  const [smtpUser, setSmtpUser] = useState(mailbox.smtp.user);
  const [smtpPassword, setSmtpPassword] = useState('');
  const [faults, setFaults] = useState<Partial<Record<Fault, string>>>({});
  const form = useRef<HTMLFormElement>(null);
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        client.PATCH('/mailboxes/{id}', {
          params: { path: { id: mailbox.id } },
          body: {
            imap: { ...serverOf(imap), user: user.trim(), ...(password ? { password } : {}) },
            smtp: ownSmtp
              ? {
                  ...serverOf(smtp),
                  user: smtpUser.trim(),
                  ...(smtpPassword ? { password: smtpPassword } : {}),
                }
              : { ...serverOf(smtp), user: user.trim(), ...(password ? { password } : {}) },
            ...(mailbox.state === 'needs_sign_in' ? { state: 'active' as const } : {}),
          },
        }),
      ),
    onSuccess: (changed) => {
      queries.setQueryData(keys.mailbox(mailbox.id), changed);
      void queries.invalidateQueries({ queryKey: keys.mailboxes });
      notify(t('saved'));
      onDone();
    },
    onError: (error) => {
      const probe = probeOf(error);
      const found: Partial<Record<Fault, string>> = {};
      for (const server of ['imap', 'smtp'] as const) {
        const failure = probe?.[server];
        if (failure) found[faultOf(server, failure.code, ownSmtp)] = failureWords(failure).title;
      }
      showFaults(form.current, () => setFaults(found));
    },
  });
  return (
    <form
      ref={form}
      className="stack loose"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (save.isPending) return;
        const found: Partial<Record<Fault, string>> = {};
        const required = t('field.required');
        for (const [server, fields] of [
          ['imap', imap],
          ['smtp', smtp],
        ] as const) {
          if (!fields.host.trim()) found[`${server}.host`] = required;
          if (!validPort(fields.port)) found[`${server}.port`] = t('server.badPort');
        }
        // A secret is bound to its server: another server needs it again.
        const moved = (before: Mailbox['imap'], now: Fields) =>
          before.host !== now.host.trim() || String(before.port) !== now.port;
        if (!password && (moved(mailbox.imap, imap) || mailbox.state === 'needs_sign_in')) {
          found.password = t('server.passwordAgain');
        }
        if (moved(mailbox.smtp, smtp)) {
          if (ownSmtp && !smtpPassword) found['smtp.password'] = t('server.passwordAgain');
          if (!ownSmtp && !password) found.password = t('server.passwordAgain');
        }
        save.reset(); // what was said of the try before
        showFaults(form.current, () => setFaults(found));
        if (Object.keys(found).length === 0) save.mutate();
      }}
    >
      <div className="two">
        <Field label={t('server.user')} error={faults.user}>
          <Input
            value={user}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setUser(event.target.value)}
          />
        </Field>
        <Field label={t('server.password')} hint={t('server.passwordKept')} error={faults.password}>
          <Input
            type="password"
            autoComplete="off"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
      </div>
      <ServerFields server="imap" value={imap} onChange={setImap} faults={faults} />
      <div className="stack">
        <ServerFields server="smtp" value={smtp} onChange={setSmtp} faults={faults} />
        <Checkbox checked={ownSmtp} onChange={(event) => setOwnSmtp(event.target.checked)}>
          {t('server.ownSmtp')}
        </Checkbox>
        {ownSmtp && (
          <div className="two">
            <Field label={t('server.smtpUser')} error={faults['smtp.user']}>
              <Input
                value={smtpUser}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                onChange={(event) => setSmtpUser(event.target.value)}
              />
            </Field>
            <Field
              label={t('server.smtpPassword')}
              hint={t('server.passwordKept')}
              error={faults['smtp.password']}
            >
              <Input
                type="password"
                autoComplete="off"
                value={smtpPassword}
                onChange={(event) => setSmtpPassword(event.target.value)}
              />
            </Field>
          </div>
        )}
      </div>
      {save.isError && <ProbeFailure error={save.error} />}
      {save.isPending && (
        <p className="row probe trying" role="status">
          <LoaderCircle size={16} className="spin" aria-hidden />
          {t('probe.trying', { imap: imap.host, smtp: smtp.host })}
        </p>
      )}
      <div className="row wrap">
        <Button look="primary" type="submit" busy={save.isPending}>
          {t('mailbox.tryAndSave')}
        </Button>
        <Button onClick={onDone}>{t('cancel')}</Button>
      </div>
    </form>
  );
}

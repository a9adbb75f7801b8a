import { useTranslation } from 'react-i18next';
import { Field, Input, Select } from '../ui/field';
import {
  type Fault,
  type ServerFields as Fields,
  type Security,
  withPort,
  withSecurity,
} from './account';

const SECURITIES = ['tls', 'starttls', 'none'] as const;

export function ServerFields({
  server,
  value,
  onChange,
  faults,
}: {
  server: 'imap' | 'smtp';
  value: Fields;
  onChange: (value: Fields) => void;
  faults: Partial<Record<Fault, string>>;
}) {
  const { t } = useTranslation();
  return (
    <fieldset className="server">
      <legend className="legend">{t(`server.${server}`)}</legend>
      <div className="server-fields">
        <Field label={t('server.host')} error={faults[`${server}.host`]}>
          <Input
            value={value.host}
            placeholder={server === 'imap' ? 'imap.example.com' : 'smtp.example.com'}
            inputMode="url"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={253}
            data-fault={`${server}.host`}
            onChange={(event) => onChange({ ...value, host: event.target.value })}
          />
        </Field>
        <Field label={t('server.security')} error={faults[`${server}.security`]}>
          <Select
            value={value.security}
            options={SECURITIES.map((one) => ({ value: one, label: t(`security.${one}`) }))}
            data-fault={`${server}.security`}
            onChange={(event) =>
              onChange(withSecurity(server, value, event.target.value as Security))
            }
          />
        </Field>
        <Field label={t('server.port')} error={faults[`${server}.port`]}>
          <Input
            value={value.port}
            inputMode="numeric"
            autoComplete="off"
            data-fault={`${server}.port`}
            onChange={(event) => onChange(withPort(server, value, event.target.value))}
          />
        </Field>
      </div>
      {value.security === 'none' && <p className="field-hint">{t('security.noneHint')}</p>}
    </fieldset>
  );
}

import { useTranslation } from 'react-i18next';
import { Field, Input, Radio } from '../ui/field';

const WINDOWS = ['14days', '30days', 'year', 'all', 'date'] as const;
type WindowKind = (typeof WINDOWS)[number];
export type WindowValue = { kind: WindowKind; date: string };

const DAY = 86_400_000;

// The first instant of what is imported; null: everything; undefined: no date chosen yet.
export function sinceOf(value: WindowValue, now = Date.now()): string | null | undefined {
  const back = (days: number) => new Date(now - days * DAY).toISOString();
  switch (value.kind) {
    case '14days':
      return back(14);
    case '30days':
      return back(30);
    case 'year':
      return back(365);
    case 'all':
      return null;
    case 'date': {
      const day = new Date(`${value.date}T00:00:00`);
      return Number.isNaN(day.getTime()) ? undefined : day.toISOString();
    }
  }
}

export function WindowChoice({
  value,
  onChange,
  legend,
  error,
}: {
  value: WindowValue;
  onChange: (value: WindowValue) => void;
  legend: string;
  error?: string | undefined;
}) {
  const { t } = useTranslation();
  return (
    <fieldset>
      <legend className="legend">{legend}</legend>
      {WINDOWS.map((kind) => (
        <Radio
          key={kind}
          name="window"
          checked={value.kind === kind}
          onChange={() => onChange({ ...value, kind })}
        >
          {t(`window.${kind}`)}
        </Radio>
      ))}
      {value.kind === 'date' && (
        <div className="window-date">
          <Field label={t('window.since')} error={error}>
            <Input
              type="date"
              value={value.date}
              max={new Date().toISOString().slice(0, 10)}
              onChange={(event) => onChange({ ...value, date: event.target.value })}
            />
          </Field>
        </div>
      )}
    </fieldset>
  );
}

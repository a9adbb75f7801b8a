import { CircleAlert, X } from 'lucide-react';
import { Fragment, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePerson } from '../ui/person';
import { addRecipients, isAddress, isFinished, parseRecipients, type Recipient } from './addresses';

// An address has places where it can be broken and still be read.
const broken = (text: string) =>
  text.split(/(?<=[.])|(?=@)/).map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));

export function Recipients({
  label,
  value,
  onChange,
  autoFocus,
  error,
}: {
  label: string;
  value: Recipient[];
  onChange: (value: Recipient[]) => void;
  autoFocus?: boolean;
  error?: string | undefined;
}) {
  const { t } = useTranslation();
  const person = usePerson();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const take = (typed: string) => {
    const found = parseRecipients(typed);
    if (found.length > 0) onChange(addRecipients(value, found));
    setText('');
  };
  const remove = (address: string) => {
    onChange(value.filter((one) => one.address !== address));
    input.current?.focus();
  };
  return (
    <div className="compose-line">
      <label htmlFor={id}>{label}</label>
      <div className="chips">
        {value.map((one) => {
          const bad = !isAddress(one.address);
          const { first, second, named, pretends, whole } = person(one.name, [one.address]);
          const address = (
            <bdi className={`chip-address${named ? ' quiet' : ''}`}>
              {broken(named ? second : first)}
            </bdi>
          );
          return (
            <span key={one.address} className={`chip${bad ? ' bad' : ''}`} title={whole}>
              {bad && <CircleAlert size={12} aria-label={t('compose.badAddress')} />}
              <span className="chip-who">
                {named && <bdi className="truncate">{first}</bdi>}
                {address}
                {!named && second && (
                  <bdi className={`chip-claim ${pretends ? 'sender-pretends' : 'quiet'}`}>
                    {broken(second)}
                  </bdi>
                )}
              </span>
              <button
                type="button"
                aria-label={t('compose.remove', { what: one.address })}
                onClick={() => remove(one.address)}
              >
                <X size={12} aria-hidden />
              </button>
            </span>
          );
        })}
        <input
          ref={input}
          id={id}
          className={`chip-input${text ? ' filled' : ''}`}
          autoFocus={autoFocus}
          autoComplete="off"
          spellCheck={false}
          value={text}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          onChange={(event) => {
            const typed = event.target.value;
            // A finished address: what follows the comma stays in the field.
            if (isFinished(typed)) take(typed);
            else setText(typed);
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData('text');
            if (!/[@]/.test(pasted)) return;
            event.preventDefault();
            take(`${text} ${pasted}`);
          }}
          onBlur={() => take(text)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
              event.preventDefault();
              take(text);
            } else if ((event.key === 'Enter' || event.key === 'Tab') && text) {
              take(text);
            } else if (event.key === 'Backspace' && text === '' && value.length > 0) {
              onChange(value.slice(0, -1));
            }
          }}
        />
      </div>
      {error && (
        <p className="field-error compose-error" id={`${id}-error`}>
          <CircleAlert size={14} aria-hidden />
          {error}
        </p>
      )}
    </div>
  );
}

import { CircleAlert, X } from 'lucide-react';
import { Fragment, type KeyboardEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isComposed } from '../ui/composed';
import { usePerson } from '../ui/person';
import {
  addRecipients,
  addressKey,
  isAddress,
  isFinished,
  parseRecipients,
  type Recipient,
} from './addresses';
import { isAlone, useOffered } from './offered';

// An address has places where it can be broken and still be read.
const broken = (text: string) =>
  text.split(/(?<=[.])|(?=@)/).map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));

// In place of what is selected. What stands around it are others, unless it is the rest of one that was begun.
export function pastedInto(
  text: string,
  pasted: string,
  from: number | null,
  to: number | null,
): string {
  const before = text.slice(0, from ?? text.length);
  const after = text.slice(to ?? text.length);
  const apart = pasted.trimStart().startsWith('@') ? '' : ' ';
  return `${before}${apart}${pasted.trim()} ${after}`;
}

export function Recipients({
  label,
  value,
  known,
  onChange,
  autoFocus,
  error,
}: {
  label: string;
  value: Recipient[];
  known: readonly Recipient[]; // offered beside colleagues
  onChange: (value: Recipient[]) => void;
  autoFocus?: boolean;
  error?: string | undefined;
}) {
  const { t } = useTranslation();
  const person = usePerson();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [focused, setFocused] = useState(false);
  const [shut, setShut] = useState(''); // for this text no more is offered
  const [moved, setMoved] = useState<string>(); // to whom, whatever the list becomes meanwhile
  const { offered, settled } = useOffered(focused ? text : '', known, value);
  const open = offered.length > 0 && shut !== text;
  const at = offered.findIndex((one) => addressKey(one.address) === moved);
  const chosen = !open ? -1 : at < 0 && settled && isAlone(offered, text) ? 0 : at;
  const type = (typed: string) => {
    setText(typed);
    setMoved(undefined);
  };
  const take = (typed: string) => {
    const found = parseRecipients(typed);
    if (found.length > 0) onChange(addRecipients(value, found));
    type('');
  };
  const choose = (one: Recipient) => {
    onChange(addRecipients(value, [one]));
    type('');
  };
  const remove = (address: string) => {
    onChange(value.filter((one) => one.address !== address));
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposed(event.nativeEvent)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const sends = event.ctrlKey || event.metaKey;
    if (open && step) {
      event.preventDefault();
      const next = chosen < 0 && step < 0 ? -1 : chosen + step;
      setMoved(addressKey(offered.at(next % offered.length)!.address));
    } else if (open && event.key === 'Escape') {
      event.stopPropagation(); // which would close what is written
      setShut(text);
    } else if ((event.key === 'Enter' && !sends) || (event.key === 'Tab' && text)) {
      if (event.key === 'Enter') event.preventDefault();
      const one = event.shiftKey ? undefined : offered[chosen];
      if (one) choose(one);
      else take(text);
    } else if (event.key === 'Enter' && text) {
      take(text);
    } else if (event.key === 'Backspace' && text === '' && value.length > 0) {
      onChange(value.slice(0, -1));
    }
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
          role="combobox"
          aria-expanded={open}
          aria-controls={`${id}-offer`}
          aria-autocomplete="list"
          aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
          autoFocus={autoFocus}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={text}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          onChange={(event) => {
            const typed = event.target.value;
            // A finished address: what follows the comma stays in the field.
            if (isFinished(typed)) take(typed);
            else type(typed);
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData('text');
            if (!/[@]/.test(pasted)) return;
            event.preventDefault();
            const { selectionStart, selectionEnd } = event.currentTarget;
            take(pastedInto(text, pasted, selectionStart, selectionEnd));
          }}
          onFocus={() => setFocused(true)}
          onBlur={() => {
            setFocused(false);
            take(text);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        className="chip-offer"
        role="listbox"
        id={`${id}-offer`}
        aria-label={t('compose.offer')}
        hidden={!open}
      >
        {open &&
          offered.map((one, at) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
            // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus
            <div
              key={one.address}
              role="option"
              id={`${id}-${at}`}
              aria-selected={at === chosen}
              className="chip-offered"
              onMouseDown={(event) => event.preventDefault()} // the focus stays in the field
              onClick={() => choose(one)}
            >
              <Offered {...person(one.name, [one.address])} />
            </div>
          ))}
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

// As the chip that it becomes: nobody hides behind a name here, either (U4).
function Offered({ first, second, pretends }: ReturnType<ReturnType<typeof usePerson>>) {
  return (
    <>
      <bdi className="truncate">{first}</bdi>
      {second && (
        <bdi className={`truncate ${pretends ? 'sender-pretends' : 'quiet'}`}>{second}</bdi>
      )}
    </>
  );
}

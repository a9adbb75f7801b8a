// The box: a line of text with filters, completed as one types (combobox with a list).
import { LoaderCircle, Search, X } from 'lucide-react';
import {
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../ui/button';
import { isComposed } from '../ui/composed';
import { type Option, useOffer } from './completions';
import { completed, placeAt } from './query';
import { MOST_ASKED } from './way';

export function Box({
  box,
  text,
  busy,
  onText,
  onEnter,
  onDown,
}: {
  box: RefObject<HTMLInputElement | null>;
  text: string;
  busy: boolean; // an answer is on its way
  onText: (text: string, composed: boolean) => void; // by an input method that hasn't ended
  onEnter: () => void;
  onDown: () => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [caret, setCaret] = useState(0);
  const [focused, setFocused] = useState(false);
  const [shut, setShut] = useState(''); // for this text no more is offered
  const [at, setAt] = useState(-1);
  const [composed, setComposed] = useState(false);
  const place = placeAt(text, caret);
  const { options, sure } = useOffer(focused ? place : undefined, composed);
  const open = focused && options.length > 0 && shut !== text;
  const chosen = open ? Math.min(sure ? Math.max(at, 0) : at, options.length - 1) : -1;

  // Where the caret goes after what was written for the reader.
  const next = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (next.current === undefined || box.current?.value !== text) return;
    box.current.setSelectionRange(next.current, next.current);
    next.current = undefined;
  }, [text, box]);
  useEffect(() => {
    list.current?.querySelector(`[data-at="${chosen}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const take = (option: Option | undefined) => {
    if (!option || !place) return;
    const done = completed(text, place, option.value);
    if (done.text.length > MOST_ASKED) return;
    next.current = done.caret;
    setCaret(done.caret);
    setAt(-1);
    onText(done.text, false);
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposed(event.nativeEvent) || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step) {
      // From none of them, and to none again: then Enter means what was typed.
      const count = options.length + (sure ? 0 : 1);
      const now = sure ? chosen : chosen + 1;
      setAt(((now + step + count) % count) - (sure ? 0 : 1));
    } else if (open && event.key === 'Escape') {
      event.stopPropagation();
      setShut(text);
    } else if (open && event.key === 'Tab' && !event.shiftKey) take(options[Math.max(chosen, 0)]);
    else if (event.key === 'Enter') {
      if (chosen >= 0) take(options[chosen]);
      else {
        setShut(text);
        onEnter();
      }
    } else if (event.key === 'ArrowDown') onDown();
    else return;
    event.preventDefault();
  };

  return (
    <search className="search-box">
      {busy ? (
        <LoaderCircle className="spin search-busy" size={16} aria-hidden />
      ) : (
        <Search size={16} aria-hidden />
      )}
      <input
        ref={box}
        className="input"
        role="combobox"
        aria-label={t('find.label')}
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
        placeholder={t('find.placeholder')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="search"
        maxLength={MOST_ASKED}
        value={text}
        onChange={(event) => {
          setCaret(event.target.selectionStart ?? event.target.value.length);
          setAt(-1);
          const { isComposing } = event.nativeEvent as InputEvent;
          setComposed(isComposing);
          onText(event.target.value, isComposing);
        }}
        onCompositionEnd={(event) => {
          setComposed(false);
          onText(event.currentTarget.value, false);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onKeyDown={onKeyDown}
      />
      {text && (
        <IconButton
          label={t('find.clear')}
          className="sm"
          onClick={() => {
            onText('', false);
            box.current?.focus();
          }}
        >
          <X size={16} aria-hidden />
        </IconButton>
      )}
      <div
        className="search-offer"
        role="listbox"
        id={`${id}-list`}
        ref={list}
        aria-label={t('find.offer')}
        hidden={!open}
      >
        {open &&
          options.map((option, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
            // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus
            <div
              key={option.id}
              role="option"
              id={`${id}-${index}`}
              data-at={index}
              aria-selected={index === chosen}
              className="search-option"
              onMouseDown={(event) => event.preventDefault()} // the focus stays in the box
              onClick={() => take(option)}
            >
              <span className="search-icon">{option.icon}</span>
              <bdi className="truncate search-label">{option.label}</bdi>
              {option.detail && <bdi className="truncate grow quiet">{option.detail}</bdi>}
            </div>
          ))}
      </div>
    </search>
  );
}

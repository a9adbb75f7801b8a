// Which one, of those that fit what is typed: the field keeps the focus, the arrows go through them, and Enter takes
// the one that is marked, as in the palette.
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isComposed } from './composed';
import { Field, Input } from './field';
import './picking.css';

export function Picking<T extends { id: string }>({
  label,
  text,
  onText,
  rows,
  settled = true,
  busy = false,
  onPick,
  row,
  children,
}: {
  label: string;
  text: string;
  onText: (text: string) => void;
  rows: readonly T[];
  settled?: boolean; // they are what fits the whole text; until then Enter waits
  busy?: boolean;
  onPick: (row: T) => void;
  row: (row: T) => ReactNode;
  children?: ReactNode; // what stands in the place of rows
}) {
  const { t } = useTranslation();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [picked, setPicked] = useState<string>(); // by its id: what fits more words stands elsewhere
  const [entered, setEntered] = useState(false);
  const at = rows.findIndex((one) => one.id === picked);
  const chosen = Math.max(at, 0);
  const pick = (one: T | undefined) => one && !busy && onPick(one);
  useEffect(() => {
    list.current?.querySelector(`[data-at="${chosen}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when they have come
  useEffect(() => {
    if (!entered || !settled) return;
    setEntered(false);
    pick(rows[chosen]);
  }, [entered, settled]);
  return (
    <>
      <Field label={label}>
        <Input
          autoFocus
          type="search"
          role="combobox"
          aria-expanded={rows.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={rows[chosen] ? `${id}-${chosen}` : undefined}
          autoComplete="off"
          maxLength={200}
          value={text}
          onChange={(event) => {
            onText(event.currentTarget.value);
            setPicked(undefined);
            setEntered(false);
          }}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step) {
              event.preventDefault();
              setPicked(rows.at((chosen + step) % Math.max(rows.length, 1))?.id);
            } else if (event.key === 'Enter' && !isComposed(event.nativeEvent)) {
              event.preventDefault();
              if (at < 0) setEntered(true);
              else pick(rows[at]);
            }
          }}
        />
      </Field>
      {rows.length === 0 ? (
        children
      ) : (
        <div
          className="picking"
          role="listbox"
          id={`${id}-list`}
          aria-label={t('compose.offer')}
          aria-busy={busy || undefined}
          ref={list}
        >
          {rows.map((one, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
            <div
              key={one.id}
              role="option"
              id={`${id}-${index}`}
              data-at={index}
              data-id={one.id}
              aria-selected={index === chosen}
              className="picking-row"
              onPointerMove={() => setPicked(one.id)}
              onClick={() => pick(one)}
            >
              {row(one)}
            </div>
          ))}
        </div>
      )}
    </>
  );
}

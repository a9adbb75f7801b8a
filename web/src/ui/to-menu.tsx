// A button whose menu may still have to come. It opens as the menu's own would, and stays the same one when that
// is there: whoever pressed it stands on it. Until then nothing they press is for the page; and whoever has gone on
// meanwhile is shown no menu.
import { Slot } from 'radix-ui';
import type { KeyboardEvent, PointerEvent, ReactElement, RefObject } from 'react';

const OPENING = ['Enter', ' ', 'ArrowDown'];

export function ToMenu({
  open,
  there,
  onOpen,
  onGone,
  button,
  children,
}: {
  open: boolean; // or about to be
  there: () => boolean; // whether the menu has come
  onOpen: () => void;
  onGone: () => void;
  button: RefObject<HTMLButtonElement | null>;
  children: ReactElement;
}) {
  const waits = () => open && !there();
  return (
    <Slot.Root
      ref={button}
      aria-haspopup="menu"
      aria-expanded={open}
      onPointerDown={(event: PointerEvent) => {
        if (event.button !== 0 || event.ctrlKey) return;
        event.preventDefault();
        button.current?.focus({ preventScroll: true });
        onOpen();
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Escape' && waits()) onGone();
        else if (OPENING.includes(event.key)) onOpen();
        else if (!waits() || event.key === 'Tab') return;
        event.preventDefault();
      }}
      onBlur={() => waits() && onGone()}
    >
      {children}
    </Slot.Root>
  );
}

// A button that stands for a menu which still has to come: it is opened as the menu's own would be.
import { Slot } from 'radix-ui';
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';

const OPENING = ['Enter', ' ', 'ArrowDown'];

export function ToMenu({ onOpen, children }: { onOpen: () => void; children: ReactElement }) {
  return (
    <Slot.Root
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerDown={(event: PointerEvent) => {
        if (event.button !== 0 || event.ctrlKey) return;
        event.preventDefault();
        onOpen();
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (!OPENING.includes(event.key)) return;
        event.preventDefault();
        onOpen();
      }}
    >
      {children}
    </Slot.Root>
  );
}

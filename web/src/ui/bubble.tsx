// What a tip (ui/tip.tsx) is shown in, beside what it is about.
import { Popper } from 'radix-ui/internal';
import { type ReactNode, useMemo } from 'react';
import { createPortal } from 'react-dom';

export function Bubble({
  id,
  at,
  side,
  onEnter,
  onLeave,
  children,
}: {
  id: string;
  at: HTMLElement;
  side: 'top' | 'right' | 'bottom' | 'left' | undefined;
  onEnter: () => void;
  onLeave: () => void;
  children: ReactNode;
}) {
  const anchor = useMemo(() => ({ current: at }), [at]);
  return createPortal(
    <Popper.Root>
      <Popper.Anchor virtualRef={anchor} />
      <Popper.Content
        id={id}
        role="tooltip"
        className="tip"
        side={side ?? 'top'}
        sideOffset={6}
        collisionPadding={8}
        onPointerEnter={onEnter}
        onPointerLeave={onLeave}
      >
        {children}
      </Popper.Content>
    </Popper.Root>,
    document.body,
  );
}

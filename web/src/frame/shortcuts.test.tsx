import { render } from '@testing-library/react';
import { type ReactNode, useLayoutEffect } from 'react';
import { expect, it, vi } from 'vitest';
import { listenToKeys, useShortcuts } from './shortcuts';

function Row({ onReply }: { onReply: () => void }) {
  useShortcuts({ r: onReply });
  return null;
}
// Presses when what is within stands in the document, and nothing was painted yet.
function AtOnce({ children }: { children: ReactNode }) {
  useLayoutEffect(() => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'r', bubbles: true }));
  }, []);
  return children;
}
it('knows a key as soon as what it belongs to is there', () => {
  const pressed = vi.fn();
  const end = listenToKeys();
  render(
    <AtOnce>
      <Row onReply={pressed} />
    </AtOnce>,
  );
  expect(pressed).toHaveBeenCalledOnce();
  end();
});

function Keys({ onKey }: { onKey: (key: string) => void }) {
  useShortcuts({ e: () => onKey('e'), j: () => onKey('j'), 'Mod+k': () => onKey('Mod+k') });
  return null;
}
it('M-8 takes a key that is held once, but for those that go along a list', () => {
  const pressed: string[] = [];
  const end = listenToKeys();
  render(<Keys onKey={(key) => pressed.push(key)} />);
  const press = (key: string, rest: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...rest });
    document.body.dispatchEvent(event);
    return event.defaultPrevented;
  };
  for (const key of ['e', 'j']) for (const repeat of [false, true, true]) press(key, { repeat });
  expect(pressed).toEqual(['e', 'j', 'j', 'j']);
  // Nor does the browser get it.
  expect(press('k', { ctrlKey: true, repeat: true })).toBe(true);
  expect(press('x', { ctrlKey: true, repeat: true })).toBe(false);
  expect(pressed).toHaveLength(4);
  end();
});

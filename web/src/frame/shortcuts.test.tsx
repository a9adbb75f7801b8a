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

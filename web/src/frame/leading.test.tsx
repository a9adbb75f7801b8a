import { render } from '@testing-library/react';
import { useRef } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { takeEarly } from '../composer/early';
import { arrive, lead, leadNowhere } from './leading';
import { listenToKeys, useShortcuts } from './shortcuts';

let pressed: string[];
let texts: string[];
let end: () => void;
beforeEach(() => {
  pressed = [];
  texts = [];
  end = listenToKeys();
});
afterEach(() => {
  leadNowhere();
  end();
});

const type = (keys: string) => {
  for (const key of keys) {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  }
};
function Page({ name }: { name: string }) {
  useShortcuts({
    j: () => pressed.push(`j ${name}`),
    x: () => pressed.push(`x ${name}`),
    'g s': () => pressed.push(`g s ${name}`),
    // asks for a text
    r: () => texts.push(`${name}: ${takeEarly()}`),
  });
  return null;
}

function Draft() {
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ r: () => field.current?.focus() });
  return <input ref={field} />;
}

it('what is pressed on the way is pressed where it led to', () => {
  render(<Page name="old" />);
  lead();
  type('jxgsrHi, j');
  expect([pressed, texts]).toEqual([['j old'], []]);
  render(<Page name="new" />);
  arrive();
  expect([pressed, texts]).toEqual([['j old', 'x new', 'g s new'], ['new: Hi, j']]);
  type('x');
  expect(pressed.at(-1)).toBe('x new');
});

it('a field that the key leads to takes what follows as if it were typed there', () => {
  const insert = vi.fn();
  document.execCommand = insert;
  render(<Draft />);
  lead();
  type('rjk');
  arrive();
  expect(insert).toHaveBeenCalledExactlyOnceWith('insertText', false, 'jk');
});

it('M-8 a step on the way is not where it led to', () => {
  render(<Page name="old" />);
  let further = true;
  lead(false, () => further);
  type('x');
  arrive();
  expect(pressed).toEqual([]);
  further = false;
  arrive();
  expect(pressed).toEqual(['x old']);
});

it('nothing waits for whoever takes the mouse, or where it led nowhere', () => {
  render(<Page name="old" />);
  lead();
  type('x');
  window.dispatchEvent(new Event('pointerdown'));
  type('g');
  leadNowhere();
  arrive();
  type('x');
  expect(pressed).toEqual(['x old']);
});

it('what is typed into a field on the way is the field’s', () => {
  const { container } = render(<input />);
  lead();
  const event = new KeyboardEvent('keydown', { key: 'r', bubbles: true, cancelable: true });
  container.querySelector('input')!.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(false);
});

it('M-8 a key that is held on the way is not pressed where it leads to', () => {
  render(<Page name="old" />);
  lead();
  const init = { key: 'x', bubbles: true, cancelable: true, repeat: true };
  const event = new KeyboardEvent('keydown', init);
  document.body.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
  arrive();
  expect(pressed).toEqual([]);
});

import { fireEvent } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FrameFocus } from './frame-focus';
import { holdKeys, scrolled } from './pdf-frame';

const told = { onGreedy: vi.fn(), onWheel: vi.fn() };
let focus: FrameFocus;
let hovered = false;
const element = <T extends HTMLElement>(which: string) => document.querySelector<T>(which)!;
const frame = () => element<HTMLIFrameElement>('iframe');

/** As by a script in there. */
function take(): void {
  frame().focus();
  fireEvent.blur(window);
  vi.advanceTimersByTime(1);
}
/** And lets go of it, so that nothing of the page has it. */
function drop(): void {
  frame().focus();
  fireEvent.blur(window);
  frame().blur();
  fireEvent.focus(window);
}
const focused = () => document.activeElement?.tagName;
const point = (which: string, type: string, screenX = 0, pointerType = 'mouse') =>
  fireEvent(
    element(which),
    Object.assign(new MouseEvent(type, { bubbles: true, cancelable: true, screenX }), {
      pointerType,
    }),
  );
const move = (x: number) => point('div', 'pointermove', x);
const touch = (which: string) => point(which, 'pointerdown', 0, 'touch');
const reached = () => frame().style.pointerEvents === '';

beforeEach(() => {
  vi.useFakeTimers();
  for (const one of Object.values(told)) one.mockClear();
  document.body.innerHTML =
    '<form class="composer"><textarea></textarea></form><input><a href="/one">One</a>' +
    '<section class="preview"><button></button><div class="preview-pages"><iframe></iframe></div></section>';
  hovered = false;
  frame().matches = (which) => (which === ':hover' ? hovered : which === '.preview-pages > iframe');
  element('a').focus();
  focus = new FrameFocus(frame(), told);
});
afterEach(() => {
  focus.end();
  vi.useRealTimers();
});

it('THREAT1 a frame that takes the focus gives it back to what had it', () => {
  for (const [which, name] of [
    ['textarea', 'TEXTAREA'],
    ['a', 'A'],
  ] as const) {
    element(which).focus();
    take();
    expect(focused()).toBe(name);
    expect(focus.isMeant()).toBe(false);
  }
  element('a').blur();
  vi.advanceTimersByTime(500);
  take();
  expect(focused()).toBe('BODY');
});

it('THREAT1 a frame that takes the focus and lets go of it gives it back, too', () => {
  const heard = vi.fn();
  addEventListener('keydown', heard);
  for (const [which, name] of [
    ['textarea', 'TEXTAREA'],
    ['input', 'INPUT'],
  ] as const) {
    element(which).focus();
    fireEvent.keyDown(element(which), { key: 'x' });
    drop();
    vi.advanceTimersByTime(1);
    expect(focused()).toBe(name);
    // What is pressed before that is seen is no shortcut.
    heard.mockClear();
    drop();
    expect(focused()).toBe('BODY');
    fireEvent.keyDown(document.body, { key: 'r' });
    expect(focused()).toBe(name);
    expect(heard).not.toHaveBeenCalled();
  }
  removeEventListener('keydown', heard);
  expect(told.onGreedy).not.toHaveBeenCalled();
  for (let times = 0; times < 2; times++) {
    drop();
    vi.advanceTimersByTime(1);
  }
  expect(told.onGreedy).toHaveBeenCalled();
});

it('THREAT1 where a person leaves the window, or a field, nothing is given back', () => {
  element('input').focus();
  fireEvent.blur(window);
  vi.advanceTimersByTime(500);
  expect(focused()).toBe('INPUT');
  fireEvent.focus(window);
  point('a', 'pointerdown');
  element('input').blur();
  vi.advanceTimersByTime(500);
  expect(focused()).toBe('BODY');
  // Nor to what can't have it, more than once.
  element('button').focus();
  fireEvent.blur(window);
  (element('button') as HTMLButtonElement).disabled = true;
  element('button').blur();
  vi.advanceTimersByTime(5_000);
  expect(told.onGreedy).not.toHaveBeenCalled();
});

it('THREAT1 where the browser tells nothing it is seen nevertheless', () => {
  element('textarea').focus();
  frame().focus();
  vi.advanceTimersByTime(500);
  expect(focused()).toBe('TEXTAREA');
});

it('M-9 who goes there by Tab, or is taken there by the page, stays', () => {
  fireEvent.keyDown(element('a'), { key: 'Tab' });
  take();
  expect(focus.isMeant()).toBe(true);
  element('textarea').focus();
  expect(focus.isMeant()).toBe(false);
  focus.give();
  vi.advanceTimersByTime(2_000);
  expect(focused()).toBe('IFRAME');
  expect(focus.isMeant()).toBe(true);
});

it('THREAT1 Tab that led elsewhere, in a text or long ago doesn’t count', () => {
  fireEvent.keyDown(element('a'), { key: 'Tab' });
  element('textarea').focus();
  take();
  expect(focused()).toBe('TEXTAREA');
  fireEvent.keyDown(element('textarea'), { key: 'Tab' });
  take();
  expect(focused()).toBe('TEXTAREA');
  element('a').focus();
  fireEvent.keyDown(element('a'), { key: 'Tab' });
  vi.advanceTimersByTime(1_001);
  take();
  expect(focused()).toBe('A');
});

it('THREAT1 a pointer that only rests there since the last key presses nothing', () => {
  hovered = true;
  take(); // as for each file that comes below it
  expect(focused()).toBe('A');
  move(1);
  fireEvent.keyDown(element('a'), { key: 'j' });
  expect(reached()).toBe(false);
  move(1); // what moved is something below it
  take();
  expect(focused()).toBe('A');
  fireEvent.wheel(element('div'), { deltaY: 40 });
  expect(told.onWheel).toHaveBeenCalledWith(0, 40);
  move(2);
  expect(reached()).toBe(true);
  take();
  expect(focus.isMeant()).toBe(true);
  hovered = false;
  element('a').focus();
  move(3);
  vi.advanceTimersByTime(1_001);
  take();
  expect(focused()).toBe('A');
});

it('a press counts though the browser hasn’t said yet that the pointer is over what is reached', () => {
  move(1);
  take();
  expect(focus.isMeant()).toBe(true);
  element('a').focus();
  move(2);
  point('button', 'pointermove', 3); // and away
  take();
  expect(focused()).toBe('A');
});

it('THREAT1 while somebody writes a pointer has to press, and the page sees it', () => {
  hovered = true;
  move(1);
  element('textarea').focus();
  for (const type of ['pointermove', 'pointerdown']) {
    point('div', type, 2);
    expect(reached()).toBe(false);
    take();
    expect(focused()).toBe('TEXTAREA');
  }
  expect(point('div', 'mousedown')).toBe(false); // the browser leads it nowhere else
  expect(focused()).toBe('IFRAME');
  vi.advanceTimersByTime(500);
  expect(focus.isMeant()).toBe(true);
  expect(reached()).toBe(true);
  focus.giveBack();
  move(3);
  take();
  expect(focused()).toBe('TEXTAREA');
});

it('THREAT1 a finger counts where it touches the file, until it touches something else', () => {
  touch('a');
  take();
  expect(focused()).toBe('A');
  touch('div');
  take();
  expect(focus.isMeant()).toBe(true);
  element('a').focus();
  touch('button'); // the next file is swiped at once
  expect(reached()).toBe(true);
  touch('a');
  take();
  expect(focused()).toBe('A');
  element('textarea').focus();
  touch('div');
  take();
  expect(focused()).toBe('TEXTAREA');
});

it('THREAT1 while the file is busy what holds it has the keys of who went there', () => {
  const silent = holdKeys({ current: frame() }, { current: focus });
  element('section').tabIndex = -1;
  element('textarea').focus();
  frame().focus();
  silent(true);
  expect(focused()).toBe('TEXTAREA');
  silent(false);
  expect(focused()).toBe('TEXTAREA');
  focus.give();
  silent(true);
  expect(focused()).toBe('SECTION');
  silent(false);
  expect(focused()).toBe('IFRAME');
});

it.each([
  ['ArrowDown', false, 40],
  ['ArrowUp', false, -40],
  ['PageDown', false, 450],
  ['PageUp', false, -450],
  [' ', false, 450],
  [' ', true, -450],
  ['End', false, 10_000_000],
  ['Home', false, -10_000_000],
  ['ArrowRight', false, undefined], // the next file
  ['constructor', false, undefined],
])('M-9 %j pressed on what holds the file scrolls it', (key, shiftKey, by) => {
  expect(scrolled(new KeyboardEvent('keydown', { key, shiftKey }), 500)).toBe(by);
});

it('THREAT1 two files don’t give it to each other', () => {
  document.body.insertAdjacentHTML('beforeend', '<p class="preview-pages"><iframe></iframe></p>');
  const over = element<HTMLIFrameElement>('p > iframe');
  const greedy = vi.fn();
  const other = new FrameFocus(over, { ...told, onGreedy: greedy });
  element('textarea').focus();
  other.give();
  vi.advanceTimersByTime(500);
  expect(document.activeElement).toBe(over);
  take();
  vi.advanceTimersByTime(5_000);
  expect(focused()).toBe('TEXTAREA');
  expect(greedy).not.toHaveBeenCalled();
  expect(told.onGreedy).not.toHaveBeenCalled();
  other.end();
});

it('THREAT1 it is told who takes it again and again', () => {
  for (let times = 0; times < 5; times++) take();
  vi.advanceTimersByTime(2_001);
  take();
  expect(told.onGreedy).not.toHaveBeenCalled();
  for (let times = 0; times < 5; times++) take();
  expect(told.onGreedy).toHaveBeenCalled();
});

it('THREAT1 it is told who takes it often, however slowly', () => {
  for (let times = 0; times < 20; times++) {
    take();
    vi.advanceTimersByTime(10_000);
  }
  expect(told.onGreedy).not.toHaveBeenCalled();
  take();
  expect(told.onGreedy).toHaveBeenCalled();
});

it('THREAT1 what is written has the focus again when the frame goes', () => {
  element('textarea').focus();
  focus.give();
  expect(focus.wasWriting()).toBe(true);
  focus.end();
  expect(focused()).toBe('TEXTAREA');
});

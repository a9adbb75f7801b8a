import { fireEvent } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FrameFocus } from './frame-focus';

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
const focused = () => document.activeElement?.tagName;
const move = (x: number) =>
  fireEvent(
    element('div'),
    Object.assign(new MouseEvent('pointermove', { bubbles: true, screenX: x })),
  );

beforeEach(() => {
  vi.useFakeTimers();
  for (const one of Object.values(told)) one.mockClear();
  document.body.innerHTML =
    '<form class="composer"><textarea></textarea></form><a href="/one">One</a><div><iframe></iframe></div>';
  hovered = false;
  frame().matches = (which) => which === ':hover' && hovered;
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
  move(1);
  element('textarea').focus();
  fireEvent.keyDown(element('textarea'), { key: 'x' });
  expect(frame().style.pointerEvents).toBe('none');
  move(1); // what moved is something below it
  take();
  expect(focused()).toBe('TEXTAREA');
  fireEvent.wheel(element('div'), { deltaY: 40 });
  expect(told.onWheel).toHaveBeenCalledWith(0, 40);
  move(2);
  expect(frame().style.pointerEvents).toBe('');
  take();
  expect(focus.isMeant()).toBe(true);
  hovered = false;
  element('textarea').focus();
  move(3);
  take();
  expect(focused()).toBe('TEXTAREA');
});

it('THREAT1 it is told who takes it again and again', () => {
  for (let times = 0; times < 5; times++) take();
  vi.advanceTimersByTime(2_001);
  take();
  expect(told.onGreedy).not.toHaveBeenCalled();
  for (let times = 0; times < 5; times++) take();
  expect(told.onGreedy).toHaveBeenCalled();
});

it('THREAT1 what is written has the focus again when the frame goes', () => {
  element('textarea').focus();
  focus.give();
  expect(focus.wasWriting()).toBe(true);
  focus.end();
  expect(focused()).toBe('TEXTAREA');
});

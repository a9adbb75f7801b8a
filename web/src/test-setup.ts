import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach } from 'vitest';
import { startLanguage } from './i18n';

await startLanguage('en');

// Of what is waited for, as the test's own: a deadline, no pace.
configure({ asyncUtilTimeout: 10_000 });

// What jsdom lacks.
window.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  addEventListener() {},
  removeEventListener() {},
})) as never;
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
} as never;
Element.prototype.scrollIntoView ??= () => {};
Range.prototype.getClientRects ??= () => [] as never;
Range.prototype.getBoundingClientRect ??= () => new DOMRect();

beforeEach(() => localStorage.clear());
afterEach(cleanup);

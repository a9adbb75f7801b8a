import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach } from 'vitest';
import { startLanguage } from './i18n';

await startLanguage('en');

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

beforeEach(() => localStorage.clear());
afterEach(cleanup);

import { renderHook } from '@testing-library/react';
import { expect, test } from 'vitest';
import { useTitle } from './hooks';

// A tab's title has no frame of its own: what turns the direction around there turns our name as well.
test.each([
  ['Anna Koch', 'Anna Koch · Hearback'],
  ['Anna \u202ehcoK', 'Anna hcoK · Hearback'],
  ['\u2067Anna\u200e\u200f\u061c\u200b\ufeff\u00ad\u2060', 'Anna · Hearback'],
  ['Anna\u2028Koch\u0007', 'Anna Koch · Hearback'],
  ['می\u200cخواهم 👩\u200d💻', 'می\u200cخواهم 👩\u200d💻 · Hearback'],
  ['\u202e', 'Hearback'],
  [undefined, 'Hearback'],
])('the title for %j', (given, shown) => {
  renderHook(() => useTitle(given));
  expect(document.title).toBe(shown);
});

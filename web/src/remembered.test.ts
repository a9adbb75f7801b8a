import { expect, it, vi } from 'vitest';
import { chooseTheme, currentTheme } from './frame/hooks';
import { wearPanes } from './frame/panes';
import { i18n, preferredLanguage, switchLanguage } from './i18n';
import { remember, remembered } from './remembered';

it('what a browser remembers', () => {
  remember('one', 'a');
  expect(remembered('one')).toBe('a');
  remember('one', undefined);
  expect(remembered('one')).toBeNull();
});

it('a choice holds where the storage is forbidden, until the page is left', async () => {
  const forbidden = () => {
    throw new DOMException('forbidden', 'SecurityError');
  };
  for (const name of ['getItem', 'setItem', 'removeItem'] as const)
    vi.spyOn(Storage.prototype, name).mockImplementation(forbidden);
  expect(preferredLanguage()).toBe('en');
  await switchLanguage('de');
  expect(i18n.language).toBe('de');
  await switchLanguage('en');
  wearPanes();
  chooseTheme('dark');
  expect(currentTheme()).toBe('dark');
  chooseTheme('system');
  vi.restoreAllMocks();
});

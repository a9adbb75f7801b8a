import { expect, it } from 'vitest';
import { addPart, i18n, switchLanguage } from './index';

it('a language some of whose words don’t come isn’t taken for known', async () => {
  let gone = true;
  const words = (title: string) => async () => ({ default: { ofThePart: title } });
  await addPart({
    en: words('There'),
    fr: words('Là'),
    de: async () => {
      if (gone) throw new Error('404');
      return { default: { ofThePart: 'Da' } };
    },
  });
  await expect(switchLanguage('de')).rejects.toThrow('404');
  expect(i18n.language).toBe('en');
  gone = false;
  await switchLanguage('de');
  expect(i18n.getResource('de', 'translation', 'ofThePart')).toBe('Da');
  expect(i18n.t('cancel')).toBe('Abbrechen');
});

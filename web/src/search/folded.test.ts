import { expect, it } from 'vitest';
import { folded } from './folded';

// As the server has it (mail/terms_test.cpp).
it.each([
  ['Zoë Müller-Straße', 'zoe muller-strasse'],
  ['Zoe\u0308', 'zoe'],
  ['Łódź ŒUVRE ĳ', 'lodz oeuvre ij'],
  ['Ｆｕｌｌ　ｗｉｄｔｈ', 'full width'],
  ['ПРИВЕТ Ёлка', 'привет елка'],
  ['inter\u00adview', 'interview'],
  ['GROẞ', 'gross'],
  ['Mueller', 'mueller'],
])('M-6 %s is looked for as %s', (text, wanted) => {
  expect(folded(text)).toBe(wanted);
});

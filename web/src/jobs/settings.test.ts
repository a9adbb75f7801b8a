import { expect, it } from 'vitest';
import { faultOf } from './settings';

const draft = (key: string, name: string) => ({ key, name });

it('O-5 a name is needed, and is one’s own, whatever its case and the spaces around it', () => {
  const list = [
    draft('a', 'Interview'),
    draft('b', ' interview '),
    draft('c', '  '),
    draft('d', 'Offer'),
  ];
  expect(list.map((one) => faultOf(list, one))).toEqual(['twice', 'twice', 'empty', undefined]);
});

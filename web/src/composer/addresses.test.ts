import { describe, expect, it } from 'vitest';
import { addRecipients, isAddress, isFinished, parseRecipients, short } from './addresses';

describe('recipients', () => {
  it.each([
    ['ann@x.example', [['', 'ann@x.example']]],
    ['Ann Lee <ann@x.example>', [['Ann Lee', 'ann@x.example']]],
    [
      '"Lee, Ann" <ann@x.example>; bob@y.example',
      [
        ['Lee, Ann', 'ann@x.example'],
        ['', 'bob@y.example'],
      ],
    ],
    [
      'ann@x.example bob@y.example',
      [
        ['', 'ann@x.example'],
        ['', 'bob@y.example'],
      ],
    ],
    ['mailto:ann@x.example', [['', 'ann@x.example']]],
    [
      'a@x.example,\nb@y.example,,',
      [
        ['', 'a@x.example'],
        ['', 'b@y.example'],
      ],
    ],
    ['"A \\"B\\" C" <abc@x.example>', [['A "B" C', 'abc@x.example']]],
    ['nonsense', [['', 'nonsense']]],
    // As it is copied from a list of contacts.
    ['\u202aann@x.example\u202c', [['', 'ann@x.example']]],
    ['Ann\u200b <ann@\u200bx.example>', [['Ann', 'ann@x.example']]],
    ['  ', []],
  ])('reads %s', (text, wanted) => {
    expect(parseRecipients(text)).toEqual(wanted.map(([name, address]) => ({ name, address })));
  });

  it.each([
    'ann@x.example',
    'ann+job@x.co',
    'jürgen@müller.example',
    "o'neil@x.example",
    'a.b.c@x-y.example',
  ])('takes %s', (text) => expect(isAddress(text)).toBe(true));
  it.each([
    'ann',
    'ann@',
    '@x.example',
    'ann@x',
    'a b@x.example',
    'ann@x..example',
    'ann@-x.example',
    'a@x.example\r\nBcc: b@y.example',
    'a..b@x.example',
    '.a@x.example',
    'a\u200b@x.example',
    'a@x.example\u202e',
  ])('W-7 refuses %j', (text) => expect(isAddress(text)).toBe(false));

  it.each([
    ['ann@x.example,', true],
    ['ann@x.example; ', true],
    ['"Lee, Ann" <ann@x.example>,', true],
    ['"Lee,', false],
    ['"a \\" b,', false],
    ['Ann <ann@x.example,', false],
    ['ann', false],
  ])('knows whether %j is one more', (text, yes) => expect(isFinished(text)).toBe(yes));

  it('U4 names what was typed, but not all of it where it is long', () => {
    expect(short('ann@x')).toBe('ann@x');
    expect(short(`${'😀'.repeat(3000)}@x.example`)).toMatch(/^(?:😀){40}…😀+@x\.example$/u);
  });

  it('adds nobody twice', () => {
    const list = [{ name: 'Ann', address: 'ann@x.example' }];
    expect(addRecipients(list, [{ name: '', address: 'ANN@x.example' }])).toEqual(list);
  });
});

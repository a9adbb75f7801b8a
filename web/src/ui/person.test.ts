import { describe, expect, it } from 'vitest';
import { shownAs } from './person';

describe('U4 THREAT1 names that say another address', () => {
  it.each([
    ['ada@lindenhof.example', 'x@evil.example', true],
    ['Ada (ada@lindenhof.example)', 'x@evil.example', true],
    ['ada＠lindenhof.example', 'x@evil.example', true],
    ['ada\u200b@lindenhof.example', 'x@evil.example', true],
    ['Ada <ada@lindenhof.example>', 'x@evil.example', true],
    ['x@evil.example, that is ada@lindenhof.example', 'x@evil.example', true],
    ['Ada@Lindenhof.example', 'ada@lindenhof.example', false],
    ['Ada (ada@lindenhof.example).', 'ada@lindenhof.example', false],
    ['Ada', 'x@evil.example', false],
    ['Ada @ Lindenhof', 'x@evil.example', false],
  ])('%j from %s', (name, address, expected) =>
    expect(shownAs(name, [address]).pretends).toBe(expected),
  );
});

describe('U4 what of a person is shown, and what first', () => {
  it.each([
    ['Ada', ['ada@x.example'], 'Ada', 'ada@x.example'],
    ['', ['ada@x.example'], 'ada@x.example', ''],
    ['ADA@x.example', ['ada@x.example'], 'ada@x.example', ''],
    // not seen
    [' \u200b\u2066\u3164 ', ['ada@x.example'], 'ada@x.example', ''],
    ['\u202eA\u00add\u200ea\u0001', ['ada@x.example'], 'Ada', 'ada@x.example'],
    ['Ada\u2028\u0085 Lovelace', ['ada@x.example'], 'Ada Lovelace', 'ada@x.example'],
    ['\u202e\u200d\u2800', ['ada@x.example'], 'ada@x.example', ''],
    ['A\u200dda', ['ada@x.example'], 'Ada', 'ada@x.example'],
    // nor is this, but what stands around it is written with it
    ['نیک\u200cخواه', ['n@x.example'], 'نیک\u200cخواه', 'n@x.example'],
    ['Ada 👩\u200d💻', ['ada@x.example'], 'Ada 👩\u200d💻', 'ada@x.example'],
    // may be taken for an address, though it says none
    ['ada @lindenhof.example', ['x@evil.example'], 'x@evil.example', 'ada @lindenhof.example'],
    ['Ada @ Home', ['ada@x.example'], 'ada@x.example', 'Ada @ Home'],
    // one of several of theirs
    ['Ada (b@x.example)', ['a@x.example', 'B@x.example'], 'B@x.example', 'Ada (b@x.example)'],
    ['c@x.example', ['a@x.example', 'b@x.example'], 'a@x.example', 'c@x.example'],
    // nothing to show beside it
    ['ada@x.example', [], 'ada@x.example', ''],
    // an address with something in it that isn't seen is another one
    ['', ['ada\u200b@x.example'], 'ada\ufffd@x.example', ''],
  ])('%j of %j', (name, addresses, first, second) =>
    expect(shownAs(name, addresses)).toMatchObject({ first, second }),
  );
});

import { describe, expect, it } from 'vitest';
import { refusedLines, textOf } from './refused';
import type { Line } from './send';

const line = (number: number, outcome: Line['outcome']): Line => ({
  line: number,
  outcome,
  name: '',
  id: null,
  changes: [],
  warnings: [],
  problem: null,
});

describe('O-3 the refused lines of a file', () => {
  it('stand as they were, with the reason beside', () => {
    const text = 'name;email\r\n"A\r\nB";a@x\r\n\r\nC;c@x\r\nD;d@x\r\n';
    const lines = [line(2, 'refused'), line(5, 'new'), line(6, 'refused')];
    expect(
      refusedLines(text, { separator: ';' }, lines, (one) => `No "${one.line}"`, 'Reason'),
    ).toBe('\uFEFFname;email;"Reason"\r\n"A\nB";a@x;"No ""2"""\r\nD;d@x;"No ""6"""\r\n');
  });
  it('leave out what Excel says of the separator', () => {
    expect(
      refusedLines('sep=;\na;b\n1;2', { separator: ';' }, [line(3, 'refused')], () => 'x', 'R'),
    ).toBe('\uFEFFa;b;"R"\r\n1;2;"x"\r\n');
  });
  it('are read in the form that they are stored in', () => {
    expect(textOf(new Uint8Array([0xfc, 0x2c]))).toBe('ü,');
    expect(textOf(new Uint8Array([0xff, 0xfe, 0xfc, 0]))).toBe('ü');
    expect(textOf(new Uint8Array([0xfe, 0xff, 0, 0xfc]))).toBe('ü');
    expect(textOf(new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xbc]))).toBe('ü');
  });
});

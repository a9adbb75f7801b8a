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
  it('stand as they were, with the reason before', () => {
    const text = 'name;email\r\n"A\r\nB";a@x\r\n\r\nC;c@x\r\nD\r\n';
    const lines = [line(2, 'refused'), line(5, 'new'), line(6, 'refused')];
    expect(
      refusedLines(
        text,
        { separator: ';' },
        lines,
        [2, 5, 6],
        (one) => `No "${one.line}"`,
        'Reason',
      ),
    ).toBe('\uFEFF"Reason";name;email\r\n"No ""2""";"A\nB";a@x\r\n"No ""6""";D\r\n');
  });
  it('keep what Excel says of the separator', () => {
    expect(
      refusedLines(
        'sep=;\na;b\n1;2',
        { separator: ';' },
        [line(3, 'refused')],
        [3],
        () => 'x',
        'R',
      ),
    ).toBe('\uFEFFsep=;\r\n"R";a;b\r\n"x";1;2\r\n');
  });
  it('end where the next one begins, however far the import has come', () => {
    const text = 'a,b\n1,2\n3,4\n"5\n6",7\n8,9\n';
    const told = (begins: number[], stopped: Line) =>
      refusedLines(text, { separator: ',' }, [stopped], begins, () => 'x', 'R').split('\r\n')[1];
    expect(told([2, 3, 4, 6], line(2, 'refused'))).toBe('"x",1,2');
    expect(told([2], line(2, 'refused'))).toBe('"x",1,2');
    expect(told([4], line(4, 'refused'))).toBe('"x","5\n6",7');
  });
  it('are read in the form that they are stored in', () => {
    expect(textOf(new Uint8Array([0xfc, 0x2c]))).toBe('ü,');
    expect(textOf(new Uint8Array([0xff, 0xfe, 0xfc, 0]))).toBe('ü');
    expect(textOf(new Uint8Array([0xfe, 0xff, 0, 0xfc]))).toBe('ü');
    expect(textOf(new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xbc]))).toBe('ü');
    expect(textOf(new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xbc, 0xfc]))).toBe('ü\uFFFD');
  });
});

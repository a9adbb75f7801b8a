import { describe, expect, it } from 'vitest';
import { makeFormat, regional } from '../i18n/format';
import { quoteLevels } from './fold';
import { readInvitation } from './invitation';

const calendar = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'].join('\r\n');

describe('invitations', () => {
  it('are named by what they say', () => {
    expect(
      readInvitation(
        calendar(
          'METHOD:REQUEST',
          'BEGIN:VTIMEZONE',
          'BEGIN:STANDARD',
          'DTSTART:19701025T030000',
          'END:STANDARD',
          'END:VTIMEZONE',
          'BEGIN:VEVENT',
          'SUMMARY;LANGUAGE=en:Interview\\, second',
          '  round',
          'DTSTART;TZID="Europe/Berlin: CET":20261203T100000',
          'BEGIN:VALARM',
          'SUMMARY:alarm',
          'END:VALARM',
          'END:VEVENT',
        ),
      ),
    ).toEqual({
      method: 'REQUEST',
      uid: '',
      summary: 'Interview, second round',
      start: '2026-12-03T10:00',
    });
  });
  it('know an instant from a wall time and a day', () => {
    const start = (value: string) =>
      readInvitation(calendar('BEGIN:VEVENT', `DTSTART:${value}`, 'END:VEVENT'))!.start;
    expect(start('20261203T090000Z')).toBe('2026-12-03T09:00Z');
    expect(start('20261203')).toBe('2026-12-03');
    expect(start('20269999')).toBe('');
    expect(start('soon')).toBe('');
  });
  it('that are none have no name', () => {
    expect(readInvitation('hello')).toBeUndefined();
    expect(readInvitation(calendar('BEGIN:VTODO', 'SUMMARY:x', 'END:VTODO'))).toBeUndefined();
  });
  it('THREAT13 are read in linear time', () => {
    const start = performance.now();
    readInvitation(`BEGIN:VEVENT\r\nSUMMARY:x${'\r\n x'.repeat(50_000)}`);
    readInvitation(`BEGIN:VEVENT\r\n${'BEGIN:X\r\n'.repeat(20_000)}`);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('quotes of quotes', () => {
  it('are steps, in the order in which they stand', () => {
    expect(quoteLevels('> b\n> > a\n>> a2\n> c')).toEqual(['b', ['a', 'a2'], 'c']);
    expect(quoteLevels('On 3 May Jane wrote:\n> b\n> > a')).toEqual([
      'On 3 May Jane wrote:',
      ['b', ['a']],
    ]);
    expect(quoteLevels('no marks')).toEqual(['no marks']);
  });
});

describe('dates', () => {
  const at = '2026-11-20T13:05:00Z';
  const now = () => Date.parse('2026-11-26T12:00:00Z');
  it('are written as where the reader lives', () => {
    expect(regional('en', ['de-DE', 'en-GB'])).toBe('en-GB');
    expect(regional('en', ['de-DE'])).toBe('en');
    expect(makeFormat('en-GB', 'UTC', now).day('2026-11-03T12:00:00Z')).toBe('3 Nov 2026');
  });
  it('of what is being read have their time', () => {
    expect(makeFormat('en-GB', 'UTC', now).moment(at)).toMatch(/^Fri,? 20 Nov,? (at )?13:05$/);
    expect(makeFormat('en-GB', 'UTC', now).moment('2025-11-20T13:05:00Z')).toMatch(
      /^20 Nov 2025,? (at )?13:05$/,
    );
    expect(makeFormat('en-GB', 'UTC', now).moment('2026-11-26T09:30:00Z')).toBe('09:30');
  });
});

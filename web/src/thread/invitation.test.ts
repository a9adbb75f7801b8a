import { describe, expect, it } from 'vitest';
import { makeFormat, regional } from '../i18n/format';
import { quoteLevels } from './fold';
import { readInvitation } from './invitation';
import { instantIn } from './zones';

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
      end: '',
      zone: 'Europe/Berlin: CET',
      location: '',
      organizer: { name: '', address: '' },
      invited: 0,
    });
  });
  it('say until when, where and who', () => {
    expect(
      readInvitation(
        calendar(
          'METHOD:REQUEST',
          'BEGIN:VEVENT',
          'DTSTART;TZID=W. Europe Standard Time:20261203T100000',
          'DTSTART;TZID=Asia/Tokyo:20261203T110000',
          'DTEND;TZID=W. Europe Standard Time:20261203T113000',
          'LOCATION:Room 3\\, Linden court',
          'ORGANIZER;CN="Lovelace; Ada":MAILTO:Ada@lindenhof.example',
          'ATTENDEE;ROLE=REQ-PARTICIPANT;CN="Jane: Doe":mailto:jane@post.example',
          'ATTENDEE:mailto:ada@lindenhof.example',
          'ATTENDEE:mailto:JANE@post.example',
          'END:VEVENT',
        ),
      ),
    ).toMatchObject({
      start: '2026-12-03T09:00Z',
      end: '2026-12-03T10:30Z',
      zone: '',
      location: 'Room 3, Linden court',
      organizer: { name: 'Lovelace; Ada', address: 'ada@lindenhof.example' },
      invited: 1,
    });
  });
  it.each([
    ['America/New_York', '2026-12-03T15:00Z'],
    ['Eastern Standard Time', '2026-12-03T15:00Z'],
    ['/citadel.org/20260101_1/Europe/London', '2026-12-03T10:00Z'],
    ['America/Argentina/Buenos_Aires', '2026-12-03T13:00Z'],
    ['Asia/Kathmandu', '2026-12-03T04:15Z'],
    ['Customized Time Zone', '2026-12-03T10:00'],
  ])('are at the hour of %s', (zone, start) => {
    const read = readInvitation(
      calendar('BEGIN:VEVENT', `DTSTART;TZID=${zone}:20261203T100000`, 'END:VEVENT'),
    )!;
    expect(read.start).toBe(start);
    expect(read.zone).toBe(start.endsWith('Z') ? '' : zone);
  });
  it('go by the clocks of the day', () => {
    expect(instantIn('2026-03-29T01:30', 'Europe/Berlin')).toBe('2026-03-29T00:30Z');
    expect(instantIn('2026-03-29T03:30', 'Europe/Berlin')).toBe('2026-03-29T01:30Z');
    expect(instantIn('2026-10-25T03:30', 'Europe/Berlin')).toBe('2026-10-25T02:30Z');
    expect(instantIn('2026-07-01T00:10', 'Pacific/Auckland')).toBe('2026-06-30T12:10Z');
  });
  it('are over on the last of their days', () => {
    const read = readInvitation(
      calendar('BEGIN:VEVENT', 'DTSTART:20261203', 'DTEND;VALUE=DATE:20261205', 'END:VEVENT'),
    )!;
    expect([read.start, read.end]).toEqual(['2026-12-03', '2026-12-04']);
  });
  it('know an instant from a wall time and a day', () => {
    const start = (value: string) =>
      readInvitation(calendar('BEGIN:VEVENT', `DTSTART:${value}`, 'END:VEVENT'))!.start;
    expect(start('20261203T090000Z')).toBe('2026-12-03T09:00Z');
    expect(start('20261203')).toBe('2026-12-03');
    expect(start('20269999')).toBe('');
    expect(start('soon')).toBe('');
    expect(start('99991231T235900')).toBe('');
  });
  it('that are none have no name', () => {
    expect(readInvitation('hello')).toBeUndefined();
    expect(readInvitation(calendar('BEGIN:VTODO', 'SUMMARY:x', 'END:VTODO'))).toBeUndefined();
  });
  it('THREAT13 are read in linear time', () => {
    const start = performance.now();
    readInvitation(`BEGIN:VEVENT\r\nSUMMARY:x${'\r\n x'.repeat(50_000)}`);
    readInvitation(`BEGIN:VEVENT\r\n${'BEGIN:X\r\n'.repeat(20_000)}`);
    readInvitation(`BEGIN:VEVENT\r\n${'DTSTART;TZID=x:20261203T100000\r\n'.repeat(6000)}`);
    readInvitation(`BEGIN:VEVENT\r\nATTENDEE${';x'.repeat(100_000)}:x`);
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

it('an end in a zone that nobody knows says nothing of the beginning’s', () => {
  const read = readInvitation(
    calendar(
      'BEGIN:VEVENT',
      'DTSTART;TZID=Europe/Berlin:20261203T100000',
      'DTEND;TZID=Custom:20261203T110000',
      'END:VEVENT',
    ),
  )!;
  expect(read).toMatchObject({ start: '2026-12-03T09:00Z', end: '2026-12-03T11:00', zone: '' });
});

describe('dates', () => {
  const at = '2026-11-20T13:05:00Z';
  const now = () => Date.parse('2026-11-26T12:00:00Z');
  it('are written as where the reader lives', () => {
    expect(regional('en', ['de-DE', 'en-GB'])).toBe('en-GB');
    expect(regional('en', ['de-DE'])).toBe('en');
    expect(regional('en', ['en-US@posix', 'en-IE'])).toBe('en-IE');
    expect(regional('en', ['en-US@posix'])).toBe('en');
    expect(makeFormat('en-GB', 'UTC', now).day('2026-11-03T12:00:00Z')).toBe('3 Nov 2026');
  });
  it('of appointments are in the reader’s zone, or stand as they are', () => {
    const format = makeFormat('en-GB', 'America/New_York', now);
    expect(format.appointment('2026-12-03T15:00Z', '2026-12-03T16:30Z')).toMatch(
      /^3 December 2026(,| at) 10:00\s?–\s?11:30$/,
    );
    expect(format.appointment('2026-12-03T15:00', '')).toMatch(/^3 December 2026(,| at) 15:00$/);
    expect(format.appointment('2026-12-03', '2026-12-04')).toMatch(/^3\s?–\s?4 December 2026$/);
    expect(format.appointment('2026-12-03', '2026-12-03')).toBe('3 December 2026');
    expect(format.appointment('2026-12-03T15:00Z', '2026-12-04')).toMatch(/10:00$/);
  });
  it('of what is being read have their time', () => {
    expect(makeFormat('en-GB', 'UTC', now).moment(at)).toMatch(/^Fri,? 20 Nov,? (at )?13:05$/);
    expect(makeFormat('en-GB', 'UTC', now).moment('2025-11-20T13:05:00Z')).toMatch(
      /^20 Nov 2025,? (at )?13:05$/,
    );
    expect(makeFormat('en-GB', 'UTC', now).moment('2026-11-26T09:30:00Z')).toBe('09:30');
  });
});

// Dates and numbers in the reader's language and time zone.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery } from '../api/queries';

export type Format = {
  listTime(at: string): string; // short, for the right edge of a row
  moment(at: string): string; // of something that is being read: never without its time
  full(at: string): string; // day and time, spelled out
  day(at: string): string;
  // From when to when, `end` may be empty: instants with Z in the reader's zone, wall times and days as they stand.
  appointment(start: string, end: string): string;
  number(value: number): string;
  octets(value: number): string;
  // What has been and what will be, within a sentence: "5 seconds ago", "in 3 minutes". Never "now",
  // which no sentence about the last or the next time can bear; what is due is a second away.
  ago(at: string): string;
  until(at: string): string;
  span(at: string): Span; // how long since, in one whole unit
  spelled(span: Span | LongSpan): string; // "3 days"
};

type Span = { unit: 'minute' | 'hour' | 'day'; count: number };
export type LongSpan = { unit: 'week' | 'month' | 'year'; count: number };

export function makeFormat(language: string, timeZone: string, now = () => Date.now()): Format {
  const zone = validZone(timeZone);
  const make = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, zone ? { ...options, timeZone: zone } : options);
  const time = make({ timeStyle: 'short' });
  const weekday = make({ weekday: 'short' });
  const dayMonth = make({ day: 'numeric', month: 'short' });
  const date = make({ dateStyle: 'medium' });
  const full = make({ dateStyle: 'long', timeStyle: 'short' });
  const wall = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  const wholeDay = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
  const minute = { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' } as const;
  const thisYear = make({ weekday: 'short', ...minute });
  const longAgo = make({ year: 'numeric', ...minute });
  const key = make({ year: 'numeric', month: '2-digit', day: '2-digit' });
  const year = make({ year: 'numeric' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const numbers = new Intl.NumberFormat(language);
  const away = (seconds: number, sign: 1 | -1) => {
    if (seconds < 45) return relative.format(sign * Math.max(1, Math.round(seconds)), 'second');
    if (seconds < 3600) return relative.format(sign * Math.round(seconds / 60), 'minute');
    if (seconds < 86_400) return relative.format(sign * Math.round(seconds / 3600), 'hour');
    return relative.format(sign * Math.round(seconds / 86_400), 'day');
  };
  const DAY = 86_400_000;
  return {
    listTime(at) {
      const then = new Date(at);
      const today = new Date(now());
      if (key.format(then) === key.format(today)) return time.format(then);
      const age = today.getTime() - then.getTime();
      if (age >= 0 && age < 6 * DAY) return weekday.format(then);
      return year.format(then) === year.format(today) ? dayMonth.format(then) : date.format(then);
    },
    moment(at) {
      const then = new Date(at);
      if (key.format(then) === key.format(new Date(now()))) return time.format(then);
      return year.format(then) === year.format(new Date(now()))
        ? thisYear.format(then)
        : longAgo.format(then);
    },
    full: (at) => full.format(new Date(at)),
    day: (at) => date.format(new Date(at)),
    appointment(start, end) {
      const instant = start.endsWith('Z');
      const show = instant ? full : start.includes('T') ? wall : wholeDay;
      const at = (text: string) => new Date(instant || show === wholeDay ? text : `${text}Z`);
      const alike = end.length === start.length; // an end of another kind says nothing
      const later = alike && at(end) > at(start);
      return later ? show.formatRange(at(start), at(end)) : show.format(at(start));
    },
    number: (value) => numbers.format(value),
    octets(value) {
      const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
      let step = 0;
      let rest = value;
      while (rest >= 1000 && step < steps.length - 1) {
        rest /= 1000;
        step++;
      }
      return new Intl.NumberFormat(language, {
        style: 'unit',
        unit: steps[step]!,
        unitDisplay: step === 0 ? 'long' : 'short',
        maximumFractionDigits: step > 1 && rest < 10 ? 1 : 0,
      }).format(rest);
    },
    ago: (at) => away((now() - new Date(at).getTime()) / 1000, -1),
    until: (at) => away((new Date(at).getTime() - now()) / 1000, 1),
    span(at) {
      const minutes = Math.max(1, Math.floor((now() - new Date(at).getTime()) / 60_000));
      if (minutes < 60) return { unit: 'minute', count: minutes };
      if (minutes < 1440) return { unit: 'hour', count: Math.floor(minutes / 60) };
      return { unit: 'day', count: Math.floor(minutes / 1440) };
    },
    spelled: ({ unit, count }) =>
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count),
  };
}

// The page's language as it is written where the reader lives: "en" by a British browser is "en-GB".
export function regional(
  language: string,
  wanted: readonly string[] = navigator.languages,
): string {
  // Some browsers name what Intl knows nothing of, like "en-US@posix".
  const known = (one: string) => {
    try {
      return Intl.getCanonicalLocales(one).length > 0;
    } catch {
      return false;
    }
  };
  const own = (one: string) => one.toLowerCase().startsWith(`${language}-`);
  return wanted.find((one) => own(one) && known(one)) ?? language;
}

function validZone(zone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone || undefined;
  } catch {
    return undefined;
  }
}

// Each makes eleven formatters, and every row asks for one.
const made = new Map<string, Format>();
function formatOf(language: string, zone: string): Format {
  const name = `${language} ${zone}`;
  const format = made.get(name) ?? makeFormat(language, zone);
  made.set(name, format);
  return format;
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  const me = useQuery({ ...meQuery, enabled: false });
  const zone = me.data?.user.time_zone ?? '';
  return useMemo(() => formatOf(regional(i18n.language), zone), [i18n.language, zone]);
}

import { expect, it } from 'vitest';
import { repeatsJob } from './subject';

it.each([
  ['Welder', true],
  ['Re: Welder', true],
  ['AW: WG: Re[2]: welder', true],
  ['Your application: Welder', true],
  ['Application for the position Welder', true],
  ['Bewerbung als Welder', true],
  ['Candidature au poste de Welder', true],
  ['Welder: when can I start?', false],
  ['My start', false],
  ['Welders', false],
  ['', false],
  ['Re:', false],
  ['Application', false],
  [`Re: ${'Welder '.repeat(10_000)}`, false],
])('M-7 %.60s repeats the job: %s', (subject, repeats) => {
  expect(repeatsJob(subject, ['Painter', 'Welder'])).toBe(repeats);
});

it('an untitled job is repeated by nothing', () =>
  expect(repeatsJob('Re:', ['', '–'])).toBe(false));

import { expect, it } from 'vitest';
import { repeatsJob, withoutSalutation } from './subject';

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

it.each([
  ['Hello Ada, I withdraw my application', 'I withdraw my application'],
  ['Dear Ms. Lindenhof, when can I start?', 'when can I start?'],
  ['Dear hiring team, when can I start?', 'when can I start?'],
  ['Sehr geehrte Damen und Herren, hiermit', 'hiermit'],
  ['Hallo zusammen, ich bin krank', 'ich bin krank'],
  ['Bonjour à tous ! Je vous écris', 'Je vous écris'],
  ['Hi Ada I withdraw my application, sorry', 'Hi Ada I withdraw my application, sorry'],
  ['Good day I can come Monday, Tuesday is bad', 'Good day I can come Monday, Tuesday is bad'],
  ['Dear Ms Lindenhof, when can I start?', 'when can I start?'],
  ['Sehr geehrte Frau Müller, hiermit bewerbe ich mich', 'hiermit bewerbe ich mich'],
  ['Guten Tag! Ich habe eine Frage', 'Ich habe eine Frage'],
  ['Bonjour, je vous écris', 'je vous écris'],
  ['Chère Madame Dupont, je vous écris', 'je vous écris'],
  ['Madame, Monsieur, je vous écris', 'je vous écris'],
  ['Madame, Monsieur,', 'Madame, Monsieur,'],
  ['Bonjour Madame, cher Monsieur, je vous écris', 'je vous écris'],
  ['Sehr geehrte Frau Müller, sehr geehrter Herr Roth, hiermit', 'hiermit'],
  ['Hello, world', 'world'],
  ['Hello,', 'Hello,'],
  ['Hi', 'Hi'],
  ['Hiring starts in May, they say', 'Hiring starts in May, they say'],
  ['Liebesgrüße, deine Oma', 'Liebesgrüße, deine Oma'],
  ['Hello! ', 'Hello! '],
  [`Hello ${'a'.repeat(5000)}, b`, `Hello ${'a'.repeat(5000)}, b`],
  ['Hi, '.repeat(5000), 'Hi, '.repeat(5000)],
])('M-7 a row begins behind the salutation: %.50s', (words, left) => {
  expect(withoutSalutation(words)).toBe(left);
});

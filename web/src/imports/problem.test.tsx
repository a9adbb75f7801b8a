import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../api/client';
import { addPart, switchLanguage } from '../i18n';
import { FileProblem } from './problem';

const said = (title: string, code = 'import.unclosed-quote') => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <FileProblem
        error={new ProblemError({ type: 'about:blank', title, status: 422, code, detail: 'Do.' })}
      />
    </QueryClientProvider>,
  );
  return screen.getByRole('alert').textContent;
};

describe('O-3 what is the matter with a file', () => {
  beforeAll(() =>
    addPart({
      en: () => import('./words/en.json'),
      fr: () => import('./words/fr.json'),
      de: () => import('./words/de.json'),
    }),
  );
  afterEach(() => switchLanguage('en'));
  it.each([
    ['en', 'A quotation mark in line 1,203 isn’t closed.'],
    ['fr', 'Un guillemet de la ligne 1\u202f203 n’est pas fermé.'],
    ['de', 'Ein Anführungszeichen in Zeile 1.203 wird nicht geschlossen.'],
  ] as const)(
    'names the line in which a quotation mark is left open (%s)',
    async (language, words) => {
      await switchLanguage(language);
      expect(said('A quotation mark in line 1203 isn’t closed.')).toContain(words);
    },
  );
  it('says the rest without it', () => {
    expect(said('Something is open.')).toContain('A quotation mark in the file isn’t closed.');
  });
  it('takes no other number for a line', () => {
    expect(said('The file has more than 10000 lines.', 'import.too-many-lines')).toContain(
      'The file has more than 10,000 lines.',
    );
  });
});

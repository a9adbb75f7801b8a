import { afterEach, describe, expect, it } from 'vitest';
import { switchLanguage } from '../i18n';
import { ProblemError, toProblem, unwrap } from './client';
import { codeWords, failureWords, problemWords } from './problem';

const problem = (code: string, title = 'As the server says', detail = 'Do this') =>
  new ProblemError({ type: 'about:blank', title, detail, status: 422, code });

afterEach(() => switchLanguage('en'));

describe('problems in words', () => {
  it('translates known codes', async () => {
    expect(problemWords(problem('session.refused')).title).toBe(
      'The address or the password is wrong.',
    );
    await switchLanguage('de');
    expect(problemWords(problem('session.refused')).title).toBe(
      'Die Adresse oder das Passwort ist falsch.',
    );
    await switchLanguage('fr');
    expect(codeWords('imap.login-refused').title).toMatch(/^Le serveur refuse/);
  });
  it('falls back to the server’s own words', () => {
    expect(problemWords(problem('new.code'))).toEqual({
      title: 'As the server says',
      detail: 'Do this',
    });
    expect(failureWords({ code: 'imap.odd', what: 'What', hint: 'Hint' })).toEqual({
      title: 'What',
      detail: 'Hint',
    });
    expect(codeWords('imap.odd').title).toBe('imap.odd');
  });
  it('never takes a code for a path into the translations', () => {
    expect(problemWords(problem('__proto__.x')).title).toBe('As the server says');
    expect(problemWords(problem('page')).title).toBe('As the server says');
  });
  it('says so when nobody answers', () => {
    expect(problemWords(toProblem(new TypeError('fetch failed'), 0)).title).toBe(
      'Hearback can’t be reached.',
    );
    expect(problemWords('anything').title).toBe('Something went wrong.');
  });
  it('C-3 knows every way a server can fail', () => {
    const codes = [
      ...['forbidden-address', 'host-not-found', 'refused', 'timeout', 'unreachable'].map(
        (one) => `net.${one}`,
      ),
      ...['name-mismatch', 'untrusted', 'expired', 'not-tls', 'failed'].map((one) => `tls.${one}`),
      ...[
        'closed',
        'timeout',
        'refused',
        'bad',
        'login-refused',
        'login-disabled',
        'starttls-missing',
        'starttls-injection',
        'not-imap',
        'bye',
        'protocol',
        'too-large',
        'throttled',
        'no-such-folder',
      ].map((one) => `imap.${one}`),
      ...[
        'closed',
        'timeout',
        'not-smtp',
        'starttls-missing',
        'starttls-injection',
        'login-refused',
        'login-missing',
        'sender-refused',
        'recipient-refused',
        'data-refused',
        'sending-limit',
        'account-full',
        'account-blocked',
        'recipient-full',
        'too-many-recipients',
        'busy',
        'too-large',
        'protocol',
      ].map((one) => `smtp.${one}`),
    ];
    for (const code of codes) {
      expect(codeWords(code).title, code).not.toBe(code);
      expect(codeWords(code).detail, code).not.toBe('');
    }
  });
});

describe('answers of the server', () => {
  it('become data or a problem', async () => {
    await expect(unwrap(Promise.resolve({ data: 1, response: new Response('1') }))).resolves.toBe(
      1,
    );
    const error = { type: 'about:blank', title: 't', status: 404, code: 'candidate.missing' };
    await expect(
      unwrap(Promise.resolve({ error, response: new Response('', { status: 404 }) })),
    ).rejects.toMatchObject({ code: 'candidate.missing' });
    await expect(
      unwrap(Promise.resolve({ error: '<html>', response: new Response('', { status: 502 }) })),
    ).rejects.toMatchObject({ code: 'page.unexpected', status: 502 });
    await expect(unwrap(Promise.reject(new TypeError('x')))).rejects.toMatchObject({
      code: 'page.offline',
    });
  });
});

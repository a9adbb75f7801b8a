import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { useEarlyKeys } from '../composer/early';
import { LANGUAGES, type Language, switchLanguage } from '../i18n';
import { takeAsked } from '../search/way';
import { addWords, Palette } from './palette';
import { useShortcuts } from './shortcuts';

const navigate = vi.hoisted(() => vi.fn());
vi.mock('@tanstack/react-router', async (original) => ({
  ...(await original<object>()),
  useNavigate: () => navigate,
}));

const LEA = {
  id: 'lea',
  name: 'Léa Martin',
  applications: [] as { job_title: string }[],
  addresses: ['lea@c.example'],
};
let row = LEA;
let queries: QueryClient;

beforeAll(addWords);
beforeEach(() => {
  navigate.mockReset();
  row = LEA;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) =>
    Response.json({ rows: /\/jobs\b/.test((input as Request).url) ? [] : [row], next: null }),
  );
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(keys.me, { user: { id: 'anna', role: 'admin' } });
});

function Coming() {
  useEarlyKeys(true);
  return null;
}
const shown = (there: boolean, write = false) => (
  <QueryClientProvider client={queries}>
    {there ? (
      <Palette
        write={write}
        onClose={() => {}}
        onHelp={() => {}}
        onWrite={() => {}}
        onSignOut={() => {}}
      />
    ) : (
      <Coming />
    )}
  </QueryClientProvider>
);

it('looks for what was typed before it was there, and goes on behind it', async () => {
  const { rerender } = render(shown(false));
  await userEvent.keyboard('ol');
  rerender(shown(true));
  const box = screen.getByRole('combobox');
  expect(document.activeElement).toBe(box);
  await userEvent.keyboard('iver');
  expect(box).toHaveProperty('value', 'oliver');
});

it('M-6 searches mail for what is typed, as its last entry, and leaves the focus to the box', async () => {
  const onClose = vi.fn();
  vi.mocked(fetch).mockImplementation(async () => Response.json({ rows: [], next: null }));
  const { rerender } = render(
    <QueryClientProvider client={queries}>
      <Palette onClose={onClose} onHelp={() => {}} onWrite={() => {}} onSignOut={() => {}} />
    </QueryClientProvider>,
  );
  expect(screen.queryByRole('option', { name: /^Search mail/ })).toBeNull();
  await userEvent.keyboard(' crème ');
  await waitFor(() =>
    expect(screen.getAllByRole('option').at(-1)!.textContent).toBe('Search mail for “crème”'),
  );
  await userEvent.keyboard('{ArrowUp}{Enter}');
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(navigate).toHaveBeenCalledWith({ to: '/search', search: { q: 'crème' } });
  rerender(<QueryClientProvider client={queries}>{null}</QueryClientProvider>);
  await waitFor(() => expect(takeAsked()).toBe(true));
});

function Conversation({ onKey }: { onKey: (key: string) => void }) {
  useShortcuts({ r: () => onKey('r'), e: () => onKey(document.activeElement!.id), u: undefined });
  return (
    <button type="button" id="row">
      Row
    </button>
  );
}
it('M-7 does what is asked for to what is open, where the focus was, and tells its key', async () => {
  vi.mocked(fetch).mockImplementation(async () => Response.json({ rows: [], next: null }));
  const pressed: string[] = [];
  const page = (there: boolean) => (
    <QueryClientProvider client={queries}>
      <Conversation onKey={(key) => pressed.push(key)} />
      {there && (
        <Palette
          onClose={() => setTimeout(close)}
          onHelp={() => {}}
          onWrite={() => {}}
          onSignOut={() => {}}
        />
      )}
    </QueryClientProvider>
  );
  const { rerender } = render(page(false));
  const close = () => rerender(page(false));
  screen.getByText('Row').focus();
  rerender(page(true));
  const shown = screen.getAllByRole('option').map((one) => one.textContent);
  expect(shown.slice(0, 2)).toEqual(['Replyr', 'Mark as done, or take back from Donee']);
  expect(shown).not.toContain('Mark as unread, or readu');
  await userEvent.keyboard('mark as done');
  await waitFor(() => expect(screen.getAllByRole('option')[1]!.textContent).toMatch(/^Search/));
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(pressed).toEqual(['row']));
  const alone = (
    <QueryClientProvider client={queries}>
      <Palette onClose={() => {}} onHelp={() => {}} onWrite={() => {}} onSignOut={() => {}} />
    </QueryClientProvider>
  );
  // What is being written, or covers it, isn't acted past.
  cleanup();
  for (const over of [<textarea key="1" id="text" />, <div key="2" role="dialog" />]) {
    const { unmount } = render(
      <QueryClientProvider client={queries}>
        <Conversation onKey={() => {}} />
        {over}
      </QueryClientProvider>,
    );
    document.getElementById('text')?.focus();
    render(alone);
    await screen.findAllByRole('option');
    expect(screen.queryByText('Reply')).toBeNull();
    unmount();
    cleanup();
  }
  // Where nothing is open, nothing is offered for it.
  cleanup();
  render(alone);
  await screen.findAllByRole('option');
  expect(screen.queryByText('Reply')).toBeNull();
});

it('begins a message to whom is chosen, where that was asked', async () => {
  render(shown(true, true));
  expect(screen.getByRole('combobox', { name: 'Write to whom?' })).toBeTruthy();
  await userEvent.keyboard('lea');
  await screen.findByRole('option', { name: /Léa Martin/ });
  expect(screen.getAllByRole('option')).toHaveLength(1);
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(navigate).toHaveBeenCalledOnce());
  expect(navigate).toHaveBeenCalledWith({
    to: '/candidates/$candidateId',
    params: { candidateId: 'lea' },
    search: { compose: true },
  });
});

it('means by Enter what was typed, not what was found before that', async () => {
  const answers = new Map<string, () => void>();
  vi.mocked(fetch).mockImplementation(async (input) => {
    const wanted = new URL((input as Request).url).searchParams.get('q');
    if (wanted) await new Promise<void>((resolve) => answers.set(wanted, resolve));
    const rows = [wanted ? row : { ...row, id: 'ada', name: 'Ada Olsen' }];
    return new Response(JSON.stringify({ rows, next: null }), {
      headers: { 'Content-Type': 'application/json' },
    });
  });
  render(shown(true, true));
  await screen.findByText('Ada Olsen');
  await userEvent.keyboard('lea{Enter}');
  await waitFor(() => expect([...answers.keys()]).toContain('lea'));
  answers.get('l')?.();
  expect(navigate).not.toHaveBeenCalled();
  answers.get('lea')!();
  await waitFor(() => expect(navigate).toHaveBeenCalledOnce());
  expect(navigate.mock.calls[0]![0]).toMatchObject({ params: { candidateId: 'lea' } });
});

it.each(['Enter', 'the answer'])(
  'means by Enter what was picked, wherever the answer to what was typed moves it: first %s',
  async (first) => {
    let answer: () => void = () => {};
    vi.mocked(fetch).mockImplementation(async (input) => {
      const { pathname, searchParams } = new URL((input as Request).url);
      const people = pathname.endsWith('/candidates');
      if (people && searchParams.get('q')) await new Promise<void>((done) => (answer = done));
      const rows = people && !searchParams.get('q') ? [row] : [];
      return Response.json({ rows, next: null });
    });
    const picked = () => document.querySelector('[role=option][aria-selected=true]')?.textContent;
    render(shown(true));
    await screen.findByRole('option', { name: /Léa Martin/ });
    await userEvent.keyboard('candidates');
    for (let step = 0; picked() !== 'Candidates' && step < 9; step++)
      await userEvent.keyboard('{ArrowDown}');
    expect(picked()).toBe('Candidates');
    if (first === 'the answer') {
      await waitFor(() => {
        answer();
        expect(screen.queryByText('Léa Martin')).toBeNull();
      });
      expect(picked()).toBe('Candidates');
    }
    await userEvent.keyboard('{Enter}');
    expect(navigate.mock.calls).toEqual([[{ to: '/candidates' }]]);
    answer();
  },
);

it('does what Enter was pressed for before it was there', async () => {
  const { rerender } = render(shown(false, true));
  await userEvent.keyboard('lea{Enter}');
  rerender(shown(true, true));
  await waitFor(() => expect(navigate).toHaveBeenCalledOnce());
});

it('U4 THREAT1 nobody is written to by a name that says another address', async () => {
  row = { ...LEA, name: 'ada@lindenhof.example', addresses: ['x@evil.example'] };
  render(shown(true, true));
  const found = await screen.findByRole('option');
  expect([...found.querySelectorAll('span')].map((one) => one.textContent).slice(-2)).toEqual([
    'x@evil.example',
    'calls itself “ada@lindenhof.example”',
  ]);
  cleanup();
  render(shown(true));
  await userEvent.keyboard('ada');
  await screen.findByText('Write to x@evil.example (calls itself “ada@lindenhof.example”)');
});

it('U4 a name with an @ has the address beside it, whatever job they apply for', async () => {
  const applications = [{ job_title: 'Cook' }];
  row = { ...LEA, name: 'Léa @ Home', applications };
  render(shown(true, true));
  const found = await screen.findByRole('option');
  expect(found.textContent).toMatch(/lea@c\.exampleLéa @ Home · Cook$/);
});

it('says why nobody is found, and asks for no more than can be looked for', async () => {
  vi.mocked(fetch).mockImplementation(async () =>
    Response.json(
      { type: 'about:blank', title: 'x', status: 503, code: 'health.store' },
      { status: 503, headers: { 'Content-Type': 'application/problem+json' } },
    ),
  );
  render(shown(true));
  expect(screen.getByRole('combobox')).toHaveProperty('maxLength', 200);
  await userEvent.keyboard('zz');
  expect(await screen.findByRole('alert')).toHaveProperty(
    'textContent',
    expect.stringContaining('The database doesn’t answer.'),
  );
});

it.each([
  ['evaluator', ['profile', 'email', 'access', 'tokens'], ['users', 'import']],
  ['manager', ['access', 'tokens', 'import'], ['users', 'general']],
  ['admin', ['access', 'tokens', 'import', 'users', 'general'], []],
])('U3 leads an %s to each place of the settings that is theirs', async (role, there, not) => {
  vi.mocked(fetch).mockImplementation(async () => Response.json({ rows: [], next: null }));
  queries.setQueryData(keys.me, { user: { id: 'anna', role } });
  render(shown(true));
  const labels: Record<string, string> = {
    profile: 'Profile',
    email: 'E-mail',
    access: 'Password and devices',
    tokens: 'API tokens',
    users: 'Users',
    general: 'General',
    import: 'Import',
  };
  await userEvent.keyboard('settings');
  const options = await screen.findAllByRole('option');
  const lead = options.map((one) => one.textContent);
  for (const name of there) expect(lead).toContain(`Settings › ${labels[name]}`);
  for (const name of not) expect(lead).not.toContain(`Settings › ${labels[name]}`);
});

// What people type for each place and act, in each language, and what it is called there.
const TYPED: Record<Language, [typed: string, called: string][]> = {
  en: [
    ['home', 'Inbox'],
    ['outbox', 'Sent'],
    ['everything', 'All candidates'],
    ['favorites', 'Followed candidates'],
    ['watched positions', 'Followed jobs'],
    ['agencies', 'Non-candidates'],
    ['done', 'Archived'],
    ['people', 'Candidates'],
    ['vacancies', 'Jobs'],
    ['settings', 'Settings › Profile'],
    ['mailbox', 'Settings › E-mail'],
    ['time zone', 'Settings › Profile'],
    ['password', 'Settings › Password and devices'],
    ['token', 'Settings › API tokens'],
    ['company', 'Settings › General'],
    ['colleagues', 'Settings › Users'],
    ['csv', 'Settings › Import'],
    ['import candidates', 'Settings › Import'],
    ['new candidate', 'Add candidate'],
    ['new job', 'Add job'],
    ['compose', 'New message'],
    ['connect mailbox', 'Add e-mail'],
    ['invite a colleague', 'Add user'],
    ['help', 'Keyboard shortcuts'],
    ['dark mode', 'Appearance: Dark'],
    ['light', 'Appearance: Light'],
    ['language', 'Language: Deutsch'],
    ['log out', 'Sign out'],
    ['sign out', 'Sign out'],
  ],
  de: [
    ['eingang', 'Posteingang'],
    ['ausgang', 'Gesendet'],
    ['alles', 'Alle Kandidaten'],
    ['favoriten', 'Kandidaten im Blick'],
    ['agenturen', 'Nicht-Kandidaten'],
    ['erledigt', 'Archiviert'],
    ['bewerber', 'Kandidaten'],
    ['jobs', 'Stellen'],
    ['postfach', 'Einstellungen › E-Mail'],
    ['zeitzone', 'Einstellungen › Profil'],
    ['kennwort', 'Einstellungen › Passwort und Geräte'],
    ['schlüssel', 'Einstellungen › API-Token'],
    ['firma', 'Einstellungen › Allgemein'],
    ['kollegen', 'Einstellungen › Benutzer'],
    ['kandidaten importieren', 'Einstellungen › Importieren'],
    ['neuer kandidat', 'Kandidat hinzufügen'],
    ['neue stelle', 'Stelle hinzufügen'],
    ['mail schreiben', 'Neue Nachricht'],
    ['postfach verbinden', 'E-Mail hinzufügen'],
    ['kollegin einladen', 'Benutzer hinzufügen'],
    ['hilfe', 'Tastenkürzel'],
    ['dunkel', 'Darstellung: Dunkel'],
    ['sprache', 'Sprache: English'],
    ['ausloggen', 'Abmelden'],
  ],
  fr: [
    ['accueil', 'Boîte de réception'],
    ['courrier sortant', 'Envoyés'],
    ['tout', 'Tous les candidats'],
    ['favoris', 'Candidats suivis'],
    ['agences', 'Non-candidats'],
    ['termine', 'Archivées'],
    ['postulants', 'Candidats'],
    ['offres', 'Postes'],
    ['messagerie', 'Paramètres › E-mail'],
    ['fuseau', 'Paramètres › Profil'],
    ['securite', 'Paramètres › Mot de passe et appareils'],
    ['cles', 'Paramètres › Jetons d’API'],
    ['societe', 'Paramètres › Général'],
    ['collegues', 'Paramètres › Utilisateurs'],
    ['importer candidats', 'Paramètres › Importer'],
    ['nouveau candidat', 'Ajouter un candidat'],
    ['nouvelle offre', 'Ajouter un poste'],
    ['rédiger', 'Nouveau message'],
    ['connecter boîte', 'Ajouter un e-mail'],
    ['inviter un collègue', 'Ajouter un utilisateur'],
    ['aide', 'Raccourcis clavier'],
    ['sombre', 'Apparence : Sombre'],
    ['langue', 'Langue : English'],
    ['déconnexion', 'Se déconnecter'],
  ],
};
it.each(LANGUAGES)('M-7 each place and act is found by its common words: %s', async (language) => {
  vi.mocked(fetch).mockImplementation(async () => Response.json({ rows: [], next: null }));
  await switchLanguage(language);
  try {
    render(shown(true));
    const box = screen.getByRole('combobox');
    for (const [typed, called] of TYPED[language]) {
      fireEvent.change(box, { target: { value: typed } });
      const options = screen.getAllByRole('option').map((one) => one.textContent);
      expect(
        options.map((one) => one?.replace(/\u00a0/g, ' ')),
        typed,
      ).toContain(called);
    }
  } finally {
    await switchLanguage('en');
  }
});

it('M-7 what is called so comes before what is also found by it', async () => {
  vi.mocked(fetch).mockImplementation(async () => Response.json({ rows: [], next: null }));
  render(shown(true));
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'jobs' } });
  const groups = [...document.querySelectorAll('.palette-group')].map((one) => one.textContent);
  expect(new Set(groups).size).toBe(groups.length);
  expect(screen.getAllByRole('option')[0]!.textContent).toBe('Followed jobs');
});

it.each([
  ['en', ['quit', 'log out', 'day', 'night', 'language'], 'Sign out'],
  ['de', ['ausloggen', 'nacht', 'tag', 'sprache'], 'Abmelden'],
  ['fr', ['quitter', 'jour', 'nuit', 'langue'], 'Se déconnecter'],
] as const)(
  'M-7 Enter doesn’t sign out, or change looks or language, by a word of mail: %s',
  async (language, words, signOut) => {
    vi.mocked(fetch).mockImplementation(async () => Response.json({ rows: [], next: null }));
    await switchLanguage(language);
    try {
      render(shown(true));
      const box = screen.getByRole('combobox');
      const first = (typed: string) => {
        fireEvent.change(box, { target: { value: typed } });
        return screen.getAllByRole('option')[0]!.textContent;
      };
      for (const typed of words) expect(first(typed), typed).toContain(typed);
      expect(first(signOut)).toBe(signOut); // that is what was typed
      for (const typed of ['leave', 'session', 'exit', 'verlassen', 'beenden', 'sortir']) {
        first(typed);
        expect(screen.queryByRole('option', { name: signOut }), typed).toBeNull();
      }
    } finally {
      await switchLanguage('en');
    }
  },
);

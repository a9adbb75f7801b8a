import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { keys, type Mailbox } from '../api/queries';
import { switchLanguage } from '../i18n';
import { Folders } from './mailbox-lists';
import { healthOf, MailboxState } from './mailbox-state';
import { addWords } from './words';

const soon = new Date(Date.now() + 20 * 60_000).toISOString();
const ago = new Date(Date.now() - 20 * 60_000).toISOString();

const mailbox = (more: Partial<Mailbox>) =>
  ({
    id: 'box',
    address: 'anna@n.example',
    address_proof: 'admin',
    state: 'active',
    last_error: '',
    send_error: '',
    last_success: ago,
    importing: false,
    folders_left: 0,
    folders_left_resting: 0,
    folders_resting: 0,
    headers_seen: 7,
    bodies_fetched: 1,
    quarantined: 0,
    past_asked: 0,
    ...more,
  }) as Mailbox;

const folder = (name: string, resting: Schemas['Resting'] | null): Schemas['Folder'] => ({
  id: name,
  name,
  role: 'incoming',
  role_by_user: false,
  imported: 3,
  special_use: '',
  resting,
});

function show(what: React.ReactNode, folders: Schemas['Folder'][] = []) {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  queries.setQueryData(keys.folders('box'), folders);
  return render(<QueryClientProvider client={queries}>{what}</QueryClientProvider>);
}

beforeEach(async () => {
  await addWords();
  await switchLanguage('en');
});

describe('S-13 a folder that can’t be read', () => {
  it('says so in its row: since when, why, and when it is tried again', async () => {
    show(<Folders mailbox="box" />, [
      folder('INBOX', null),
      folder('Archive', { why: 'imap.refused', since: ago, next_try: soon }),
      folder('Old', { why: 'imap.new-code', since: ago, next_try: ago }),
    ]);
    const row = (name: string) => screen.getByRole('rowheader', { name: new RegExp(`^${name}`) });
    expect(row('INBOX').textContent).toBe('INBOX');
    expect(row('Archive').textContent).toMatch(/Can’t be read since/);
    expect(row('Archive').textContent).toMatch(/doesn’t let this folder be read/);
    expect(row('Archive').textContent).toMatch(/Next try in \d+ minutes; nothing is lost/);
    // A code that this page doesn't know, and a try that is over: nothing is made up.
    expect(row('Old').textContent).toMatch(/imap\.new-code/);
    expect(row('Old').textContent).not.toMatch(/Next try/);
  });

  it('is no trouble of the mailbox, which only counts', async () => {
    const resting = mailbox({ folders_resting: 2 });
    expect(healthOf(resting)).toBe('well');
    for (const [language, words] of [
      ['en', '2 folders can’t be read for now'],
      ['fr', '2 dossiers sont illisibles pour l’instant'],
      ['de', '2 Ordner sind derzeit nicht lesbar'],
    ] as const) {
      await switchLanguage(language);
      const { unmount } = show(<MailboxState mailbox={resting} />);
      expect(screen.getByText(new RegExp(words))).toBeTruthy();
      unmount();
    }
  });

  it('C-8 keeps the import of past mail from being finished', async () => {
    const waiting = mailbox({
      importing: true,
      folders_left: 1,
      folders_left_resting: 1,
      folders_resting: 1,
    });
    expect(healthOf(waiting)).toBe('partly');
    show(<MailboxState mailbox={waiting} />);
    expect(screen.getByText('Synced, all but 1 folder')).toBeTruthy();
    expect(screen.getByText(/Past mail there is imported as soon as/)).toBeTruthy();
    expect(screen.queryByText('Synced')).toBeNull();
    expect(healthOf({ ...waiting, folders_left: 2 })).toBe('importing');
    expect(healthOf({ ...waiting, last_error: 'imap.timeout' })).toBe('failing');
  });
});

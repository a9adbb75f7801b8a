import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { candidateFile as file } from '../candidate/candidate.fixtures';
import { newMessage, open, problem, queries, server, show } from './composer.fixtures';
import { goingAlong, readDraft } from './drafts';

const MB = 1_000_000;
const lie = (...rows: ReturnType<typeof file>[]) =>
  queries.setQueryData(keys.files('lea'), { rows, more: false });
const offered = () =>
  screen
    .getAllByRole('menuitemcheckbox')
    .map((one) => one.querySelector('.profile-file')?.textContent);
const openMenu = async () =>
  userEvent.click(screen.getByRole('button', { name: 'Attach from the profile' }));
const choose = async (name: RegExp) =>
  userEvent.click(screen.getByRole('menuitemcheckbox', { name }));
const listed = () =>
  [...document.querySelectorAll('.uploads li')].map(
    (one) => one.querySelector('span')?.textContent,
  );

describe('W-9 a candidate’s own files', () => {
  it('go along as where they lie, and stay with the draft', async () => {
    lie(file(0, 'CV.pdf'), file(1, 'letter.pdf'), file(2, 'notes.pdf', { internal: true }));
    show();
    await openMenu();
    expect(offered()).toEqual(['CV.pdf', 'letter.pdf']); // not what colleagues have among themselves
    await choose(/CV/);
    await choose(/letter/);
    expect(listed()).toEqual(['CV.pdf', 'letter.pdf']);
    await choose(/letter/);
    expect(listed()).toEqual(['CV.pdf']);
    await userEvent.keyboard('{Escape}');
    cleanup();
    open();
    expect(listed()).toEqual(['CV.pdf']);
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(server.sent).toHaveLength(1));
    expect(server.sent[0]?.body).toMatchObject({
      attachments: [],
      files: [{ message: 'm0', index: 0 }],
    });
  });
  it('that were put on the profile go along by their own id', async () => {
    lie(file(0, 'Contract.pdf', { file: 'f1', added_by: 'Ada', message: null }));
    show();
    await openMenu();
    await choose(/Contract/);
    await userEvent.keyboard('{Escape}');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(server.sent).toHaveLength(1));
    expect(server.sent[0]?.body.files).toEqual([{ file: 'f1' }]);
  });
  it('are taken off like any other', async () => {
    lie(file(0, 'CV.pdf'));
    show();
    await openMenu();
    await choose(/CV/);
    await userEvent.keyboard('{Escape}');
    await userEvent.click(screen.getByRole('button', { name: 'Remove CV.pdf' }));
    expect(readDraft('anna', 'thread:t1')?.uploads).toEqual([]);
  });
  it('that are too much for a message say so', async () => {
    lie(file(0, 'CV.pdf', { octets: 15 * MB }), file(1, 'prints.pdf', { octets: 10 * MB }));
    show();
    await openMenu();
    await choose(/CV/);
    await choose(/prints/);
    expect(listed()).toEqual(['CV.pdf']);
    await userEvent.keyboard('{Escape}');
    expect(screen.getByRole('alert').textContent).toMatch(/^prints.pdf was not attached: with/);
  });
  it('that aren’t there, or can’t be asked for, are told of as such', async () => {
    lie();
    show();
    await openMenu();
    expect(screen.getByRole('menu').textContent).toBe('There are no files on the profile yet.');
    cleanup();
    queries.removeQueries({ queryKey: keys.files('lea') });
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => problem(500, 'page.unexpected'));
    show();
    await openMenu();
    await waitFor(() => expect(screen.getByRole('menu').textContent).toMatch(/^Something/));
  });
  it('are no matter of somebody who is no candidate', () => {
    queries.setQueryData(keys.files('lea'), { rows: [], more: false });
    newMessage({ candidate: undefined, to: 'x@y.example' });
    expect(screen.queryByRole('button', { name: 'Attach from the profile' })).toBeNull();
  });
  it('leave a message without them as it always was', () => {
    const own = { id: 'u', filename: 'a', type: 'b', octets: 1 };
    expect(goingAlong([own])).toEqual({ attachments: ['u'] });
  });
});

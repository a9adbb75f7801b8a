import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { type ReactNode, useLayoutEffect } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keys, type Thread } from '../api/queries';
import { Composer } from './composer';
import {
  draft,
  json,
  ME,
  message,
  newer,
  notices,
  OUTBOX,
  open,
  problem,
  queries,
  router,
  sendAndGoOn,
  server,
  show,
  thread,
  written,
} from './composer.fixtures';
import { type Draft, dropDraft, forgetDrafts, keepDraft, readDraft } from './drafts';
import type { Outgoing } from './send';

function BeforePaint({ look, children }: { look: () => void; children: ReactNode }) {
  useLayoutEffect(look, [look]);
  return children;
}

describe('the composer', () => {
  it('says who gets the message and who will see it, before it goes', () => {
    show();
    expect(screen.getByText('lea@c.example')).toBeTruthy();
    expect(screen.getByText(/Mira Osei will be able to read this/)).toBeTruthy();
  });

  it('sends once, with a key, and forgets the draft', async () => {
    const closed = show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent).toHaveLength(1);
    expect(server.sent[0]!.key).toMatch(/^[\w-]{8,}$/);
    expect(server.sent[0]!.body).toMatchObject({
      mailbox: 'box',
      thread: 't1',
      in_reply_to: 'm1',
      to: ['lea@c.example'],
      text: 'Dear Léa',
      seen: 1,
    });
    expect(server.sent[0]!.body).not.toHaveProperty('html');
    expect(readDraft('anna', 'thread:t1')).toBeUndefined();
  });

  it('shows the message in the thread at once, and takes it back when it fails', async () => {
    let fail: (response: Response) => void = () => {};
    server.answers = [
      () =>
        new Promise((resolve) => {
          fail = resolve;
        }),
    ];
    show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    const shown = () => queries.getQueryData<Thread>(keys.thread('t1'))!.messages;
    await waitFor(() => expect(shown()).toHaveLength(2));
    expect(shown()[1]).toMatchObject({ snippet: 'Dear Léa', outbox: { state: 'queued' } });
    await waitFor(() => expect(server.sent).toHaveLength(1)); // which answers then
    fail(problem(422, 'mailbox.off'));
    await waitFor(() => expect(shown()).toHaveLength(1));
    expect(await screen.findByText('This mailbox is turned off.')).toBeTruthy();
    expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' }).value).toBe(
      'Dear Léa',
    );
  });

  it('W-5 keeps the key when the same message is tried again, and not when it changed', async () => {
    server.answers = [
      () => Promise.reject(new TypeError('offline')),
      () => Promise.reject(new TypeError('offline')),
    ];
    const closed = show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await screen.findByText('Hearback can’t be reached.');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(server.sent).toHaveLength(2));
    await screen.findByText('Hearback can’t be reached.');
    expect(server.sent[1]!.key).toBe(server.sent[0]!.key);
    await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), '!');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent[2]!.key).not.toBe(server.sent[0]!.key);
  });

  it('W-5 keeps the key over a reload, whatever else is sent meanwhile', async () => {
    server.answers = [() => Promise.reject(new TypeError('offline'))];
    show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await screen.findByText('Hearback can’t be reached.');
    cleanup();
    vi.resetModules(); // the page is loaded anew
    const again = await import('./send');
    await again.send(
      { user: 'anna', about: 'candidate:tom' },
      {
        ...(server.sent[0]!.body as Outgoing),
        to: ['tom@c.example'],
      },
    );
    await again.send({ user: 'anna', about: 'thread:t1' }, server.sent[0]!.body as Outgoing);
    expect(server.sent[1]!.key).not.toBe(server.sent[0]!.key);
    expect(server.sent[2]!.key).toBe(server.sent[0]!.key);
    await again.send({ user: 'anna', about: 'thread:t1' }, server.sent[0]!.body as Outgoing);
    expect(server.sent[3]!.key).not.toBe(server.sent[0]!.key); // it went: the same words are a new message
  });

  it('W-5 keeps the key of what was confirmed, though it is asked about once more', async () => {
    const offline = () => Promise.reject(new TypeError('offline'));
    server.answers = [newer(4), () => problem(409, 'thread.internal'), offline, newer(6), offline];
    show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Send anyway' }));
    await screen.findByText(/This conversation is among colleagues/);
    await userEvent.click(await screen.findByRole('button', { name: 'Send anyway' }));
    await screen.findByText('Hearback can’t be reached.');
    cleanup();
    const later = { ...thread, came: 5 };
    const closed = vi.fn();
    queries.setQueryData(keys.thread('t1'), later);
    render(written(closed, later));
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    // It hadn't gone, and something has come since.
    await userEvent.click(await screen.findByRole('button', { name: 'Send anyway' }));
    await screen.findByText('Hearback can’t be reached.');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    const asked = server.sent.map(({ body }) => [body.seen, body.internal ?? false]);
    expect(asked).toEqual([
      [1, false],
      [4, false],
      [4, true],
      [4, true],
      [6, true],
      [6, true],
    ]);
    expect(server.sent[3]!.key).toBe(server.sent[2]!.key);
    expect(server.sent[4]!.key).not.toBe(server.sent[3]!.key);
    expect(server.sent[5]!.key).toBe(server.sent[4]!.key);
  });

  it('forgets the keys with the draft', async () => {
    for (const end of [() => dropDraft('anna', 'thread:t1'), forgetDrafts]) {
      server.answers = [() => Promise.reject(new TypeError('offline'))];
      show();
      await userEvent.click(screen.getByRole('button', { name: 'Send' }));
      await screen.findByText('Hearback can’t be reached.');
      cleanup();
      end();
      expect(Object.keys(localStorage)).toEqual([]);
    }
  });

  it('W-5 keeps the key when the discarding is undone', async () => {
    server.answers = [() => Promise.reject(new TypeError('offline'))];
    show();
    notices();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await screen.findByText('Hearback can’t be reached.');
    await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), '{Backspace}a');
    await userEvent.click(screen.getByRole('button', { name: 'Discard the draft' }));
    expect(Object.keys(localStorage)).toEqual([]);
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    cleanup();
    const closed = open();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent[1]!.body).toEqual(server.sent[0]!.body);
    expect(server.sent[1]!.key).toBe(server.sent[0]!.key);
  });

  it('doesn’t call a message unsent because of what came after it', async () => {
    const remove = vi.spyOn(Storage.prototype, 'removeItem').mockImplementation(() => {
      throw new DOMException('', 'SecurityError');
    });
    const closed = show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(screen.queryByRole('alert')).toBeNull();
    expect(server.sent).toHaveLength(1);
    remove.mockRestore();
  });

  it('W-3 says what is wrong with a copy where it stands, until it is taken away', async () => {
    keepDraft('anna', 'thread:t1', { ...draft, cc: [{ name: '', address: 'tom@c.example' }] });
    server.answers = [
      () =>
        json(422, {
          type: 'about:blank',
          title: 'x',
          status: 422,
          code: 'recipients.candidate-in-copy',
          field: 'cc',
        }),
    ];
    open();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    const words = await screen.findByText(/tom@c\.example: A candidate can’t be in Cc or Bcc/);
    const field = screen.getByRole('combobox', { name: 'Cc' });
    expect(field.getAttribute('aria-describedby')).toBe(words.id);
    expect(document.activeElement).toBe(field);
    await userEvent.click(screen.getByRole('button', { name: 'Remove tom@c.example' }));
    expect(screen.queryByText(/A candidate can’t be/)).toBeNull();
  });

  it('T-4 answers the person past a bounce without asking, and says that it came back', async () => {
    const bounce = { ...message, id: 'm2', kind: 'bounce' as const };
    const bounced = { ...thread, came: 2, messages: [message, bounce] };
    queries.setQueryData(keys.thread('t1'), bounced);
    server.now = bounced;
    keepDraft('anna', 'thread:t1', draft);
    const closed = vi.fn();
    const { rerender } = render(written(closed, bounced));
    screen.getByText(/The last message came back/);
    // What comes while it is written is asked about.
    rerender(written(closed, { ...bounced, came: 3, messages: [...bounced.messages, bounce] }));
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent.map((one) => one.body.seen)).toEqual([2]);
  });

  it.each([
    ['a person has written since', [message, { ...message, id: 'm2' }]],
    ['what is answered isn’t at hand', [{ ...message, id: 'm9' }]],
  ])('T-4 leaves it to the server whether to ask, where %s', async (_, messages) => {
    keepDraft('anna', 'thread:t1', {
      ...draft,
      answers: { id: 'm1', all: false, date: message.date },
    });
    const closed = vi.fn();
    render(written(closed, { ...thread, came: 7, messages }));
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent[0]!.body).not.toHaveProperty('seen');
  });

  it('T-4 asks before it answers past a newer message, and says up to where it was answered', async () => {
    server.answers = [newer(4), newer(5)];
    const closed = show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect(await screen.findByRole('alertdialog')).toBeTruthy();
    expect(screen.getByText('A newer message has come in: look at it first.')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Send anyway' }));
    // One that came between the question and its answer is asked about, too.
    await waitFor(() => expect(server.sent).toHaveLength(2));
    expect(await screen.findByRole('alertdialog')).toBeTruthy();
    expect(closed).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Send anyway' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent.map((one) => one.body.seen)).toEqual([1, 4, 5]);
    expect(new Set(server.sent.map((one) => one.key)).size).toBe(3);
  });

  it('T-4 asks once about a newer message, and the writer is in the text after it', async () => {
    server.answers = [newer(4)];
    const closed = show();
    screen.getByRole('textbox', { name: 'Message' }).focus();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await userEvent.click(await screen.findByRole('button', { name: 'Back to writing' }));
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Message' })),
    );
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent.map((one) => one.body.seen)).toEqual([1, 4]);
  });

  it('W-5 goes in the place of what was refused, or, where that went meanwhile, as one more', async () => {
    server.answers = [() => problem(409, 'outbox.too-late')];
    const answers = { id: 'm1', all: false, date: message.date };
    keepDraft('anna', 'thread:t1', { ...draft, answers, replaces: 'o1' });
    const closed = open();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await screen.findByText(/gone on|too late|meanwhile/i);
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent.map((one) => one.body.replaces)).toEqual(['o1', undefined]);
  });

  it('W-5 is the same message from two tabs, whatever each of them has seen', async () => {
    const offline = () => Promise.reject(new TypeError('offline'));
    server.answers = [() => problem(500, 'internal'), offline];
    const closed = show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(server.sent).toHaveLength(1));
    const { send } = await import('./send');
    const other = { ...(server.sent[0]!.body as Outgoing), seen: 2 };
    await expect(send({ user: 'anna', about: 'thread:t1' }, other, '')).rejects.toThrow();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent[2]).toEqual(server.sent[1]);
  });

  it('W-5 sends what a busy server may still be at as the same message, from the next page, too', async () => {
    server.answers = [() => problem(503, 'http.unfinished')];
    show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect((await screen.findByRole('alert')).textContent).toMatch(/isn’t known whether/);
    cleanup();
    const grown = { ...thread, came: 2, messages: [message, { ...message, id: 'own' }] };
    const closed = vi.fn();
    render(written(closed, grown));
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent[1]).toEqual(server.sent[0]);
  });

  it('W-5 what another tab lost while this one was asked has not been settled by that', async () => {
    server.answers = [newer(4), () => Promise.reject(new TypeError('offline'))];
    const closed = show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    const anyway = await screen.findByRole('button', { name: 'Send anyway' });
    const { send } = await import('./send');
    const other = { ...(server.sent[0]!.body as Outgoing), seen: 3 };
    await expect(send({ user: 'anna', about: 'thread:t1' }, other, '')).rejects.toThrow();
    await userEvent.click(anyway);
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent[2]).toEqual(server.sent[1]);
  });

  it('T-4 asks once where the conversation has become part of another, and is sent there', async () => {
    const offline = () => Promise.reject(new TypeError('offline'));
    server.answers = [offline, newer(7, 'whole')];
    const closed = show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await screen.findByText('Hearback can’t be reached.');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Send anyway' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    const asked = server.sent.map(({ body }) => [body.thread, body.seen]);
    expect(asked).toEqual([
      ['t1', 1],
      ['t1', 1],
      ['whole', 7],
    ]);
    expect(server.sent[1]!.key).toBe(server.sent[0]!.key);
  });

  it('T-4 says nothing of a conversation by what was seen of a part of it', async () => {
    keepDraft('anna', 'thread:t1', draft);
    const closed = vi.fn();
    const { rerender } = render(written(closed));
    rerender(written(closed, { ...thread, id: 'whole', came: 9 }));
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent[0]!.body.thread).toBe('whole');
    expect(server.sent[0]!.body).not.toHaveProperty('seen');
  });

  it('T-4 to be back from the question of an internal conversation is no answer to it', async () => {
    const internal = () => problem(409, 'thread.internal');
    server.answers = [internal, internal];
    const closed = show();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Back to writing' }));
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Send anyway' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent.map((one) => one.body.internal ?? false)).toEqual([false, false, true]);
  });

  it.each([
    ['failed', () => problem(500, 'internal'), /^Not sent to Léa\. .* Draft kept\.$/],
    [
      'is not there to answer',
      () => Promise.reject(new TypeError('x')),
      /^It isn’t known whether your message to Léa was sent\. .* only once\. Draft kept\.$/,
    ],
    ['refuses', () => problem(422, 'mailbox.off'), /^Not sent to Léa\. This mailbox is turned off/],
    ['asks', newer(4), /^Not sent to Léa\. A newer message/],
  ])(
    'tells whoever went on what has become of it, where the server %s',
    async (_what, fail, words) => {
      const { answer, closed } = await sendAndGoOn();
      notices();
      await act(() => router.navigate({ href: '/all/t2' }));
      answer(fail());
      await screen.findByText(words);
      expect(closed).not.toHaveBeenCalled();
      expect(queries.getQueryData<Thread>(keys.thread('t1'))!.messages).toHaveLength(1);
      expect(readDraft('anna', 'thread:t1')?.text).toBe('Dear Léa');
      await userEvent.click(screen.getByRole('button', { name: 'Show' }));
      expect(router.history.location.pathname).toBe('/all/t1');
      cleanup();
      // On the table again, and on its way.
      const again = open();
      notices();
      await userEvent.click(screen.getByRole('button', { name: 'Send' }));
      await waitFor(() => expect(again).toHaveBeenCalled());
      expect(screen.queryByText(words)).toBeNull();
    },
  );

  it('W-5 is no more on the table of who went on and came back, once it is sent', async () => {
    const { answer } = await sendAndGoOn();
    const closed = open();
    answer(json(202, OUTBOX));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(readDraft('anna', 'thread:t1')).toBeUndefined();
  });

  it('leaves alone who went on, once it is sent', async () => {
    const { answer, closed } = await sendAndGoOn();
    const told = vi.spyOn(queries, 'invalidateQueries');
    answer(json(202, OUTBOX));
    // The last that is done before it is looked whether the writer is here.
    await waitFor(() => expect(told).toHaveBeenCalledWith({ queryKey: keys.outbox }));
    await act(async () => {});
    expect(readDraft('anna', 'thread:t1')).toBeUndefined();
    expect(closed).not.toHaveBeenCalled();
  });

  it('keeps what is wrong at a recipient in sight while the text is written on', async () => {
    keepDraft('anna', 'thread:t1', { ...draft, to: [{ name: '', address: 'lea@' }] });
    open();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), '!');
    await userEvent.type(screen.getByRole('textbox', { name: 'Subject' }), '!');
    screen.getByText('“lea@” is not an e-mail address.');
    await userEvent.click(screen.getByRole('button', { name: 'Remove lea@' }));
    expect(screen.queryByText('“lea@” is not an e-mail address.')).toBeNull();
  });

  it('says that the last message came back only where it did', () => {
    const [answer, bounce, corrected] = (['human', 'bounce', 'human'] as const).map((kind, at) => ({
      ...message,
      id: `m${at + 2}`,
      kind,
      direction: kind === 'human' ? ('outgoing' as const) : ('incoming' as const),
    }));
    keepDraft('anna', 'thread:t1', draft);
    const said = (...later: Thread['messages']) => {
      render(written(vi.fn(), { ...thread, messages: [message, ...later] }));
      const shown = screen.queryByText(/The last message came back/) !== null;
      cleanup();
      return shown;
    };
    expect(said(answer!, bounce!)).toBe(true);
    expect(said(answer!, bounce!, corrected!)).toBe(false);
    expect(said(answer!, bounce!, corrected!, { ...bounce!, id: 'm5' })).toBe(true);
  });

  it('goes to whom it can’t be sent to', async () => {
    keepDraft('anna', 'thread:t1', { ...draft, to: [{ name: '', address: 'lea@' }] });
    open();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    screen.getByText('“lea@” is not an e-mail address.');
    expect(document.activeElement).toBe(screen.getByLabelText('To'));
    expect(server.sent).toEqual([]);
  });

  it('keeps what was typed', async () => {
    show();
    await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), ', thank you');
    await waitFor(() => expect(readDraft('anna', 'thread:t1')?.text).toBe('Dear Léa, thank you'));
  });

  it('T-8 goes on with its own draft when the conversation becomes part of another', async () => {
    keepDraft('anna', 'thread:t1', draft);
    keepDraft('anna', 'thread:t2', { ...draft, text: 'There' });
    const closed = vi.fn();
    const { rerender } = render(written(closed));
    rerender(written(closed, { ...thread, id: 't2' }));
    await userEvent.type(screen.getByRole('textbox', { name: 'Message' }), '!');
    await waitFor(() => expect(readDraft('anna', 'thread:t1')?.text).toBe('Dear Léa!'));
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent[0]!.body).toMatchObject({ thread: 't2', text: 'Dear Léa!' });
    expect(readDraft('anna', 'thread:t1')).toBeUndefined();
    expect(readDraft('anna', 'thread:t2')?.text).toBe('There');
  });

  it('keeps what is typed before the text can take it, and goes on behind it', async () => {
    let within: boolean | undefined;
    const look = () => {
      within = document.querySelector('form.composer')?.contains(document.activeElement);
    };
    render(<BeforePaint look={look}>{written(vi.fn())}</BeforePaint>);
    expect(within).toBe(true);
    await userEvent.keyboard('Hi{Backspace}{Backspace}Dear{Enter}L ');
    expect(screen.queryByRole('textbox', { name: 'Message' })).toBeNull();
    const text = await screen.findByRole('textbox', { name: 'Message' });
    expect(document.activeElement).toBe(text); // at once: no letter falls between
    expect(text.textContent).toBe('DearL ');
    expect(text.querySelector('p')!.innerHTML).toBe('Dear<br>L ');
    const { anchorNode, anchorOffset } = document.getSelection()!;
    expect([anchorNode?.textContent, anchorOffset]).toEqual(['L ', 2]);
    cleanup();
    expect(readDraft('anna', 'thread:t1')?.html).toContain('Dear<br>L');
  });

  describe('typed while the composer itself still comes', () => {
    const lea = keys.candidate('lea');
    let profile: unknown;
    beforeEach(() => {
      vi.mocked(fetch).mockImplementation(() => new Promise(() => {}));
      profile = queries.getQueryData(lea);
      queries.removeQueries({ queryKey: lea });
    });
    const comes = async () => {
      act(() => queries.setQueryData(lea, profile));
      return screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
    };

    it('stands in the text, which goes on behind it', async () => {
      open();
      await userEvent.keyboard('jk{Backspace} Hi{Enter}');
      const text = await comes();
      await waitFor(() => expect(document.activeElement).toBe(text));
      expect(text.querySelector('p')!.innerHTML).toMatch(/^j Hi<br>/);
      const { anchorNode, anchorOffset } = document.getSelection()!;
      expect([anchorNode?.nodeName, anchorOffset]).toEqual(['P', 2]);
      cleanup();
      expect(readDraft('anna', 'thread:t1')?.html).toContain('j Hi<br>');
    });

    it('stands before what a draft without formatting has', async () => {
      show();
      await userEvent.keyboard('Hi ');
      const text = await comes();
      expect(text.value).toBe('Hi Dear Léa');
      expect(text.selectionStart).toBe(3);
    });

    it('is gone with a composer that didn’t come', async () => {
      open();
      await userEvent.keyboard('Hi');
      cleanup();
      await Promise.resolve();
      open();
      expect((await comes()).textContent).toBe('');
    });
  });

  it('leaves the focus in a field where somebody writes already', async () => {
    open();
    await userEvent.click(screen.getByRole('button', { name: 'Cc, Bcc' }));
    const copies = screen.getByLabelText<HTMLInputElement>('Cc');
    await userEvent.type(copies, 'bob@ex');
    await screen.findByRole('textbox', { name: 'Message' });
    expect(document.activeElement).toBe(copies);
  });

  it('sends by Ctrl+Enter, with what still stands in a recipient field', async () => {
    const closed = show();
    await userEvent.type(screen.getByRole('combobox', { name: 'To' }), 'bob@y.example');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent[0]!.body.to).toEqual(['lea@c.example', 'bob@y.example']);
  });

  it('sends nothing by Ctrl+Enter while a word is still being composed', async () => {
    const closed = show();
    const to = screen.getByRole('combobox', { name: 'To' });
    await userEvent.type(to, 'bob@y');
    fireEvent.keyDown(to, { key: 'Enter', ctrlKey: true, isComposing: true });
    fireEvent.keyDown(to, { key: 'Enter', ctrlKey: true, keyCode: 229 });
    fireEvent.keyDown(to, { key: 'Escape', isComposing: true });
    await act(() => new Promise((done) => setTimeout(done, 50)));
    expect(server.sent).toHaveLength(0);
    expect(closed).not.toHaveBeenCalled();
    expect(to).toHaveProperty('value', 'bob@y');
  });

  it('W-1 who gets it isn’t named among those who see it besides', async () => {
    show();
    await screen.findByText(/^Besides the recipients, Mira Osei/);
    const to = screen.getByRole('combobox', { name: 'To' });
    await userEvent.type(to, 'Mira@N.example,');
    await screen.findByText('Besides the recipients, only you can read this.');
  });

  it('gives the writer the text back after a question that Ctrl+Enter led to', async () => {
    show();
    server.answers = [newer(4)];
    const text = screen.getByRole('textbox', { name: 'Message' });
    await userEvent.type(text, '{Control>}{Enter}{/Control}');
    await userEvent.click(await screen.findByRole('button', { name: 'Back to writing' }));
    await waitFor(() => expect(document.activeElement).toBe(text));
  });

  it('refuses what is no address, and sends nothing', async () => {
    show();
    await userEvent.type(screen.getByRole('combobox', { name: 'To' }), 'nonsense,');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect(await screen.findByText('“nonsense” is not an e-mail address.')).toBeTruthy();
    expect(server.sent).toHaveLength(0);
  });

  describe('asks before what was surely not meant goes', () => {
    const html = '<p></p><p></p><p>Anna Novak</p><p>Northwind</p>';
    beforeEach(() => {
      const me = queries.getQueryData<object>(keys.me)!;
      const user = { ...ME, signature_html: '<p>Anna <b>Novak</b></p><p>Northwind</p>' };
      queries.setQueryData(keys.me, { ...me, user });
    });
    const upload = { id: 'u1', filename: 'offer.pdf', type: 'application/pdf', octets: 9 };
    const cases: [string, Partial<Draft>, string | undefined][] = [
      ['nothing written', { text: '' }, 'Send without a text?'],
      ['blanks', { text: ' \n\u00a0\n ' }, 'Send without a text?'],
      ['nothing but the signature', { rich: true, html }, 'Send without a text?'],
      [
        'nothing but the signature, plain',
        { text: '\nAnna Novak\n\nNorthwind\n' },
        'Send without a text?',
      ],
      ['nothing but the quote', { text: '', quote: true }, 'Send without a text?'],
      ['no subject', { subject: ' ' }, 'Send without a subject?'],
      ['neither', { subject: '', text: '' }, 'Send without a subject and a text?'],
      ['a file that isn’t there', { text: 'Please find it attached.' }, 'Send without a file?'],
      ['a file that is', { text: 'Please find it attached.', uploads: [upload] }, undefined],
      ['a word', { rich: true, html: html.replace('<p></p>', '<p>Yes</p>') }, undefined],
      ['a file without a word', { text: '', uploads: [upload] }, undefined],
    ];
    it.each(cases)('%s', async (_, part, title) => {
      keepDraft('anna', 'thread:t1', { ...draft, ...part });
      const closed = open();
      await userEvent.click(screen.getByRole('button', { name: 'Send' }));
      if (title) {
        expect((await screen.findByRole('alertdialog')).textContent).toContain(title);
        expect(server.sent).toHaveLength(0);
        await userEvent.click(screen.getByRole('button', { name: 'Send anyway' }));
      }
      await waitFor(() => expect(closed).toHaveBeenCalled());
      expect(server.sent).toHaveLength(1);
      expect(server.sent[0]!.body.seen).toBe(1); // what answers the server's question says nothing of these
    });

    it('and in a new message, too, where Enter is the way back', async () => {
      render(
        <QueryClientProvider client={queries}>
          <Tooltip.Provider>
            <Composer candidate={{ id: 'lea', name: 'Léa' }} onClose={() => {}} onUndo={() => {}} />
          </Tooltip.Provider>
        </QueryClientProvider>,
      );
      await userEvent.type(screen.getByLabelText('Subject'), 'Hi{Control>}{Enter}{/Control}');
      await screen.findByText('Send without a text?');
      await userEvent.keyboard('{Enter}');
      await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
      expect(server.sent).toHaveLength(0);
    });
  });

  it('W-3 warns while a candidate stands in Cc', async () => {
    show();
    await userEvent.click(screen.getByRole('button', { name: 'Cc, Bcc' }));
    await userEvent.type(screen.getByRole('combobox', { name: 'Cc' }), 'LEA@c.example,');
    expect(await screen.findByText(/belongs in “To”/)).toBeTruthy();
  });
});

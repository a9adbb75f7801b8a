// What goes out once, whatever becomes of its answer and whoever comes back meanwhile.
import { onlineManager, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { type ReactNode, useState } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keys, type Thread } from '../api/queries';
import { listenToKeys, useShortcuts } from '../frame/shortcuts';
import { switchLanguage } from '../i18n';
import { SignInAgain } from '../setup/again';
import { forgetSession } from '../setup/leaving';
import { focusText } from '../thread/steady';
import { forgetNotices } from '../ui/notice';
import type { ComposerProps } from './composer';
import {
  answerLater,
  BODY,
  draft,
  json,
  ME,
  message,
  newer,
  newMessage,
  notices,
  OUTBOX,
  open,
  problem,
  queries,
  sendAndGoOn,
  server,
  show,
  thread,
  written,
} from './composer.fixtures';
import { dropDraft, keepDraft, readDraft } from './drafts';
import { moveDraft } from './joined';
import { onItsWay, turnAfter } from './shared';
import { takeUnsent } from './unsent';

const pressSend = () => userEvent.click(screen.getByRole('button', { name: 'Send' }));
const text = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });
const lost = () => Promise.reject(new TypeError('lost'));
const quoting = { ...draft, quote: true };

// As it is once the server has what was sent, and somebody wrote again.
const ours = { ...message, id: 'm2', from: message.to, direction: 'outgoing' as const };
const later = { ...message, id: 'm3', date: '2026-01-02T00:00:00Z' };
const grown: Thread = { ...thread, messages: [message, ours, later] };
function grow() {
  queries.setQueryData(keys.thread('t1'), grown);
  for (const id of ['m2', 'm3'])
    queries.setQueryData(keys.body(id), { ...BODY, text: id, fresh: id });
}

it('W-5 T-4 a draft goes on answering what it answered, whatever has come since', async () => {
  keepDraft('anna', 'thread:t1', quoting);
  server.answers = [lost];
  open();
  await pressSend();
  await screen.findByText(/isn’t known whether your message was sent/);
  cleanup();
  grow();
  for (const props of [{ replyTo: ours, calm: true }, { replyTo: later }]) {
    server.answers = [lost];
    render(written(vi.fn(), grown, props));
    await pressSend();
    await screen.findByText(/isn’t known whether your message was sent/);
    cleanup();
  }
  expect(server.sent[0]!.body).toMatchObject({ in_reply_to: 'm1' });
  expect(server.sent[0]!.body.text).toContain('> Hi');
  for (const again of server.sent) expect(again).toEqual(server.sent[0]);
  expect(server.sent).toHaveLength(3);
});

it('what it answered may be on an older page by now', async () => {
  const letter = { ...quoting, html: '', text: 'Dear Léa' };
  keepDraft('anna', 'thread:t1', letter);
  server.answers = [lost];
  open();
  await pressSend();
  await screen.findByText(/isn’t known whether/);
  cleanup();
  grow();
  const closed = vi.fn();
  render(written(closed, { ...grown, messages: [ours, later] }, { replyTo: later }));
  await pressSend();
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(server.sent[1]).toEqual(server.sent[0]);
});

it('a draft answers another message once its writer says so', async () => {
  keepDraft('anna', 'thread:t1', quoting);
  open();
  cleanup();
  grow();
  render(written(vi.fn(), grown, { replyTo: later, chosen: true }));
  cleanup();
  expect(readDraft('anna', 'thread:t1')?.answers?.id).toBe('m3');
  const closed = vi.fn();
  render(written(closed, grown, { replyTo: ours }));
  await pressSend();
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(server.sent[0]!.body.in_reply_to).toBe('m3');
  expect(server.sent[0]!.body.text).toContain('> m3');
});

it('W-5 waits for what it quotes', async () => {
  queries.removeQueries({ queryKey: keys.body('m1') });
  let come: (response: Response) => void = () => {};
  server.bodies = [
    () =>
      new Promise<Response>((resolve) => {
        come = resolve;
      }),
  ];
  keepDraft('anna', 'thread:t1', quoting);
  const closed = open();
  await pressSend();
  await act(() => new Promise((done) => setTimeout(done)));
  expect(server.sent).toEqual([]);
  await waitFor(() => expect(server.bodies).toHaveLength(0)); // it is asked for
  come(json(200, BODY));
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(server.sent[0]!.body.text).toContain('> Hi');
});

it('asks where what it quotes doesn’t come, and never leaves it out by itself', async () => {
  queries.removeQueries({ queryKey: keys.body('m1') });
  const away = () => problem(503, 'http.busy');
  server.bodies = [away, away, away];
  keepDraft('anna', 'thread:t1', quoting);
  const closed = open();
  await pressSend();
  await screen.findByRole('alertdialog', { name: 'Send without the quote?' });
  await userEvent.click(screen.getByRole('button', { name: 'Back to writing' }));
  expect(screen.getByRole('button', { name: /Quote/ }).getAttribute('aria-pressed')).toBe('true');
  expect(server.sent).toEqual([]);
  await pressSend();
  server.answers = [lost];
  await userEvent.click(await screen.findByRole('button', { name: 'Send anyway' }));
  await screen.findByText(/isn’t known whether/);
  expect(server.sent[0]!.body.text).toBe('Dear Léa');
  expect(readDraft('anna', 'thread:t1')?.quote).toBe(false); // it comes back by no reload
  await pressSend();
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(server.sent[1]).toEqual(server.sent[0]);
});

it.each([
  ['nobody', lost],
  ['somebody on the way', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
  ['a server that lost its database', () => problem(503, 'store.commit-unknown')],
  ['one that is still at it', () => problem(503, 'http.unfinished')],
])('says that nobody knows whether it was sent, where %s answered', async (_who, answer) => {
  server.answers = [answer];
  show();
  await pressSend();
  const said = await screen.findByRole('alert');
  expect(said.textContent).toMatch(
    /isn’t known whether your message was sent.*changed or not.*once/,
  );
});

it('says that it isn’t sent, where the server itself has refused', async () => {
  server.answers = [() => problem(503, 'http.busy')];
  show();
  await pressSend();
  expect((await screen.findByRole('alert')).textContent).not.toMatch(/isn’t known/);
});

it('W-5 who comes back while it is on its way has nothing to send', async () => {
  const { answer } = await sendAndGoOn();
  const closed = open();
  expect(screen.queryByRole('textbox')).toBeNull();
  expect(screen.queryByRole('button', { name: 'Discard the draft' })).toBeNull();
  answer(json(202, OUTBOX));
  await waitFor(() => expect(closed).toHaveBeenCalledOnce());
  expect(Object.keys(localStorage)).toEqual([]);
  expect(server.sent).toHaveLength(1);
});

it('and has it on the table again, where it couldn’t be sent', async () => {
  const { answer } = await sendAndGoOn();
  const closed = open();
  answer(problem(422, 'mailbox.off'));
  await waitFor(() => expect(text().value).toBe('Dear Léa'));
  expect(closed).not.toHaveBeenCalled();
});

const put = vi.fn();
function Page({ children }: { children: ReactNode }) {
  useShortcuts({ e: put, u: put, l: put });
  return children;
}
// As a conversation's pane has it: each press of Reply is a composer's turn.
function Pane({ onClose }: { onClose: () => void }) {
  const [turn, setTurn] = useState<number>();
  return (
    <>
      <button type="button" onClick={() => setTurn(turnAfter(turn, 'anna', 'thread:t1'))}>
        Reply
      </button>
      <div key={turn}>{written(onClose)}</div>
    </>
  );
}

describe('W-5 what is typed while it is on its way', () => {
  const rich = () => screen.findByRole('textbox', { name: 'Message' });
  const come = async (props: Partial<ComposerProps> = {}) => {
    const closed = vi.fn();
    render(<Page>{written(closed, thread, props)}</Page>);
    await screen.findByRole('status');
    return closed;
  };
  beforeEach(() => {
    put.mockClear();
    return listenToKeys();
  });

  it('is the next message, and no shortcut', async () => {
    const { answer } = await sendAndGoOn();
    const closed = await come();
    await userEvent.keyboard('Hellu{Backspace}o');
    answer(json(202, OUTBOX));
    await waitFor(async () => expect((await rich()).textContent).toContain('Hello'));
    expect(closed).not.toHaveBeenCalled();
    expect(put).not.toHaveBeenCalled();
    expect((await rich()).textContent).not.toContain('Dear');
  });

  it('also where its writer only came to look: nothing is put away', async () => {
    const { answer } = await sendAndGoOn();
    const closed = await come({ calm: true });
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard('e');
    expect(put).not.toHaveBeenCalled();
    answer(json(202, OUTBOX));
    await waitFor(() => expect(closed).toHaveBeenCalledOnce());
  });

  it('changes nothing of what may have been sent', async () => {
    const { answer } = await sendAndGoOn();
    await come();
    await userEvent.keyboard('PS');
    answer(problem(503, 'store.commit-unknown'));
    await waitFor(() => expect(text().value).toBe('Dear Léa'));
    await pressSend();
    await waitFor(() => expect(server.sent).toHaveLength(2));
    expect(server.sent[1]!.key).toBe(server.sent[0]!.key);
  });

  it('stands before what couldn’t be sent', async () => {
    const { answer } = await sendAndGoOn();
    await come();
    await userEvent.keyboard('Hello');
    answer(problem(422, 'mailbox.off'));
    await waitFor(() => expect(text().value).toBe('HelloDear Léa'));
  });

  it('is there also for who went on before that was settled, whenever they come back', async () => {
    const { answer } = await sendAndGoOn();
    await come();
    await userEvent.keyboard('Hello');
    cleanup();
    answer(json(202, OUTBOX));
    await waitFor(() => expect(readDraft('anna', 'thread:t1')).toBeUndefined());
    await act(() => new Promise((done) => setTimeout(done)));
    open();
    await waitFor(async () => expect((await rich()).textContent).toContain('Hello'));
    cleanup();
    dropDraft('anna', 'thread:t1');
    open();
    expect((await rich()).textContent).not.toContain('Hello');
  });

  it('is the next also where it was asked for before the first had gone', async () => {
    const closed = vi.fn();
    keepDraft('anna', 'thread:t1', draft);
    const answer = answerLater();
    const { container } = render(<Pane onClose={closed} />);
    await pressSend();
    await waitFor(() => expect(server.sent).toHaveLength(1));
    expect(focusText(container)).toBe(false);
    await userEvent.click(screen.getByRole('button', { name: 'Reply' }));
    expect(document.activeElement).toBe(container.querySelector('form.composer'));
    await userEvent.keyboard('Hello');
    answer(json(202, OUTBOX));
    await waitFor(async () => expect((await rich()).textContent).toContain('Hello'));
    expect(focusText(container)).toBe(true);
    expect(closed).not.toHaveBeenCalled();
  });

  it('and another message that was chosen meanwhile is answered', async () => {
    const { answer } = await sendAndGoOn();
    const closed = await come({ replyTo: later, chosen: true });
    answer(json(202, OUTBOX));
    const box = await rich();
    await waitFor(() => expect(document.activeElement).toBe(box));
    await userEvent.keyboard('Hello');
    expect(closed).not.toHaveBeenCalled();
    await pressSend();
    await waitFor(() => expect(server.sent).toHaveLength(2));
    expect(server.sent[1]!.body.in_reply_to).toBe('m3');
  });
});

it('tells who went on that it wasn’t sent, where nobody signs in again', async () => {
  const { answer } = await sendAndGoOn();
  notices();
  answer(problem(401, 'session.missing'));
  await screen.findByText(/^Not sent to Léa/);
  act(forgetNotices);
});

it('W-5 what is sent stands nowhere any more, though the conversation is slow to come', async () => {
  let slow: () => void = () => {};
  const closed = show();
  const answer = answerLater();
  vi.spyOn(queries, 'invalidateQueries').mockReturnValueOnce(
    new Promise((resolve) => {
      slow = resolve;
    }),
  );
  notices();
  await pressSend();
  await waitFor(() => expect(server.sent).toHaveLength(1));
  answer(json(202, OUTBOX));
  await screen.findByText('Your message is on its way');
  expect(screen.queryByRole('button', { name: 'Send' })).toBeNull();
  act(() => document.querySelector<HTMLFormElement>('form.composer')!.requestSubmit());
  expect(closed).not.toHaveBeenCalled();
  slow();
  await waitFor(() => expect(closed).toHaveBeenCalledOnce());
  expect(server.sent).toHaveLength(1);
});

it('a new message on its way is neither written on nor discarded', async () => {
  keepDraft('anna', 'candidate:lea', draft);
  const answer = answerLater();
  const closed = vi.fn();
  render(newMessage({ onClose: closed }));
  notices();
  await pressSend();
  await waitFor(() => expect(server.sent).toHaveLength(1));
  const discard = screen.getByRole('button', { name: 'Discard the draft' });
  expect(discard.closest('[inert]')).not.toBeNull();
  await userEvent.click(discard);
  expect(screen.queryByText('Draft discarded')).toBeNull();
  expect(closed).not.toHaveBeenCalled();
  answer(problem(422, 'mailbox.off'));
  await screen.findByText('This mailbox is turned off.');
  expect(discard.closest('[inert]')).toBeNull();
});

it('W-5 what was discarded elsewhere meanwhile isn’t sent once more', async () => {
  const answer = answerLater();
  keepDraft('anna', 'thread:t1', draft);
  render(written(vi.fn()));
  await pressSend();
  await waitFor(() => expect(server.sent).toHaveLength(1));
  dropDraft('anna', 'thread:t1'); // by another tab
  cleanup();
  notices();
  answer(newer(4)());
  await act(() => new Promise((done) => setTimeout(done, 50)));
  expect(server.sent).toHaveLength(1);
  expect(screen.queryByText(/Not sent/)).toBeNull();
});

// As its conversation does: closed, and there again when it is asked for.
function Conversation() {
  const [shown, setShown] = useState(true);
  return shown ? (
    written(() => setShown(false))
  ) : (
    <button type="button" onClick={() => setShown(true)}>
      Reply
    </button>
  );
}
const kept = () => {
  const { rich, html, text } = readDraft('anna', 'thread:t1')!;
  return rich ? html : text;
};

it.each([
  ['on the table', async () => {}],
  ['in the storage', async () => cleanup()],
])('a discarding that is taken back leaves what was written since, %s', async (_, go) => {
  keepDraft('anna', 'thread:t1', draft);
  render(<Conversation />);
  await userEvent.type(text(), '!');
  await userEvent.click(screen.getByRole('button', { name: 'Discard the draft' }));
  expect(readDraft('anna', 'thread:t1')).toBeUndefined();
  await userEvent.click(screen.getByRole('button', { name: 'Reply' }));
  const box = await screen.findByRole('textbox', { name: 'Message' });
  await waitFor(() => expect(document.activeElement).toBe(box));
  await userEvent.keyboard('New words');
  await go();
  notices();
  await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
  expect(kept()).toMatch(/New words.*Dear Léa!/s);
  if (screen.queryByRole('textbox', { name: 'Message' }))
    expect(screen.getByRole('textbox', { name: 'Message' }).textContent).toMatch(
      /New words.*Dear Léa!/s,
    );
  cleanup();
  expect(kept()).toMatch(/New words.*Dear Léa!/s);
});

it('W-1 what is pressed in the dialog for a link is the link’s: nothing goes without it', async () => {
  keepDraft('anna', 'thread:t1', { ...draft, rich: true });
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Link' }));
  const field = await screen.findByLabelText('Web address');
  await userEvent.type(field, 'example.com{Control>}{Enter}{/Control}');
  await act(() => new Promise((done) => setTimeout(done, 50)));
  expect(server.sent).toEqual([]);
});

describe('W-5 what may have gone', () => {
  const unknown = /isn’t known whether your message was sent/;
  async function lose() {
    keepDraft('anna', 'thread:t1', quoting);
    server.answers = [lost];
    open();
    await pressSend();
    await screen.findByText(unknown);
    cleanup();
    grow();
  }
  async function sendAgain(props: Partial<ComposerProps>, where = grown) {
    const closed = vi.fn();
    render(written(closed, where, props));
    screen.getByText(unknown);
    await pressSend();
    await waitFor(() => expect(closed).toHaveBeenCalled());
    expect(server.sent.at(-1)).toEqual(server.sent[0]);
    expect(Object.keys(localStorage)).toEqual([]);
  }

  it('is sent again as it was, though its writer has chosen another message to answer', async () => {
    await lose();
    await sendAgain({ replyTo: later, chosen: true });
  });

  it('also where that was refused since, and where only a later answer never came', async () => {
    await lose();
    server.answers = [() => problem(429, 'http.busy')];
    render(written(vi.fn(), grown, { replyTo: later, chosen: true }));
    await pressSend();
    const said = await screen.findByText(/Hearback is very busy/);
    expect(said.closest('[role=alert]')?.textContent).toMatch(unknown); // of the first, still
    cleanup();
    await sendAgain({ replyTo: later, chosen: true });
  });

  it('also where another conversation has taken its own in, or the page is in another language', async () => {
    await lose();
    moveDraft('anna', 'thread:t1', 'thread:t2');
    await act(() => switchLanguage('de'));
    const closed = vi.fn();
    render(written(closed, { ...grown, id: 't2' }, { replyTo: later }));
    await userEvent.click(screen.getByRole('button', { name: 'Senden' }));
    await waitFor(() => expect(closed).toHaveBeenCalled());
    await act(() => switchLanguage('en'));
    expect(server.sent[1]).toEqual(server.sent[0]);
  });

  it('is known as such also where the page was closed before an answer came', async () => {
    await sendAndGoOn();
    onItsWay.forget(); // as another page has it
    open();
    screen.getByText(unknown);
  });

  it('is promised to go once for as long as the server knows it, and no longer', async () => {
    await lose();
    const now = vi.spyOn(Date, 'now');
    const day = 24 * 3600_000;
    for (const [days, words] of [
      [5, /changed or not, it goes out only once/],
      [7, /look under “Sent” whether it went/],
    ] as const) {
      now.mockReturnValue(new Date().getTime() + days * day);
      render(written(vi.fn(), grown));
      screen.getByText(words);
      server.answers = [lost]; // it is as long ago as it was before
      await pressSend();
      await screen.findByText(words);
      cleanup();
    }
    now.mockRestore();
  });

  const changed = () => userEvent.type(text(), ' Bye');
  async function loseAndChange() {
    keepDraft('anna', 'thread:t1', draft);
    server.answers = [lost];
    const closed = open();
    await pressSend();
    await screen.findByText(unknown);
    await changed();
    return closed;
  }

  it('W-5 O-2 goes once, too, where it was changed', async () => {
    const closed = await loseAndChange();
    server.answers = [lost];
    await pressSend();
    await waitFor(() => expect(server.sent).toHaveLength(2));
    await screen.findByText(unknown);
    await changed();
    await pressSend();
    await waitFor(() => expect(closed).toHaveBeenCalled());
    const [first, second, third] = server.sent.map(({ key }) => key);
    expect(new Set([first, second, third]).size).toBe(3);
    expect(server.insteadOf).toEqual([null, first, `${first} ${second}`]);
    expect(Object.keys(localStorage)).toEqual([]);
  });

  it('W-5 O-2 is told to have gone, and the changed one goes as one more only if it is sent again', async () => {
    const closed = await loseAndChange();
    for (const [code, words] of [
      ['other-done', 'Your message was taken in as it was before you changed it.'],
      ['reused', 'This was sent already in another form.'],
    ] as const) {
      server.answers = [() => problem(409, `idempotency.${code}`)];
      await pressSend();
      const said = await screen.findByText(words);
      expect(said.closest('[role=alert]')?.textContent).not.toMatch(unknown);
      expect(closed).not.toHaveBeenCalled();
      expect(text().value).toContain('Bye');
    }
    await pressSend();
    await waitFor(() => expect(closed).toHaveBeenCalled());
    const keys = server.sent.map(({ key }) => key);
    expect(new Set(keys).size).toBe(4); // each time a new one
    expect(server.insteadOf).toEqual([null, keys[0], null, null]);
  });

  it('and a refusal alone leaves the writer free to answer another one', async () => {
    keepDraft('anna', 'thread:t1', quoting);
    server.answers = [() => problem(422, 'mailbox.off')];
    open();
    await pressSend();
    await screen.findByText('This mailbox is turned off.');
    cleanup();
    grow();
    render(written(vi.fn(), grown, { replyTo: later, chosen: true }));
    expect(screen.queryByRole('alert')).toBeNull();
    await pressSend();
    await waitFor(() => expect(server.sent).toHaveLength(2));
    expect(server.sent[1]!.body.in_reply_to).toBe('m3');
  });
});

it('nobody waits for the network to come back once their message is on its way', async () => {
  const closed = show();
  vi.spyOn(queries, 'invalidateQueries').mockReturnValueOnce(new Promise(() => {}));
  notices();
  await pressSend();
  await screen.findByText('Your message is on its way');
  expect(closed).not.toHaveBeenCalled();
  act(() => onlineManager.setOnline(false));
  await waitFor(() => expect(closed).toHaveBeenCalledOnce());
  act(() => onlineManager.setOnline(true));
});

describe('W-5 who isn’t signed in any more when it turns out', () => {
  const leaveThen = async (response: () => Response | Promise<Response>) => {
    const answer = answerLater();
    show();
    notices();
    await pressSend();
    await waitFor(() => expect(server.sent).toHaveLength(1));
    vi.mocked(globalThis.fetch).mockReturnValue(new Promise(() => {})); // what the page asks for as it goes
    act(() => forgetSession(queries));
    answer(response());
    await waitFor(() => expect(onItsWay.of('anna.thread:t1')).toBe(false));
    await act(() => new Promise((done) => setTimeout(done)));
    expect(screen.queryByText(/Not sent|isn’t known/)).toBeNull(); // this is the next one's page
    expect(takeUnsent('ben')).toEqual([]);
  };

  it.each([
    ['refused', () => problem(401, 'session.missing')],
    ['lost', lost],
  ])('is told once they are in again (%s)', async (_, response) => {
    await leaveThen(response);
    const [unsent, ...others] = takeUnsent('anna');
    expect(unsent).toMatchObject({ about: 'thread:t1', address: '/all/t1' });
    expect(unsent?.words).toMatch(/message to Léa was sent.*Draft kept\.$/s);
    expect(others).toEqual([]);
    expect(takeUnsent('anna')).toEqual([]);
  });

  it('and not of what they discarded in between', async () => {
    await leaveThen(lost);
    dropDraft('anna', 'thread:t1');
    expect(takeUnsent('anna')).toEqual([]);
  });

  it('is told also where nobody signed in again when the server asked for it', async () => {
    const answer = answerLater();
    show();
    notices();
    const signIn = render(
      <QueryClientProvider client={queries}>
        <SignInAgain user={ME as never} onLeave={() => {}} />
      </QueryClientProvider>,
    );
    await pressSend();
    await waitFor(() => expect(server.sent).toHaveLength(1));
    answer(problem(401, 'session.missing'));
    await screen.findByRole('dialog');
    act(() => {
      signIn.unmount(); // the dialog is closed, and the page goes
      forgetSession(queries);
    });
    await act(() => new Promise((done) => setTimeout(done)));
    expect(screen.queryByText(/Not sent/)).toBeNull();
    expect(takeUnsent('anna')[0]?.words).toMatch(/^Not sent to Léa\./);
  });
});

it('what is being written stays on the table when its conversation turns out to be with a candidate', async () => {
  keepDraft('anna', 'thread:t1', draft);
  const { rerender } = render(written(vi.fn(), thread, { candidate: undefined }));
  const box = text();
  await userEvent.type(box, '!');
  vi.mocked(globalThis.fetch).mockReturnValue(new Promise(() => {}));
  rerender(written(vi.fn(), thread, { candidate: { id: 'mara', name: 'Mara' } }));
  expect(box.isConnected && box.value).toBe('Dear Léa!');
});

it('letters are shortcuts while a draft that lay there is still coming', async () => {
  const listening = listenToKeys();
  queries.removeQueries({ queryKey: keys.mailboxes });
  vi.mocked(globalThis.fetch).mockReturnValue(new Promise(() => {}));
  render(<Page>{written(vi.fn(), thread, { calm: true })}</Page>);
  put.mockClear();
  await userEvent.keyboard('e');
  expect(put).toHaveBeenCalledOnce();
  cleanup();
  render(<Page>{written(vi.fn(), thread)}</Page>);
  await userEvent.keyboard('e');
  expect(put).toHaveBeenCalledOnce(); // the text's, once it is there
  listening();
});

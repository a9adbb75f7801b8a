import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetUser } from '../setup/leaving';
import {
  answerLater,
  draft,
  json,
  notices,
  OUTBOX,
  open,
  queries,
  sendAndGoOn,
  server,
  show,
  thread,
  written,
} from './composer.fixtures';
import { type Draft, dropDraft, forgetDrafts, keepDraft, readDraft } from './drafts';
import { moveDraft, moveLater } from './joined';
import { merged } from './kept';

describe('what can’t be attached is said where the files are', () => {
  let sentUp: string[];
  let fails: string | undefined;
  let later: (() => void)[] | undefined; // what comes up when it is called
  class Sending {
    upload = {};
    status = 0;
    response: unknown;
    onload = () => {};
    onerror = () => {};
    onabort = () => {};
    abort() {
      this.onload = () => {};
      this.onabort();
    }
    open() {}
    setRequestHeader() {}
    send(file: File) {
      sentUp.push(file.name);
      const when = later ? (run: () => void) => later?.push(run) : queueMicrotask;
      when(() => {
        if (file.name === fails) return this.onerror();
        this.status = 201;
        this.response = { id: file.name, filename: file.name, type: 'a/b', octets: file.size };
        this.onload();
      });
    }
  }
  beforeEach(() => {
    sentUp = [];
    fails = undefined;
    later = undefined;
    vi.stubGlobal('XMLHttpRequest', Sending);
    return () => vi.unstubAllGlobals();
  });
  const MB = 1_000_000;
  const file = (name: string, size: number) =>
    Object.defineProperty(new File(['x'], name), 'size', { value: size });
  const attach = async (...files: File[]) => {
    const input = document.querySelector<HTMLInputElement>('input[type=file]')!;
    await userEvent.upload(input, files);
  };
  const listed = () =>
    [...document.querySelectorAll('.uploads li')].map(
      (one) => one.querySelector('span')?.textContent,
    );
  const said = () =>
    [...screen.getByRole('alert').querySelectorAll('li')].map((one) => one.textContent);

  it('a file that is too large, and those beside it are kept', async () => {
    show();
    await attach(file('film.mp4', 30 * MB), file('cv.pdf', MB));
    expect(said()).toEqual([
      'film.mp4 was not attached: it is 11 MB more than the 19 MB of files that a message carries. Make it smaller, or share it as a link.',
    ]);
    await waitFor(() => expect(listed()).toEqual(['cv.pdf']));
    expect(sentUp).toEqual(['cv.pdf']);
    expect(said()).toHaveLength(1); // it stays
  });

  it('what one message carries, and no more than that goes up', async () => {
    show();
    await attach(file('one.zip', 10 * MB), file('two.zip', 10 * MB), file('three.zip', 9 * MB));
    expect(said()).toEqual([
      'two.zip was not attached: with the other files it would be 843 kB more than the 19 MB that a message carries. Take another file off, or send it in a second message.',
    ]);
    await waitFor(() => expect(listed()).toEqual(['one.zip', 'three.zip']));
    await attach(file('four.zip', MB));
    expect(said()[0]).toContain('four.zip was not attached: with the other files');
    expect(said()).toHaveLength(1); // the files changed: what was said before is over
  });

  it('an empty file, which goes along', async () => {
    show();
    await attach(file('notes.txt', 0));
    expect(said()).toEqual([
      'notes.txt is attached, but it is empty. If that isn’t meant, take it off and attach the right file.',
    ]);
    await waitFor(() => expect(listed()).toEqual(['notes.txt']));
    await userEvent.click(screen.getByRole('button', { name: 'Remove notes.txt' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('a file that didn’t come up, and why', async () => {
    fails = 'cv.pdf';
    show();
    await attach(file('cv.pdf', MB), file('letter.pdf', MB));
    await waitFor(() =>
      expect(said()[0]).toMatch(/^cv\.pdf was not attached\. Hearback can’t be reached\./),
    );
    expect(listed()).toEqual(['letter.pdf']);
  });

  it('a folder, which browsers take for a file until it is read', async () => {
    fails = 'Portfolio';
    show();
    vi.spyOn(FileReader.prototype, 'readAsArrayBuffer').mockImplementation(function (
      this: FileReader,
    ) {
      this.dispatchEvent(new ProgressEvent('error'));
    });
    await attach(file('Portfolio', 4096));
    await waitFor(() =>
      expect(said()).toEqual([
        'Portfolio was not attached: it can’t be read. Attach a folder as a ZIP file; choose a file once more.',
      ]),
    );
  });

  it('until it is put away, which leaves the writer in the text', async () => {
    show();
    await attach(file('film.mp4', 30 * MB));
    const close = screen.getByRole('alert').querySelector('button')!;
    await userEvent.click(close);
    expect(screen.queryByRole('alert')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Message' }));
  });

  describe('a file whose writer goes on while it comes up', () => {
    const come = () => act(async () => later!.splice(0).forEach((run) => void run()));
    beforeEach(() => {
      later = [];
    });

    it('is there when they come back, with what was written meanwhile', async () => {
      open();
      notices();
      await attach(file('cv.pdf', MB));
      await userEvent.keyboard('{Escape}');
      await screen.findByText('Draft kept');
      cleanup();
      await come();
      open();
      expect(listed()).toEqual(['cv.pdf']);
      await attach(file('letter.pdf', MB));
      await userEvent.type(await screen.findByRole('textbox', { name: 'Subject' }), '!');
      cleanup();
      await come();
      const kept = readDraft('anna', 'thread:t1');
      expect(kept?.uploads.map((one) => one.id)).toEqual(['cv.pdf', 'letter.pdf']);
      expect(kept?.subject).toBe('Re: Hello!');
    });

    it('is seen to come by who is back before it, and nothing is sent without it', async () => {
      show();
      await attach(file('cv.pdf', MB));
      cleanup();
      open();
      expect(listed()).toEqual(['cv.pdf']);
      expect(screen.getByRole('progressbar')).toBeTruthy();
      await userEvent.click(screen.getByRole('button', { name: 'Send' }));
      expect(server.sent).toEqual([]);
      await come();
      expect(screen.queryByRole('progressbar')).toBeNull();
      expect(listed()).toEqual(['cv.pdf']);
      await userEvent.click(screen.getByRole('button', { name: 'Send' }));
      await waitFor(() => expect(server.sent[0]?.body.attachments).toEqual(['cv.pdf']));
    });

    it('goes along with its conversation (T-8)', async () => {
      show();
      await attach(file('cv.pdf', MB));
      cleanup();
      moveLater('anna', 'thread:t1', 'thread:t2');
      moveDraft('anna', 'thread:t1', 'thread:t2');
      await come();
      expect(readDraft('anna', 'thread:t2')?.uploads.map((one) => one.id)).toEqual(['cv.pdf']);
    });

    it('is seen to come in the whole, and nothing is sent there without it (T-8)', async () => {
      show();
      await attach(file('cv.pdf', MB));
      cleanup();
      moveDraft('anna', 'thread:t1', 'thread:t2');
      render(written(() => {}, { ...thread, id: 't2' }));
      expect(screen.getByRole('progressbar')).toBeTruthy();
      await userEvent.click(screen.getByRole('button', { name: 'Send' }));
      expect(server.sent).toEqual([]);
      await come();
      expect(screen.queryByRole('progressbar')).toBeNull();
      expect(listed()).toEqual(['cv.pdf']);
    });

    it('is told of once its message is gone, sent or discarded in another tab', async () => {
      show();
      await attach(file('cv.pdf', MB));
      cleanup();
      dropDraft('anna', 'thread:t1');
      notices();
      await come();
      await screen.findByText(
        'cv.pdf was not attached: its message was sent or discarded elsewhere.',
      );
      expect(readDraft('anna', 'thread:t1')).toBeUndefined();
    });

    it('is nothing to who signs in after its writer has left', async () => {
      show();
      await attach(file('cv.pdf', MB));
      act(() => forgetUser(queries));
      cleanup();
      keepDraft('anna', 'thread:t1', draft); // in again, and begun anew
      await come();
      expect(readDraft('anna', 'thread:t1')?.uploads).toEqual([]);
    });

    it('is nobody’s once its draft is discarded', async () => {
      show();
      await attach(file('cv.pdf', MB));
      await userEvent.click(screen.getByRole('button', { name: 'Discard the draft' }));
      cleanup();
      open();
      expect(listed()).toEqual([]);
      await come();
      cleanup();
      expect(readDraft('anna', 'thread:t1')).toBeUndefined();
    });

    it('tells them that it didn’t come up', async () => {
      fails = 'cv.pdf';
      show();
      await attach(file('cv.pdf', MB));
      cleanup();
      notices();
      await come();
      await screen.findByText(/^cv\.pdf was not attached\. Hearback can’t be reached\./);
    });
  });

  it('and what two tabs attached together', () => {
    const upload = (id: string) => ({ id, filename: id, type: 'a/b', octets: 15 * MB });
    keepDraft('anna', 'thread:t1', { ...draft, uploads: [upload('one'), upload('two')] });
    open();
    expect(said()).toEqual([
      'The files together are 11 MB more than the 19 MB that a message carries. Take one off.',
    ]);
  });
});

// What a browser tells this tab when another one has changed the storage.
const elsewhere = (next: Draft | undefined) =>
  act(() => {
    if (next) keepDraft('anna', 'thread:t1', next);
    else dropDraft('anna', 'thread:t1');
    window.dispatchEvent(new StorageEvent('storage', { key: 'hearback.draft.anna.thread:t1' }));
  });
const box = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });

describe('the same conversation in two tabs', () => {
  it('shows what is written in the other one, and goes on from there', async () => {
    show();
    await elsewhere({
      ...draft,
      text: 'Dear Léa, written there',
      bcc: [{ name: '', address: 'b@y.example' }],
    });
    expect(box().value).toBe('Dear Léa, written there');
    expect(screen.getByText('b@y.example')).toBeTruthy();
    await userEvent.type(box(), ' and here');
    await waitFor(() =>
      expect(readDraft('anna', 'thread:t1')?.text).toBe('Dear Léa, written there and here'),
    );
  });

  it('keeps its words at once when the writer turns to the other one', async () => {
    show();
    await userEvent.type(box(), '!');
    window.dispatchEvent(new Event('blur'));
    expect(readDraft('anna', 'thread:t1')?.text).toBe('Dear Léa!');
  });

  it('offers nothing that was sent or discarded there once more', async () => {
    const closed = show();
    await elsewhere(undefined);
    expect(closed).toHaveBeenCalledOnce();
    cleanup();
    expect(readDraft('anna', 'thread:t1')).toBeUndefined();
  });

  it('keeps what was just typed here when the other one is done', async () => {
    const closed = show();
    await userEvent.type(box(), ', one more thing');
    await elsewhere(undefined);
    expect(closed).not.toHaveBeenCalled();
    await waitFor(() => expect(readDraft('anna', 'thread:t1')?.text).toMatch(/one more thing/));
  });

  it('leaves what was written there while the message went', async () => {
    const answer = answerLater();
    const closed = show();
    await userEvent.type(box(), '!');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(server.sent).toHaveLength(1));
    await elsewhere({ ...draft, text: 'Dear Léa! And one more thing' });
    answer(json(202, OUTBOX));
    await waitFor(() => expect(closed).toHaveBeenCalledOnce());
    cleanup();
    expect(readDraft('anna', 'thread:t1')?.text).toBe('Dear Léa! And one more thing');
  });

  it('leaves what was written here while the message went', async () => {
    const answer = answerLater();
    const closed = show();
    const text = box();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(server.sent).toHaveLength(1));
    await userEvent.type(text, ' And one more thing');
    answer(json(202, OUTBOX));
    await waitFor(() => expect(closed).toHaveBeenCalledOnce());
    cleanup();
    expect(readDraft('anna', 'thread:t1')?.text).toBe('Dear Léa And one more thing');
  });

  it('drops the draft at once, though it was just typed', async () => {
    const closed = show();
    await userEvent.type(box(), '!');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(closed).toHaveBeenCalledOnce());
    cleanup();
    expect(Object.keys(localStorage)).toEqual([]);
  });

  it('signing out forgets what is on the table as well', async () => {
    show();
    await userEvent.type(box(), ', secret');
    act(forgetDrafts);
    cleanup();
    await new Promise((done) => setTimeout(done, 400));
    expect(readDraft('anna', 'thread:t1')).toBeUndefined();
  });

  it('joins what both changed at once', () => {
    const [cv, letter, old] = ['cv', 'letter', 'old'].map((id) => ({
      id,
      filename: `${id}.pdf`,
      type: 'application/pdf',
      octets: 1,
    }));
    const base = { ...draft, uploads: [old!] };
    const mine = { ...base, uploads: [old!, cv!] };
    const theirs = { ...base, text: 'new words', uploads: [letter!] };
    expect(merged(base, mine, theirs)).toEqual({ ...theirs, uploads: [letter, cv] });
    expect(merged(base, { ...base, text: 'mine' }, { ...base, subject: 'theirs' })).toEqual({
      ...base,
      text: 'mine',
      subject: 'theirs',
    });
  });
});

describe('where the browser stores nothing', () => {
  beforeEach(() => {
    const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('', 'QuotaExceededError');
    });
    return () => {
      full.mockRestore();
      forgetDrafts();
    };
  });

  it('a draft is kept as long as the page is there, which is said', async () => {
    open();
    notices();
    await userEvent.type(screen.getByRole('textbox', { name: 'Subject' }), '!{Escape}');
    await screen.findByText(/^Draft kept only until this page is closed/);
    cleanup();
    open();
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Subject' }).value).toBe(
      'Re: Hello!',
    );
  });

  it('and another tab’s storage doesn’t take it away', async () => {
    const closed = open();
    await userEvent.type(screen.getByRole('textbox', { name: 'Subject' }), '!');
    act(() => void window.dispatchEvent(new Event('blur')));
    act(
      () =>
        void window.dispatchEvent(
          new StorageEvent('storage', { key: 'hearback.draft.anna.thread:t1' }),
        ),
    );
    expect(closed).not.toHaveBeenCalled();
    cleanup();
    expect(readDraft('anna', 'thread:t1')?.subject).toBe('Re: Hello!');
  });
});

it('T-8 what is being sent goes along with its conversation only if it comes back', async () => {
  const { answer } = await sendAndGoOn();
  moveLater('anna', 'thread:t1', 'thread:t2');
  moveDraft('anna', 'thread:t1', 'thread:t2');
  expect(readDraft('anna', 'thread:t2')).toBeUndefined();
  answer(json(202, OUTBOX));
  await waitFor(() => expect(readDraft('anna', 'thread:t1')).toBeUndefined());
  moveDraft('anna', 'thread:t1', 'thread:t2');
  expect(readDraft('anna', 'thread:t2')).toBeUndefined();
});

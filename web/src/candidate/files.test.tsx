import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import { expect, it, vi } from 'vitest';
import type { Schemas } from '../api/client';
import { keys } from '../api/queries';
import { forgetGoingUp } from '../composer/going-up';
import { forgetNotices, Notices } from '../ui/notice';
import { candidateFile as file } from './candidate.fixtures';
import { CandidateFiles, useCandidateFiles } from './files';

const names = () => screen.getAllByRole('link').map((link) => link.getAttribute('download'));

function Card() {
  return <CandidateFiles candidate="jo" files={useCandidateFiles('jo').files} heading="h2" />;
}

it('M-9 lists a few files at first, all when asked, and says that older ones stand elsewhere', () => {
  const rows = ['CV.pdf', 'a.pdf', 'b.pdf', 'c.pdf', 'd.pdf'].map((name, at) => file(at, name));
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(keys.files('jo'), { rows, more: true });
  render(
    <QueryClientProvider client={queries}>
      <Card />
    </QueryClientProvider>,
  );
  expect(names()).toEqual(['CV.pdf', 'a.pdf', 'b.pdf', 'c.pdf']);
  expect(screen.getAllByRole('link')[0]?.getAttribute('href')).toMatch(
    /messages\/m0\/attachments\/0$/,
  );
  fireEvent.click(screen.getByRole('button', { name: 'Show all 5' }));
  expect(names()).toHaveLength(5);
  screen.getByText('Older files stand in their conversations.');
  fireEvent.click(screen.getByRole('button', { name: 'Show fewer' }));
  expect(names()).toHaveLength(4);
});

it('M-9 lists what people sent, not what reports and calendars bring', () => {
  const rows = [
    { ...file(1, ''), type: 'message/delivery-status' },
    { ...file(2, 'Next steps.eml'), type: 'message/rfc822' },
    { ...file(3, 'invite.ics'), type: 'application/ics' },
    { ...file(4, 'invite.ics'), type: 'application/octet-stream' },
    { ...file(5, 'photo.jpg'), type: 'image/jpeg' },
    file(6, 'CV.pdf'),
  ];
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  queries.setQueryData(keys.files('jo'), { rows, more: false });
  render(
    <QueryClientProvider client={queries}>
      <Card />
    </QueryClientProvider>,
  );
  expect(names()).toEqual(['photo.jpg', 'CV.pdf']);
});

it('M-9 says of what we sent them that it isn’t theirs', () => {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } });
  const rows = [file(0, 'CV.pdf'), file(1, 'Offer.pdf', { ours: true })];
  queries.setQueryData(keys.files('jo'), { rows, more: false });
  render(
    <QueryClientProvider client={queries}>
      <Card />
    </QueryClientProvider>,
  );
  const told = screen.getAllByRole('listitem').map((one) => / · from us/.test(one.textContent));
  expect(told).toEqual([false, true]);
});

it('M-9 says that they could not be asked for, which isn’t that there are none', async () => {
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 500 }));
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <Card />
    </QueryClientProvider>,
  );
  await screen.findByRole('button', { name: 'Try again' });
  vi.unstubAllGlobals();
});

function Around() {
  const { files, coming } = useCandidateFiles('jo');
  return coming ? null : (
    <>
      <CandidateFiles candidate="jo" files={files} heading="h2" />
      <input aria-label="New address" />
    </>
  );
}

it('M-9 a card that is there stays there, with what is typed into it, while they are asked for again', async () => {
  vi.stubGlobal('fetch', async () => new Response('{}', { status: 500 }));
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <Around />
    </QueryClientProvider>,
  );
  const field = await screen.findByLabelText('New address');
  fireEvent.change(field, { target: { value: 'jo@' } });
  vi.stubGlobal('fetch', () => new Promise(() => {}));
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(queries.isFetching()).toBe(1));
  expect(screen.getByLabelText<HTMLInputElement>('New address').value).toBe('jo@');
  vi.unstubAllGlobals();
});

// ---- what people put on the profile (W-9) -----------------------------------------------------

const asked: string[] = [];
const sentUp: string[] = [];
let later: (() => void)[] | undefined; // what comes up when it is called
let answers: Record<string, () => Response>;
let rows: Schemas['CandidateFile'][];
class Sending {
  upload = {};
  status = 0;
  response: unknown;
  onload = () => {};
  onerror = () => {};
  open() {}
  onabort = () => {};
  abort() {
    this.onload = () => {};
    this.onabort();
  }
  setRequestHeader() {}
  send(sent: File) {
    sentUp.push(sent.name);
    const when = later ? (run: () => void) => later?.push(run) : queueMicrotask;
    when(() => {
      this.status = 201;
      this.response = { id: `id of ${sent.name}`, filename: sent.name, type: 'a/b', octets: 1 };
      this.onload();
    });
  }
}
function showCard(role = 'manager') {
  asked.length = 0;
  sentUp.length = 0;
  later = undefined;
  answers = {};
  vi.stubGlobal('XMLHttpRequest', Sending);
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const { method, url } = input as Request;
    const what = `${method} ${decodeURIComponent(new URL(url).pathname.replace('/api/v1', ''))}`;
    asked.push(what);
    return answers[what]?.() ?? new Response(JSON.stringify({ rows, more: false }));
  });
  const queries = new QueryClient({
    defaultOptions: { queries: { staleTime: 60_000, retry: false } },
  });
  queries.setQueryData(keys.me, { user: { id: 'ada', role } });
  queries.setQueryData(keys.files('jo'), { rows, more: false });
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <Card />
        <Notices />
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
}
const own = (name: string) => ({
  ...file(0, name),
  file: `id of ${name}`,
  added_by: 'Ada',
  message: null,
  thread: null,
});
const choose = (...names: string[]) =>
  fireEvent.change(document.querySelector('input[type=file]')!, {
    target: { files: names.map((name) => new File(['x'], name)) },
  });
const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ type: 'about:blank', title: code, status, code }), { status });

it('W-9 a file is brought up and put there; what isn’t says why', async () => {
  rows = [];
  showCard();
  screen.getByText('No files yet.');
  answers['PUT /candidates/jo/files/id of CV.pdf'] = () => {
    rows = [own('CV.pdf')];
    return new Response(null, { status: 204 });
  };
  answers['PUT /candidates/jo/files/id of b.pdf'] = () => problem(409, 'candidate.files-full');
  choose('CV.pdf', 'b.pdf');
  await screen.findByText('CV.pdf');
  await screen.findByText(/Ada/);
  expect(names()).toEqual(['CV.pdf']);
  expect(screen.getByRole('link').getAttribute('href')).toMatch(
    /candidates\/jo\/files\/id of CV.pdf$/,
  );
  await screen.findByText(
    'b.pdf was not added: This profile has as many files as one may. Remove some that nobody needs any more.',
  );
});

it('W-9 it is removed at once, and put back by whom that wasn’t meant; what came with a message can’t be', async () => {
  rows = [own('CV.pdf'), { ...file(1, 'letter.pdf'), cv: false }];
  showCard();
  expect(screen.queryByRole('button', { name: 'Remove letter.pdf' })).toBeNull();
  answers['DELETE /candidates/jo/files/id of CV.pdf'] = () => {
    rows = rows.slice(1);
    return new Response(null, { status: 204 });
  };
  fireEvent.click(screen.getByRole('button', { name: 'Remove CV.pdf' }));
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add files' }));
  await waitFor(() => expect(names()).toEqual(['letter.pdf']));
  screen.getByText('CV.pdf removed');
  answers['PUT /candidates/jo/files/id of CV.pdf'] = () => {
    rows = [own('CV.pdf'), ...rows];
    return new Response(null, { status: 204 });
  };
  fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(names()).toEqual(['CV.pdf', 'letter.pdf']));
});

it('W-9 a double click removes one file, not the one that comes under it', async () => {
  forgetNotices();
  asked.length = 0;
  rows = [own('CV.pdf')];
  showCard();
  answers['DELETE /candidates/jo/files/id of CV.pdf'] = () => new Response(null, { status: 204 });
  const button = screen.getByRole('button', { name: 'Remove CV.pdf' });
  fireEvent.click(button, { detail: 1 });
  fireEvent.click(button, { detail: 2 });
  fireEvent.click(button, { detail: 1 });
  await screen.findByText('CV.pdf removed');
  expect(asked.filter((one) => one.startsWith('DELETE'))).toHaveLength(1);
});

it('W-9 one that could not be removed or put back is still where it was', async () => {
  forgetNotices();
  rows = [own('CV.pdf')];
  showCard();
  answers['DELETE /candidates/jo/files/id of CV.pdf'] = () => problem(404, 'file.missing');
  fireEvent.click(screen.getByRole('button', { name: 'Remove CV.pdf' }));
  await screen.findByText('This file is no longer there.');
  expect(screen.queryByText('CV.pdf removed')).toBeNull();
  expect(names()).toEqual(['CV.pdf']);
  answers['DELETE /candidates/jo/files/id of CV.pdf'] = () => {
    rows = [];
    return new Response(null, { status: 204 });
  };
  answers['PUT /candidates/jo/files/id of CV.pdf'] = () => problem(422, 'upload.missing');
  fireEvent.click(screen.getByRole('button', { name: 'Remove CV.pdf' }));
  await screen.findByText('CV.pdf removed');
  fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(asked.filter((one) => one.startsWith('PUT'))).toHaveLength(1));
  await screen.findByText('No files yet.');
});

it('W-9 an appointment that somebody put there is there', () => {
  rows = [{ ...own('Interview.ics'), type: 'text/calendar' }];
  showCard();
  screen.getByRole('button', { name: 'Remove Interview.ics' });
});

it('W-9 one after the other; each that fails is told of, and what is too large isn’t sent', async () => {
  rows = [];
  showCard();
  const five = ['1.pdf', '2.pdf', '3.pdf', '4.pdf', '5.pdf'];
  for (const name of five)
    answers[`PUT /candidates/jo/files/id of ${name}`] = () => problem(409, 'candidate.files-full');
  const large = Object.defineProperty(new File(['x'], 'film.mp4'), 'size', { value: 30_000_000 });
  fireEvent.change(document.querySelector('input[type=file]')!, {
    target: { files: [large, ...five.map((name) => new File(['x'], name))] },
  });
  await waitFor(() => expect(screen.getByRole('alert').querySelectorAll('li')).toHaveLength(6));
  expect(sentUp).toEqual(five);
  expect(screen.getByRole('alert').textContent).toContain('film.mp4 was not added: files may have');
});

it('W-9 who signs out leaves nothing on its way, and nothing to be read by who comes next', async () => {
  rows = [];
  showCard();
  later = [];
  choose('Lebenslauf Lea.pdf', 'b.pdf');
  await waitFor(() => expect(sentUp).toEqual(['Lebenslauf Lea.pdf']));
  screen.getByText('b.pdf');
  act(() => {
    forgetGoingUp();
    forgetNotices();
  });
  for (const run of later) run();
  await new Promise((done) => setTimeout(done, 20));
  expect(asked.filter((one) => one.startsWith('PUT'))).toEqual([]);
  expect(sentUp).toEqual(['Lebenslauf Lea.pdf']);
  expect(document.body.textContent).not.toContain('was not added');
});

it('W-9 taken off while it comes up, it isn’t put there', async () => {
  rows = [];
  showCard();
  later = [];
  choose('CV.pdf');
  fireEvent.click(await screen.findByRole('button', { name: 'Remove CV.pdf' }));
  await waitFor(() => expect(screen.queryByText('CV.pdf')).toBeNull());
  for (const run of later) run();
  await new Promise((done) => setTimeout(done, 20));
  expect(asked.filter((one) => one.startsWith('PUT'))).toEqual([]);
  expect(screen.queryByRole('alert')).toBeNull();
});

it('W-9 who only reads can put nothing there, and take nothing off', () => {
  rows = [own('CV.pdf')];
  showCard('evaluator');
  expect(screen.queryByRole('button', { name: 'Add files' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Remove CV.pdf' })).toBeNull();
  cleanup();
  rows = [];
  showCard('evaluator');
  expect(screen.queryByText('No files yet.')).toBeNull();
});

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keys } from '../api/queries';
import { PreviewPlace } from '../preview/place';
import { Attachments } from './attachments';

const file = (index: number, filename: string, type = 'application/pdf', inline = false) => ({
  index,
  filename,
  type,
  octets: 1500,
  content_id: '',
  inline,
});
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => file(index, `${index + 1}.pdf`));
let queries: QueryClient;

beforeEach(() => {
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(keys.files('jane'), { rows: [], more: false });
  queries.setQueryData(keys.me, { user: { id: 'anna', time_zone: 'UTC' } });
});

const show = (parts: ReturnType<typeof file>[]) =>
  render(
    <QueryClientProvider client={queries}>
      <Tooltip.Provider>
        <PreviewPlace candidate="jane" card={null}>
          <Attachments message="m1" parts={parts} />
        </PreviewPlace>
      </Tooltip.Provider>
    </QueryClientProvider>,
  );
const listed = () => screen.getByRole('list', { name: 'Attachments' }).children.length;

describe('the files of a message', () => {
  it('one stands for itself', () => {
    show(many(1));
    expect(listed()).toBe(1);
    expect(screen.queryByText('Download all')).toBeNull();
    expect(screen.getAllByRole('button').length).toBe(1);
  });
  it('M-9 what can’t be looked at is saved at once', () => {
    show([file(0, 'references.docx', 'application/msword'), file(1, 'a.svg', 'image/svg+xml')]);
    expect(screen.getByRole('link', { name: /references/ }).getAttribute('download')).toBe(
      'references.docx',
    );
    expect(screen.getByRole('link', { name: /a\.svg/ })).toBeTruthy();
    expect(screen.queryByRole('button', { name: /a\.svg/ })).toBeNull();
  });
  it('several come in one archive, the pictures of the text left out', () => {
    show([...many(2), file(2, 'logo.png', 'image/png', true)]);
    expect(screen.getByText('2 files · 3 kB')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Download all' }).getAttribute('href')).toBe(
      '/api/v1/messages/m1/attachments.zip',
    );
    expect(screen.queryByRole('button', { name: /Show/ })).toBeNull();
  });
  it('six are shown, the others on demand, and the button says which and keeps the focus', async () => {
    show(many(7));
    expect(listed()).toBe(6);
    const button = screen.getByRole('button', { name: 'Show all 7' });
    expect(button.getAttribute('aria-expanded')).toBe('false');
    button.focus();
    await userEvent.keyboard('{Enter}');
    expect(listed()).toBe(7);
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Show fewer' }));
    expect(document.activeElement?.getAttribute('aria-expanded')).toBe('true');
    await userEvent.keyboard('{Enter}');
    expect(listed()).toBe(6);
    expect(document.activeElement).toBe(button);
  });
});

describe('M-9 the files of a message are looked at', () => {
  const title = () => screen.getByRole('dialog').getAttribute('aria-labelledby');
  const name = () => document.getElementById(title() ?? '')?.textContent;

  it('one after the other by the arrow keys, round and back, the pictures of the text last', async () => {
    show([
      file(0, 'logo.png', 'image/png', true),
      file(1, 'a.png', 'image/png'),
      file(2, 'meeting.ics', 'text/calendar'),
      file(3, 'cv.odt', 'application/x-odt'),
    ]);
    await userEvent.click(screen.getByRole('button', { name: /a\.png/ }));
    const place = async (words: string) => expect(await screen.findByText(words)).toBeTruthy();
    await place('1 of 3');
    expect(name()).toBe('a.png');
    await userEvent.keyboard('{ArrowRight}');
    await place('2 of 3');
    expect(name()).toBe('cv.odt');
    expect(screen.getByText(/^ODT files can’t be shown here/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Download' }).getAttribute('href')).toBe(
      '/api/v1/messages/m1/attachments/3',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Next file' }));
    expect(name()).toBe('logo.png');
    await userEvent.keyboard('{ArrowRight}');
    expect(name()).toBe('a.png');
    await userEvent.keyboard('{ArrowLeft}');
    expect(name()).toBe('logo.png');
  });
  it('one alone has no neighbors, and the keys of the browser stay its own', async () => {
    show([file(0, 'a.png', 'image/png')]);
    await userEvent.click(screen.getByRole('button', { name: /a\.png/ }));
    const region = await screen.findByRole('region', { name: 'a.png' });
    expect(screen.queryByRole('button', { name: 'Next file' })).toBeNull();
    expect(fireEvent.keyDown(region, { key: 'ArrowLeft' })).toBe(true);
    expect(fireEvent.keyDown(region, { key: 'ArrowLeft', altKey: true })).toBe(true);
  });
  it('an invitation that comes as a file as well is one; another one is another', async () => {
    const ics = (summary: string, hour: string) =>
      `BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:${summary}\r\nSUMMARY:${summary}\r\nDTSTART:20261203T${hour}0000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
    const texts = [ics('Interview', '10'), ics('Interview', '10'), ics('Lunch', '12')];
    vi.stubGlobal('fetch', async (url: string) => new Response(texts[Number(url.at(-1))]));
    show([
      file(0, '', 'text/calendar'),
      file(1, 'invite.ics', 'application/ics'),
      { ...file(2, 'lunch.ics', 'text/calendar'), octets: 200 },
    ]);
    expect(listed()).toBe(2); // nothing below moves when they are read
    await screen.findByText('Invitation: Lunch');
    screen.getByText('Invitation: Interview');
    expect(listed()).toBe(2);
    vi.unstubAllGlobals();
  });
});

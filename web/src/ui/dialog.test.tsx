import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { StrictMode } from 'react';
import { expect, it } from 'vitest';
import '../i18n';
import { Dialog } from './dialog';

const page = (...open: string[]) => (
  <StrictMode>
    <button type="button">Before</button>
    {['One', 'Two'].map((title) => (
      <Dialog key={title} open={open.includes(title)} onClose={() => {}} title={title}>
        {/* biome-ignore lint/a11y/noAutofocus: as in a search */}
        <input aria-label={`in ${title}`} autoFocus />
      </Dialog>
    ))}
  </StrictMode>
);
const soon = () => new Promise((done) => setTimeout(done, 50));

it('gives the focus back to what had it', async () => {
  const { rerender } = render(page());
  screen.getByText('Before').focus();
  rerender(page('One'));
  await soon();
  rerender(page());
  await soon();
  expect(document.activeElement).toBe(screen.getByText('Before'));
});

it('leaves the focus where another one has taken it meanwhile', async () => {
  const { rerender } = render(page());
  screen.getByText('Before').focus();
  rerender(page('One'));
  await soon();
  rerender(page());
  rerender(page('Two'));
  const box = screen.getByLabelText<HTMLInputElement>('in Two');
  box.focus();
  await userEvent.keyboard('ja');
  await soon();
  await userEvent.keyboard('ne');
  expect(box.value).toBe('jane');
});

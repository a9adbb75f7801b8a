import { render } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useNextPane } from './panes';

// Nothing is laid out here: what isn't hidden stands somewhere.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'offsetParent', 'get').mockImplementation(function (
    this: HTMLElement,
  ) {
    return this.closest('[hidden]') ? null : document.body;
  });
});
afterEach(() => vi.restoreAllMocks());

function Frame({ children }: { children?: React.ReactNode }) {
  useNextPane();
  return (
    <div className="frame">
      <nav className="rail">
        <a href="/inbox">Inbox</a>
      </nav>
      <div className="split-list">
        <button type="button" hidden>
          Back
        </button>
        <button type="button">New</button>
      </div>
      {children}
    </div>
  );
}
const focused = () => document.activeElement?.textContent;

it('M-7 F6 goes to what can have the focus', async () => {
  render(<Frame />);
  await userEvent.keyboard('{F6}');
  expect(focused()).toBe('Inbox');
  await userEvent.keyboard('{F6}');
  expect(focused()).toBe('New');
  await userEvent.keyboard('{Shift>}{F6}{/Shift}');
  expect(focused()).toBe('Inbox');
});

it.each(['dialog', 'alertdialog', 'menu'])('M-7 F6 stays in a %s', async (role) => {
  const shown = render(
    <Frame>
      <div role={role}>
        <button type="button">Yes</button>
      </div>
    </Frame>,
  );
  shown.getByText('Yes').focus();
  await userEvent.keyboard('{F6}');
  expect(focused()).toBe('Yes');
});

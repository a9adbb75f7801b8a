import { act, render, screen } from '@testing-library/react';
import { Tooltip } from 'radix-ui';
import { expect, it } from 'vitest';
import { Notices, notify } from './notice';

it('a later notice about the same thing takes the place of the earlier one', () => {
  render(
    <Tooltip.Provider>
      <Notices />
    </Tooltip.Provider>,
  );
  act(() => {
    notify('Saved');
    notify('Box is off', { about: 'box' });
    notify('Other is off', { about: 'other' });
    notify('Box is on', { about: 'box' });
  });
  expect(screen.queryByText('Box is off')).toBeNull();
  for (const text of ['Saved', 'Other is off', 'Box is on']) screen.getByText(text);
});

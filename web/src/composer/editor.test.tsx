import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Tooltip } from 'radix-ui';
import { expect, it, vi } from 'vitest';
import { RichText } from './editor';
import { linkTo } from './link';

it('W-1 takes what people write for a link', () => {
  expect(linkTo(' example.com/jobs?x=1 ')).toBe('https://example.com/jobs?x=1');
  expect(linkTo('https://example.com')).toBe('https://example.com');
  expect(linkTo('HTTP://example.com')).toBe('HTTP://example.com');
  expect(linkTo('jane@x.example')).toBe('mailto:jane@x.example');
  expect(linkTo('tel:+33123')).toBe('tel:+33123');
  for (const none of [
    '',
    'https://',
    'javascript:alert(1)',
    'not a link',
    'word',
    'data:text/html,x',
  ]) {
    expect(linkTo(none)).toBeUndefined();
  }
});

it('W-1 says when something is no link, and keeps what was typed', async () => {
  const changed = vi.fn();
  render(
    <Tooltip.Provider>
      <RichText html="<p>Hi</p>" label="Message" onChange={changed} />
    </Tooltip.Provider>,
  );
  await userEvent.click(await screen.findByRole('button', { name: 'Link' }));
  const field = screen.getByLabelText('Web address');
  await userEvent.clear(field);
  await userEvent.type(field, 'javascript:alert(1){Enter}');
  screen.getByText(/This is not a web address/);
  expect(field).toHaveProperty('value', 'javascript:alert(1)');
  await userEvent.clear(field);
  await userEvent.type(field, 'example.com{Enter}');
  expect(screen.queryByLabelText('Web address')).toBeNull();
  expect(changed.mock.lastCall?.[0]).toContain('href="https://example.com"');
});

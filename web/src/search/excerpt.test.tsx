import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Excerpt, nearHit } from './excerpt';

it('M-6 what was found is text, and a hit is marked', () => {
  const { container } = render(
    <Excerpt
      pieces={[
        { text: '<img src=x onerror=alert(1)> ', hit: false },
        { text: '<b>Zürich</b>', hit: true },
      ]}
    />,
  );
  expect(container.querySelector('img, b')).toBeNull();
  expect(container.querySelector('mark')!.textContent).toBe('<b>Zürich</b>');
});

it('M-6 the first hit stands near the beginning, from a word on', () => {
  const hit = { text: 'Zürich', hit: true };
  const near = { text: 'We met in ', hit: false };
  expect(nearHit([near, hit])).toEqual([near, hit]);
  const far = { text: 'It has been a long time since I saw you in the office in ', hit: false };
  expect(nearHit([far, hit])[0]!.text).toBe('…I saw you in the office in ');
  const run = { text: '很'.repeat(60), hit: false };
  expect(nearHit([run, hit])[0]!.text).toHaveLength(29);
  expect(nearHit([far])).toEqual([far]);
  // Nearer, where the name of a file stands in front.
  expect(nearHit([far, hit], 12)[0]!.text).toBe('…office in ');
});

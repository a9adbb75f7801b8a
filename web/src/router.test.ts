import { expect, it } from 'vitest';
import { parseAddress } from './router';

it('reads any address: what is asked for is words or nothing', () => {
  const rows: [string, object][] = [
    ['?q=a&q=b', {}],
    ['?q=[1]', {}],
    ['?q={"a":1}', {}],
    ['?q=null', {}],
    ['?q=true', { q: 'true' }],
    ['?q=2026', { q: '2026' }],
    ['?q="2026"', { q: '2026' }],
    ['?q=jane doe', { q: 'jane doe' }],
    ['?add=true&tab=all', { add: true, tab: 'all' }],
    ['', {}],
  ];
  for (const [written, read] of rows) expect(parseAddress(written), written).toEqual(read);
});

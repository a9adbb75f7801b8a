import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { makeRouter, parseAddress } from './router';

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

// Another page stands where the one was in which somebody types: its keys would be those of the list.
it('M-6 stays the same page whatever is asked of it', () => {
  const router = makeRouter(new QueryClient());
  const pages = (to: string, search: object) =>
    router.matchRoutes(to, search).map((match) => match.id);
  expect(pages('/search', { q: 'ja' })).toEqual(pages('/search', { q: 'jane' }));
  for (const place of ['/inbox', '/sent', '/all', '/non-candidates', '/archived'])
    expect(pages(place, {}), place).toEqual(pages(place, { tab: 'all', unread: true, job: 'x' }));
  expect(pages('/candidates', { q: 'ja' })).toEqual(pages('/candidates', { q: 'jane' }));
});

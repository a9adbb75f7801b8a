// What the server found, as text; a word that was looked for is marked.
import type { Schemas } from '../api/client';

export type Piece = Schemas['Match']['excerpt'][number];

const BEFORE = 28; // characters before the first hit: then it stands in a narrow line as well

export function nearHit(excerpt: readonly Piece[], most = BEFORE): readonly Piece[] {
  const first = excerpt.findIndex((piece) => piece.hit);
  if (first <= 0) return excerpt;
  const before = excerpt
    .slice(0, first)
    .map((piece) => piece.text)
    .join('');
  if (before.length <= most) return excerpt;
  // From the beginning of a word, if there is one near.
  const kept = before.slice(-most);
  const word = kept.search(/\s/);
  const text = word >= 0 && word < most - 1 ? kept.slice(word + 1) : kept;
  return [
    { text: `…${text.replace(/^[\udc00-\udfff]/, '')}`, hit: false },
    ...excerpt.slice(first),
  ];
}

// `before`: characters before the first hit, where something else stands in front.
export function Excerpt({ pieces, before }: { pieces: readonly Piece[]; before?: number }) {
  return nearHit(pieces, before).map((piece, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: a fixed text
    piece.hit ? <mark key={at}>{piece.text}</mark> : <span key={at}>{piece.text}</span>,
  );
}

// What the page and its frame of files say to each other. The frame reads a stranger's file: nothing that
// comes out of it is believed. It may name numbers, one of a few reasons, one of a few keys and files of
// the reader's own; and nothing of that does more than a person would with the file in front of them.
export type Zoom = 'fit' | 'actual';

// Said in the frame: in the page's language.
export type FrameWords = {
  page: string; // with <n> and <t>
  noPage: string; // this one can't be shown
};

export type Opening = {
  kind: 'open';
  bytes: ArrayBuffer;
  worker: Blob; // the reader's other half, which the frame can't fetch
  port: MessagePort; // all that follows
  words: FrameWords;
  zoom: Zoom;
  dark: boolean;
  lang: string;
};

export type ToFrame =
  | { kind: 'zoom'; zoom: Zoom }
  | { kind: 'dark'; dark: boolean }
  | { kind: 'scroll'; left: number; top: number }
  | { kind: 'given'; id: number; bytes: ArrayBuffer | null }
  | { kind: 'ping' };

export const REASONS = ['password', 'broken', 'slow'] as const;
export type Reason = (typeof REASONS)[number];

export const FOLDERS = ['cmaps', 'fonts', 'wasm'] as const;
type Folder = (typeof FOLDERS)[number];

export const KEYS = ['Escape', 'F6', 'ArrowLeft', 'ArrowRight', 'z'] as const;
export type FrameKey = (typeof KEYS)[number];

export type FromFrame =
  | { kind: 'opened'; pages: number; shown: number }
  | { kind: 'page'; number: number }
  | { kind: 'failed'; why: Reason }
  | { kind: 'key'; key: FrameKey; shift: boolean }
  | { kind: 'need'; id: number; folder: Folder; name: string }
  | { kind: 'pong' };

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,60}(?:\.[a-z0-9]{2,5})?$/;
const count = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
const among = <T extends string>(all: readonly T[], value: unknown): value is T =>
  all.includes(value as T);

// None: it isn't what we say.
export function heard(data: unknown): FromFrame | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const said = data as Record<string, unknown>;
  switch (said.kind) {
    case 'opened':
      return count(said.pages) && count(said.shown)
        ? { kind: 'opened', pages: said.pages, shown: said.shown }
        : undefined;
    case 'page':
      return count(said.number) ? { kind: 'page', number: said.number } : undefined;
    case 'failed':
      return among(REASONS, said.why) ? { kind: 'failed', why: said.why } : undefined;
    case 'key':
      return among(KEYS, said.key)
        ? { kind: 'key', key: said.key, shift: said.shift === true }
        : undefined;
    case 'need':
      return count(said.id) &&
        among(FOLDERS, said.folder) &&
        typeof said.name === 'string' &&
        PLAIN.test(said.name)
        ? { kind: 'need', id: said.id, folder: said.folder, name: said.name }
        : undefined;
    case 'pong':
      return { kind: 'pong' };
    default:
      return undefined;
  }
}

// What a file is: first by what its sender says, for the look of its chip; then by its first bytes, which
// alone decide how it is read.
import { BASE, type Schemas } from '../api/client';

export type Part = Schemas['Attachment'];
// With a message; or, with an address of its own, on a candidate's profile.
export type Previewed = { message: string; part: Part; at?: string };

export const addressOf = ({ message, part, at }: Previewed) =>
  at ?? `${BASE}/messages/${message}/attachments/${part.index}`;

export const fileOf = (candidate: string, row: Schemas['CandidateFile']): Previewed =>
  row.file
    ? { message: row.file, part: row, at: `${BASE}/candidates/${candidate}/files/${row.file}` }
    : { message: row.message ?? '', part: row };

// Pictures that every browser draws and that hold nothing but a picture: never SVG, which is a document.
export const SHOWABLE = /^image\/(?:png|gif|jpe?g|webp|avif|bmp)$/i;
const PICTURE_NAME = /\.(?:png|gif|jpe?g|webp|avif|bmp)$/i;
const NO_TYPE = /^(?:application|binary)\/(?:octet-stream|x-download|force-download|unknown)$/i;

export type Kind = 'pdf' | 'picture' | 'other';

export function kindOf({ type, filename }: Pick<Part, 'type' | 'filename'>): Kind {
  if (/^application\/(?:x-)?pdf$/i.test(type)) return 'pdf';
  if (SHOWABLE.test(type)) return 'picture';
  if (!NO_TYPE.test(type)) return 'other';
  if (/\.pdf$/i.test(filename)) return 'pdf';
  return PICTURE_NAME.test(filename) ? 'picture' : 'other';
}

// "PDF", "DOCX": the ending that people know, else the media type's second half.
export function typeName(filename: string, type: string): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(filename)?.[1];
  return (
    ending ??
    type
      .split('/')
      .at(-1)
      ?.replace(/^x-|^vnd\.\S+/, '') ??
    ''
  ).toUpperCase();
}

// An appointment, whatever its sender calls its type.
export const isCalendar = ({ type, filename }: Pick<Part, 'type' | 'filename'>) =>
  /^(?:text\/calendar|application\/ics)$/i.test(type) ||
  (/\.ics$/i.test(filename) && type !== 'text/html');

// What a person means by a file. Reports of what wasn't delivered, the mails that they are about, appointments and
// signatures come as parts of a mail as well.
export const isDocument = (part: Pick<Part, 'type' | 'filename'>) =>
  !isCalendar(part) &&
  !/^(?:message\/|text\/rfc822-headers|application\/(?:x-)?(?:pgp|pkcs7)-signature)/i.test(
    part.type,
  );

export const MOST_OCTETS = 50_000_000; // of a file that is shown
export const MOST_PIXELS = 60_000_000; // of a picture: a quarter of a gigabyte once it is unpacked

// A PDF may begin a little later than its file does.
export function isPdf(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 1024);
  for (let at = 0; at + 5 <= head.length; at++) if (text(head, at, 5) === '%PDF-') return true;
  return false;
}

export type Picture = { type: string; width: number; height: number };

const text = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length));

// What kind of picture and how large it becomes, before anything unpacks it. None: not one that is shown.
export function pictureOf(bytes: Uint8Array): Picture | undefined {
  if (bytes.length < 26) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found =
    text(bytes, 0, 8) === '\x89PNG\r\n\x1a\n' && text(bytes, 12, 4) === 'IHDR'
      ? { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
      : /^GIF8[79]a/.test(text(bytes, 0, 6))
        ? gif(view)
        : text(bytes, 0, 2) === 'BM'
          ? bitmap(view)
          : view.getUint16(0) === 0xffd8
            ? jpeg(view)
            : text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 4) === 'WEBP'
              ? webp(bytes, view)
              : text(bytes, 4, 4) === 'ftyp'
                ? avif(bytes, view)
                : undefined;
  return found && found.width > 0 && found.height > 0 ? found : undefined;
}

// Its screen, which becomes as large as the first picture on it.
function gif(view: DataView): Picture | undefined {
  const table = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + table(view.getUint8(10));
  while (at + 10 <= view.byteLength) {
    const block = view.getUint8(at);
    if (block === 0x2c)
      return {
        type: 'image/gif',
        width: Math.max(
          view.getUint16(6, true),
          view.getUint16(at + 1, true) + view.getUint16(at + 5, true),
        ),
        height: Math.max(
          view.getUint16(8, true),
          view.getUint16(at + 3, true) + view.getUint16(at + 7, true),
        ),
      };
    if (block !== 0x21) return undefined;
    at += 2;
    while (at < view.byteLength && view.getUint8(at) > 0) at += view.getUint8(at) + 1;
    at++;
  }
  return undefined;
}

function bitmap(view: DataView): Picture {
  const old = view.getUint32(14, true) === 12; // OS/2's: two octets for each side
  return {
    type: 'image/bmp',
    width: old ? view.getUint16(18, true) : Math.abs(view.getInt32(18, true)),
    height: old ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true)),
  };
}

// Segment by segment to the frame's header.
function jpeg(view: DataView): Picture | undefined {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame)
      return {
        type: 'image/jpeg',
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
      };
    if (marker === 0xd9 || marker === 0xda) return undefined;
    const alone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += 2 + (alone ? 0 : Math.max(2, view.getUint16(at + 2)));
  }
  return undefined;
}

function webp(bytes: Uint8Array, view: DataView): Picture | undefined {
  const type = 'image/webp';
  if (bytes.length < 30) return undefined;
  switch (text(bytes, 12, 4)) {
    case 'VP8 ':
      return {
        type,
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X': {
      const three = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16) + 1;
      return { type, width: three(24), height: three(27) };
    }
    default:
      return undefined;
  }
}

const HOLD_BOXES = ['meta', 'iprp', 'ipco', 'moov', 'trak'];
const DEEPEST = 3; // meta, iprp, ipco: decoders go no deeper

// The largest of the sizes that it names where decoders look for them: any of them may be unpacked.
function avif(bytes: Uint8Array, view: DataView): Picture | undefined {
  if (!/avi[fs]/.test(text(bytes, 8, Math.min(view.getUint32(0), 64)))) return undefined;
  let found: Picture | undefined;
  const name = (width: number, height: number) => {
    if (!found || width * height > found.width * found.height)
      found = { type: 'image/avif', width, height };
  };
  const walk = (from: number, end: number, depth = 0) => {
    for (let at = from; at + 8 <= end; ) {
      const kind = text(bytes, at + 4, 4);
      const says = view.getUint32(at);
      const wide = says === 1 && at + 16 <= end;
      const size = says === 0 ? end - at : wide ? Number(view.getBigUint64(at + 8)) : says;
      const head = wide ? 16 : 8;
      if (size < head || at + size > end) return;
      const inside = at + head;
      const next = at + size;
      if (kind === 'ispe' && next - inside >= 12)
        name(view.getUint32(inside + 4), view.getUint32(inside + 8));
      else if (kind === 'tkhd' && next - inside >= 8)
        name(view.getUint32(next - 8) >>> 16, view.getUint32(next - 4) >>> 16);
      else if (HOLD_BOXES.includes(kind) && depth < DEEPEST)
        walk(inside + (kind === 'meta' ? 4 : 0), next, depth + 1);
      at = next;
    }
  };
  walk(0, bytes.length);
  return found;
}

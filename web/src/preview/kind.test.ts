import { describe, expect, it } from 'vitest';
import { isPdf, kindOf, pictureOf } from './kind';

const of = (...pieces: (string | number[])[]) =>
  new Uint8Array(
    pieces.flatMap((piece) =>
      typeof piece === 'string' ? [...piece].map((one) => one.charCodeAt(0)) : piece,
    ),
  );
const zeros = (count: number) => Array.from({ length: count }, () => 0);
const big = (value: number) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
const little = (value: number) => big(value).reverse();
const box = (kind: string, ...inside: number[][]): number[] => {
  const all = inside.flat();
  return [...big(8 + all.length), ...of(kind), ...all];
};
const ispe = (width: number, height: number) => box('ispe', zeros(4), big(width), big(height));
const avif = (...boxes: number[][]) =>
  of(box('ftyp', [...of('avif')], zeros(4)), ...boxes, zeros(8));
// On a screen of 0x1234 by 0x5678, at 1 and 2 of it, with a table of two colors.
const gif = (before: number[], size: number[]) =>
  of(
    'GIF89a',
    [0x34, 0x12, 0x78, 0x56, 0x80, 0, 0],
    zeros(6),
    before,
    [0x2c, 1, 0, 2, 0],
    size,
    [0, 2, 0],
  );

describe('M-9 what a file is', () => {
  it.each([
    ['application/pdf', 'a.doc', 'pdf'],
    ['application/x-pdf', '', 'pdf'],
    ['application/octet-stream', 'CV.PDF', 'pdf'],
    ['application/octet-stream', 'me.JPG', 'picture'],
    ['application/octet-stream', 'tool.exe', 'other'],
    ['binary/octet-stream', 'CV.pdf', 'pdf'],
    ['image/jpg', 'a', 'picture'],
    ['image/svg+xml', 'a.png', 'other'],
    ['image/heic', 'a.heic', 'other'],
    ['text/html', 'cv.pdf', 'other'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'a.docx', 'other'],
  ])('%s named "%s" is looked at as %s', (type, filename, kind) => {
    expect(kindOf({ type, filename })).toBe(kind);
  });
  it('a PDF says so in its first kilobyte', () => {
    expect(isPdf(of('%PDF-1.4'))).toBe(true);
    expect(isPdf(of(zeros(1000), '%PDF-1.4'))).toBe(true);
    expect(isPdf(of(zeros(1020), '%PDF-1.4'))).toBe(false);
    expect(isPdf(of('<html>'))).toBe(false);
    expect(isPdf(of())).toBe(false);
  });
});

describe('M-9 how large a picture becomes, before it does', () => {
  const png = of('\x89PNG\r\n\x1a\n', big(13), 'IHDR', big(30_000), big(20_000), [1, 0, 0, 0, 0]);
  const head = [0xff, 0xe0, 0, 6, 1, 2, 3, 4];
  const frame = [0xff, 0xc2, 0, 17, 8, 0x12, 0x34, 0x56, 0x78];
  it.each([
    ['PNG', png, 'image/png', 30_000, 20_000],
    ['GIF', gif([], [1, 0, 1, 0]), 'image/gif', 0x1234, 0x5678],
    ['GIF, of more than its screen', gif([], [0, 0x20, 0, 0x60]), 'image/gif', 0x2001, 0x6002],
    [
      'GIF with words',
      gif([0x21, 0xfe, 2, 0x2c, 0x2c, 0], [0, 0x20, 1, 0]),
      'image/gif',
      0x2001,
      0x5678,
    ],
    [
      'BMP',
      of('BM', zeros(12), little(40), little(640), little(-480), zeros(9)),
      'image/bmp',
      640,
      480,
    ],
    ['JPEG', of([0xff, 0xd8], head, frame, zeros(20)), 'image/jpeg', 0x5678, 0x1234],
    [
      'WebP, lossy',
      of('RIFF', zeros(4), 'WEBPVP8 ', zeros(10), [0x34, 0x12, 0x78, 0x16]),
      'image/webp',
      0x1234,
      0x1678,
    ],
    [
      'WebP, extended',
      of('RIFF', zeros(4), 'WEBPVP8X', zeros(8), [0xff, 0x3f, 0], [0xff, 0x1f, 0]),
      'image/webp',
      16_384,
      8192,
    ],
    [
      'AVIF, its largest',
      avif(box('meta', zeros(4), box('iprp', box('ipco', ispe(10, 10), ispe(9000, 8000))))),
      'image/avif',
      9000,
      8000,
    ],
    [
      'AVIF, where it is looked for',
      avif(
        box('free', ispe(7, 7), zeros(70_000)),
        box('free', ispe(30_000, 30_000)),
        box('meta', zeros(4), box('iprp', box('ipco', ispe(9000, 8000)))),
      ),
      'image/avif',
      9000,
      8000,
    ],
    [
      'AVIF, a sequence',
      avif(
        box('meta', zeros(4), box('iprp', box('ipco', ispe(10, 10)))),
        box('moov', box('trak', box('tkhd', zeros(76), big(9000 * 65_536), big(8000 * 65_536)))),
      ),
      'image/avif',
      9000,
      8000,
    ],
  ])('%s', (_, bytes, type, width, height) => {
    expect(pictureOf(bytes)).toEqual({ type, width, height });
  });
  it.each([
    ['nothing', of()],
    ['a few bytes', png.subarray(0, 20)],
    ['a drawing that is a document', of('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a page', of('<!doctype html><script>alert(1)</script>')],
    ['a PNG of no size', of('\x89PNG\r\n\x1a\n', big(13), 'IHDR', big(0), big(1), zeros(5))],
    ['a JPEG without a frame', of([0xff, 0xd8], head, [0xff, 0xda], zeros(40))],
    [
      'a JPEG that never gets on',
      of(
        [0xff, 0xd8],
        Array.from({ length: 60 }, () => 0xff),
      ),
    ],
    ['a GIF without a picture', gif([0x3b], [1, 0, 1, 0])],
    ['an AVIF that names no size', avif(box('free', ispe(7, 7)))],
    [
      'an AVIF whose boxes go too far',
      avif(
        big(0xffff),
        [...'meta'].map((one) => one.charCodeAt(0)),
      ),
    ],
    ['a film', of(big(16), 'ftypmp42', zeros(40))],
  ])('%s is no picture', (_, bytes) => {
    expect(pictureOf(bytes)).toBeUndefined();
  });
  it('an AVIF whose boxes lie in each other without end is no picture', () => {
    const depth = 200_000;
    const bytes = new Uint8Array(32 + 8 * depth);
    bytes.set(of(big(24), 'ftypavif'));
    const view = new DataView(bytes.buffer);
    for (let at = 24; at + 8 <= bytes.length; at += 8) {
      view.setUint32(at, bytes.length - at);
      bytes.set(of('moov'), at + 4);
    }
    expect(pictureOf(bytes)).toBeUndefined();
  });
});

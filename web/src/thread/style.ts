// Inline styles of a stranger: known properties with harmless values stay. One pass, whatever the input.

const PROPERTIES = new Set(
  (
    'color background-color background font font-family font-size font-style font-variant font-weight font-stretch ' +
    'line-height letter-spacing word-spacing text-align text-decoration text-decoration-line text-decoration-color ' +
    'text-decoration-style text-indent text-transform text-overflow vertical-align white-space word-break overflow-wrap ' +
    'word-wrap direction unicode-bidi margin margin-top margin-right margin-bottom margin-left padding padding-top ' +
    'padding-right padding-bottom padding-left border border-top border-right border-bottom border-left border-color ' +
    'border-style border-width border-top-color border-top-style border-top-width border-right-color border-right-style ' +
    'border-right-width border-bottom-color border-bottom-style border-bottom-width border-left-color border-left-style ' +
    'border-left-width border-collapse border-spacing border-radius width height max-width min-width max-height min-height ' +
    'display float clear list-style list-style-type list-style-position table-layout caption-side empty-cells box-sizing'
  ).split(' '),
);
// Also what only loads with a page's help, and what newer engines may learn to load.
const UNSAFE_WORDS = ['url', 'image', 'cross-fade', 'expression', 'script', '@', '\\', '<', '>'];
const FUNCTIONS = new Set(['rgb', 'rgba', 'hsl', 'hsla', 'calc']);
const MOST_VALUE = 500; // characters
// Lengths beyond these make pages of millions of pixels.
const MOST_PIXELS = 5000;
// Boxes overlap by a few pixels for looks; further up words would lie upon others'.
const MOST_UPWARD = 100;
// Units by their size; what isn't here is refused. The frame is as high as what lies in it: what is as high as
// the frame (vh, vmin, cqh, cqmax, …) would make it grow and grow. A line's height (lh) is the mail's to choose.
const PIXELS: Record<string, number> = {
  em: 16,
  rem: 16,
  ex: 8,
  ch: 8,
  px: 1,
  in: 96,
  cm: 38,
  mm: 3.8,
  q: 1,
  pc: 16,
  pt: 1.34,
  vw: 15,
  '%': 5,
  deg: 1,
  grad: 1,
  rad: 1,
  turn: 1,
  '': 1,
};

type Style = {
  style: string;
  remote: boolean; // would have loaded something
  ground: string; // the background color, empty when none is set
  ink: string; // the text's color, empty when none is set
};

function withoutComments(text: string): string {
  let out = '';
  for (let at = 0; ; ) {
    const start = text.indexOf('/*', at);
    if (start < 0) return out + text.slice(at);
    out += `${text.slice(at, start)} `;
    const end = text.indexOf('*/', start + 2);
    if (end < 0) return out;
    at = end + 2;
  }
}

function functionsAreKnown(value: string): boolean {
  for (let at = value.indexOf('('); at >= 0; at = value.indexOf('(', at + 1)) {
    let start = at;
    while (start > 0 && at - start < 12 && /[\w-]/.test(value[start - 1]!)) start--;
    if (!FUNCTIONS.has(value.slice(start, at).toLowerCase())) return false;
  }
  return true;
}

function isTooLarge(property: string, value: string): boolean {
  if (/color|background|font-(?:family|weight)/.test(property)) return false;
  if (value.includes('*')) return true; // calc() that multiplies
  // Where families may stand between quotes nothing but families may.
  const words = property === 'font' ? value.replace(/"[^"]*"|'[^']*'/g, ' ') : value;
  for (const [, digits, unit] of words.matchAll(/(?<![#\w])-?(\d+(?:\.\d*)?|\.\d+)([a-z%]*)/gi)) {
    const word = unit!.toLowerCase();
    if (!Object.hasOwn(PIXELS, word)) return true; // also 1e8px
    const bare = word === '' && property === 'line-height' ? 16 : PIXELS[word]!;
    const most = property === 'font-size' || property === 'font' ? 400 : MOST_PIXELS;
    if (Number(digits) * bare > most) return true;
  }
  if (/^margin(?:-top|-bottom)?$/.test(property))
    for (const [, digits, unit] of words.matchAll(/-\s*(\d+(?:\.\d*)?|\.\d+)([a-z%]*)/gi))
      if (Number(digits) * PIXELS[unit!.toLowerCase()]! > MOST_UPWARD) return true;
  return /\d[eE][-+]?\d/.test(words.replace(/#[\da-f]{3,8}/gi, ''));
}

// The color of a "background" that has a picture as well: text was written to be read on it.
function colorOf(value: string): string {
  return (
    value.split(/\s+/).find((word) => word.length <= 40 && luminance(word) !== undefined) ?? ''
  );
}

export function cleanStyle(hostile: string): Style {
  let remote = false;
  let ground = '';
  let ink = '';
  const kept: string[] = [];
  for (const declaration of withoutComments(hostile).split(';')) {
    const colon = declaration.indexOf(':');
    if (colon < 0) continue;
    const property = declaration.slice(0, colon).trim().toLowerCase();
    let value = declaration.slice(colon + 1).trim();
    if (property.length > 40 || !PROPERTIES.has(property)) {
      if (value.length <= MOST_VALUE && /url\s*\(/i.test(value)) remote = true;
      continue;
    }
    if (value.length > MOST_VALUE) continue;
    const important = value.lastIndexOf('!');
    if (important >= 0) value = value.slice(0, important).trim();
    const lower = value.toLowerCase();
    if (UNSAFE_WORDS.some((word) => lower.includes(word))) {
      const loads = /url\s*\(/.test(lower);
      if (loads) remote = true;
      value = loads && property === 'background' && !lower.includes('\\') ? colorOf(value) : '';
    }
    if (!value || !functionsAreKnown(value) || isTooLarge(property, value)) continue;
    if (property === 'color') ink = value;
    if (property === 'background' || property === 'background-color') {
      ground = colorOf(value) || ground;
    }
    kept.push(`${property}: ${value}`);
  }
  return { style: kept.join('; '), remote, ground, ink };
}

// The names that people and old mail programs write.
const NAMED: Record<string, string> = {
  white: '#fff',
  black: '#000',
  red: '#f00',
  green: '#008000',
  blue: '#00f',
  yellow: '#ff0',
  gray: '#808080',
  grey: '#808080',
  silver: '#c0c0c0',
  maroon: '#800000',
  olive: '#808000',
  lime: '#0f0',
  aqua: '#0ff',
  teal: '#008080',
  navy: '#000080',
  fuchsia: '#f0f',
  purple: '#800080',
  orange: '#ffa500',
  whitesmoke: '#f5f5f5',
  lightgray: '#d3d3d3',
  lightgrey: '#d3d3d3',
  darkgray: '#a9a9a9',
  darkblue: '#00008b',
  midnightblue: '#191970',
  darkgreen: '#006400',
  darkred: '#8b0000',
  snow: '#fffafa',
  ivory: '#fffff0',
  beige: '#f5f5dc',
  gainsboro: '#dcdcdc',
};

// 0 black … 1 white, by WCAG; undefined for what isn't a color that is known here.
export function luminance(color: string): number | undefined {
  const channels = channelsOf(color.trim().toLowerCase());
  if (!channels) return undefined;
  const [r, g, b] = channels.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function channelsOf(color: string): number[] | undefined {
  const hex = /^#([\da-f]{3,8})$/.exec(NAMED[color] ?? color)?.[1];
  if (hex && (hex.length === 6 || hex.length === 8)) {
    if (hex.length === 8 && Number.parseInt(hex.slice(6), 16) < 128) return undefined;
    return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  }
  if (hex && hex.length <= 4) {
    return [0, 1, 2].map((at) => Number.parseInt(hex[at]!.repeat(2), 16));
  }
  const rgb =
    /^rgba?\(([\d.]{1,6})[\s,]+([\d.]{1,6})[\s,]+([\d.]{1,6})(?:[\s,/]+([\d.]{1,6})%?)?\)$/.exec(
      color,
    );
  if (!rgb || (rgb[4] !== undefined && Number(rgb[4]) < 0.5)) return undefined;
  return rgb.slice(1, 4).map((value) => Math.min(255, Number(value)));
}

export const isDark = (color: string) => (luminance(color) ?? 1) < 0.2;

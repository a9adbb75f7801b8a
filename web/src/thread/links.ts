// Where a link really goes, when its words or its writing hide that. Judged by what the browser's own
// parser makes of the address: that is where a click leads.

type Warning = { host: string };

// What takes no room on the screen, or turns what follows around.
export const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const TURNING = /[\u202a-\u202e\u2066-\u2069]/;
// Signs that look like the dots and strokes of an address. (NFKC knows the full-width ones.)
const DOTS = /[\u3002\uff0e\uff61\u2024\u00b7\u2219\u22c5\u0589]/g;
const STROKES = /[\u2044\u2215\u29f8\u2571\u1735]/g;

export function visible(text: string): string {
  return text.replace(INVISIBLE, '');
}

// As a reader takes it: look-alike signs are what they look like.
export function plain(text: string): string {
  return visible(text)
    .replace(DOTS, '.')
    .normalize('NFKC')
    .replace(DOTS, '.')
    .replace(STROKES, '/');
}

function hostOf(address: string): string | undefined {
  try {
    return new URL(address).hostname.replace(/\.+$/, '').replace(/^www\./, '') || undefined;
  } catch {
    return undefined;
  }
}

// Endings of files that look like countries: "CV.pl" within a sentence names no host.
const FILES = new Set(
  'js ts py md sh pl ps cc rs so ai am as pdf doc docx xls xlsx ppt pptx odt ods txt rtf csv ics zip png jpg jpeg gif html htm xml json mov mp4'.split(
    ' ',
  ),
);
const ENDINGS = new Set(
  'com org net edu gov mil int info biz name pro jobs museum app dev page site online shop store tech cloud email bank money finance support work works careers team group global world company example test localhost'.split(
    ' ',
  ),
);
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}_-]{0,62})$/u;

function claimedBy(word: string, alone: boolean): string | undefined {
  let rest = word.toLowerCase();
  if (rest.length > 400) return undefined;
  const scheme = /^[a-z][a-z0-9+.-]{1,10}:\/{1,3}/.exec(rest);
  if (scheme) rest = rest.slice(scheme[0].length);
  const end = rest.search(/[/?#\\]/);
  const path = end >= 0;
  if (path) rest = rest.slice(0, end);
  const at = rest.lastIndexOf('@');
  if (at >= 0) {
    if (!scheme && !alone) return undefined; // a mail address within a sentence names no page
    rest = rest.slice(at + 1);
  }
  rest = rest.replace(/:\d{1,5}$/, '').replace(/^\.{1,3}|\.{1,3}$/g, '');
  const labels = rest.split('.');
  const last = labels.at(-1)!;
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return undefined;
  if (/^\d+$/.test(last)) return labels.length === 4 && (scheme || alone) ? rest : undefined;
  if (last.length < 2 || !(/^\p{L}/u.test(last) || last.startsWith('xn--'))) return undefined;
  const sure = Boolean(scheme) || path || labels[0] === 'www';
  if (FILES.has(last) && !sure) return undefined;
  if (!alone && !sure && !ENDINGS.has(last) && [...last].length !== 2) return undefined;
  return hostOf(`http://${rest}`);
}

function claims(words: string): string[] {
  const parts = plain(words)
    .split(/[\s<>()[\]{}"'„“”‘’‚«»‹›,;|!*=…→]+/u)
    .filter(Boolean);
  const found: string[] = [];
  for (const part of parts) {
    const host = claimedBy(part.replace(/[.:?]{1,3}$/, ''), parts.length === 1);
    if (host) found.push(host);
  }
  return found;
}

const sameHouse = (target: string, claimed: string) =>
  target === claimed || target.endsWith(`.${claimed}`) || belongsTo(claimed, target);
// "jobs.bank.example" leads to "bank.example": the same house, unless that is a mere "co.uk".
const belongsTo = (claimed: string, target: string) =>
  claimed.endsWith(`.${target}`) &&
  target.includes('.') &&
  !/^(?:com?|org|net|gov|edu|ac|gv|or)\.[a-z]{2}$/.test(target);

export function deceives(words: string, href: string): Warning | undefined {
  if (/^mailto:/i.test(href)) return wrongAddress(words, href);
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const host = hostOf(href);
  if (!host) return undefined;
  if (
    url.username ||
    url.password ||
    TURNING.test(words) ||
    isBareNumber(host) ||
    isLookalike(host)
  ) {
    return { host };
  }
  return claims(words).some((claimed) => !sameHouse(host, claimed)) ? { host } : undefined;
}

const ADDRESS = /[^\s<>()[\]"',;:]{1,64}@[^\s<>()[\]"',;:]{1,255}/u;

export function addressIn(words: string): string | undefined {
  const text = plain(words);
  const at = text.indexOf('@');
  // Only the neighborhood of the sign: an address isn't longer.
  return at < 0 ? undefined : ADDRESS.exec(text.slice(Math.max(0, at - 64), at + 256))?.[0];
}

function wrongAddress(words: string, href: string): Warning | undefined {
  const target = safeDecode(href.slice('mailto:'.length).split('?')[0]!);
  const shown = addressIn(words)?.replace(/\.+$/, '');
  if (!shown || !target || shown.toLowerCase() === target.trim().toLowerCase()) return undefined;
  return { host: target };
}

const isBareNumber = (host: string) =>
  /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || host.startsWith('[');

const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Georgian}/u,
  /\p{Script=Coptic}/u,
  /\p{Script=Hangul}/u,
  /\p{Script=Thai}/u,
  /\p{Script=Devanagari}/u,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u,
];
// Letters of other scripts that can't be told from Latin ones: a label of these alone is a disguise.
const DOUBLES = /^[абвгеёзіїјклмнопрстухцчѕԁԛԝѵҏһӏьαγεικνορτυχωϲ\d-]+$/u;
const LATIN_DOUBLES = /^[асеіјорѕхуԁԛԝһӏѵгкпьαινορυτκϲ\d-]+$/u;

function isLookalike(host: string): boolean {
  return host.split('.').some((label) => {
    if (!label.startsWith('xn--')) return false;
    const written = decodePunycode(label.slice(4));
    if (written === undefined) return true;
    const scripts = SCRIPTS.filter((script) => script.test(written)).length;
    if (scripts > 1) return true;
    return LATIN_DOUBLES.test(written) && DOUBLES.test(written);
  });
}

// RFC 3492, bounded by the length of a label.
export function decodePunycode(label: string): string | undefined {
  if (label.length > 63) return undefined;
  const split = label.lastIndexOf('-');
  const out = [...(split > 0 ? label.slice(0, split) : '')].map((sign) => sign.codePointAt(0)!);
  let n = 128;
  let i = 0;
  let bias = 72;
  for (let at = split > 0 ? split + 1 : 0; at < label.length; ) {
    const before = i;
    let weight = 1;
    for (let k = 36; ; k += 36) {
      const code = label.charCodeAt(at++);
      const digit =
        code >= 97 && code <= 122 ? code - 97 : code >= 48 && code <= 57 ? code - 22 : 36;
      if (digit >= 36) return undefined;
      i += digit * weight;
      const t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
      if (digit < t) break;
      weight *= 36 - t;
    }
    const count = out.length + 1;
    let delta = Math.floor((i - before) / (before === 0 ? 700 : 2));
    delta += Math.floor(delta / count);
    let k = 0;
    for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
    bias = k + Math.floor((36 * delta) / (delta + 38));
    n += Math.floor(i / count);
    i %= count;
    if (n > 0x10ffff) return undefined;
    out.splice(i++, 0, n);
  }
  return String.fromCodePoint(...out);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

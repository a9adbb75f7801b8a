// A message's HTML is hostile. Three walls, each of which would do alone for scripts:
//  1. here: DOMPurify with the HTML profile only (no SVG, no MathML), no forms, no style sheets, no
//     ids and names; of inline styles only harmless declarations; no address but links and
//     pictures that the message itself carries;
//  2. a frame without allow-scripts (body-frame.tsx);
//  3. a policy inside that frame which loads nothing from anywhere.
// Before them prescan.ts makes it cheap to parse. Whatever rearranges the message (folding quotes, marking deceptive links) happens BEFORE the
// cleaning: nothing edits markup afterwards.
import DOMPurify, { type Config } from 'dompurify';
import { policy, trusted } from '../trusted';
import { DIR_AUTO, LAID } from './fitting';
import { foldQuotes } from './fold';
import { deceives } from './links';
import { prescan } from './prescan';
import { cleanStyle, isDark, luminance } from './style';

type CleanOptions = {
  pictures?: ReadonlyMap<string, string>; // Content-ID → blob: address
  loaded?: ReadonlyMap<string, string>; // address elsewhere → blob: address
  words: { quoted: string; goesTo: (host: string) => string; subject?: string };
};
type Clean = {
  html: string;
  remote: number; // pictures and backgrounds that were left out because they lie elsewhere
  loadable: number; // pictures among these that can be had
  colored: boolean; // brings its own colors: shown on its own or on white paper also in the dark
  look: Look;
  cut: boolean; // too much to show: its end, or the form of its end, is left out
  contentIds: string[]; // that it refers to
};

const CONFIG: Config = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: [
    'style',
    'link',
    'meta',
    'base',
    'form',
    'input',
    'button',
    'textarea',
    'select',
    'option',
    'optgroup',
    'datalist',
    'output',
    'fieldset',
    'legend',
    'dialog',
    'audio',
    'video',
    'source',
    'track',
    'picture',
    'map',
    'area',
    'canvas',
    'template',
    'slot',
    'marquee',
    'iframe',
    'object',
    'embed',
  ],
  FORBID_ATTR: [
    'id',
    'name',
    'srcset',
    'background',
    'usemap',
    'ping',
    'form',
    'formaction',
    'action',
    'method',
    'tabindex',
    'autofocus',
    'accesskey',
    'contenteditable',
    'popover',
    'popovertarget',
    'popovertargetaction',
    'poster',
    'longdesc',
    'cite',
    'is',
    'slot',
    'for',
  ],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOW_UNKNOWN_PROTOCOLS: false,
  // Which of these may stand where is decided by the hook below.
  // (It is asked about every attribute's value, so it lets pass what is no address at all.)
  ALLOWED_URI_REGEXP: /^(?:(?:https?|mailto|tel|blob|data):|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i,
  SANITIZE_DOM: true,
  WHOLE_DOCUMENT: false,
  ...(policy ? { TRUSTED_TYPES_POLICY: policy as never } : {}),
};

const OWN_PICTURE = /^data:image\/(?:png|gif|jpe?g|webp|avif|bmp)[;,]/i;
const LINK = /^(?:https?:\/\/|mailto:|tel:)/i;

// The words of a link as they are read: blocks apart, pictures by their description, what is hidden left out.
function wordsOf(link: Element): string {
  let out = '';
  for (const node of link.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) out += node.nodeValue ?? '';
    if (!(node instanceof Element)) continue;
    if (/display\s*:\s*none|font-size\s*:\s*0/i.test(node.getAttribute('style') ?? '')) continue;
    if (node.nodeName === 'BR') out += ' ';
    else if (node.nodeName === 'IMG') out += ` ${node.getAttribute('alt') ?? ''} `;
    else if (/^(?:P|DIV|LI|UL|OL|TABLE|TBODY|TR|TD|TH|H[1-6])$/.test(node.nodeName)) {
      out += ` ${wordsOf(node)} `;
    } else out += wordsOf(node);
  }
  return out;
}

function markLinks(document: Document, goesTo: (host: string) => string): void {
  for (const link of document.querySelectorAll('a[href]')) {
    const found = deceives(wordsOf(link), (link.getAttribute('href') ?? '').trim());
    if (!found) continue;
    const mark = document.createElement('em');
    mark.className = GOES_TO;
    mark.textContent = ` (${goesTo(found.host)})`;
    link.after(mark);
  }
}
const GOES_TO = 'hearback-goes-to';

// Our marks are ours: no mail writes in their name.
function dropOurNames(document: Document): void {
  for (const element of document.querySelectorAll('[class*="hearback" i]')) {
    for (const name of [...element.classList])
      if (/^hearback/i.test(name)) element.classList.remove(name);
    if (element.classList.length === 0) element.removeAttribute('class');
  }
}

// Links are in our color only where the ground is ours. On a dark ground of the mail's own they take
// the color of the words around them.
function fitLinks(document: Document): void {
  const dark = new Map<Element, boolean>();
  for (const element of document.body.querySelectorAll('*')) {
    const ground =
      cleanStyle(element.getAttribute('style') ?? '').ground ||
      element.getAttribute('bgcolor') ||
      '';
    const around = element.parentElement ? (dark.get(element.parentElement) ?? false) : false;
    const here = luminance(ground) === undefined ? around : isDark(ground);
    dark.set(element, here);
    if (!here || element.nodeName !== 'A') continue;
    const style = element.getAttribute('style') ?? '';
    if (!cleanStyle(style).ink) element.setAttribute('style', `${style};color:inherit`);
  }
}

// A column is as wide as its longest word, at least; only what is no word of a language may break within.
const TOO_LONG = /[!-~]{24}(?=[!-~])/g;

function breakLongWords(document: Document): void {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const long: [Text, string[]][] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    // No text that was parsed holds this sign.
    const pieces = (node.nodeValue ?? '').replace(TOO_LONG, '$&\0').split('\0');
    if (pieces.length > 1 && node.parentElement?.closest('td,th'))
      long.push([node as Text, pieces]);
  }
  for (const [text, pieces] of long)
    text.replaceWith(
      ...pieces.flatMap((piece, i) => (i ? [document.createElement('wbr'), piece] : piece)),
    );
}

// What the mail says about itself as a whole: its ground, its words' and links' color.
export type Look = { ground: string; ink: string; link: string };

function lookOf(body: HTMLElement): Look {
  const { ground, ink } = cleanStyle(body.getAttribute('style') ?? '');
  const color = (name: string) => {
    const value = (body.getAttribute(name) ?? '').trim();
    return luminance(value) === undefined ? '' : value;
  };
  return { ground: ground || color('bgcolor'), ink: ink || color('text'), link: color('link') };
}

// The body's own attributes go to an element that survives the cleaning.
function wrapBody(document: Document): void {
  const { body } = document;
  const style = body.getAttribute('style');
  const dir = body.getAttribute('dir');
  if (!style && dir !== 'rtl' && dir !== 'ltr') return;
  const wrapper = document.createElement('div');
  if (dir) wrapper.setAttribute('dir', dir);
  // Where the body would stand is the frame's.
  if (style)
    wrapper.setAttribute(
      'style',
      `${style};margin:0;padding:0;width:auto;height:auto;float:none;display:block`,
    );
  wrapper.append(...body.childNodes);
  body.append(wrapper);
}

export function clean(hostile: string, options: CleanOptions): Clean {
  const scanned = prescan(hostile);
  const parsed = new DOMParser().parseFromString(trusted(scanned.html), 'text/html');
  dropOurNames(parsed);
  foldQuotes(parsed, options.words.quoted, options.words.subject);
  markLinks(parsed, options.words.goesTo);
  const look = lookOf(parsed.body);
  if (isDark(look.ground)) parsed.body.setAttribute('bgcolor', look.ground);
  fitLinks(parsed);
  breakLongWords(parsed);
  wrapBody(parsed);
  const done = purified(parsed.body.innerHTML, options);
  return {
    ...done,
    look,
    remote: done.remote + scanned.remote,
    colored: done.colored || Boolean(look.ground || look.ink),
    cut: scanned.cut,
  };
}

const MOST_SIDE = 5000; // pixels, of what a presentational attribute asks for
const SIZES = /^(?:width|height|cellpadding|cellspacing|border|hspace|vspace|size|start)$/;

// The wall. Everything before it only rearranges.
export function purified(
  html: string,
  { pictures, loaded }: Pick<CleanOptions, 'pictures' | 'loaded'> = {},
): Pick<Clean, 'html' | 'remote' | 'loadable' | 'colored' | 'contentIds'> {
  let remote = 0;
  let loadable = 0;
  let colored = false;
  const contentIds = new Set<string>();
  const purify = DOMPurify();
  purify.addHook('uponSanitizeAttribute', (element, data) => {
    const name = data.attrName;
    const value = data.attrValue.trim();
    if (name === 'style') {
      const done = cleanStyle(value);
      if (done.remote) remote++;
      if (done.ground || done.ink) colored = true;
      data.attrValue = done.style;
      data.keepAttr = done.style !== '';
      return;
    }
    if (SIZES.test(name) && Number.parseFloat(value) > MOST_SIDE) data.keepAttr = false;
    if (/^(?:col|row)span$/.test(name) && Number.parseFloat(value) > 1000) data.keepAttr = false;
    if (name === 'bgcolor' || (name === 'color' && element.nodeName === 'FONT')) colored = true;
    if (name === 'background' || name === 'poster') remote++;
    if (name === 'srcset' && !element.hasAttribute('src')) remote++;
    if (name === 'src') {
      data.keepAttr = false;
      if (element.nodeName !== 'IMG') return;
      const cid = /^cid:(.+)$/i.exec(value)?.[1];
      if (cid) {
        const id = safeDecode(cid);
        contentIds.add(id);
        const blob = pictures?.get(id);
        if (blob) {
          data.attrValue = blob;
          data.keepAttr = true;
        }
      } else if (OWN_PICTURE.test(value)) {
        data.keepAttr = true;
      } else if (loaded?.has(value)) {
        data.attrValue = loaded.get(value) as string;
        data.keepAttr = true;
      } else if (value) {
        remote++;
        if (ELSEWHERE.test(value) && !isPixel(element)) loadable++;
      }
      return;
    }
    if (name === 'href') {
      data.keepAttr = element.nodeName === 'A' && LINK.test(value);
      return;
    }
    if (name === 'target' || name === 'rel') data.keepAttr = false;
  });
  purify.addHook('afterSanitizeAttributes', (element) => {
    const dir = element.getAttribute('dir');
    if (dir?.trim().toLowerCase() === 'auto' || (element.nodeName === 'BDI' && !dir)) {
      element.removeAttribute('dir');
      element.setAttribute(DIR_AUTO, '');
    }
    if (element.nodeName === 'IMG' && !element.hasAttribute('src') && isPixel(element)) {
      element.setAttribute('hidden', '');
    }
    if (element.nodeName === 'A' && element.hasAttribute('href')) {
      for (const name of ['target', 'rel', 'title']) element.removeAttribute(name);
      element.setAttribute('target', '_blank');
      element.setAttribute('rel', 'noopener noreferrer');
      element.setAttribute('title', written(element.getAttribute('href') ?? ''));
    }
  });
  const cleaned = purify.sanitize(html, CONFIG) as string;
  return { html: cleaned, remote, loadable, colored, contentIds: [...contentIds] };
}

const ELSEWHERE = /^https?:\/\//i;

// Of one or two pixels: it shows nothing and is there to tell that somebody has read. The server fetches
// none of these.
const isPixel = (element: Element) =>
  ['width', 'height'].some((side) =>
    /^\s*0*[0-2](?:px)?\s*$/i.test(element.getAttribute(side) ?? ''),
  );

// As the browser reads it: hosts in the letters that decide.
function written(href: string): string {
  try {
    return new URL(href).href;
  } catch {
    return href;
  }
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const FRAME_POLICY =
  "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

// The document of the frame. `body` must come from clean().
export function frameDocument(
  body: Pick<Clean, 'html' | 'colored' | 'look'>,
  around: { dark: boolean; lang: string },
) {
  const { look } = body;
  const paper = body.colored && (around.dark || look.ground !== '');
  const ground = look.ground || '#fff';
  // Words without a color of their own must be readable on the ground that they stand on.
  const night = paper ? isDark(ground) : around.dark;
  const accent = night ? '#5cc4bb' : '#0d5f5b';
  const quiet = night ? '#aab5b4' : '#4d5958';
  return `<!doctype html><html lang="${around.lang.replace(/[^a-z-]/gi, '')}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${FRAME_POLICY}"><meta name="referrer" content="no-referrer"><style>
:root{color-scheme:${night ? 'dark' : 'light'}}
html{overflow-x:auto;overflow-y:hidden;background:${paper ? ground : 'transparent'}}
html.whole{overflow-y:auto}
html:not(.${LAID})>body{display:none}
body{position:relative;margin:0;display:flow-root;${paper ? 'padding:12px;' : ''}color:${look.ink || (night ? '#e7eceb' : '#182020')};font:14px/1.43 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
body>*>:first-child,body>*>:first-child>:first-child{margin-top:0}
body>*>:last-child,body>*>:last-child>:last-child{margin-bottom:0}
[data-shut]>:not(summary){display:none}
p.MsoNormal,li.MsoNormal,div.MsoNormal{margin:0}
img{max-width:100%;height:auto}
img:not([src]):not([hidden]){display:inline-block;min-width:1.4em;min-height:1.4em;box-sizing:border-box;border:1px solid ${night ? '#465150' : '#c3cbca'};border-radius:4px;background:${night ? '#283030' : '#e9eded'}}
table{max-width:100%}
td,th{overflow-wrap:break-word}
pre{white-space:pre-wrap}
a{color:${look.link || accent}}
.${GOES_TO}{display:inline!important;padding:0 4px;background:#fff!important;color:#8a5300!important;font:600 12px/16px system-ui,sans-serif!important}
blockquote{margin:8px 0 8px 0;padding-inline-start:12px;border-inline-start:2px solid ${night ? '#465150' : '#c3cbca'};color:${body.colored ? 'inherit' : quiet}}
details>summary{display:inline-block;margin:8px 0;padding:1px 9px;border-radius:4px;cursor:pointer;list-style:none;font:600 12px/18px system-ui,sans-serif;background:${night ? '#283030' : '#e9eded'};color:${quiet}}
details>summary::-webkit-details-marker{display:none}
:focus-visible{outline:2px solid ${accent};outline-offset:2px}
</style></head><body><div ${DIR_AUTO}>${body.html}</div></body></html>`;
}

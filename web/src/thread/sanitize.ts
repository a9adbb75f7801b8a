// A message's HTML is hostile. Three walls, each of which would do alone for scripts:
//  1. here: DOMPurify with the HTML profile only (no SVG, no MathML), no forms, no style sheets, no
//     ids and names; of inline styles only harmless declarations; no address but links and
//     pictures that the message itself carries;
//  2. a frame without allow-scripts (body-frame.tsx);
//  3. a policy inside that frame which loads nothing from anywhere.
// Whatever rearranges the message (folding quotes, marking deceptive links) happens BEFORE the
// cleaning: nothing edits markup afterwards.
import DOMPurify, { type Config } from 'dompurify';

export type CleanOptions = {
  pictures?: ReadonlyMap<string, string>; // Content-ID → blob: address
  words: { quoted: string; goesTo: (host: string) => string };
};
export type Clean = {
  html: string;
  remote: number; // pictures and backgrounds that were left out because they lie elsewhere
  colored: boolean; // brings its own colors: shown on white paper also in the dark
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
};

const PROPERTIES =
  /^(?:color|background-color|background|font|font-(?:family|size|style|variant|weight|stretch)|line-height|letter-spacing|word-spacing|text-(?:align|decoration|decoration-(?:line|color|style)|indent|transform|overflow)|vertical-align|white-space|word-break|overflow-wrap|word-wrap|direction|unicode-bidi|margin(?:-(?:top|right|bottom|left))?|padding(?:-(?:top|right|bottom|left))?|border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width))?|border-(?:collapse|spacing|radius)|width|height|max-width|min-width|max-height|min-height|display|float|clear|list-style(?:-(?:type|position))?|table-layout|caption-side|empty-cells|box-sizing)$/;
// Also what only loads with a page's help, and what newer engines may learn to load.
const UNSAFE_VALUE =
  /url|src\s*\(|image|cross-fade|element\s*\(|expression|script|@|\\|var\s*\(|env\s*\(|attr\s*\(|<|>/i;

const FUNCTIONS = /^(?:rgba?|hsla?|calc)$/i;

export function cleanStyle(style: string): { style: string; remote: boolean } {
  const bare = style.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' ');
  let remote = false;
  const kept: string[] = [];
  for (const declaration of bare.split(';')) {
    const colon = declaration.indexOf(':');
    if (colon < 0) continue;
    const property = declaration.slice(0, colon).trim().toLowerCase();
    const value = declaration
      .slice(colon + 1)
      .replace(/!\s*important\s*$/i, '')
      .trim();
    if (UNSAFE_VALUE.test(value)) {
      if (/url\s*\(/i.test(value)) remote = true;
      continue;
    }
    if (!value || !PROPERTIES.test(property)) continue;
    if ([...value.matchAll(/([\w-]*)\s*\(/g)].some(([, name]) => !FUNCTIONS.test(name!))) continue;
    kept.push(`${property}: ${value}`);
  }
  return { style: kept.join('; '), remote };
}

const OWN_PICTURE = /^data:image\/(?:png|gif|jpe?g|webp|avif|bmp)[;,]/i;
const WEB = /^https?:\/\//i;
const LINK = /^(?:https?:\/\/|mailto:|tel:)/i;

function hostOf(address: string): string | undefined {
  try {
    return new URL(address).hostname.replace(/^www\./, '') || undefined;
  } catch {
    return undefined;
  }
}

// A link whose words name another place than where it goes.
export function deceives(words: string, href: string): string | undefined {
  if (!WEB.test(href)) return undefined;
  const shown = words
    .trim()
    .match(/^(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?:[/:?#]\S*)?$/iu);
  if (!shown) return undefined;
  const target = hostOf(href);
  const claimed = hostOf(`http://${shown[1]}`);
  if (!target || !claimed) return undefined;
  if (target === claimed || target.endsWith(`.${claimed}`)) return undefined;
  return target;
}

const QUOTES =
  'blockquote, .gmail_quote, .gmail_quote_container, .yahoo_quoted, #divRplyFwdMsg, #appendonsend, .protonmail_quote, .zmail_extra';

function foldQuotes(document: Document, words: string): void {
  const first = [...document.body.querySelectorAll(QUOTES)]
    .slice(0, MOST_QUOTES)
    .find((one) => isQuote(one) && isToTheEnd(one) && textBefore(document, one).trim());
  if (first) foldFrom(document, introductionOf(first) ?? first, words);
  else foldMarkedLines(document, words);
}

// Some people indent their own words: a blockquote that no mail client marked is a quote only when
// a line with a date or an address leads to it.
function isQuote(element: Element): boolean {
  if (element.nodeName !== 'BLOCKQUOTE' || element.matches('[type="cite"], .gmail_quote')) {
    return true;
  }
  return /\d|@/.test(introductionOf(element)?.textContent ?? '');
}

// Only a quote at the end is folded: answers between the lines stay readable.
function isToTheEnd(quote: Element): boolean {
  if (quote.id === 'divRplyFwdMsg' || quote.id === 'appendonsend') return true;
  let top: Element = quote;
  while (top.parentElement && top.parentElement !== top.ownerDocument.body && isLastWords(top)) {
    top = top.parentElement;
  }
  return isLastWords(top);
}

// "On Monday Jane wrote:" stands just before the quote and says nothing without it.
const MOST_INTRODUCTION = 200; // characters
const MOST_QUOTES = 100; // looked at per message
const introduces = (text: string) =>
  /[:：]\s*$/.test(text) && text.trim().length <= MOST_INTRODUCTION;

function introductionOf(quote: Element): ChildNode | undefined {
  let before: ChildNode | null = quote.previousSibling;
  while (before && !before.textContent?.trim()) before = before.previousSibling;
  if (!before || !introduces(before.textContent ?? '')) return undefined;
  return textBefore(quote.ownerDocument, before).trim() ? before : undefined;
}

function foldFrom(document: Document, first: ChildNode, words: string): void {
  const range = document.createRange();
  range.setStartBefore(first);
  range.setEndAfter(document.body.lastChild!);
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = words;
  details.append(summary, range.extractContents());
  document.body.append(details);
}

const BLOCKS = /^(?:P|DIV|LI|UL|OL|PRE|TABLE|TR|TD|BLOCKQUOTE|H[1-6])$/;

// Text that was written with "> " before each quoted line and then made HTML.
function foldMarkedLines(document: Document, words: string): void {
  const lines: { start: ChildNode; text: string }[] = [];
  let line: { start: ChildNode; text: string } | undefined;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ALL);
  let block: Element | null = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeName === 'BR') line = undefined;
    if (node.nodeType !== Node.TEXT_NODE) continue;
    const around = blockOf(node, document.body);
    if (around !== block) line = undefined;
    block = around;
    if (!line) {
      if (!node.textContent?.trim()) continue;
      line = { start: node as ChildNode, text: '' };
      lines.push(line);
    }
    line.text += node.textContent;
  }
  const marked = (one: { text: string }) => /^\s*>/.test(one.text);
  let first = lines.length;
  while (first > 0 && marked(lines[first - 1]!)) first--;
  if (lines.length - first < 2) return;
  if (first > 0 && introduces(lines[first - 1]!.text)) first--;
  if (first > 0) foldFrom(document, lines[first]!.start, words);
}

function blockOf(node: Node, top: Element): Element {
  let around = node.parentElement;
  while (around && around !== top && !BLOCKS.test(around.nodeName)) around = around.parentElement;
  return around ?? top;
}

function isLastWords(element: Element): boolean {
  let after = '';
  for (let node = element.nextSibling; node; node = node.nextSibling)
    after += node.textContent ?? '';
  return !after.trim();
}

function textBefore(document: Document, node: Node): string {
  const range = document.createRange();
  range.setStart(document.body, 0);
  range.setEndBefore(node);
  return range.toString();
}

// Browsers report each handler to the console when they parse it, though none can run here. Renamed
// before, they stay quiet. No wall: what slips through is removed with all unknown attributes.
function quiet(hostile: string): string {
  return hostile.replace(/<[a-z][^<>]*/gi, (tag) =>
    tag.replace(/([\s"'])on(?=[a-z]+\s*=)/gi, '$1data-on'),
  );
}

export function clean(hostile: string, options: CleanOptions): Clean {
  const parsed = new DOMParser().parseFromString(quiet(hostile), 'text/html');
  foldQuotes(parsed, options.words.quoted);
  for (const link of parsed.querySelectorAll('a[href]')) {
    const target = deceives(link.textContent ?? '', link.getAttribute('href') ?? '');
    if (target) {
      const mark = parsed.createElement('em');
      mark.textContent = ` (${options.words.goesTo(target)})`;
      link.after(mark);
    }
  }

  let remote = 0;
  let colored = false;
  const contentIds = new Set<string>();
  const purify = DOMPurify();
  purify.addHook('uponSanitizeAttribute', (element, data) => {
    const name = data.attrName;
    const value = data.attrValue.trim();
    if (name === 'style') {
      const done = cleanStyle(value);
      if (done.remote) remote++;
      if (/(?:^|; )(?:color|background(?:-color)?):/.test(done.style)) colored = true;
      data.attrValue = done.style;
      data.keepAttr = done.style !== '';
      return;
    }
    if (name === 'bgcolor' || (name === 'color' && element.nodeName === 'FONT')) colored = true;
    if (name === 'background' || name === 'srcset' || name === 'poster') remote++;
    if (name === 'src') {
      data.keepAttr = false;
      if (element.nodeName !== 'IMG') return;
      const cid = /^cid:(.+)$/i.exec(value)?.[1];
      if (cid) {
        const id = safeDecode(cid);
        contentIds.add(id);
        const blob = options.pictures?.get(id);
        if (blob) {
          data.attrValue = blob;
          data.keepAttr = true;
        }
      } else if (OWN_PICTURE.test(value)) {
        data.keepAttr = true;
      } else if (value) {
        remote++;
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
    if (element.nodeName === 'A' && element.hasAttribute('href')) {
      for (const name of ['target', 'rel', 'title']) element.removeAttribute(name);
      element.setAttribute('target', '_blank');
      element.setAttribute('rel', 'noopener noreferrer');
      element.setAttribute('title', element.getAttribute('href') ?? '');
    }
  });
  // From the body's own attributes only the direction and the background matter.
  const dir = parsed.body.getAttribute('dir');
  if (
    parsed.body.hasAttribute('bgcolor') ||
    /background|color/i.test(parsed.body.getAttribute('style') ?? '')
  ) {
    const { style } = cleanStyle(parsed.body.getAttribute('style') ?? '');
    if (parsed.body.hasAttribute('bgcolor') || /color|background/.test(style)) colored = true;
  }
  const html = purify.sanitize(parsed.body.innerHTML, CONFIG) as string;
  const directed = dir === 'rtl' || dir === 'ltr' ? `<div dir="${dir}">${html}</div>` : html;
  return { html: directed, remote, colored, contentIds: [...contentIds] };
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

// The document of the frame. `html` must come from clean().
export function frameDocument(html: string, look: { dark: boolean; paper: boolean; lang: string }) {
  const dark = look.dark && !look.paper;
  return `<!doctype html><html lang="${look.lang.replace(/[^a-z-]/gi, '')}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${FRAME_POLICY}"><meta name="referrer" content="no-referrer"><style>
:root{color-scheme:${dark ? 'dark' : 'light'}}
html{overflow-x:auto;overflow-y:hidden;background:${look.paper && look.dark ? '#fff' : 'transparent'}}
body{margin:0;display:flow-root;${look.paper && look.dark ? 'padding:12px;' : ''}color:${dark ? '#e7eceb' : '#182020'};font:14px/20px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
body>:first-child,body>:first-child>:first-child{margin-top:0}
body>:last-child,body>:last-child>:last-child{margin-bottom:0}
p.MsoNormal,li.MsoNormal,div.MsoNormal{margin:0}
img{max-width:100%;height:auto}
table{max-width:100%}
pre{white-space:pre-wrap}
a{color:${dark ? '#5cc4bb' : '#0d5f5b'}}
blockquote{margin:8px 0 8px 0;padding-inline-start:12px;border-inline-start:2px solid ${dark ? '#465150' : '#c3cbca'};color:${dark ? '#aab5b4' : '#4d5958'}}
details>summary{display:inline-block;margin:8px 0;padding:1px 9px;border-radius:4px;cursor:pointer;list-style:none;font-weight:600;font-size:12px;line-height:18px;background:${dark ? '#283030' : '#e9eded'};color:${dark ? '#aab5b4' : '#4d5958'}}
details>summary::-webkit-details-marker{display:none}
:focus-visible{outline:2px solid ${dark ? '#5cc4bb' : '#0d5f5b'};outline-offset:2px}
</style></head><body dir="auto">${html}</body></html>`;
}

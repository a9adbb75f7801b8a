// What was written before is folded, one level at a time. Works on the parsed, hostile document, before
// it is cleaned; each element is looked at a fixed number of times.

const QUOTES =
  'blockquote, .gmail_quote, .gmail_quote_container, .yahoo_quoted, #divRplyFwdMsg, #appendonsend, .protonmail_quote, .zmail_extra, div[style*="border-top:solid"]';
const MOST_QUOTES = 100; // looked at per message
const MOST_LEVELS = 12; // of quotes within quotes that are folded each by itself
const MOST_INTRODUCTION = 200; // characters

// "On Monday Jane wrote:" stands just before the quote and says nothing without it.
const introduces = (text: string) => {
  const words = text.trim();
  return words.length <= MOST_INTRODUCTION && /[:：]$/.test(words);
};

// No more than that is read: a quote lies in a quote, and each holds all of the rest.
function beginning(top: Node, most: number): string {
  const texts = top.ownerDocument!.createTreeWalker(top, NodeFilter.SHOW_TEXT);
  let words = '';
  if (top.nodeType === Node.TEXT_NODE) words = top.nodeValue ?? '';
  while (words.length < most && texts.nextNode()) words += texts.currentNode.nodeValue ?? '';
  return words.slice(0, most);
}

// What somebody passes on is what they want to be read.
const FORWARDS =
  /^[\s\-_>*]*(?:begin forwarded message|forwarded message|(?:anfang der )?weitergeleiteten? (?:nachricht|e-?mail)|(?:début du )?message (?:transféré|réexpédié))/i;
export const isForward = (text: string, subject = '') =>
  FORWARDS.test(text) || /^\s*(?:fwd?|wg|tr)\s*:/i.test(subject);

// What Outlook writes above the original, under a line: nothing but its looks says so.
const HEADER = [
  /\s*(?:from|von|de)\s*:/iy,
  /(?:sent|date|gesendet|datum|envoyé)\s*:/gi,
  /(?:to|an|à|subject|betreff|objet)\s*:/gi,
];
// One after the other, and never back: a stranger wrote it.
export function isHeaderText(text: string): boolean {
  let at = 0;
  return HEADER.every((label) => {
    label.lastIndex = at;
    const found = label.test(text);
    at = label.lastIndex;
    return found;
  });
}
const MOST_HEADER = 2000; // characters
const isHeader = (element: Element) =>
  element.nodeName === 'DIV' && isHeaderText(beginning(element, MOST_HEADER));
const isUnderLine = (element: Element) => element.matches('div[style*="border-top:solid"]');

// Where a node's words begin and end, counted in characters that are no blanks.
class Places {
  private places = new Map<Node, [number, number]>();
  readonly total: number;

  constructor(top: Node) {
    this.total = this.count(top);
  }
  private count(top: Node): number {
    let sum = 0;
    const open: Node[] = [];
    let node: Node | null = top;
    while (node) {
      this.places.set(node, [sum, sum]);
      if (node.nodeType === Node.TEXT_NODE) {
        sum += (node.nodeValue ?? '').replace(/\s/g, '').length;
        this.places.get(node)![1] = sum;
      }
      if (node.firstChild) {
        open.push(node);
        node = node.firstChild;
        continue;
      }
      while (node && !node.nextSibling && open.length > 0) {
        node = open.pop()!;
        this.places.get(node)![1] = sum;
      }
      node = open.length > 0 ? (node?.nextSibling ?? null) : null;
    }
    return sum;
  }
  hasWords(node: Node): boolean {
    const [from, to] = this.places.get(node)!;
    return to > from;
  }
  short(node: Node): boolean {
    const [from, to] = this.places.get(node)!;
    return to - from <= MOST_INTRODUCTION;
  }
  isFirst = (node: Node) => this.places.get(node)![0] === 0;
  // How much stands behind it.
  behind = (node: Node) => this.total - this.places.get(node)![1];
  isLast = (node: Node) => this.places.get(node)![1] === this.total;
}

export function foldQuotes(document: Document, words: string, subject = ''): void {
  const places = new Places(document.body);
  const quotes = [...document.body.querySelectorAll(QUOTES)].slice(0, MOST_QUOTES);
  const first = quotes.find(
    (one) =>
      isQuote(one, places) &&
      isToTheEnd(one, places) &&
      !places.isFirst(one) &&
      !isPassedOn(one, places, subject),
  );
  if (first) {
    const from = introductionOf(first, places) ?? first;
    foldInner(first, words, places);
    foldFrom(document, from, words);
  } else {
    foldMarkedLines(document, words);
  }
}

// Some people indent their own words: a blockquote that no mail client marked is a quote only when
// a line with a date or an address leads to it.
function isQuote(element: Element, places: Places): boolean {
  if (isUnderLine(element)) return isHeader(element);
  if (element.nodeName !== 'BLOCKQUOTE' || element.matches('[type="cite"], .gmail_quote')) {
    return true;
  }
  return /\d|@/.test(introductionOf(element, places)?.textContent ?? '');
}

// Only a quote at the end is folded: answers between the lines stay readable.
function isToTheEnd(quote: Element, places: Places): boolean {
  if (quote.id === 'divRplyFwdMsg' || quote.id === 'appendonsend' || isUnderLine(quote))
    return true;
  return places.isLast(quote) || (quote.matches(SIGNED) && isSigned(quote, places));
}

// Gmail writes the signature below what is quoted, if one wants.
const SIGNED = 'body > .gmail_quote, body > .gmail_quote_container';
const MOST_SIGNATURE = 400; // characters
function isSigned(quote: Element, places: Places): boolean {
  if (places.behind(quote) > MOST_SIGNATURE) return false;
  for (let node = quote.nextSibling; node; node = node.nextSibling)
    if (places.hasWords(node)) return /^\s*--\s*$/.test(beginning(node, 100));
  return false;
}

function isPassedOn(quote: Element, places: Places, subject: string): boolean {
  const begins = (node: Node) => beginning(node, MOST_INTRODUCTION);
  const led = introductionOf(quote, places);
  return isForward(begins(quote), subject) || (led !== undefined && isForward(begins(led)));
}

function introductionOf(quote: Element, places: Places): ChildNode | undefined {
  let before: ChildNode | null = quote.previousSibling;
  while (before && !places.hasWords(before)) before = before.previousSibling;
  if (!before || !places.short(before) || !introduces(before.textContent ?? '')) return undefined;
  return places.isFirst(before) ? undefined : before;
}

// Quotes within the quote: each is a step further back.
function foldInner(quote: Element, words: string, places: Places): void {
  let outer = quote;
  for (let level = 0; level < MOST_LEVELS; level++) {
    const inner = [...outer.querySelectorAll('blockquote')].find(
      (one) => places.isLast(one) && places.hasWords(one) && !isAllOf(outer, one, places),
    );
    if (!inner?.parentNode) return;
    const from = introductionOf(inner, places) ?? inner;
    const details = makeFold(inner.ownerDocument, words);
    from.before(details);
    for (let node: ChildNode | null = details.nextSibling; node; ) {
      const next: ChildNode | null = node.nextSibling;
      details.append(node);
      node = next;
    }
    outer = inner;
  }
}

// A wrapper and what it wraps ("gmail_quote" around a blockquote and the line that leads to it) are one
// level: it has no words of its own.
function isAllOf(outer: Element, inner: Element, places: Places): boolean {
  if (inner.parentNode !== outer) return false;
  const from = introductionOf(inner, places) ?? inner;
  for (let node = from.previousSibling; node; node = node.previousSibling) {
    if (places.hasWords(node)) return false;
  }
  return true;
}

function makeFold(document: Document, words: string): HTMLElement {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = words;
  details.append(summary);
  return details;
}

function foldFrom(document: Document, first: ChildNode, words: string): HTMLElement {
  const range = document.createRange();
  range.setStartBefore(first);
  range.setEndAfter(document.body.lastChild!);
  const details = makeFold(document, words);
  details.append(range.extractContents());
  document.body.append(details);
  return details;
}

const BLOCKS = /^(?:P|DIV|LI|UL|OL|PRE|TABLE|TR|TD|BLOCKQUOTE|H[1-6])$/;
type Line = { start: ChildNode; text: string };

// Text that was written with "> " before each quoted line and then made HTML.
function foldMarkedLines(document: Document, words: string): void {
  const lines = linesOf(document.body);
  const marked = (one: Line) => /^\s*>/.test(one.text);
  let first = lines.length;
  while (first > 0 && marked(lines[first - 1]!)) first--;
  const quoted = lines.slice(first);
  if (quoted.length < 2) return;
  const led = first > 0 && introduces(lines[first - 1]!.text) && first > 1;
  if (first === 0) return;
  const start = led ? first - 1 : first;
  const details = foldFrom(document, lines[start]!.start, words);
  // Signs give way to steps, unless something other than words would be lost.
  if (details.querySelector('a, img, table')) return;
  const summary = details.firstElementChild!;
  const introduction = document.createElement('p');
  if (led) introduction.textContent = lines[start]!.text.trim();
  details.replaceChildren(
    summary,
    ...(led ? [introduction] : []),
    levelsOf(document, quoteLevels(quoted.map((one) => one.text).join('\n')), words),
  );
}

function linesOf(body: Element): Line[] {
  const lines: Line[] = [];
  let line: Line | undefined;
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_ALL);
  let block: Element | null = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeName === 'BR') line = undefined;
    if (node.nodeType !== Node.TEXT_NODE) continue;
    const around = blockOf(node, body);
    if (around !== block) line = undefined;
    block = around;
    if (!line) {
      if (!node.textContent?.trim()) continue;
      line = { start: node as ChildNode, text: '' };
      lines.push(line);
    }
    line.text += node.textContent;
  }
  return lines;
}

function blockOf(node: Node, top: Element): Element {
  let around = node.parentElement;
  while (around && around !== top && !BLOCKS.test(around.nodeName)) around = around.parentElement;
  return around ?? top;
}

// What was written at one depth, with the quotes that stand within it, in the order they stand.
export type Level = (string | Level)[];

export function quoteLevels(text: string): Level {
  const top: Level = [];
  const open: Level[] = [top];
  for (const line of text.split(/\r?\n/)) {
    let at = 0;
    let depth = 0;
    while (at < line.length && (line[at] === '>' || line[at] === ' ')) {
      if (line[at] === '>') depth++;
      else if (line[at + 1] !== '>') break;
      at++;
    }
    const level = Math.min(depth, MOST_LEVELS) + 1;
    while (open.length > level) open.pop();
    while (open.length < level) {
      const inner: Level = [];
      open.at(-1)!.push(inner);
      open.push(inner);
    }
    open.at(-1)!.push(line.slice(depth > 0 && line[at] === ' ' ? at + 1 : at));
  }
  return bare(top);
}

// Levels that hold nothing but one deeper quote say nothing by themselves.
function bare(level: Level): Level {
  let found = level;
  while (found.length === 1 && Array.isArray(found[0])) found = found[0];
  return found;
}

function levelsOf(document: Document, level: Level, words: string): HTMLElement {
  const quote = document.createElement('blockquote');
  let follows = false;
  for (const part of level) {
    if (typeof part === 'string') {
      if (follows) quote.append(document.createElement('br'));
      quote.append(part);
      follows = true;
      continue;
    }
    const details = makeFold(document, words);
    details.append(levelsOf(document, part, words));
    quote.append(details);
    follows = false;
  }
  return quote;
}

// Before a browser's parser sees a stranger's HTML, it is made cheap to parse. Parsers repair what is
// badly nested, and hostile input makes the repair cost depth × size: unclosed formatting is opened
// again in each paragraph, each end tag searches what is open. Here one pass over the text bounds
// the depth, the formatting that is open at a time, attributes, and the work that tags may cause.
// Beyond that work the rest of a mail is its words alone.
//
// This is no wall (sanitize.ts is): it drops what would be removed anyway and must only be linear.

const MOST_CHARACTERS = 2_000_000; // of a message's HTML
const MOST_DEPTH = 200; // Chromium itself flattens at 512
const MOST_FORMATTING = 16; // elements like <b> and <font> open at a time
const MOST_WORK = 40_000; // elements that a parser may make
const MOST_CELLS = 500; // of a row, and columns of a table: laying them out costs more than in proportion
const MOST_BREAKS = 40; // line ends that follow each other with nothing to read between them
const MOST_ATTRIBUTES = 40; // of an element
const MOST_VALUE = 8_000; // characters of an attribute's value
const MOST_PICTURE = 1_500_000; // of an address that carries the picture itself

const FORMATTING = new Set('a b big code em font i nobr s small strike strong tt u'.split(' '));
const VOID = new Set('br col hr img wbr'.split(' '));
// All that is shown. Other tags are left out, their content stays.
const KNOWN = new Set([
  ...FORMATTING,
  ...VOID,
  ...'abbr acronym address article aside bdi bdo blockquote body caption center cite colgroup dd del details dfn dir div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup ins kbd li main mark menu nav ol p pre q rp rt ruby samp section span sub summary sup table tbody td tfoot th thead time tr ul var'.split(
    ' ',
  ),
]);
// Elements whose content is no text to read: up to their end tag all of it goes.
const SILENT = new Set(
  'script style title textarea xmp iframe noembed noframes noscript template svg math object audio video canvas select'.split(
    ' ',
  ),
);
// An end tag doesn't reach beyond the cell that it stands in.
const CELLS = new Set(['td', 'th', 'caption']);
const BLANK = /^(?:\s|&nbsp;|&#160;|&#xa0;)*$/i;
// What doesn't end the line that it stands in, when only words are left.
const INLINE = new Set([
  ...FORMATTING,
  ...'abbr acronym bdi bdo cite del dfn img ins kbd mark q rp rt ruby samp span sub sup td th time var wbr'.split(
    ' ',
  ),
]);

type Prescanned = {
  html: string;
  cut: boolean; // not all of it: too long, or too many tags
  remote: number; // things that were left out whole and would have loaded something
};

type Open = { name: string; formatting: boolean };

const isSpace = (code: number) => code === 32 || (code >= 9 && code <= 13 && code !== 11);
const isLetter = (code: number) => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

class Scan {
  out: string[] = [];
  work = 0;
  remote = 0;
  private open: Open[] = [];
  private count = new Map<string, number>(); // of what is open, by name
  private dropped = new Map<string, number>(); // start tags left out, whose end tags go as well
  private formatting = 0;
  private lower: string;
  private gone = new Set<string>(); // end tags that don't come any more
  private bare = false; // only words are left
  private breaks = 0; // line ends since the last words
  private cells = 0; // since the last row began
  private columns = 0; // since the last table began

  constructor(private text: string) {
    this.lower = text.toLowerCase();
    // A few letters change their length in lower case; positions must stay the same.
    if (this.lower.length !== text.length) {
      this.lower = text.replace(/[A-Z]+/g, (some) => some.toLowerCase());
    }
  }

  run(): Prescanned {
    const { text } = this;
    let at = 0;
    while (at < text.length) {
      const next = text.indexOf('<', at);
      const end = next < 0 ? text.length : next;
      if (end > at) this.words(text.slice(at, end));
      if (next < 0) break;
      if (this.work > MOST_WORK && !this.bare) this.strip();
      at = this.markup(next);
    }
    this.closeAll();
    if (this.bare) this.out.push('</div>');
    return { html: this.out.join(''), cut: this.bare, remote: this.remote };
  }

  private closeAll() {
    while (this.open.length > 0) this.out.push(`</${this.open.pop()!.name}>`);
  }

  private strip() {
    this.closeAll();
    this.bare = true;
    this.breaks = 1;
    this.out.push('<div style="white-space:pre-line">');
  }

  private words(text: string) {
    if (this.breaks === 0 || !BLANK.test(text)) this.breaks = 0;
    this.out.push(this.bare ? text.replace(/\s+/g, ' ') : text);
  }

  private lineEnd() {
    if (this.breaks < 2) this.out.push('\n');
    this.breaks++;
  }

  // What begins with "<" at `at`; the position behind it.
  private markup(at: number): number {
    const { text } = this;
    const second = text.charCodeAt(at + 1);
    if (second === 33 || second === 63) return this.comment(at); // ! ?
    const closing = second === 47; // /
    const start = closing ? at + 2 : at + 1;
    if (!isLetter(text.charCodeAt(start))) {
      if (closing) return this.after('>', at); // a bogus comment
      this.out.push('&lt;');
      return at + 1;
    }
    let end = start;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (isSpace(code) || code === 47 || code === 62) break;
    }
    const name = this.lower.slice(start, Math.min(end, start + 32));
    const attributes = new Attributes(text, this.lower, end);
    if (attributes.end < 0) return text.length; // a tag that never ends is no tag and no text
    if (this.bare && !SILENT.has(name)) {
      if (KNOWN.has(name))
        INLINE.has(name) ? this.out.push(CELLS.has(name) ? ' ' : '') : this.lineEnd();
    } else if (closing) this.endTag(name);
    else if (SILENT.has(name)) return this.silent(name, attributes.end, attributes.out);
    else this.startTag(name, attributes.out);
    return attributes.end;
  }

  private comment(at: number): number {
    if (!this.text.startsWith('<!--', at)) return this.after('>', at);
    // "<!-->" and "<!--->" are whole comments.
    if (this.text.startsWith('>', at + 4)) return at + 5;
    if (this.text.startsWith('->', at + 4)) return at + 6;
    return this.after('-->', at + 4);
  }

  private after(sign: string, at: number): number {
    if (this.gone.has(sign)) return this.text.length;
    const found = this.lower.indexOf(sign, at);
    if (found >= 0) return found + sign.length;
    this.gone.add(sign);
    return this.text.length;
  }

  // Without an end tag the element is left out, its content isn't: nothing is hidden by one word.
  private silent(name: string, at: number, attributes: string): number {
    if (/ (?:src|data|poster)=/.test(attributes)) this.remote++;
    const sign = `</${name}`;
    if (this.gone.has(sign)) return at;
    const found = this.lower.indexOf(sign, at);
    if (found < 0) {
      this.gone.add(sign);
      return at;
    }
    return this.after('>', found);
  }

  private startTag(name: string, attributes: string) {
    if (name === 'html' || name === 'base' || name === 'meta' || name === 'link') return;
    if (!KNOWN.has(name)) return;
    this.work += 1 + this.formatting;
    if (this.isTooMany(name)) return;
    if (VOID.has(name)) {
      this.out.push(`<${name}${attributes}>`);
      return;
    }
    const formatting = FORMATTING.has(name);
    if (this.open.length >= MOST_DEPTH || (formatting && this.formatting >= MOST_FORMATTING)) {
      this.dropped.set(name, (this.dropped.get(name) ?? 0) + 1);
      return;
    }
    // A second body gives its attributes to the first.
    if (name !== 'body') {
      this.open.push({ name, formatting });
      this.count.set(name, (this.count.get(name) ?? 0) + 1);
      if (formatting) this.formatting++;
    }
    this.out.push(`<${name}${attributes}>`);
  }

  private isTooMany(name: string): boolean {
    if (name === 'br') return ++this.breaks > MOST_BREAKS;
    if (name === 'img' || name === 'hr') this.breaks = 0;
    if (name === 'tr' || name === 'table') this.cells = 0;
    if (name === 'table') this.columns = 0;
    if (CELLS.has(name)) return ++this.cells > MOST_CELLS;
    return (name === 'col' || name === 'colgroup') && ++this.columns > MOST_CELLS;
  }

  private endTag(name: string) {
    this.work++;
    const dropped = this.dropped.get(name) ?? 0;
    if (dropped > 0) {
      this.dropped.set(name, dropped - 1);
      return;
    }
    if (name === 'br' && ++this.breaks <= MOST_BREAKS) this.out.push('<br>'); // an end tag that makes an element
    if (!this.count.get(name)) return;
    let at = this.open.length - 1;
    while (at >= 0 && this.open[at]!.name !== name) {
      if (CELLS.has(this.open[at]!.name) && name !== 'table' && name !== 'tr') return;
      at--;
    }
    this.work += this.open.length - at;
    if (this.open[at]!.formatting) {
      // As written: the parser knows what to do with formatting that overlaps.
      const [gone] = this.open.splice(at, 1);
      this.forget(gone!);
      this.out.push(`</${name}>`);
      return;
    }
    while (this.open.length > at) {
      const one = this.open.pop()!;
      this.forget(one);
      this.out.push(`</${one.name}>`);
    }
  }

  private forget(one: Open) {
    this.count.set(one.name, this.count.get(one.name)! - 1);
    if (one.formatting) this.formatting--;
  }
}

// The attributes of one tag, written again with quotes; `end` lies behind its ">", or is -1.
class Attributes {
  out = '';
  end = -1;

  constructor(text: string, lower: string, at: number) {
    let kept = 0;
    const most = text.length;
    while (at < most) {
      const code = text.charCodeAt(at);
      if (code === 62) {
        this.end = at + 1;
        return;
      }
      if (isSpace(code) || code === 47) {
        at++;
        continue;
      }
      const start = at++; // "=" at the start belongs to the name
      while (at < most && !isSpace(text.charCodeAt(at)) && !'/>='.includes(text[at]!)) at++;
      const name = lower.slice(start, at);
      while (at < most && isSpace(text.charCodeAt(at))) at++;
      let value = '';
      if (text[at] === '=') {
        at++;
        while (at < most && isSpace(text.charCodeAt(at))) at++;
        const quote = text[at];
        if (quote === '"' || quote === "'") {
          const end = text.indexOf(quote, at + 1);
          if (end < 0) return;
          value = text.slice(at + 1, end);
          at = end + 1;
        } else {
          const from = at;
          while (at < most && !isSpace(text.charCodeAt(at)) && text[at] !== '>') at++;
          value = text.slice(from, at);
        }
      }
      if (kept < MOST_ATTRIBUTES && isKept(name, value)) {
        kept++;
        this.out += ` ${name}="${value.replace(/"/g, '&quot;')}"`;
      }
    }
  }
}

// Handlers go already here: browsers report each to the console when they parse it.
function isKept(name: string, value: string): boolean {
  if (!/^[a-z][a-z0-9:_-]{0,31}$/.test(name) || name.startsWith('on')) return false;
  const carried = name === 'src' && /^\s{0,9}data:/i.test(value);
  return value.length <= (carried ? MOST_PICTURE : MOST_VALUE);
}

export function prescan(hostile: string): Prescanned {
  const long = hostile.length > MOST_CHARACTERS;
  const scanned = new Scan(long ? hostile.slice(0, MOST_CHARACTERS) : hostile).run();
  return { ...scanned, cut: scanned.cut || long };
}

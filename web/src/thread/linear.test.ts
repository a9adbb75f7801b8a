// Whatever a stranger writes, reading it costs time in proportion to its length. Each shape is given at
// two lengths: four times the length may cost about four times the time, not sixteen.
import { describe, expect, it } from 'vitest';
import { htmlToText } from '../composer/text';
import { isHeaderText, quoteLevels } from './fold';
import { addressIn, deceives } from './links';
import { linked } from './plain-text';
import { prescan } from './prescan';
import { clean } from './sanitize';
import { cleanStyle } from './style';

const words = { quoted: 'Show quoted text', goesTo: (host: string) => `goes to ${host}` };

function milliseconds(work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function expectLinear(make: (size: number) => unknown, small: number) {
  const short = milliseconds(() => make(small));
  const long = milliseconds(() => make(4 * small));
  // What is too quick to be measured says nothing; a quadratic shape takes seconds here.
  expect(long, `${small}: ${short} ms, ${4 * small}: ${long} ms`).toBeLessThan(
    Math.max(9 * short, 120),
  );
}

const STYLES: Record<string, (size: number) => string> = {
  'one long word': (n) => `color:${'a'.repeat(n)}`,
  'long words before blanks': (n) => `color:${'a '.repeat(n / 2)}`,
  'blanks before a parenthesis': (n) => `color:x${' '.repeat(n)}(`,
  'unclosed functions': (n) => `color:${'rgb('.repeat(n / 4)}`,
  'many declarations': (n) => 'color:red;'.repeat(n / 10),
  'open comments': (n) => '/*'.repeat(n / 2),
  'important again and again': (n) => `color:${'! important '.repeat(n / 12)}x`,
  'src and blanks': (n) => `color:${'src '.repeat(n / 4)}`,
};
const BODIES: Record<string, (size: number) => string> = {
  'a long style': (n) => `<p style="color:${'a'.repeat(n)}">x</p>`,
  'different formatting that is never closed': (n) =>
    Array.from({ length: n / 20 }, (_, i) => `<font size=${i}><p>`).join(''),
  'formatting across paragraphs': (n) =>
    Array.from({ length: n / 20 }, (_, i) => `<b title=${i}><p>x</b>`).join(''),
  'formatting in cells': (n) => `<table>${'<td><b><i></td>'.repeat(n / 15)}`,
  'deep boxes': (n) => '<div>'.repeat(n / 5),
  'deep quotes': (n) => `x${'<blockquote type=cite>'.repeat(n / 22)}y`,
  'deep tables': (n) => '<table><tr><td>'.repeat(n / 15),
  'unknown elements in each other': (n) => '<x-y>'.repeat(n / 5),
  'tags that never end': (n) => '<a '.repeat(n / 3),
  'opening brackets': (n) => '<'.repeat(n),
  'attributes without end': (n) => `<p ${'a=" '.repeat(n / 4)}`,
  'many attributes': (n) => `<p ${Array.from({ length: n / 8 }, (_, i) => `a${i}=x`).join(' ')}>x`,
  'handlers without blanks': (n) => `<p ${'onx=1'.repeat(n / 5)}>x`,
  'comments that never end': (n) => '<!--'.repeat(n / 4),
  'styles that never end': (n) => '<style>'.repeat(n / 7),
  'end tags of what isn’t open': (n) => '</p></b></td>'.repeat(n / 13),
  'quotes side by side': (n) =>
    `x${'On 3 May Jane wrote:<blockquote>y</blockquote>'.repeat(n / 46)}z`,
  'marked lines': (n) => `x<br>${'&gt; y<br>'.repeat(n / 10)}`,
  'marks upon marks': (n) => `x<br>${'&gt; '.repeat(n / 10)}<br>${'&gt; '.repeat(n / 10)}y`,
  'links with long words': (n) => `<a href="https://x.example">${'a.'.repeat(n / 2)}</a>`,
  'colons and blanks': (n) => `x<p>${': '.repeat(n / 2)}y</p><blockquote>z</blockquote>`,
};

const TEXTS: Record<string, (size: number) => string> = {
  'one long word': (n) => 'a'.repeat(n),
  'words with dots': (n) => 'a.'.repeat(n / 2),
  'dots behind an address': (n) => `https://x.example/${'!'.repeat(n)}x`,
  'signs of mail': (n) => '@'.repeat(n),
  'halves of mail addresses': (n) => 'a@b.'.repeat(n / 4),
  schemes: (n) => 'https://'.repeat(n / 8),
  blanks: (n) => ' '.repeat(n),
  marks: (n) => '> '.repeat(n / 2),
  'marked lines': (n) => '> a\n>> b\n'.repeat(n / 9),
  'invisible signs': (n) => '\u200b'.repeat(n),
};

describe('THREAT13 the time to read a message is linear', () => {
  it.each(Object.entries(STYLES))('style: %s', (_name, make) => {
    expectLinear((size) => cleanStyle(make(size)), 30_000);
  });
  it.each(Object.entries(BODIES))('body: %s', (_name, make) => {
    expectLinear((size) => prescan(make(size)), 60_000);
  });
  it.each(Object.entries(TEXTS))('words: %s', (_name, make) => {
    expectLinear((size) => linked(make(size)), 15_000);
    expectLinear((size) => quoteLevels(make(size)), 15_000);
    expectLinear((size) => addressIn(make(size)), 15_000);
    expectLinear((size) => deceives(make(size), 'https://x.example'), 15_000);
  });
  it.each(['date:', 'date ', 'from: date :t', 'date: to '])('the header of a quote: %s', (unit) => {
    expectLinear((size) => isHeaderText(`from:${unit.repeat(size / unit.length)}`), 15_000);
  });
  it('words that were pasted: blanks without a line’s end', () => {
    expectLinear((size) => htmlToText(`<pre>x${' '.repeat(size)}y</pre>`), 30_000);
  });
});

describe('THREAT13 a parser gets little to repair', () => {
  function measure(html: string) {
    const open: string[] = [];
    let [depth, formatting] = [0, 0];
    for (const [, close, name] of html.matchAll(/<(\/?)([a-z0-9]+)/g)) {
      if (name === 'br' || name === 'img' || name === 'hr') continue;
      if (close) open.splice(open.lastIndexOf(name!), 1);
      else open.push(name!);
      depth = Math.max(depth, open.length);
      formatting = Math.max(formatting, open.filter((one) => /^(?:b|i|font)$/.test(one)).length);
    }
    return { depth, formatting, left: open.length };
  }
  it.each(Object.entries(BODIES))('%s', (_name, make) => {
    const { depth, formatting, left } = measure(prescan(make(20_000)).html);
    expect(depth).toBeLessThanOrEqual(201);
    expect(formatting).toBeLessThanOrEqual(16);
    expect(left).toBeLessThanOrEqual(1); // each is closed (the body needn't be)
  });
  it('gives up form, not words, beyond a bound', () => {
    const { html, cut } = prescan(`${'<p>x'.repeat(150_000)}`);
    expect(cut).toBe(true);
    expect(html.match(/<p>/g)!.length).toBeLessThan(110_000);
    expect(prescan('<p>short').cut).toBe(false);
  });
  it('bounds what is dear to lay out, and keeps the words', () => {
    const count = (html: string, what: RegExp) => prescan(html).html.match(what)?.length ?? 0;
    expect(count('<br>'.repeat(100_000), /<br>/g)).toBe(40);
    expect(count('&nbsp; <br>'.repeat(30_000), /<br>/g)).toBe(40);
    expect(count('x<br><br>'.repeat(3_000), /<br>/g)).toBe(6_000);
    expect(count(`<table><tr>${'<td>x</td>'.repeat(10_000)}`, /<td>/g)).toBe(500);
    expect(count(`<table>${'<tr><td>x</td></tr>'.repeat(2_000)}`, /<td>/g)).toBe(2_000);
    expect(count(`<table><colgroup>${'<col>'.repeat(10_000)}`, /<col>/g)).toBeLessThan(500);
    const { html, cut } = prescan(
      `${'<span>a</span>'.repeat(50_000)}<p>the\n <b>la</b>st</p><script>no</script><p>words</p>`,
    );
    expect(cut).toBe(true);
    expect(html).toMatch(/the last\n{1,2}words\n<\/div>$/);
  });
  it('keeps what ordinary mail is made of', () => {
    const mail =
      '<body bgcolor="#fff"><table width="600"><tr><td style="color:red"><font size="2">a<br>b &lt; c</font></td></tr></table><a href="https://x.example/?a=1&amp;b=2">x</a></body>';
    expect(prescan(mail).html).toBe(mail.replace('</body>', ''));
    expect(prescan('<p title=\'a "b"\'>5 < 6</p>').html).toBe(
      '<p title="a &quot;b&quot;">5 &lt; 6</p>',
    );
    expect(prescan('<b>x<i>y</b>z</i>').html).toBe('<b>x<i>y</b>z</i>');
    expect(prescan('a<style>p{}</style>b<script>x</script>c<!-- d -->e').html).toBe('abce');
  });
  it('caps sizes that make pages of millions of pixels', () => {
    for (const style of [
      'height:1e8px',
      'height:100000000px',
      'padding:99999em',
      'line-height:9000',
      'font-size:5000px',
      'width:calc(900px * 900)',
      'margin-top:6in;height:9000in',
    ])
      expect(cleanStyle(style).style, style).not.toMatch(/\d{4}|1e8|calc|5000|99999/);
    for (const style of [
      'height:100vh',
      'min-height: 50dvh',
      'height:calc(100vh - 20px)',
      'width:9vmax',
    ])
      expect(cleanStyle(style).style, style).toBe('');
    expect(cleanStyle('width:600px;line-height:1.5;height:100%').style).toBe(
      'width: 600px; line-height: 1.5; height: 100%',
    );
    expect(cleanStyle('color:#1e8000').style).toBe('color: #1e8000');
    const { html } = clean('<table height="100000000"><tr><td rowspan="60000">x</table>', {
      words,
    });
    expect(html).not.toMatch(/height|rowspan/);
  });
});

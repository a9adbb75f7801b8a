import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isForward } from './fold';
import { deceives } from './links';
import { clean, FRAME_POLICY, frameDocument, purified } from './sanitize';
import { cleanStyle } from './style';

const words = { quoted: 'Show quoted text', goesTo: (host: string) => `goes to ${host}` };
const cleaned = (html: string) => clean(html, { words });

const SAFE_ELEMENTS =
  /^(a|abbr|address|article|aside|b|bdi|bdo|big|blink|blockquote|body|br|caption|center|cite|code|col|colgroup|content|data|dd|decorator|del|details|dfn|dir|div|dl|dt|element|em|figcaption|figure|font|footer|h[1-6]|header|hgroup|hr|i|img|ins|kbd|label|li|main|mark|menu|menuitem|meter|nav|nobr|ol|p|pre|progress|q|rp|rt|ruby|s|samp|search|section|shadow|small|spacer|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|var|wbr)$/;

// Everything that may be in the frame, looked at element by element.
function complaints(html: string): string[] {
  const body = new DOMParser().parseFromString(html, 'text/html').body;
  const found: string[] = [];
  for (const element of body.querySelectorAll('*')) {
    const tag = element.tagName.toLowerCase();
    if (element.namespaceURI !== 'http://www.w3.org/1999/xhtml') found.push(`namespace of ${tag}`);
    if (!SAFE_ELEMENTS.test(tag)) found.push(`element ${tag}`);
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) found.push(`handler ${name}`);
      if (/^(id|name|srcset|background|formaction|action|ping|is)$/.test(name))
        found.push(`attribute ${name}`);
      if (/url\s*\(|expression|@import|\\|-moz-binding|behavior/i.test(value) && name === 'style') {
        found.push(`style ${value}`);
      }
      if (name === 'href' && !/^(https?:\/\/|mailto:|tel:)/i.test(value))
        found.push(`link ${value}`);
      if (
        name === 'src' &&
        !/^(blob:|data:image\/(png|gif|jpe?g|webp|avif|bmp)[;,])/i.test(value)
      ) {
        found.push(`picture ${value}`);
      }
    }
  }
  return found;
}

const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="java\tscript:alert(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<a href="//evil.example/x">x</a>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<form action="https://evil.example"><input name=password><button formaction=x>go</button></form>',
  '<base href="https://evil.example/"><a href="x">y</a>',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<style>@import "https://evil.example/x.css"; a{background:url(https://evil.example)}</style>',
  '<div style="background:url(https://evil.example/x)">x</div>',
  '<div style="background:u\\72l(https://evil.example/x)">x</div>',
  '<div style="background:/**/url/**/(https://evil.example/x)">x</div>',
  '<div style="background-image:image-set(\'https://evil.example/x\' 1x)">x</div>',
  '<div style="--x:url(https://evil.example);background:var(--x)">x</div>',
  '<div style="position:fixed;inset:0;z-index:99">overlay</div>',
  '<img src="https://tracker.example/p.gif">',
  '<img srcset="https://tracker.example/p.gif 1x" src="data:image/png;base64,AA==">',
  '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
  '<table background="https://tracker.example/x"><tr><td>x</td></tr></table>',
  '<video poster="https://tracker.example/x"><source src="https://tracker.example/y"></video>',
  '<img name="body"><img id="documentElement">',
  '<object data="x"></object><embed src="x">',
  '<template><script>alert(1)</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<textarea></textarea><img src=x onerror=alert(1)>',
  '<a href="https://x.example" onclick="alert(1)" autofocus tabindex=1 contenteditable>x</a>',
  '<x-frame is="y"></x-frame><button popovertarget=x>x</button>',
];

describe('THREAT1 hostile HTML', () => {
  it.each(ATTACKS)('leaves nothing dangerous of %s', (attack) => {
    expect(complaints(cleaned(attack).html)).toEqual([]);
    expect(complaints(purified(attack).html)).toEqual([]); // the wall alone
    expect(complaints(cleaned(`<div>before ${attack} after</div>`).html)).toEqual([]);
  });

  const data = process.env.HEARBACK_TEST_DATA ?? join(process.cwd(), '../../shared/data');
  const vectors = join(data, 'html5sec/items.json');
  it.skipIf(!existsSync(vectors))(
    'leaves nothing dangerous of the html5sec vectors',
    () => {
      const items = JSON.parse(readFileSync(vectors, 'utf8')) as { id: number; data: string }[];
      const payloads = JSON.parse(
        readFileSync(join(data, 'html5sec/payloads.json'), 'utf8'),
      ) as Record<string, string>;
      expect(items.length).toBeGreaterThan(100);
      const bad = items.flatMap(({ id, data: template }) => {
        const attack = template.replace(/%(\w+)%/g, (all, name) => payloads[name] ?? all);
        return [...complaints(cleaned(attack).html), ...complaints(purified(attack).html)].map(
          (one) => `${id}: ${one}`,
        );
      });
      expect(bad).toEqual([]);
    },
    60_000,
  );

  it('is stable: cleaning again changes nothing', () => {
    for (const attack of ATTACKS) {
      const once = cleaned(attack).html;
      expect(cleaned(once).html).toBe(once);
    }
  });
});

describe('THREAT2 remote content', () => {
  it('counts what was left out', () => {
    expect(
      cleaned('<img src="https://t.example/p.gif"><p style="background:url(//t.example)">x</p>')
        .remote,
    ).toBe(2);
    expect(cleaned('<p>nothing</p>').remote).toBe(0);
  });
  it('shows pictures of elsewhere once they were loaded, and says which could be', () => {
    const html =
      '<img src=" https://t.example/a.png?x=1&amp;y=2 " width="300" height="100"><img src="HTTP://t.example/b.gif">';
    expect(cleaned(html)).toMatchObject({ remote: 2, loadable: 2 });
    expect(cleaned(html).html).not.toContain('t.example');
    const loaded = new Map([['https://t.example/a.png?x=1&y=2', 'blob:http://localhost/1']]);
    const shown = clean(html, { words, loaded });
    expect(shown).toMatchObject({ remote: 1, loadable: 1 });
    expect(shown.html).toContain('src="blob:http://localhost/1"');
    expect(shown.html).not.toContain('t.example');
    expect(cleaned('<img src="https://t.example/p.gif" width="1">').html).toContain('hidden');
    for (const none of [
      '<img src="https://t.example/p.gif" width="1" height=" 1px ">',
      '<img src="https://t.example/p.gif" height=0>',
      '<img src="//t.example/p.gif">',
      '<img src="ftp://t.example/p.gif">',
      '<p style="background:url(https://t.example/p)" background="https://t.example/q">x</p>',
    ])
      expect(cleaned(none), none).toMatchObject({ loadable: 0 });
  });
  it('shows pictures that the message carries', () => {
    const html = '<img src="cid:logo%40x"><img src="cid:other">';
    expect(cleaned(html).contentIds).toEqual(['logo@x', 'other']);
    const pictures = new Map([['logo@x', 'blob:http://localhost/1']]);
    const shown = clean(html, { words, pictures });
    expect(shown.html).toContain('src="blob:http://localhost/1"');
    expect(shown.html).not.toContain('cid:');
  });
  it('keeps harmless declarations only', () => {
    expect(cleanStyle('color: red; position: fixed; font-weight: bold').style).toBe(
      'color: red; font-weight: bold',
    );
    expect(cleanStyle('background: URL(x)')).toMatchObject({ style: '', remote: true });
    expect(cleanStyle('width: e/**/xpression(alert(1))').style).toBe('');
  });
  it('keeps only lengths whose size is known, and none that is a share of the frame', () => {
    for (const unit of 'vh dvh svh lvh vb vmin vmax cqh cqb cqmin cqmax cqw cqi rlh lh rex cap ric foo'.split(
      ' ',
    )) {
      for (const value of [`1${unit}`, `calc(300px + 100${unit})`, `.5${unit.toUpperCase()}`]) {
        expect(cleanStyle(`width:${value}`).style, value).toBe('');
        expect(cleanStyle(`padding:2px ${value}`).style, value).toBe('');
      }
    }
    for (const kept of [
      'width: 50%',
      'width: 100vw',
      'height: 5000px',
      'width: calc(100% - 1.5em)',
      'margin: 0 auto .5in 2cm',
      'padding: 3Q 1PC 2pt 4mm',
      'border: 1px solid #12ab9f',
      'border: 1px solid hsl(120deg 50% 50%)',
      'font: 12px/1.5 \'Frutiger 55Roman\', "5cqh", sans-serif',
    ]) {
      expect(cleanStyle(kept).style).toBe(kept);
    }
    expect(cleanStyle("font: 5cqh 'a'").style).toBe('');
    expect(cleanStyle('height: 5001px').style).toBe('');
  });
  it('has a policy that loads nothing', () => {
    const document = frameDocument(cleaned('<p>x</p>'), { dark: false, lang: 'en' });
    expect(document).toContain(FRAME_POLICY);
    expect(FRAME_POLICY).toContain("default-src 'none'");
    expect(FRAME_POLICY).not.toMatch(/script-src|https?:/);
  });
});

describe('what a reader sees', () => {
  it('opens links elsewhere, without a way back', () => {
    const { html } = cleaned('<a href="https://x.example/a" target="_top">x</a>');
    expect(html).toContain('target="_blank"');
    expect(html).toContain('rel="noopener noreferrer"');
  });
  it('U3 marks links whose words name another place', () => {
    expect(deceives('www.bank.example', 'https://evil.example/x')).toEqual({
      host: 'evil.example',
    });
    expect(deceives('bank.example', 'https://login.bank.example')).toBeUndefined();
    expect(deceives('our offer', 'https://evil.example')).toBeUndefined();
    expect(cleaned('<a href="https://evil.example">bank.example</a>').html).toContain(
      'goes to evil.example',
    );
  });
  it('folds a quote at the end, and only there', () => {
    const end = cleaned('<p>Yes.</p><div class="gmail_quote"><blockquote>old</blockquote></div>');
    expect(end.html).toMatch(/<details><summary>Show quoted text<\/summary>.*old/);
    const gmail = (words: string, older = '') =>
      `<div class="gmail_quote"><div class="gmail_attr">On Mon, Jane wrote:<br></div><blockquote class="gmail_quote">${words}${older}</blockquote></div>`;
    const folds = (html: string) => cleaned(html).html.split('<details>').length - 1;
    expect(folds(`<p>Yes.</p>${gmail('old')}`)).toBe(1);
    expect(folds(`<p>Yes.</p>${gmail('old', gmail('older'))}`)).toBe(2);
    expect(folds(`<p>Yes.</p>${gmail('old', gmail('older', gmail('oldest')))}`)).toBe(3);
    const between = cleaned('<blockquote type="cite">question</blockquote><p>answer</p>');
    expect(between.html).not.toContain('<details>');
    const only = cleaned('<blockquote type="cite">all there is</blockquote>');
    expect(only.html).not.toContain('<details>');
  });
  it('renames handlers before anything parses them, and no part of an address', () => {
    const { html } = cleaned(
      '<a href="https://x.example/onboarding=1?onclick=2" onclick="x()">on time = good</a>',
    );
    expect(html).toContain('href="https://x.example/onboarding=1?onclick=2"');
    expect(html).toContain('on time = good');
    expect(html).not.toContain('x()');
  });
  it('folds the line that leads to a quote with it', () => {
    for (const html of [
      '<p>Yes.</p><p>On 3 May 2026 at 10:00 Jane wrote:</p><blockquote><p>old</p></blockquote>',
      '<p>Yes.</p><div class="moz-cite-prefix">Am 03.05.26 schrieb Jane:<br></div><blockquote type="cite">old</blockquote>',
      '<p>Yes.</p><p>On 3 May 2026 Jane wrote:<br>&gt; old<br>&gt;<br>&gt; more</p>',
      '<div>Yes.<br><br>On 3 May 2026 Jane wrote:<br>&gt; old</div><div>&gt; more</div>',
    ]) {
      const [before, folded] = cleaned(html).html.split('<details>');
      expect(before, html).toContain('Yes.');
      expect(before, html).not.toMatch(/Jane|old/);
      expect(folded, html).toMatch(/Show quoted text.*Jane.*old/s);
    }
  });
  const outlook = (from: string, sent: string, to: string, subject: string) =>
    `<div class=WordSection1><p>Yes.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p><b>${from}:</b> Jane &lt;jane@x.example&gt;<br><b>${sent}:</b> 3 May 2026<br><b>${to}:</b> Ada<br><b>${subject}:</b> Hello</p></div><p>old words</p></div>`;
  it('folds what Outlook quotes under a line, in three languages', () => {
    for (const [from, sent, to, subject] of [
      ['From', 'Sent', 'To', 'Subject'],
      ['Von', 'Gesendet', 'An', 'Betreff'],
      ['De', 'Envoyé', 'À', 'Objet'],
      ['De\u00a0', 'Envoyé\u00a0', 'À\u00a0', 'Objet\u00a0'],
    ] as const) {
      const [before, folded] = cleaned(outlook(from, sent, to, subject)).html.split('<details>');
      expect(before).toContain('Yes.');
      expect(before).not.toMatch(/Jane|old/);
      expect(folded).toMatch(/Show quoted text.*Jane.*old words/s);
    }
    const line =
      '<p>Yes.</p><div style="border-top:solid 1pt"><p>From now on: sent, to: all</p></div><p>mine</p>';
    expect(cleaned(line).html).not.toContain('<details>');
  });
  it('folds a quote that a signature follows, and nothing else', () => {
    const quote =
      '<p>Yes.</p><div class="gmail_quote"><div>On Mon, Jane wrote:</div><blockquote class="gmail_quote">old</blockquote></div><br>';
    const signed = cleaned(`${quote}-- <br><div class="gmail_signature">Tom</div>`).html;
    expect(signed.split('<details>')[0]).not.toMatch(/old|Tom/);
    expect(signed).toContain('Tom');
    expect(cleaned(`${quote}<p>My answer</p>`).html).not.toContain('<details>');
  });
  it('never folds what is passed on', () => {
    for (const html of [
      '<p>See this.</p><div class="gmail_quote"><div>---------- Forwarded message ---------<br>From: Jane</div><p>words</p></div>',
      '<p>See this.</p><div>Anfang der weitergeleiteten Nachricht:</div><blockquote type="cite">words</blockquote>',
      '<p>Voir.</p><div>Début du message réexpédié :</div><blockquote type="cite">mots</blockquote>',
    ])
      expect(cleaned(html).html, html).not.toContain('<details>');
    const html = outlook('Von', 'Gesendet', 'An', 'Betreff');
    const words = { quoted: 'Show quoted text', goesTo: () => '' };
    expect(clean(html, { words: { ...words, subject: 'WG: Bewerbung' } }).html).not.toContain(
      '<details>',
    );
    expect(clean(html, { words: { ...words, subject: 'AW: WG: Bewerbung' } }).html).toContain(
      '<details>',
    );
    expect(isForward('\n---------- Forwarded message ---------\nFrom: Jane')).toBe(true);
    expect(isForward('On Monday Jane wrote:\n> Forwarded message', 'Re: Hello')).toBe(false);
  });
  it('never folds the words of the writer', () => {
    for (const html of [
      '<p>I propose:</p><blockquote>own words, indented</blockquote>',
      '<p>Hi</p><div class="moz-cite-prefix">On 3 May Jane wrote:</div><blockquote type="cite">question</blockquote><p>answer</p>',
      '<p>Hi<br>&gt; question<br>&gt; more<br>answer</p>',
      '<p>x<br>&gt; a single sign</p>',
    ]) {
      expect(cleaned(html).html, html).not.toContain('<details>');
    }
  });
  it('knows when a message brings its own colors', () => {
    expect(cleaned('<p style="color:#333">x</p>').colored).toBe(true);
    expect(cleaned('<p style="margin:0">x</p>').colored).toBe(false);
  });
  it('keeps tables and sizes as they were', () => {
    const { html } = cleaned(
      '<table border="1" cellpadding="6"><tbody><tr><td width="120" align="right">x</td></tr></tbody></table>',
    );
    expect(html).toContain('border="1"');
    expect(html).toContain('cellpadding="6"');
    expect(html).toContain('width="120"');
    expect(html).toContain('align="right"');
  });
  it('keeps the direction of the body', () => {
    expect(cleaned('<html><body dir="rtl"><p>שלום</p></body></html>').html).toContain('dir="rtl"');
  });

  it('case 15: stands on the ground that the mail brings, with its ink and links', () => {
    const mail =
      '<html><body bgcolor="#101828" style="background:#101828;color:#ffffff" link="#ffcc00"><p><font color="#ffffff">I accept.</font> <a href="https://x.example">x</a></p></body></html>';
    const body = cleaned(mail);
    expect(body.look).toEqual({ ground: '#101828', ink: '#ffffff', link: '#ffcc00' });
    for (const dark of [false, true]) {
      const frame = frameDocument(body, { dark, lang: 'en' });
      expect(frame).toContain('html{overflow-x:auto;overflow-y:hidden;background:#101828}');
      expect(frame).toMatch(/body\{[^}]*color:#ffffff/);
      expect(frame).toContain('a{color:#ffcc00}');
    }
  });
  it('case 15: dark ground without a word about ink or links is readable all the same', () => {
    const body = cleaned(
      '<body style="background:#101828"><a href="https://x.example">x</a></body>',
    );
    const frame = frameDocument(body, { dark: false, lang: 'en' });
    expect(frame).toMatch(/body\{[^}]*color:#e7eceb/);
    expect(frame).not.toContain('a{color:#0d5f5b}');
  });
  it('case 15: a dark part of a mail has its links in the color of its words', () => {
    const dark = cleaned(
      '<table bgcolor="#101828"><tr><td style="color:#fff"><a href="https://x.example">x</a></td></tr></table>',
    );
    expect(dark.html).toMatch(/<a [^>]*style="color: inherit"/);
    const own = cleaned(
      '<div style="background:#000"><a style="color:#ff0" href="https://x.example">x</a></div>',
    );
    expect(own.html).toContain('color: #ff0');
    expect(own.html).not.toContain('inherit');
    expect(cleaned('<p><a href="https://x.example">x</a></p>').html).not.toContain('style');
  });
  it('case 15: a ground with a picture keeps its color', () => {
    expect(cleanStyle('background:#101828 url(https://t.example/x.png) no-repeat')).toMatchObject({
      style: 'background: #101828',
      remote: true,
      ground: '#101828',
    });
  });
  it('case 15: large headings have room, the font and direction of the body stay', () => {
    expect(frameDocument(cleaned('<h1>x</h1>'), { dark: false, lang: 'en' })).toContain(
      '14px/1.43',
    );
    expect(cleaned('<body style="font-family:Georgia;width:9px"><p>x</p></body>').html).toMatch(
      /^<div style="font-family: Georgia;.*width: auto/,
    );
  });
  it('case 15: dark mode keeps mail without colors in our own', () => {
    const plain = frameDocument(cleaned('<p>x</p>'), { dark: true, lang: 'en' });
    expect(plain).toContain('background:transparent');
    expect(plain).toContain('a{color:#5cc4bb}');
    const inked = frameDocument(cleaned('<p style="color:#333">x</p>'), { dark: true, lang: 'en' });
    expect(inked).toContain('background:#fff');
    expect(inked).toContain('a{color:#0d5f5b}');
  });
  it('unfolds quotes one level at a time', () => {
    const { html } = cleaned(
      '<p>Yes.</p><p>On 3 May Jane wrote:</p><blockquote type="cite">B<p>On 2 May Ada wrote:</p><blockquote type="cite">A</blockquote></blockquote>',
    );
    expect(html.match(/<details>/g)).toHaveLength(2);
    expect(html).toMatch(/B.*<details>.*Ada wrote.*A/s);
    const signs = cleaned(
      '<p>Yes.</p><p>On 3 May Jane wrote:<br>&gt; B<br>&gt;&gt; A<br>&gt; C</p>',
    ).html;
    expect(signs).not.toContain('&gt;');
    expect(signs).toMatch(
      /Jane wrote.*<blockquote>B<details>.*<blockquote>A<\/blockquote><\/details>C/s,
    );
  });
});

it('a column is no wider than a word, and a word breaks where it is none of a language', () => {
  const url = `https://example.org/${'a'.repeat(40)}`;
  const { html } = cleaned(
    `<table><tr><td>${url} Donaudampfschifffahrt</td></tr></table><p>${url}</p>`,
  );
  const body = new DOMParser().parseFromString(html, 'text/html').body;
  expect(body.querySelectorAll('td wbr').length).toBe(2);
  expect(body.querySelector('td')?.textContent).toBe(`${url} Donaudampfschifffahrt`);
  expect(body.querySelector('p wbr')).toBeNull();
});

describe('THREAT13 what a mail may not do to the page around it', () => {
  const words = { quoted: 'Quoted', goesTo: (host: string) => `goes to ${host}` };
  it('writes nothing in our name', () => {
    const html =
      '<em class="hearback-goes-to">(goes to bank.example)</em><p class="Hearback-x MsoNormal">y';
    expect(clean(html, { words }).html).toBe(
      '<em>(goes to bank.example)</em><p class="MsoNormal">y</p>',
    );
    const marked = clean('<a href="https://evil.example/">https://bank.example/</a>', { words });
    expect(marked.html).toContain('class="hearback-goes-to"');
  });
  it('moves nothing far above where it stands', () => {
    for (const style of ['margin-top:-5000px', 'margin:-300px 0 0', 'margin-bottom: -40em'])
      expect(cleanStyle(style).style, style).toBe('');
    for (const style of ['margin-top: -12px', 'margin: 0 -8px', 'margin-left: -300px'])
      expect(cleanStyle(style).style, style).toBe(style);
  });
  it('has its direction found once, when all of it is there', () => {
    expect(clean('<p dir="AUTO">x <bdi>y</bdi></p>', { words }).html).not.toMatch(/ dir=/);
    expect(clean('<p dir="rtl">x</p>', { words }).html).toContain('dir="rtl"');
    expect(
      frameDocument(
        { html: 'x', colored: false, look: { ground: '', ink: '', link: '' } },
        { dark: false, lang: 'en' },
      ),
    ).not.toContain('dir="auto"');
  });
});

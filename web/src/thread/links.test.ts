import { describe, expect, it } from 'vitest';
import { deceives, decodePunycode } from './links';
import { clean } from './sanitize';

const evil = 'https://evil.example/x';

// words, address, what is said beside the link (nothing when the link is honest)
const VECTORS: [string, string, string | undefined][] = [
  // the words are a host
  ['bank.example', evil, 'evil.example'],
  ['www.bank.example', evil, 'evil.example'],
  ['BANK.EXAMPLE', evil, 'evil.example'],
  ['https://bank.example', evil, 'evil.example'],
  ['https://bank.example/login?a=1#b', evil, 'evil.example'],
  ['bank.example:443', evil, 'evil.example'],
  ['bank.example/path', evil, 'evil.example'],
  ['ftp://bank.example', evil, 'evil.example'],
  ['https:/bank.example', evil, 'evil.example'],
  ['192.0.2.7', evil, 'evil.example'],
  // words around it
  ['Please visit bank.example now', evil, 'evil.example'],
  ['Visit: https://bank.example/login', evil, 'evil.example'],
  ['(bank.example)', evil, 'evil.example'],
  ['“bank.example”', evil, 'evil.example'],
  ['→ bank.example', evil, 'evil.example'],
  ['www.bank.museum – open', evil, 'evil.example'],
  ['login at bank.de, then wait', evil, 'evil.example'],
  ['evil.example or bank.example', evil, 'evil.example'],
  ['bank.example!', evil, 'evil.example'],
  ['«bank.example»', evil, 'evil.example'],
  ['https://bank.example.', evil, 'evil.example'],
  // dots at the end
  ['bank.example.', evil, 'evil.example'],
  ['bank.example', 'https://evil.example./x', 'evil.example'],
  ['bank.example.', 'https://bank.example/', undefined],
  ['bank.example', 'https://bank.example./', undefined],
  ['bank.example...', evil, 'evil.example'],
  // what can't be seen
  ['bank\u200b.example', evil, 'evil.example'],
  ['bank.\u200dexample', evil, 'evil.example'],
  ['\ufeffbank.example', evil, 'evil.example'],
  ['ba\u00adnk.example', evil, 'evil.example'],
  ['b\u2060ank.example', evil, 'evil.example'],
  ['bank\u034f.example', evil, 'evil.example'],
  ['bank\ufe0f.example', evil, 'evil.example'],
  ['bank\u200b.example', 'https://bank.example', undefined],
  // turned around
  ['\u202eelpmaxe.knab', evil, 'evil.example'],
  ['\u2067bank.example\u2069', evil, 'evil.example'],
  ['\u202bour offer', evil, 'evil.example'],
  // look-alike dots, strokes and letters in the words
  ['bank。example', evil, 'evil.example'],
  ['bank．example', evil, 'evil.example'],
  ['bank｡example', evil, 'evil.example'],
  ['bank․example', evil, 'evil.example'],
  ['ｂａｎｋ.ｅｘａｍｐｌｅ', evil, 'evil.example'],
  ['bank.example∕login', evil, 'evil.example'],
  ['bank.example⁄login', evil, 'evil.example'],
  ['bank.example／login', evil, 'evil.example'],
  // a name before the host
  ['our offer', 'https://bank.example@evil.example/', 'evil.example'],
  ['our offer', 'https://bank.example:443@evil.example/', 'evil.example'],
  ['our offer', 'https://bank.example%2f@evil.example/', 'evil.example'],
  ['https://bank.example@evil.example', 'https://evil.example', undefined],
  ['https://evil.example@bank.example', evil, 'evil.example'],
  ['our offer', 'https://user:pass@jobs.example/', 'jobs.example'],
  // browsers read strokes either way
  ['bank.example', 'https://evil.example\\@bank.example/', 'evil.example'],
  ['bank.example', 'https://bank.example\\@evil.example/', undefined],
  ['bank.example', 'https:\\\\evil.example/', 'evil.example'],
  // disguised hosts
  ['our offer', 'https://bаnk.example/', 'xn--bnk-6cd.example'], // Cyrillic а
  ['our offer', 'https://раураӏ.example/', 'xn--80aa0cbo65f.example'], // all Cyrillic
  ['our offer', 'https://xn--80ak6aa92e.example/', 'xn--80ak6aa92e.example'],
  ['our offer', 'https://gοοgle.example/', 'xn--ggle-0nda.example'], // Greek ο
  ['our offer', 'https://login.bаnk.example/', 'login.xn--bnk-6cd.example'],
  ['bаnk.example', 'https://bаnk.example/', 'xn--bnk-6cd.example'],
  // numbers
  ['our offer', 'https://3232235777/', '192.168.1.1'],
  ['our offer', 'https://0x7f.1/', '127.0.0.1'],
  ['our offer', 'https://[2001:db8::1]/', '[2001:db8::1]'],
  // sub-domains in the wrong order, and look-alike endings
  ['bank.example', 'https://bank.example.evil.example/', 'bank.example.evil.example'],
  ['bank.example', 'https://bank-example.com/', 'bank-example.com'],
  ['bank.example', 'https://notbank.example/', 'notbank.example'],
  ['bank.co.uk', 'https://co.uk/', 'co.uk'],
  // mail addresses
  ['jane@bank.example', 'mailto:x@evil.example', 'x@evil.example'],
  ['write to jane@bank.example', 'mailto:x@evil.example?subject=a', 'x@evil.example'],
  ['jane@bank.example', 'mailto:Jane@bank.example', undefined],
  ['jane＠bank.example', 'mailto:x@evil.example', 'x@evil.example'],
  ['write to us', 'mailto:x@evil.example', undefined],
  ['jane@bank.example', evil, 'evil.example'],
  // honest ones
  ['our offer', evil, undefined],
  ['bank.example', 'https://login.bank.example/', undefined],
  ['jobs.bank.example', 'https://bank.example/', undefined],
  ['www.bank.example', 'http://bank.example', undefined],
  ['münchen.example', 'https://münchen.example/', undefined],
  ['Bücher', 'https://bücher.example/', undefined],
  ['日本語', 'https://日本語.example/', undefined],
  ['правда', 'https://правда.example/', undefined],
  ['Curriculum (CV.pdf)', evil, undefined],
  ['see README.md', evil, undefined],
  ['Experience with Node.js and such', evil, undefined],
  ['z.B. heute', evil, undefined],
  ['Nov. 3, 10.30 Uhr', evil, undefined],
  ['version 2.10.4 is out', evil, undefined],
  ['sent to ada@lindenhof.example, unsubscribe', evil, undefined],
  ['Dr.Miller’s page', evil, undefined],
  ['bank.example', 'not an address', undefined],
  ['bank.example', 'javascript:alert(1)', undefined],
];

describe('U3 THREAT1 links that hide where they lead', () => {
  it('has enough of them', () => expect(VECTORS.length).toBeGreaterThanOrEqual(60));
  it.each(VECTORS)('%j → %j', (words, href, host) => {
    expect(deceives(words, href)?.host).toBe(host);
  });
});

describe('U3 the mark beside a link', () => {
  const words = { quoted: 'quoted', goesTo: (host: string) => `goes to ${host}` };
  const marked = (html: string) => /goes to evil\.example/.test(clean(html, { words }).html);
  it.each([
    ['<a href="https://evil.example">ba<b>nk</b>.example</a>', true],
    ['<a href="https://evil.example"><div>bank.example</div><div>Sign in</div></a>', true],
    ['<a href="https://evil.example">bank.example<br>Sign in</a>', true],
    ['<a href="https://evil.example"><img alt="bank.example" src="x"></a>', true],
    ['<a href="https://evil.example">bank<span style="display:none">!!</span>.example</a>', true],
    ['<a href="https://evil.example">bank<span style="font-size:0">!!</span>.example</a>', true],
    ['<a href=" https://evil.example ">bank&#46;example</a>', true],
    ['<a href="https://evil.example">Sign in</a>', false],
  ])('%s', (html, expected) => expect(marked(html)).toBe(expected));
  it('says the host in the letters that decide', () => {
    const { html } = clean('<a href="https://bаnk.example/">Sign in</a>', { words });
    expect(html).toContain('goes to xn--bnk-6cd.example');
    expect(html).toContain('title="https://xn--bnk-6cd.example/"');
  });
});

describe('RFC 3492', () => {
  it.each([
    ['mnchen-3ya', 'münchen'],
    ['wgv71a119e', '日本語'],
    ['80ak6aa92e', 'аррӏе'],
    ['ihqwcrb4cv8a8dqg056pqjye', '他们为什么不说中文'],
    ['!', undefined],
    ['99999999', undefined],
  ])('%s', (label, text) => expect(decodePunycode(label)).toBe(text));
});

// A deterministic mailbox for measuring: the same arguments make the same messages.
import fs from 'node:fs';
import path from 'node:path';

function generator(seed) {
  let state = BigInt(seed) | 1n;
  const next = () => { state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn; return Number(state >> 33n); };
  return { below: (n) => next() % n, hex: () => next().toString(16).padStart(8, '0') };
}
const given = 'anna boris carla david elena felix greta hugo irina jonas katja lars maria nils olga pavel rosa stefan tanja uwe vera yusuf zoe'.split(' ');
const family = 'mueller schmidt weber wagner becker koch bauer richter klein wolf dubois laurent moreau smith johnson brown jones rossi garcia petrov'.split(' ');
const words = 'the interview candidate position team offer contract start date schedule meeting feedback engineer design office please attached regards thanks next week possible forward experience project application update status friday morning'.split(' ');

/**
 * Writes `count` messages as a Maildir, `share` of them with one of `candidates` addresses, over a
 * year that ends at `end`. → {candidates, matching: numbers (1-based, = UID in a fresh mailbox)}
 */
export function writeMailbox(maildir, { count, candidates: people = 1000, share = 0.02, seed = 42, owner, end = Date.UTC(2026, 10, 1) }) {
  const random = generator(seed);
  for (const part of ['cur', 'new', 'tmp']) fs.mkdirSync(path.join(maildir, part), { recursive: true });
  const address = (domain, i) => `${given[random.below(given.length)]}.${family[random.below(family.length)]}${i}@${domain}`;
  const candidates = Array.from({ length: people }, (_, i) => address('candidates.example', i));
  const others = Array.from({ length: 5000 }, (_, i) => address('others.example', i));
  const sentence = (n) => Array.from({ length: n }, () => words[random.below(words.length)]).join(' ');
  const paragraphs = Array.from({ length: 400 }, () => sentence(12)).join('\n');
  const matching = [];
  const step = 365 * 86_400_000 / count;
  const ids = [];
  for (let i = 1; i <= count; ++i) {
    const at = new Date(end - (count - i) * step);
    const ours = random.below(10_000) < share * 10_000;
    const person = ours ? candidates[random.below(people)] : others[random.below(others.length)];
    const outgoing = random.below(4) === 0;
    const id = `<${random.hex()}${random.hex()}.${i}@others.example>`;
    const name = person.split('@')[0].replace(/\d+$/, '').split('.').map((w) => w[0].toUpperCase() + w.slice(1)).join(' ');
    const [from, to] = outgoing ? [owner, `${name} <${person}>`] : [`${name} <${person}>`, owner];
    const copy = random.below(4) === 0 ? `Cc: ${others[random.below(5000)]}, Ms. Example <${others[random.below(5000)]}>\n` : '';
    // One in three answers an earlier message of the same kind; candidates' threads stay theirs.
    const earlier = !ours && random.below(3) === 0 && ids.length ? ids[random.below(ids.length)] : null;
    if (!ours) ids[random.below(2000)] = id;
    const size = 2000 + random.below(14_000);
    let body = '';
    for (let start = random.below(paragraphs.length - 4000); body.length < size;) body += paragraphs.slice(start, start + Math.min(4000, size - body.length));
    const text = `Return-Path: <${person}>\nReceived: from mx.others.example by mail.example with ESMTPS id ${random.hex()}; ${at.toUTCString()}\n`
      + `DKIM-Signature: v=1; a=rsa-sha256; d=others.example; b=${random.hex().repeat(20)}\n`
      + `From: ${from}\nTo: ${to}\n${copy}Subject: ${sentence(6)}\nDate: ${at.toUTCString().replace('GMT', '+0000')}\nMessage-ID: ${id}\n`
      + (earlier ? `In-Reply-To: ${earlier}\nReferences: ${earlier}\n` : '')
      + `MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n${body}\n`;
    const file = path.join(maildir, 'cur', `${Math.floor(+at / 1000)}.M${String(i).padStart(7, '0')}.bench:2,S`);
    fs.writeFileSync(file, text);
    fs.utimesSync(file, at, at);
    if (ours) matching.push(i);
  }
  return { candidates, matching };
}

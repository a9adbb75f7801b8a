// Weeks of mail for the demo's mailboxes, the same at every start but for its dates.
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import { candidates, company, domain, jobs, outsideDomain, users } from './people.mjs';
import { everyday, phrases } from './phrases.mjs';

const hour = 3_600_000, day = 24 * hour;

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');
const person = (p) => ({ name: p.name, address: p.address ?? p.email });
const html = (text) => text.split('\n\n').map((p) => `<p>${p.replaceAll('\n', '<br>')}</p>`).join('');
const introductionTo = (original, language) => {
  const date = original.date.toLocaleString({ en: 'en-GB', fr: 'fr-FR', de: 'de-DE' }[language], { dateStyle: 'medium', timeStyle: 'short' });
  return fill(phrases[language].wrote, { date, who: original.who });
};

/** Text with the message it answers quoted below, as mail clients write it. */
export function withQuote(text, original, language) {
  return `${text}\n\n${introductionTo(original, language)}\n${original.text.split('\n').map((line) => `> ${line}`).join('\n')}\n`;
}

/** The same as HTML: one client puts the quote into a div of its own, another marks it as cited. */
function withHtmlQuote(text, original, language, inDiv) {
  const introduction = introductionTo(original, language);
  return inDiv
    ? `<div dir="ltr">${html(text)}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">${introduction}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">${html(original.text)}</blockquote></div>`
    : `${html(text)}<div class="moz-cite-prefix">${introduction}<br></div><blockquote type="cite">${html(original.text)}</blockquote>`;
}

// A one-page PDF, so that the attachment opens.
function onePage(name, title) {
  const ascii = (text) => text.normalize('NFKD').replace(/[^\x20-\x7e]|[()\\]/g, '');
  const stream = `BT /F1 24 Tf 72 740 Td (${ascii(name)}) Tj 0 -36 Td /F1 12 Tf (${ascii(title)}) Tj ET`;
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'];
  let out = '%PDF-1.4\n';
  const offsets = objects.map((body, i) => { const at = out.length; out += `${i + 1} 0 obj\n${body}\nendobj\n`; return at; });
  const start = out.length;
  out += `xref\n0 6\n0000000000 65535 f \n${offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('')}`;
  return Buffer.from(`${out}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`);
}

const build = (mail) => new MailComposer(mail).compile().build();

// Who wrote what, and how many days after the application.
const applied = ['candidate', 'application', 0], answered = ['recruiter', 'answer', 0.2], invited = ['recruiter', 'invite', 1.2];
const accepted = ['candidate', 'accept', 1.5];
const stories = {
  unanswered: [applied],
  answered: [applied, answered],
  invited: [applied, answered, invited],
  accepted: [applied, answered, invited, accepted],
  asking: [applied, answered, ['candidate', 'question', 2.1]],
  long: [applied, answered, invited, accepted, ['recruiter', 'confirm', 1.7], ['candidate', 'thanks', 4.1], ['recruiter', 'news', 9], ['candidate', 'question', 10.2]],
  declined: [applied, answered, ['recruiter', 'decline', 6.3]],
  withdrawn: [applied, answered, invited, ['candidate', 'withdraw', 3.4]],
  shared: [['forward', 'forward', 1.8], ['colleague', 'opinion', 1.9]],
  later: [['candidate', 'later', 24.5]],
};

/** One candidate's conversation with one recruiter → [{mailbox, folder, date, raw}]. */
async function conversation(candidate, index, now) {
  const recruiter = users.find((u) => u.key === candidate.with);
  const colleague = users.find((u) => u.connected && u.key !== candidate.with);
  const words = phrases[candidate.language];
  const values = { name: candidate.name, first: candidate.name.split(' ')[0], job: jobs.find((j) => j.key === candidate.job).title,
    team: recruiter.name, colleague: colleague.name.split(' ')[0],
    day: new Date(now - 3 * day).toLocaleDateString({ en: 'en-GB', fr: 'fr-FR', de: 'de-DE' }[candidate.language], { weekday: 'long' }) };
  let subject = fill(words.subject, values);
  const began = now - candidate.ago * day;
  const letters = [], ids = [];
  let last = null;
  const write = async (from, to, key, at, more = {}) => {
    const text = fill(words[key], values);
    const body = last ? withQuote(text, last, candidate.language) : text;
    const rich = last ? withHtmlQuote(text, last, candidate.language, from === candidate) : html(text);
    const messageId = `<${candidate.address.split('@')[0]}.${key}.${index}@${(from.address ?? from.email).split('@')[1]}>`;
    const date = new Date(at);
    const raw = await build({ from: person(from), to: person(to), subject: last ? `${more.prefix ?? 'Re: '}${subject}` : subject, text: body, html: index % 2 ? rich : undefined,
      date, messageId, inReplyTo: ids.at(-1), references: [...ids], attachments: more.attachments });
    ids.push(messageId);
    last = { text, date, who: from.name };
    const own = from.email ? from : to;
    letters.push({ mailbox: own.key, folder: from.email ? 'Sent' : 'INBOX', date, raw });
    if (from.email && to.email && to.connected) letters.push({ mailbox: to.key, folder: 'INBOX', date, raw });
  };
  const file = (filename) => ({ filename, content: onePage(candidate.name, filename.replace(/\.pdf$/, '')) });
  const attachments = [`CV ${candidate.name}.pdf`, ...(index % 5 === 3 ? words.files : [])].map(file);
  for (const story of candidate.story.split(' and '))
    for (const [from, key, days] of stories[story]) {
      const to = { candidate: recruiter, recruiter: candidate, forward: colleague, colleague: recruiter }[from];
      const writer = { candidate, recruiter, forward: recruiter, colleague }[from];
      if (key === 'later') { last = null; ids.length = 0; subject = fill(words.laterSubject, values); }
      await write(writer, to, key, began + days * day, { ...(from === 'forward' ? { prefix: 'Fwd: ' } : {}), ...(key === 'application' ? { attachments } : {}) });
    }
  return letters;
}

async function privateLetters(now) {
  const letters = [];
  for (const [u, user] of users.entries()) {
    for (let i = 0; i < 60; ++i) {
      const [name, local, subject, text] = everyday[(i + u * 3) % everyday.length];
      const date = new Date(now - (0.3 + i * 0.61 + u * 0.1) * day);
      const from = { name, address: `${local}@${outsideDomain}` };
      letters.push({ mailbox: user.key, folder: 'INBOX', date, raw: await build({ from, to: person(user), subject, text, date,
        messageId: `<everyday.${user.key}.${i}@${outsideDomain}>`, headers: local === 'digest' ? { 'List-Id': `<digest.${outsideDomain}>` } : {} }) });
      if (i % 6 === 0) letters.push({ mailbox: user.key, folder: 'Sent', date: new Date(+date + hour), raw: await build({ from: person(user), to: from,
        subject: `Re: ${subject}`, text: 'Thanks, noted!', date: new Date(+date + hour), messageId: `<everyday.re.${user.key}.${i}@${domain}>`,
        inReplyTo: `<everyday.${user.key}.${i}@${outsideDomain}>`, references: `<everyday.${user.key}.${i}@${outsideDomain}>` }) });
    }
    const other = users[(u + 1) % users.length];
    const date = new Date(now - (1 + u) * day);
    letters.push({ mailbox: user.key, folder: 'INBOX', date, raw: await build({ from: person(other), to: person(user), subject: `${company}: lunch?`,
      text: 'The usual place at half past twelve?', date, messageId: `<lunch.${user.key}@${domain}>` }) });
  }
  return letters;
}

export async function allLetters(now = Date.now()) {
  const conversations = await Promise.all(candidates.map((c, i) => conversation(c, i, now)));
  const letters = [...conversations.flat(), ...(await privateLetters(now))];
  return letters.sort((a, b) => a.date - b.date);
}

const fresh = [
  ['Samuel Okafor', 'One more document', 'Dear Ada,\n\nmy certificate has come today. Shall I send it by mail, or bring it along?\n\nKind regards\nSamuel'],
  ['Leni Hoffmann', 'Kurze Frage zu Donnerstag', 'Guten Tag Frau Weiss,\n\nwie komme ich vom Bahnhof am besten zu Ihnen?\n\nViele Grüße\nLeni Hoffmann'],
  ['Amélie Laurent', 'Mes disponibilités', 'Bonjour,\n\nje suis libre toute la semaine prochaine, sauf mercredi.\n\nBien à vous\nAmélie Laurent'],
];

/** What has come just now, and nobody has read. */
export async function freshLetters(date = new Date()) {
  return Promise.all(fresh.map(async ([name, subject, text], at) => {
    const from = candidates.find((c) => c.name === name);
    const to = users.find((u) => u.key === from.with);
    const raw = await build({ from: person(from), to: person(to), subject, text, date, messageId: `<fresh.${at}@${from.address.split('@')[1]}>` });
    return { mailbox: to.key, date, raw };
  }));
}

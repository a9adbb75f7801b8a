// SIGKILL at random moments of import and sending, at least 50 times, against Dovecot and Postfix.
// Postfix's log is the judge of what was sent, the mailbox of what must be imported.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { build, candidateAddress, connect, mailboxOf, messagesOf, openStage, recruiter, until } from './stage.mjs';
import { adminPassword } from '../../tools/testbed/hearback.mjs';
import { pause } from '../../tools/testbed/process.mjs';

const rounds = Number(process.env.HEARBACK_KILLS ?? 60);
const seed = Number(process.env.HEARBACK_SEED ?? Date.now() % 1_000_000);
let state = seed;
const random = (bound) => { state = (state * 1_103_515_245 + 12_345) % 2_147_483_648; return state % bound; };

let stage;
// Postfix waits at the end of DATA, so that many kills fall between the dot and its answer.
before(async () => {
  stage = await openStage('kill', { extra: ['--fast-retries'], settings: { postfix: 'smtpd_end_of_data_restrictions = sleep 1\n' } });
}, { timeout: 600_000 });
after(() => stage?.closing.close());

test(`W-5 S-10 kill -9, ${rounds} times (seed ${seed})`, { timeout: 900_000 }, async () => {
  const { mail, api, hearback, candidate } = stage;
  const letter = (i) => build({ from: candidateAddress, to: recruiter, subject: `in ${i}`, messageId: `<in${i}@post.example>`, text: `text ${i}` });
  const expected = [];
  let next = 0;
  const more = async (count) => {
    const letters = [];
    for (let i = 0; i < count; ++i, ++next) { letters.push({ raw: await letter(next) }); expected.push(`in ${next}`); }
    await mail.append(recruiter, letters);
  };
  await more(150);
  const mailbox = await api.post('/mailboxes', mailboxOf(mail, recruiter));  // killed for the first time in the first import
  const acknowledged = [], unanswered = [];
  for (let round = 0; round < rounds; ++round) {
    const subject = `out ${round}`;
    const post = api.post('/messages', { mailbox: mailbox.id, candidate: candidate.id, to: [candidateAddress], subject, text: `body ${round}` }, { 'idempotency-key': `round-${round}-key` })
      .then((row) => acknowledged.push({ subject, id: row.id }), () => unanswered.push({ subject }));
    const arriving = round % 3 === 0 ? more(5) : null;
    await pause(random(round % 2 ? 1600 : 300));
    await hearback.kill9();
    await Promise.all([post, arriving]);
    await hearback.start();
    await api.signIn(recruiter, adminPassword);
  }
  // An answer that never came is asked for again with the same key: sent once, whatever happened.
  for (const { subject } of unanswered) {
    const round = Number(subject.split(' ')[1]);
    acknowledged.push({ subject, id: (await api.post('/messages', { mailbox: mailbox.id, candidate: candidate.id, to: [candidateAddress], subject, text: `body ${round}` }, { 'idempotency-key': `round-${round}-key` })).id });
  }

  // Settling: everything known or uncertain, every letter imported.
  const settled = new Set(['seen_in_sent', 'uncertain', 'failed']);
  await until('every message has an outcome', async () => {
    for (const m of acknowledged) if (!settled.has(m.state)) m.state = (await api.get(`/outbox/${m.id}`)).state;
    const waiting = acknowledged.filter((m) => !settled.has(m.state));
    if (waiting.length) throw new Error(waiting.map((m) => `${m.subject}: ${m.state}`).join(', '));
    return true;
  }, { within: 240_000, every: 500 });
  await until('every letter is imported', async () => (await messagesOf(api, candidate)).filter((m) => m.subject.startsWith('in ')).length >= expected.length, { every: 500 });

  const found = await messagesOf(api, candidate);
  const imported = found.map((m) => m.subject).filter((s) => s.startsWith('in ')).sort();
  assert.deepEqual(imported, [...expected].sort(), 'no import lost or doubled');

  // What Postfix has taken it delivers in its own time.
  await until('Postfix has delivered what it took', () => {
    const there = new Set(mail.postfix.delivered().map((one) => one.id));
    return mail.postfix.accepted().every((id) => there.has(id));
  }, { every: 500 });
  const delivered = (await mail.read(candidateAddress)).map((m) => /^subject: (.*)$/im.exec(m.source)[1].trim());
  const sentFolder = (await mail.read(recruiter, 'Sent')).map((m) => /^subject: (.*)$/im.exec(m.source)[1].trim());
  const accepted = mail.postfix.accepted();
  assert.equal(new Set(accepted).size, accepted.length, 'no Message-ID was taken by Postfix twice');
  const tally = {};
  for (const { subject, state } of acknowledged) {
    const times = delivered.filter((s) => s === subject).length;
    const copies = sentFolder.filter((s) => s === subject).length;
    const outcome = `${times ? 'sent' : 'not sent'} and ${state === 'seen_in_sent' ? 'known' : state}`;
    tally[outcome] = (tally[outcome] ?? 0) + 1;
    assert.ok(times <= 1, `${subject} was sent ${times} times`);
    assert.ok(['sent and known', 'sent and uncertain', 'not sent and uncertain'].includes(outcome), `${subject}: ${outcome}`);
    assert.equal(copies, state === 'seen_in_sent' ? 1 : 0, `${subject}: ${copies} copies in Sent, ${state}`);
    assert.equal(found.filter((m) => m.subject === subject).length, 1, `${subject} stands once in its thread`);
  }
  console.log(`# ${rounds} kills, ${expected.length} imported, outcomes: ${JSON.stringify(tally)}`);
});

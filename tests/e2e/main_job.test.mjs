// The main job through the API, against real Dovecot and Postfix.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addUser, build, candidateAddress, connect, domain, mailboxOf, messagesOf, openStage, recruiter, until } from './stage.mjs';

let stage;
before(async () => { stage = await openStage('main-job', { extra: ['--fast-retries'] }); }, { timeout: 600_000 });
after(() => stage?.closing.close());

const day = 86_400_000;
const daysAgo = (n) => new Date(Date.now() - n * day);

test('C-3 C-8 S-2 the agreed past is imported: 14 days by default, only what concerns candidates', { timeout: 600_000 }, async () => {
  const { mail, api, candidate } = stage;
  const letter = (id, from, to, subject, days, more = {}) => build({ messageId: `<${id}@post.example>`, from, to, subject, text: `text of ${id}`, date: daysAgo(days), ...more })
    .then((raw) => ({ raw, date: daysAgo(days), flags: ['\\Seen'] }));
  await mail.append(recruiter, [
    await letter('old', candidateAddress, recruiter, 'Too old', 20),
    await letter('first', `Jane Doe <${candidateAddress}>`, recruiter, 'Application', 6),
    await letter('private', 'mum@home.example', recruiter, 'Dinner', 5),
    await letter('decoy', `"${candidateAddress}" <other@home.example>`, recruiter, 'Not her', 5),
    await letter('unseen', candidateAddress.toUpperCase(), recruiter, 'Unread', 4).then((m) => ({ ...m, flags: [] })),
  ]);
  await mail.append(recruiter, [await letter('answer', recruiter, candidateAddress, 'Re: Application', 5, { inReplyTo: '<first@post.example>', references: '<first@post.example>' })], 'Sent');
  await mail.append(recruiter, [await letter('draft', recruiter, candidateAddress, 'A draft', 1)], 'Drafts');
  const mailbox = await connect(api, mail);
  assert.equal(mailbox.state, 'active');
  assert.equal(mailbox.last_error, '');
  const found = await messagesOf(api, candidate);
  assert.deepEqual(found.map((m) => m.subject).sort(), ['Application', 'Re: Application', 'Unread']);
  const [first, answer] = ['Application', 'Re: Application'].map((s) => found.find((m) => m.subject === s));
  assert.equal(first.thread, answer.thread, 'T-1: the answer lies in the thread of what it answers');
  assert.equal(first.direction, 'incoming');
  assert.equal(answer.direction, 'outgoing');
  assert.deepEqual(answer.why, { by: 'reply_to', detail: 'first@post.example', corrected: null });
  assert.ok(mailbox.headers_seen >= 6);
  assert.equal(mailbox.bodies_fetched, 3);
});

test('C-8 a wider window is counted first, then imported', { timeout: 600_000 }, async () => {
  const { api, candidate } = stage;
  const [mailbox] = (await api.get('/mailboxes')).rows;
  const count = await api.post(`/mailboxes/${mailbox.id}/count`, { since: null });
  assert.equal(count.candidate_messages, 4);
  await api.put(`/mailboxes/${mailbox.id}/window`, { since: null });
  await until('the old message is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === 'Too old'));
});

test('S-9 new mail is on the profile seconds after it arrives', { timeout: 600_000 }, async () => {
  const { mail, api, candidate } = stage;
  const events = await listen(api);
  const arrives = async (subject) => {
    await mail.submit(candidateAddress, { to: recruiter, subject, text: 'Good morning' });
    await until('it is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === subject), { every: 25 });
  };
  // Whoever only looks every ten seconds, as the server does besides, sees the second one ten seconds after the first.
  await arrives('Just before');
  const begun = Date.now();
  await arrives('Live');
  assert.ok(Date.now() - begun < 9000, `took ${Date.now() - begun} ms`);
  await until('the event came', () => events.seen.includes('message'));
  events.close();
});

test('W-1 S-1 W-5 a reply goes out by the own server, lies in Sent once, and the answer joins the thread', { timeout: 600_000 }, async () => {
  const { mail, api, candidate } = stage;
  const [mailbox] = (await api.get('/mailboxes')).rows;
  const live = (await messagesOf(api, candidate)).find((m) => m.subject === 'Live');
  const upload = await api.post('/uploads?filename=Pläne.pdf', Buffer.from('%PDF-1.4 plans'));
  const draft = { mailbox: mailbox.id, thread: live.thread, in_reply_to: live.id, to: [candidateAddress], subject: 'Re: Live',
    html: '<p>Dear <b>Jane</b>, see you on Monday – Grüße</p>', attachments: [upload.id] };
  const key = { 'idempotency-key': 'the-very-same-key' };
  const accepted = await api.post('/messages', draft, key);
  const again = await api.post('/messages', draft, key);
  assert.equal(again.id, accepted.id, 'O-2: the same key sends once');
  await until('it lies in Sent', async () => (await api.get(`/outbox/${accepted.id}`)).state === 'seen_in_sent');
  const sent = (await mail.read(recruiter, 'Sent')).filter((m) => /subject: re: live/i.test(m.source));
  assert.equal(sent.length, 1);
  const arrived = await until('the candidate has it', async () => {
    const inbox = await mail.read(candidateAddress);
    return inbox.length && inbox;
  });
  assert.equal(arrived.length, 1);
  assert.match(arrived[0].source, /multipart\/mixed/);
  assert.match(arrived[0].source, /filename/);
  assert.doesNotMatch(arrived[0].source, /^bcc:/im);
  const messageId = /^message-id:\s*<([^>]+)>/im.exec(arrived[0].source)[1];
  // Its log is written by another process of its own.
  const taken = await until('Postfix’s log has it', () => { const times = mail.postfix.accepted().filter((id) => id === messageId); return times.length > 0 && times; });
  assert.equal(taken.length, 1);
  await mail.submit(candidateAddress, { to: recruiter, subject: 'AW: something else altogether', text: 'I will be there', inReplyTo: `<${messageId}>`, references: `<${messageId}>` });
  const answer = await until('the answer is there', async () => (await messagesOf(api, candidate)).find((m) => m.subject.startsWith('AW:')));
  assert.equal(answer.thread, live.thread);
  const copies = (await messagesOf(api, candidate)).filter((m) => m.subject === 'Re: Live');
  assert.equal(copies.length, 1, 'S-11: the Sent copy is the same message');
});

test('T-3 a forward to a colleague is a thread of its own, an internal forward', { timeout: 600_000 }, async () => {
  const { mail, api, candidate } = stage;
  await mail.append(recruiter, [{ raw: await build({ messageId: '<fwd@lindenhof.example>', from: recruiter, to: `clara@${domain}`, subject: 'Fwd: Application', text: 'What do you think?', references: '<first@post.example>', inReplyTo: '<first@post.example>' }) }], 'Sent');
  const forward = await until('it is there', async () => (await messagesOf(api, candidate)).find((m) => m.subject === 'Fwd: Application'));
  assert.equal(forward.threadKind, 'internal_forward');
  const first = (await messagesOf(api, candidate)).find((m) => m.subject === 'Application');
  assert.notEqual(forward.thread, first.thread);
});

test('S-8 nothing in the mailbox was changed but for the Sent copy', { timeout: 600_000 }, async () => {
  const { mail } = stage;
  const inbox = await mail.read(recruiter);
  const flags = Object.fromEntries(inbox.map((m) => [/^subject: (.*)$/im.exec(m.source)?.[1].trim(), m.flags.filter((f) => f !== '\\Recent')]));
  assert.deepEqual(flags.Unread, []);
  assert.deepEqual(flags.Live, []);
  assert.deepEqual(flags.Dinner, ['\\Seen']);
  assert.equal((await mail.read(recruiter, 'Drafts')).length, 1);
});

test('S-5 an address that is added later brings its mail of the agreed past', { timeout: 600_000 }, async () => {
  const { api, candidate } = stage;
  await api.patch(`/candidates/${candidate.id}`, { addresses: [candidateAddress, 'mum@home.example'] });
  await until('it is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === 'Dinner'));
});

test('I-1 a candidate address that becomes a colleague’s leaves the profile and says why', { timeout: 600_000 }, async () => {
  const { api, candidate } = stage;
  const mum = { name: 'Mum', email: 'MUM@home.example', role: 'evaluator' };
  assert.equal((await api.refused('POST', '/users', mum)).problem.code, 'user.address-of-candidate');
  assert.ok((await messagesOf(api, candidate)).some((m) => m.subject === 'Dinner'));
  await api.post('/users', { ...mum, confirmed: true });
  const { addresses } = await api.get(`/candidates/${candidate.id}`);
  const taken = addresses.find((a) => a.address === 'mum@home.example');
  assert.equal(taken.synced, false);
  assert.equal(taken.why_not, 'internal-user');
  assert.ok(!(await messagesOf(api, candidate)).some((m) => m.subject === 'Dinner'));
});

test('C-7 a connected address can’t be connected again', { timeout: 600_000 }, async () => {
  const { api, mail } = stage;
  const refusal = await api.refused('POST', '/mailboxes', mailboxOf(mail, recruiter));
  assert.equal(refusal.status, 409);
  assert.equal(refusal.problem.code, 'mailbox.already-connected');
});

test('C-6 P-1 another admin sees neither the mailbox nor its ledger; an evaluator without the job sees no thread', { timeout: 600_000 }, async () => {
  const { api, hearback, candidate } = stage;
  const [mailbox] = (await api.get('/mailboxes')).rows;
  const { api: admin } = await addUser(hearback, api, { name: 'Other Admin', email: `root@${domain}`, role: 'admin' });
  const { api: eva } = await addUser(hearback, api, { name: 'Eva', email: `eva@${domain}`, role: 'evaluator' });
  assert.deepEqual((await admin.get('/mailboxes')).rows, []);
  for (const at of ['', '/ledger', '/folders', '/quarantine']) assert.equal((await admin.refused('GET', `/mailboxes/${mailbox.id}${at}`)).status, 404);
  assert.equal((await eva.refused('GET', `/candidates/${candidate.id}`)).status, 404);
  assert.deepEqual((await eva.get('/threads')).rows, []);
  const message = (await messagesOf(api, candidate))[0];
  for (const at of [`/threads/${message.thread}`, `/messages/${message.id}/body`, `/messages/${message.id}/raw`]) assert.equal((await eva.refused('GET', at)).status, 404);
});

test('C-13 a recruiter who claims a candidate’s address gets nothing by it, until an admin says whose it is', { timeout: 600_000 }, async () => {
  const { api, hearback, mail, candidate } = stage;
  const { api: rita } = await addUser(hearback, api, { name: 'Rita', email: `rita@${domain}`, role: 'manager' });
  const before = await messagesOf(api, candidate);
  assert.ok(before.length > 0);
  // Somebody else’s login, servers that let it in: that proves nothing.
  const login = { ...mailboxOf(mail, `clara@${domain}`), user: `clara@${domain}` };
  const claim = await rita.post('/mailboxes', { ...login, address: candidateAddress });
  assert.equal((await api.get(`/candidates/${candidate.id}`)).addresses.find((a) => a.address === candidateAddress).synced, true, 'she is a candidate still');
  assert.equal(claim.address_proof, 'none');
  assert.equal((await api.refused('POST', '/mailboxes', { ...login, address: candidateAddress })).problem.code, 'address.of-candidate');
  assert.equal((await rita.refused('POST', `/mailboxes/${claim.id}/count`, { since: null })).problem.code, 'mailbox.unproven');
  // New mail of hers still comes, past the claim; nothing of the claimed mailbox is read.
  await mail.submit(candidateAddress, { to: recruiter, subject: 'Still a candidate', text: 'hello' });
  await until('it is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === 'Still a candidate'));
  for (const one of before) assert.ok((await messagesOf(api, candidate)).some((m) => m.id === one.id));
  const mine = await rita.get(`/mailboxes/${claim.id}`);
  assert.deepEqual([mine.headers_seen, mine.last_success], [0, null]);
  const job = await rita.post('/jobs', { title: 'Optician' });
  const other = await rita.post('/candidates', { name: 'Nora', addresses: ['nora@post.example'], job: job.id });
  const forged = await rita.refused('POST', '/messages', { mailbox: claim.id, candidate: other.id, to: ['nora@post.example'], subject: 'x', text: 'x' });
  assert.equal(forged.problem.code, 'mailbox.unproven');
  // The admin is told of the clash, and refuses; an address that nobody has is confirmed, and read.
  assert.equal((await api.get('/claims')).rows[0].address, candidateAddress);
  assert.equal((await api.refused('POST', `/claims/${claim.id}/decision`, { word: 'confirm' })).problem.code, 'address.of-candidate');
  const live = await listen(rita);
  await api.post(`/claims/${claim.id}/decision`, { word: 'refuse' });
  await until('Rita’s page hears of it', () => live.seen.includes('mailbox'));
  live.close();
  assert.equal((await rita.get(`/mailboxes/${claim.id}`)).address_proof, 'refused');
  const desk = await rita.post('/mailboxes', { ...login, address: `desk@${domain}` });
  await api.post(`/claims/${desk.id}/decision`, { word: 'confirm' });
  await until('it is read', async () => (await rita.get(`/mailboxes/${desk.id}`)).last_success);
});

test('S-7 a deleted candidate’s messages go', { timeout: 600_000 }, async () => {
  const { api, candidate } = stage;
  const message = (await messagesOf(api, candidate))[0];
  await api.delete(`/candidates/${candidate.id}`);
  assert.equal((await api.refused('GET', `/candidates/${candidate.id}`)).status, 404);
  assert.equal((await api.refused('GET', `/messages/${message.id}/body`)).status, 404);
});

/** Collects the kinds of live events. */
async function listen(api) {
  const abort = new AbortController();
  const answer = await fetch(`${api.url}/api/v1/events`, { headers: { cookie: api.cookie, origin: api.url, 'sec-fetch-site': 'same-origin' }, signal: abort.signal });
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  const seen = [];
  (async () => {
    for await (const chunk of answer.body)
      for (const [, kind] of Buffer.from(chunk).toString().matchAll(/^event: (.*)$/gm)) seen.push(kind);
  })().catch(() => {});
  await until('the stream says hello', () => seen.includes('hello'));
  return { seen, close: () => abort.abort() };
}

// S-2, SYNC-9: of mail that matches nobody, not one body octet is asked for and nothing is stored.
// Dovecot's raw log of every session is the witness.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build, candidateAddress, connect, messagesOf, openStage, recruiter, until } from './stage.mjs';

let stage;
before(async () => { stage = await openStage('headers-only', { rawlog: true }); }, { timeout: 600_000 });
after(() => stage?.closing.close());

// Longer than the first words that lists show, which lie in the database as they are.
const filler = 'Good morning. '.repeat(40);
const tenFields = ['FROM', 'TO', 'CC', 'BCC', 'REPLY-TO', 'SUBJECT', 'DATE', 'MESSAGE-ID', 'IN-REPLY-TO', 'REFERENCES'].sort();

test('S-2 S-8 S-9 nothing of another message is read or kept', { timeout: 600_000 }, async () => {
  const { mail, api, candidate, hearback } = stage;
  const letters = [];
  for (let i = 0; i < 120; ++i) {
    const ours = i % 10 === 0;
    letters.push({ date: new Date(Date.now() - i * 3_600_000), raw: await build({
      messageId: `<m${i}@post.example>`, from: ours ? candidateAddress : `friend${i}@canary-domain.example`, to: recruiter,
      subject: ours ? `Ours ${i}` : `canary-subject-${i}`, text: ours ? `${filler}ours-body-${i}` : `canary-body-${i}`,
      attachments: ours ? [] : [{ filename: `canary-file-${i}.txt`, content: 'canary-attachment' }] }) });
  }
  await mail.append(recruiter, letters);
  mail.dovecot.record(recruiter);
  const box = await connect(api, mail);
  // C-14: with whom the owner keeps mail from Hearback, though a candidate writes it.
  await api.patch(`/mailboxes/${box.id}/never-synced`, { add: ['firm.example'] });
  await mail.submit(candidateAddress, { to: recruiter, subject: 'Ours live', text: `${filler}ours-body-live` });
  await mail.append(recruiter, [{ raw: await build({ from: 'late@canary-domain.example', to: recruiter, subject: 'canary-subject-late', text: 'canary-body-late' }) }]);
  await mail.append(recruiter, [{ raw: await build({ from: candidateAddress, to: recruiter, cc: 'law@firm.example', subject: 'canary-subject-withheld', text: 'canary-body-withheld' }) }]);
  await until('the ledger says what was withheld', async () => (await api.all(`/mailboxes/${box.id}/ledger`)).some((row) => row.rule === 'never-synced'));
  await until('live mail is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === 'Ours live'));
  await api.post(`/mailboxes/${(await api.get('/mailboxes')).rows[0].id}/count`, { since: null });
  assert.equal((await messagesOf(api, candidate)).length, 13);
  await hearback.stop();

  const { client, server } = mail.dovecot.recorded(recruiter);
  const ours = new Set((await mail.read(recruiter)).filter((m) => /^subject: ours/im.test(m.source)).map((m) => m.uid));
  let bodies = 0, headerFetches = 0;
  for (const line of client.split(/\r?\n/)) {
    const fetch = /^\S+ UID FETCH (\S+) \((.*)\)$/i.exec(line);
    assert.ok(!/\b(STORE|SELECT|EXPUNGE|COPY|MOVE|DELETE|RENAME|CREATE|SETMETADATA)\b/i.test(line.replace(/^\S+ (APPEND|LOGIN|AUTHENTICATE).*/, '')), `S-8: ${line}`);
    if (!fetch) { assert.ok(!/\bFETCH\b/i.test(line), `a FETCH that isn't a UID FETCH of known form: ${line}`); continue; }
    const headers = /^(.*?)BODY\.PEEK\[HEADER\.FIELDS \(([^)]*)\)\]$/i.exec(fetch[2]);
    if (headers) {
      ++headerFetches;
      assert.deepEqual(headers[2].toUpperCase().split(' ').sort(), tenFields);
      assert.deepEqual(headers[1].trim().toUpperCase().split(' ').sort(), ['INTERNALDATE', 'RFC822.SIZE', 'UID']);
      continue;
    }
    assert.match(fetch[2].toUpperCase(), /^UID BODY\.PEEK\[\]$/);
    for (const uid of expand(fetch[1])) { assert.ok(ours.has(uid), `the body of UID ${uid} was asked for`); ++bodies; }
  }
  assert.ok(headerFetches > 0);
  assert.equal(bodies, 13, 'each matching body once');
  assert.ok(server.includes('canary-subject-1'), 'the witness sees header fields');
  for (const secret of ['canary-body', 'canary-attachment', 'canary-file']) assert.ok(!server.includes(secret), `${secret} went over the wire`);
  for (const file of walk(hearback.data)) {
    const bytes = fs.readFileSync(file).toString('latin1');
    assert.ok(!/canary/i.test(bytes), `${path.basename(file)} holds something of a message that matched nobody`);
    assert.ok(!bytes.includes('ours-body'), `D-2: ${path.basename(file)} holds a message's text in the clear`);
    assert.ok(!bytes.includes('pass word'), `${path.basename(file)} holds a password`);
  }
  assert.ok(!/canary|ours|pass word|@/i.test(hearback.logText()), 'the log holds personal data');
});

test('P master key and data folder are the owner’s alone', () => {
  assert.equal(fs.statSync(stage.hearback.data).mode & 0o777, 0o700);
  assert.equal(fs.statSync(path.join(stage.hearback.data, 'master.key')).mode & 0o777, 0o600);
});

function expand(set) {
  return set.split(',').flatMap((part) => {
    const [first, last = first] = part.split(':').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
function* walk(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(at);
    else yield at;
  }
}

// S-13, C-8: a folder that the server doesn't let us read says so itself, its mailbox is well, and
// the import of past mail isn't over before it has been read.
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build, candidateAddress, imported, mailboxOf, openStage, recruiter, until } from './stage.mjs';

let stage, shelf;
before(async () => {
  stage = await openStage('folder-states');
  const { mail } = stage;
  const raw = (id) => build({ from: candidateAddress, to: recruiter, subject: id, messageId: `<${id}@post.example>`, text: 'Hello.' });
  await mail.withImap(recruiter, (client) => client.mailboxCreate('Shelf'));
  await mail.append(recruiter, [{ raw: await raw('shelf') }], 'Shelf');
  await mail.append(recruiter, [{ raw: await raw('inbox') }]);
  shelf = path.join(mail.dovecot.home(recruiter), 'Maildir', '.Shelf');
  chmodSync(shelf, 0o000);
}, { timeout: 600_000 });
after(() => stage?.closing.close());

test('S-13 C-8 a folder that cannot be read is told of, and kept open', { timeout: 600_000 }, async () => {
  const { api, hearback, mail, candidate } = stage;
  const { id } = await api.post('/mailboxes', mailboxOf(mail, recruiter));
  const folderNow = async () => (await api.get(`/mailboxes/${id}/folders`)).rows.find((row) => row.name === 'Shelf');
  const subjects = async () => (await api.all(`/threads?candidate=${candidate.id}`)).map((row) => row.subject).sort();
  const mailbox = await until('all other folders are read', async () => {
    const now = await api.get(`/mailboxes/${id}`);
    return now.folders_left === 1 && now.last_success && now;
  });
  assert.deepEqual([mailbox.importing, mailbox.folders_left_resting, mailbox.folders_resting, mailbox.last_error, mailbox.state], [true, 1, 1, '', 'active']);
  const { resting } = await folderNow();
  assert.match(resting.why, /^imap\./);
  assert.ok(Date.parse(resting.since) <= Date.now() && Date.parse(resting.next_try) > Date.parse(resting.since), JSON.stringify(resting));
  assert.deepEqual(await subjects(), ['inbox']);
  // It is tried again at the next start, too, whatever was said before.
  await hearback.stop();
  chmodSync(shelf, 0o700);
  await hearback.start();
  const whole = await imported(api, id);
  assert.deepEqual([whole.folders_left, whole.folders_resting], [0, 0]);
  assert.equal((await folderNow()).resting, null);
  assert.deepEqual(await subjects(), ['inbox', 'shelf']);
});

// C-8, S-4, S-11 (decision 0023): a real server that shows all mail in one folder, as Gmail does:
// Dovecot's virtual folders. What was archived lies there and nowhere else that is listed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build, candidateAddress, connect, domain, messagesOf, openStage, recruiter, until } from './stage.mjs';

const allMail = '[Gmail]/All Mail', archive = 'unlisted/Kept';
const dovecot = `mail_plugins = virtual
namespace all {
  prefix = [Gmail]/
  separator = /
  location = virtual:~/virtual
  subscriptions = no
  mailbox "All Mail" {
    special_use = \\All
  }
}
namespace unlisted {
  prefix = unlisted/
  separator = /
  location = maildir:~/Unlisted
  hidden = yes
  list = no
  subscriptions = no
  mailbox Kept {
    auto = create
  }
}
`;

let stage;
before(async () => {
  stage = await openStage('all-mail', { rawlog: true, settings: { dovecot }, prepare(folder) {
    const at = path.join(folder, 'dovecot', 'mail', domain, recruiter.split('@')[0], 'virtual', 'All Mail');
    fs.mkdirSync(at, { recursive: true });
    fs.writeFileSync(path.join(at, 'dovecot-virtual'), `${archive}\nINBOX\nSent\nDrafts\nArchive\n  ALL\n`);
  } });
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const hoursAgo = (hours) => new Date(Date.now() - hours * 3_600_000);
const letter = async (subject, hours, { from = candidateAddress, to = recruiter, inReplyTo, flags } = {}) =>
  ({ date: hoursAgo(hours), flags, raw: await build({ messageId: `<${subject}@post.example>`, from, to, subject, inReplyTo, date: hoursAgo(hours), text: `Words of ${subject}.` }) });
const ours = { from: recruiter, to: candidateAddress };

test('C-8 S-4 S-11 what all mail shows is there once, without drafts, and read last', { timeout: 600_000 }, async () => {
  const { mail, api, candidate, hearback } = stage;
  // One conversation, over three places; and two mails that were archived out of INBOX.
  await mail.append(recruiter, [await letter('first', 50), await letter('third', 30, { inReplyTo: '<second@post.example>' })], archive);
  await mail.append(recruiter, [await letter('second', 40, { ...ours, inReplyTo: '<first@post.example>', flags: ['\\Seen'] })], 'Sent');
  await mail.append(recruiter, [await letter('fourth', 20, { inReplyTo: '<third@post.example>' })]);
  await mail.append(recruiter, [await letter('fifth', 10)], 'Archive');
  await mail.append(recruiter, [await letter('draft', 5, { ...ours, inReplyTo: '<fourth@post.example>', flags: ['\\Draft', '\\Seen'] })], 'Drafts');
  await mail.append(recruiter, [await letter('draft-of-all', 4, { ...ours, flags: ['\\Draft'] })], archive);
  await mail.append(recruiter, [await letter('private', 3, { from: 'friend@elsewhere.example' })], archive);
  assert.equal((await mail.read(recruiter, allMail)).length, 8, 'the server shows everything there');
  mail.dovecot.record(recruiter);
  const mailbox = await connect(api, mail);
  const folders = (await api.get(`/mailboxes/${mailbox.id}/folders`)).rows;
  assert.equal(folders.find((row) => row.name === allMail)?.role, 'incoming');
  assert.ok(!folders.some((row) => row.name === archive), 'where the archived ones lie isn’t listed');

  const held = async () => (await messagesOf(api, candidate)).map((m) => `${m.subject} ${m.direction}`).sort();
  const past = ['fifth incoming', 'first incoming', 'fourth incoming', 'second outgoing', 'third incoming'];
  assert.deepEqual(await held(), past);
  const thread = (await messagesOf(api, candidate)).filter((m) => m.subject !== 'fifth');
  assert.deepEqual(thread.map((m) => m.subject), ['first', 'second', 'third', 'fourth'], 'in the order in which they were written');
  assert.equal(new Set(thread.map((m) => m.thread)).size, 1, 'one conversation');

  // What comes later: past INBOX into the archive, of which this server tells nothing (it is looked at with
  // the next that does), into INBOX, and into Sent.
  await mail.append(recruiter, [await letter('filtered', 0)], archive);
  await mail.append(recruiter, [await letter('live', 0)]);
  await mail.append(recruiter, [await letter('answer', 0, { ...ours, inReplyTo: '<live@post.example>', flags: ['\\Seen'] })], 'Sent');
  const all = [...past, 'answer outgoing', 'filtered incoming', 'live incoming'].sort();
  await until('what came is there', async () => (await held()).length >= all.length);
  assert.deepEqual(await held(), all);
  await hearback.stop();

  // What was asked for, folder by folder.
  const { client } = mail.dovecot.recorded(recruiter);
  const lines = client.split(/\r?\n/);
  const read = [], bodies = new Map();
  let open;
  for (const line of lines) {
    open = /^\S+ EXAMINE "?(.*?)"?$/.exec(line)?.[1] ?? open;
    if (/ UID FETCH .*HEADER\.FIELDS/.test(line) && !read.includes(open)) read.push(open);
    const body = /^\S+ UID FETCH (\S+) \(UID BODY\.PEEK\[\]\)$/.exec(line);
    if (body) bodies.set(open, (bodies.get(open) ?? 0) + count(body[1]));
  }
  assert.deepEqual([read[0], read[1], read.at(-1)], ['INBOX', 'Sent', allMail]);
  // What comes into two places at once is read in the one that is looked at next.
  const fetched = (folder) => bodies.get(folder) ?? 0;
  assert.deepEqual([fetched('INBOX') + fetched('Sent') + fetched(allMail), fetched('Archive')], [7, 1], 'each body once');
  assert.ok(fetched('INBOX') >= 1 && fetched('Sent') >= 1 && fetched(allMail) >= 3, 'where it was first seen');
});

const count = (set) => set.split(',').reduce((sum, part) => {
  const [first, last = first] = part.split(':').map(Number);
  return sum + last - first + 1;
}, 0);

// S-9, S-14: where the server tells of a folder that isn't open (NOTIFY), a mailbox takes one
// connection, and what comes into INBOX or Sent is on the profile in seconds.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { build, candidateAddress, connect, messagesOf, openStage, recruiter, until } from './stage.mjs';

let stage;
before(async () => { stage = await openStage('one-connection', { rawlog: true }); }, { timeout: 600_000 });
after(() => stage?.closing.close());

// Dovecot waits half a second. Of many the quickest is so quick also on a machine that is busy; polls are two minutes
// apart here, and none of those could bring more than one.
const seconds = 5;

test('S-9 S-14 one connection hears of INBOX and of Sent', { timeout: 600_000 }, async () => {
  const { mail, api, candidate } = stage;
  mail.dovecot.record(recruiter);
  await connect(api, mail);
  const connections = () => mail.dovecot.doveadm('-f', 'tab', 'who', recruiter).trim().split('\n').slice(1)
    .reduce((sum, row) => sum + Number(row.split('\t')[1]), 0);
  await until('it waits', () => /NOTIFY SET [^]*\bIDLE\r?\n$/.test(mail.dovecot.recorded(recruiter).client));
  await until('only ours is left', () => connections() === 1);
  const took = { INBOX: [], Sent: [] };
  const arrives = async (subject, folder, from, to) => {
    await mail.append(recruiter, [{ raw: await build({ messageId: `<${subject}@post.example>`, from, to, subject, text: 'Hello.' }), flags: folder === 'Sent' ? ['\\Seen'] : [] }], folder);
    const begun = Date.now();
    const message = await until(`${subject} is there`, async () => (await messagesOf(api, candidate)).find((m) => m.subject === subject));
    took[folder].push(Date.now() - begun);
    return message.direction;
  };
  for (const round of [1, 2, 3]) {
    assert.equal(await arrives(`sent-${round}`, 'Sent', recruiter, candidateAddress), 'outgoing');
    assert.equal(await arrives(`inbox-${round}`, 'INBOX', candidateAddress, recruiter), 'incoming');
  }
  // Two at once, and two right after another.
  await Promise.all([arrives('both-a', 'Sent', recruiter, candidateAddress), arrives('both-b', 'INBOX', candidateAddress, recruiter)]);
  await arrives('soon-a', 'Sent', recruiter, candidateAddress);
  await arrives('soon-b', 'Sent', recruiter, candidateAddress);
  for (const [folder, all] of Object.entries(took)) assert.ok(Math.min(...all) < seconds * 1000, `${folder}: ${all} ms`);
  await until('other clients have left', () => connections() === 1);
  const { client } = mail.dovecot.recorded(recruiter);
  assert.equal(client.match(/ NOTIFY SET /g).length, 1, 'asked for once');
});

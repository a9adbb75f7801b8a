// S-11, S-12, SYNC-6: odd mail is imported or quarantined visibly; the mailbox goes on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { candidateAddress, connect, messagesOf, openStage, recruiter, until } from './stage.mjs';

let stage, mailbox;
before(async () => { stage = await openStage('odd-mail', { settings: { postfix: 'message_size_limit = 100000000\n' } }); }, { timeout: 600_000 });
after(() => stage?.closing.close());

const from = `From: ${candidateAddress}\r\nTo: ${recruiter}\r\n`;
const odd = {
  huge: `${from}Subject: huge\r\nMessage-ID: <huge@post.example>\r\n\r\n${'x'.repeat(76)}\r\n`.padEnd(100) + `${'y'.repeat(76)}\r\n`.repeat(720_000),
  'empty body': `${from}Subject: empty body\r\nMessage-ID: <empty@post.example>\r\n\r\n`,
  'no message-id': `${from}Subject: no message-id\r\n\r\nhello\r\n`,
  'no message-id either': `${from}Subject: no message-id either\r\n\r\nhello again\r\n`,
  'broken charset': `${from}Subject: broken charset\r\nContent-Type: text/plain; charset="x-nonsense-42"\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdfe \xff\xfe\r\n`,
  'broken mime': `${from}Subject: broken mime\r\nContent-Type: multipart/mixed; boundary="\r\nMIME-Version: 1.0\r\n\r\n--\r\nContent-Type: multipart/alternative\r\n\r\nstill readable\r\n`,
  'nul bytes': `${from}Subject: nul bytes\r\n\r\na\0b\0c\r\n`,
  'same id': `${from}Subject: same id\r\nMessage-ID: <empty@post.example>\r\n\r\nanother text under a known Message-ID\r\n`,
  'last and well': `${from}Subject: last and well\r\nMessage-ID: <well@post.example>\r\n\r\nfine\r\n`,
};

test('S-12 S-11 odd mail never stops the mailbox', { timeout: 600_000 }, async () => {
  const { mail, api, candidate } = stage;
  await mail.append(recruiter, Object.values(odd).map((raw) => ({ raw: Buffer.from(raw, 'latin1') })));
  mailbox = await connect(api, mail);
  const subjects = (await messagesOf(api, candidate)).map((m) => m.subject).sort();
  const quarantined = (await api.get(`/mailboxes/${mailbox.id}/quarantine`)).rows;
  assert.deepEqual(subjects, Object.keys(odd).filter((s) => s !== 'huge').sort());
  assert.equal(quarantined.length, 1);
  assert.equal(quarantined[0].reason, 'mail.too-large');
  assert.equal(quarantined[0].given_up, true);
  assert.equal((await api.get(`/mailboxes/${mailbox.id}`)).quarantined, 1);
});

test('S-12 what can’t be decoded is shown as well as it goes, with its source', { timeout: 600_000 }, async () => {
  const { api, candidate } = stage;
  const found = (await messagesOf(api, candidate)).find((m) => m.subject === 'broken charset');
  const body = await api.get(`/messages/${found.id}/body`);
  assert.match(body.text, /Gr/);
  assert.ok(body.defects.length > 0);
  const raw = await api.raw('GET', `/messages/${found.id}/raw`);
  assert.equal(raw.headers.get('content-type'), 'message/rfc822');
  assert.ok(Buffer.from(await raw.arrayBuffer()).includes(Buffer.from('x-nonsense-42')));
});

test('S-4 a message moved to another folder is recognised', { timeout: 600_000 }, async () => {
  const { mail, api, candidate } = stage;
  const before = (await messagesOf(api, candidate)).length;
  mail.dovecot.doveadm('move', '-u', recruiter, 'Archive', 'mailbox', 'INBOX', 'header', 'subject', 'last and well');
  await mail.submit(candidateAddress, { to: recruiter, subject: 'after the move', text: 'x' });
  await until('later mail is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === 'after the move'));
  const subjects = (await messagesOf(api, candidate)).map((m) => m.subject);
  assert.equal(subjects.length, before + 1);
  assert.equal(subjects.filter((s) => s === 'last and well').length, 1);
});

test('S-10 another UIDVALIDITY neither loses nor doubles', { timeout: 600_000 }, async () => {
  const { mail, api, candidate } = stage;
  const before = (await messagesOf(api, candidate)).map((m) => m.subject).sort();
  mail.dovecot.doveadm('mailbox', 'update', '-u', recruiter, '--uid-validity', '4242', 'INBOX');
  await mail.submit(candidateAddress, { to: recruiter, subject: 'after the renumbering', text: 'x' });
  await until('later mail is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === 'after the renumbering'));
  assert.deepEqual((await messagesOf(api, candidate)).map((m) => m.subject).sort(), [...before, 'after the renumbering'].sort());
});

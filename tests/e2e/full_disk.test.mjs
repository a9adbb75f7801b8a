// REL13: a full disk is told, loses nothing, and is over by itself once there is room. The data folder
// lies on a small file system of its own; where none may be mounted, the test says that it didn't run.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runAsRoot } from '../../tools/testbed/process.mjs';
import { build, candidateAddress, connect, messagesOf, openStage, recruiter, until } from './stage.mjs';

let stage, notMounted;
before(async () => {
  stage = await openStage('full-disk', { extra: ['--fast-retries'], prepare: (folder, closing) => {
    const data = path.join(folder, 'data');
    fs.mkdirSync(data, { mode: 0o700 });
    const owner = `uid=${process.getuid()},gid=${process.getgid()}`;
    try {
      runAsRoot('mount', ['-t', 'tmpfs', '-o', `size=96m,mode=0700,${owner}`, 'hearback-test', data]);
      closing.add(() => runAsRoot('umount', [data]));
    } catch (error) {
      notMounted = `no file system may be mounted here: ${error.message.trim().split('\n').at(-1)}`;
    }
  } });
}, { timeout: 600_000 });
after(() => stage?.closing.close());

function fill(file) {
  const out = fs.openSync(file, 'w');
  for (let size = 1 << 20; size >= 1; size >>= 1)
    try { for (;;) fs.writeSync(out, Buffer.alloc(size)); } catch (error) { assert.equal(error.code, 'ENOSPC'); }
  fs.closeSync(out);
}

test('REL13 S-12 S-13 a full disk is told, loses nothing, and ends by itself', { timeout: 600_000 }, async (t) => {
  if (notMounted) return t.skip(notMounted);
  const { mail, api, candidate, hearback } = stage;
  await connect(api, mail);
  const health = async () => {
    const answer = await fetch(`${hearback.url}/api/v1/health`);
    return { status: answer.status, code: (await answer.json()).code };
  };
  assert.equal((await health()).status, 200);

  const filler = path.join(hearback.data, 'filler');
  fill(filler);
  await until('the health says so', async () => (await health()).code === 'health.disk');
  assert.equal((await health()).status, 503);
  assert.equal((await api.get('/mailboxes')).rows[0].last_error, 'store.disk');
  const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * i) % 251));
  await mail.append(recruiter, [{ raw: await build({ from: candidateAddress, to: recruiter, subject: 'large', text: 'x',
    attachments: [{ filename: 'cv.bin', content }] }) }]);
  assert.ok(!(await messagesOf(api, candidate)).some((m) => m.subject === 'large'));

  fs.rmSync(filler);
  await until('the health is well again', async () => (await health()).status === 200);
  await until('the message is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === 'large'), { within: 120_000 });
  await until('the mailbox is well again', async () => (await api.get('/mailboxes')).rows[0].last_error === '');
  assert.equal((await messagesOf(api, candidate)).length, 1);
  assert.equal((await api.get('/mailboxes')).rows[0].quarantined, 0);
});

// O-1, D-2: what belongs together is started together, or not at all, and a refusal says what to do.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { binary, root, startHearback } from '../../tools/testbed/hearback.mjs';
import { freePort, startChild } from '../../tools/testbed/process.mjs';
import { makeStage } from './stage.mjs';

const { closing, folder } = makeStage('ownership');
after(() => closing.close());

let starts = 0;
/** Starts a server that must refuse: → what it says. */
async function refusal(data, extra = []) {
  const log = path.join(folder, `refusal-${++starts}.log`);
  const child = startChild(binary, ['serve', '--data', data, '--listen', `127.0.0.1:${await freePort()}`, '--pages', path.join(root, 'web', 'dist'), ...extra], { log });
  closing.add(() => child.kill());
  await child.ended;
  return fs.readFileSync(log, 'utf8');
}

test('O-1 another database on the same data folder is refused, and so is a second server', { timeout: 600_000 }, async () => {
  const hearback = await startHearback(folder, closing);
  const other = `sqlite://${path.join(folder, 'other.db')}`;
  assert.match(await refusal(hearback.data, ['--database', other]), /Another Hearback server is running on the data directory/);
  await hearback.stop();
  assert.match(await refusal(hearback.data, ['--database', other]), /belongs to another database[\s\S]*--database/);
  const key = path.join(hearback.data, 'master.key');
  const kept = fs.readFileSync(key);
  fs.rmSync(key);
  assert.match(await refusal(hearback.data), /not the master key/);
  assert.ok(!fs.existsSync(key), 'no new key');
  fs.writeFileSync(key, kept, { mode: 0o600 });
  await hearback.start();
});

test('a data folder into which others write is refused; one that others may read is closed', { timeout: 600_000 }, async () => {
  const open = path.join(folder, 'open');
  fs.mkdirSync(open);
  fs.chmodSync(open, 0o777);
  assert.match(await refusal(open), /may write into the data directory[\s\S]*chmod 700/);
  assert.deepEqual(fs.readdirSync(open), []);
  const readable = path.join(folder, 'readable');
  fs.mkdirSync(path.join(readable, 'data'), { recursive: true });
  fs.chmodSync(path.join(readable, 'data'), 0o755);
  await startHearback(readable, closing);
  assert.equal(fs.statSync(path.join(readable, 'data')).mode & 0o777, 0o700);
});

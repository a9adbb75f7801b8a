// What ends a run of tests well, and what doesn't.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const reporter = fileURLToPath(new URL('failures.mjs', import.meta.url));
const rooms = fileURLToPath(new URL('failed_tests.awk', import.meta.url));
const passes = "import { test } from 'node:test'; test('passes', () => {});";

function run(files) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'failures-'));
  try {
    const names = Object.entries(files).map(([name, text]) => {
      fs.writeFileSync(path.join(folder, name), text);
      return name;
    });
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout } = spawnSync(process.execPath, ['--test', `--test-reporter=${reporter}`, ...names], { cwd: folder, env, encoding: 'utf8' });
    return { status, said: stdout };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

test('a run in which all passes says nothing', () => {
  assert.deepEqual(run({ 'a.test.mjs': passes, 'b.test.mjs': passes }), { status: 0, said: '' });
});

test('a failed test fails the run, and is told with its error', () => {
  const { status, said } = run({ 'a.test.mjs': passes, 'b.test.mjs': "import { test } from 'node:test'; test('fails', () => { throw new Error('boom'); });" });
  assert.equal(status, 1);
  assert.match(said, /^FAILED fails {2}\(b\.test\.mjs:1, \d+ ms\)\nError: boom/);
});

test('a test that takes too long fails the run', () => {
  const { status, said } = run({ 'a.test.mjs': "import { test } from 'node:test'; test('slow', { timeout: 100 }, () => new Promise((done) => setTimeout(done, 2000)));" });
  assert.equal(status, 1);
  assert.match(said, /^FAILED slow .*\n.*timed out/);
});

test('a file of which no test comes to an end fails the run', () => {
  for (const text of ['', "import { test } from 'node:test'; test('slow', () => new Promise((done) => setTimeout(done, 2000))); setImmediate(() => process.exit(0));"]) {
    const { status, said } = run({ 'a.test.mjs': passes, 'b.test.mjs': text });
    assert.equal(said, 'FAILED b.test.mjs: no test of it came to an end\n\n');
    assert.equal(status, 1);
  }
});

test('a file that isn’t there fails the run', () => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  assert.equal(spawnSync(process.execPath, ['--test', path.join(os.tmpdir(), 'nowhere.test.mjs')], { env }).status, 1);
});

test('of what the rooms’ tests said, a failed one is told, and one that never ended', () => {
  const log = `"mail" start time: Nov 30
[ RUN      ] Addresses.Read
said by one that passes
[       OK ] Addresses.Read (3 ms)
[ RUN      ] Addresses.Wrong
a_test.cpp:3: Failure
[  FAILED  ] Addresses.Wrong (1 ms)
[----------] 2 tests from Addresses
[ RUN      ] Addresses.Crashes
ERROR: AddressSanitizer
"store" start time: Nov 30
[ RUN      ] Each/Growth.M6/PostgreSQL
[  FAILED  ] Each/Growth.M6/PostgreSQL, where GetParam() = 4 (1 ms)
[  FAILED  ] 1 test, listed below:
`;
  const { stdout } = spawnSync('awk', ['-f', rooms], { input: log, encoding: 'utf8' });
  assert.equal(stdout, 'FAILED Addresses.Wrong\na_test.cpp:3: Failure\n\nFAILED Addresses.Crashes\nERROR: AddressSanitizer\n\nFAILED Each/Growth.M6/PostgreSQL\n\n');
});

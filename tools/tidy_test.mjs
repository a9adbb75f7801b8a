import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breaches, namedFiles, rooms } from './tidy.mjs';

const may = rooms('room(base MAY USES fmt)\nroom(mail      MAY base   USES ICU::uc)\nroom(net MAY base USES Boost)\nroom(store MAY base mail USES x)\n');
const broken = (file, text) => breaches(file, text, may).length > 0;

test('the room lines are read', () => {
  assert.deepEqual([...may.keys()], ['base', 'mail', 'net', 'store']);
  assert.deepEqual(may.get('mail'), ['mail', 'base']);
});
test('an include against the list is a breach, one along it is not', () => {
  assert.ok(broken('src/base/ids.cpp', '#include "mail/parse.hpp"\n'));
  assert.ok(broken('src/mail/parse.cpp', '#include "store/store.hpp"\n'));
  assert.ok(!broken('src/store/store.cpp', '#include "mail/parse.hpp"\n#include "store/db.hpp"\n'));
});
test('what came along with another room\'s header is not to be named either', () => {
  assert.ok(broken('src/store/store.cpp', 'net::Env& env;\n'));
  assert.ok(broken('src/store/store.cpp', 'const hearback::net::Env* env;\n'));
  assert.ok(!broken('src/store/store.cpp', 'mail::Envelope e;  // of net::Env\nstd::mail x; other::net::Env y;\n'));
});
test('a test may not reach over the list either', () => assert.ok(broken('src/base/ids_test.cpp', '#include "store/store.hpp"\n')));
test('only net knows Asio', () => {
  assert.ok(broken('src/store/store.cpp', '#include <boost/asio/awaitable.hpp>\n'));
  assert.ok(!broken('src/net/loop.cpp', '#include <boost/asio/io_context.hpp>\n'));
});
test('the clock is an argument outside net', () => {
  assert.ok(broken('src/mail/build.cpp', 'auto t = std::chrono::system_clock::now();\n'));
  assert.ok(!broken('src/net/loop.cpp', 'auto t = std::chrono::system_clock::now();\n'));
});
test('no detached coroutines', () => assert.ok(broken('src/net/loop.cpp', 'co_spawn(ex, f(), detached);\n')));
test('long files, empty names and unfinished notes are breaches', () => {
  assert.ok(broken('src/mail/parse.cpp', 'x\n'.repeat(802)));
  assert.ok(!broken('src/mail/parse.cpp', 'x\n'.repeat(800)));
  assert.ok(broken('src/mail/utils.cpp', ''));
  assert.ok(broken('src/mail/parse.cpp', `// ${'TO'}${'DO'} later\n`));
});
test('documents name files', () => {
  assert.deepEqual(namedFiles('see `src/a/b.cpp`, `npm run x` and [c](docs/c.md) or [d](https://d.example/e.html)'), ['src/a/b.cpp', 'docs/c.md']);
});

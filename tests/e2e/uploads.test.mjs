// What ordinary clients read when they send more than the server takes: most of them send a body
// whole before they look for an answer.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openChromium } from '../../tools/testbed/browser.mjs';
import { setUpCompany, startHearback } from '../../tools/testbed/hearback.mjs';
import { run } from '../../tools/testbed/process.mjs';
import { makeStage } from './stage.mjs';

const octets = 40_000_000;
let stage, hearback, api;
before(async () => {
  stage = makeStage('uploads');
  hearback = await startHearback(stage.folder, stage.closing);
  api = await setUpCompany(hearback);
}, { timeout: 600_000 });
after(() => stage?.closing.close());

test('a program reads why its file is refused', { timeout: 600_000 }, async () => {
  for (let i = 0; i < 10; ++i) {  // whether the answer or the end of the line is seen first is chance
    const answer = await api.raw('POST', '/uploads?filename=large.bin', new Uint8Array(octets));
    assert.equal(answer.status, 413);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    await answer.arrayBuffer();
  }
  assert.equal((await api.raw('POST', '/uploads?filename=small.bin', new Uint8Array(10))).status, 201);
});

test('and so does curl, without waiting for a word first', { timeout: 600_000 }, () => {
  const file = path.join(stage.folder, 'large.bin');
  fs.writeFileSync(file, Buffer.alloc(octets));
  const status = run('curl', ['--silent', '--output', path.join(stage.folder, 'answer'), '--write-out', '%{http_code}',
    '--header', 'Expect:', '--cookie', api.cookie, '--header', `Origin: ${hearback.url}`, '--header', 'Sec-Fetch-Site: same-origin',
    '--header', 'Content-Type: application/octet-stream', '--data-binary', `@${file}`, `${hearback.url}/api/v1/uploads?filename=large.bin`]);
  assert.equal(status, '413');
});

test('a browser, too, signed in and not', { timeout: 600_000 }, async () => {
  const browser = await openChromium(stage.closing);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(hearback.url);  // whatever lies there: its own policy lets it ask the API
  const upload = () => page.evaluate(async (size) => {
    const answer = await fetch('/api/v1/uploads?filename=large.bin', { method: 'POST', body: new Blob([new Uint8Array(size)]) });
    return `${answer.status} ${(await answer.json()).code ?? ''}`;
  }, octets);
  assert.equal(await upload(), '401 session.required');
  const [name, value] = api.cookie.split(/=(.*)/);
  await context.addCookies([{ name, value, url: hearback.url }]);
  assert.match(await upload(), /^413 /);
});

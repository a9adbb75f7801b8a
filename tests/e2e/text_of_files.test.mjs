// M-6, SEC18: a CV that comes by a real mail server is found by what stands in it, and the row says in which file.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { letterPdf } from './files.mjs';
import { adminPassword, build, candidateAddress, connect, openBrowser, openStage, recruiter, until } from './stage.mjs';

let stage, browser, tabOf, shoot, fits, url;
const append = async (id, subject, text, attachments) => stage.mail.append(recruiter, [{
  date: new Date(),
  raw: await build({ messageId: `<${id}@post.example>`, from: `Jane Doe <${candidateAddress}>`, to: recruiter, date: new Date(), subject, text, attachments }),
}]);
const search = (typed) => stage.api.get(`/search?q=${encodeURIComponent(typed)}`);

before(async () => {
  stage = await openStage('text_of_files');
  url = stage.hearback.url;
  await connect(stage.api, stage.mail);
  ({ browser, tabOf, shoot, fits } = await openBrowser(stage, 900));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

test('M-6 a CV is found by a word in it, and the row says in which file', { timeout: 600_000 }, async () => {
  await append('cv', 'My application', 'Dear team,\n\nplease find my CV attached.\n\nJane', [
    { filename: 'broken.pdf', content: '%PDF-1.4 and no more', contentType: 'application/pdf' },
    { filename: 'Jane Doe CV 2026.pdf', content: letterPdf([['Curriculum vitae', 'I have run Kubernetes clusters since 2019'], ['References on request']]), contentType: 'application/pdf' },
    { filename: 'skills.txt', content: 'Terraform, Ansible, Zürich', contentType: 'text/plain; charset=utf-8' },
  ]);
  const found = await until('the CV is found', async () => {
    const answer = await search('kubernetes');
    return answer.complete && answer.conversations.length === 1 && answer;
  });
  const { match } = found.conversations[0];
  assert.equal(match.where, 'contents');
  assert.equal(match.file.name, 'Jane Doe CV 2026.pdf');
  assert.deepEqual(match.excerpt.filter((piece) => piece.hit).map((piece) => piece.text), ['Kubernetes']);
  assert.equal((await search('"references on request"')).conversations.length, 1);
  assert.equal((await search('"request terraform"')).conversations.length, 0);
  assert.equal((await search('zurich please')).conversations[0].match.file, null);
  assert.equal((await search('file:kubernetes')).conversations.length, 0);

  for (const [width, dark] of [[1440, false], [390, true]]) {
    const tab = await tabOf(width, { dark });
    await tab.goto(`${url}/search?q=kubernetes`);
    const line = tab.locator('.thread-row.found .third');
    await line.locator('mark', { hasText: 'Kubernetes' }).waitFor();
    assert.equal(await line.locator('.thread-file bdi').innerText(), 'Jane Doe CV 2026.pdf');
    await fits(tab);
    await shoot(tab, `file-${width}`);
    await line.click();
    await tab.locator('.message.found').getByText('please find my CV attached').waitFor();
    await tab.context().close();
  }
});

test('SEC18 a server that is killed right behind an arrival reads on', { timeout: 600_000 }, async () => {
  await append('second', 'More of me', 'And a letter.', [{ filename: 'letter.txt', content: 'Saltstack and Puppet', contentType: 'text/plain' }]);
  await stage.hearback.kill9();
  await stage.hearback.start();
  await stage.api.signIn(recruiter, adminPassword);
  await until('it is found', async () => (await search('saltstack')).conversations.length === 1);
});

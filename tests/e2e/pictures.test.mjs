// Pictures that lie on somebody's web server: nothing is loaded before somebody asks, then by the server, once.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import { after, before, test } from 'node:test';
import { png } from './files.mjs';
import { build, candidateAddress, connect, openBrowser, openStage, recruiter, until } from './stage.mjs';

let stage, url, web, tabOf, shoot, fits;
const asked = [];  // of the sender's web server

before(async () => {
  stage = await openStage('pictures', { extra: ['--fast-retries'] });
  url = stage.hearback.url;
  const { key, crt } = stage.mail.authority.issue('web', ['localhost', '127.0.0.1']);
  web = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(crt) }, (request, response) => {
    asked.push({ path: request.url, headers: request.headers });
    if (request.url === '/inside') return response.writeHead(302, { location: 'https://10.0.0.1/secret' }).end();
    if (!request.url.startsWith('/photo')) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'image/svg+xml', 'set-cookie': 'seen=1' }).end(png(300, 100));
  });
  await new Promise((listening) => web.listen(0, '127.0.0.1', listening));
  stage.closing.add(() => { web.closeAllConnections(); web.close(); });
  const there = `https://localhost:${web.address().port}`;
  const date = new Date(Date.now() - 3_600_000);
  const html = `<p>Hello Ada, here is my portfolio.</p>
    <img src="${there}/inside">
    <img src="${there}/photo?of=1&amp;size=2" width="300" height="100" alt="My first work"><p>and</p>
    <img src="${there}/photo?of=2" style="width:150px"><img src="${there}/gone" alt="A third one">
    <img src="${there}/pixel" width="1" height="1"><p style="background:url(${there}/ground)">The end.</p>`;
  const letter = async (name, subject, html) => ({ date, flags: ['\\Seen'], raw: await build({ messageId: `<${name}@post.example>`, from: `Jane Doe <${candidateAddress}>`, to: recruiter, date, subject, html }) });
  await stage.mail.append(recruiter, [
    await letter('portfolio', 'Portfolio', html),
    await letter('short', 'A short word', `<p>See you tomorrow.</p><img src="${there}/pixel" width="1" height="1">`),
  ]);
  await connect(stage.api, stage.mail);
  ({ tabOf, shoot, fits } = await openBrowser(stage));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const words = {
  en: { load: 'Load pictures', none: '6 remote pictures are not loaded', left: '2 remote pictures couldn’t be loaded.', again: 'Try again' },
  de: { load: 'Bilder laden', none: '6 entfernte Bilder werden nicht geladen', left: '2 entfernte Bilder', again: 'Erneut versuchen' },
  fr: { load: 'Charger les images', none: '6 images distantes ne sont pas chargées', left: '2 images distantes', again: 'Réessayer' },
};
async function open(width, options = {}, subject = 'Portfolio') {
  const tab = await tabOf(width, options);
  const elsewhere = [];
  tab.on('request', (request) => { if (!request.url().startsWith(url) && !/^(?:blob|data|about):/.test(request.url())) elsewhere.push(request.url()); });
  const thread = (await stage.api.all(`/threads?candidate=${stage.candidate.id}`)).find((row) => row.subject === subject);
  await tab.goto(`${url}/inbox/${thread.id}`);
  const frame = tab.locator('.message.open iframe');
  await frame.waitFor();
  await until('its height is known', () => frame.evaluate((one) => getComputedStyle(one).visibility === 'visible'));
  const drawn = () => frame.evaluate((one) => [...one.contentDocument.images].filter((image) => image.complete && image.naturalWidth > 0).map((image) => [image.naturalWidth, image.clientWidth, image.clientHeight]));
  const boxes = () => frame.evaluate((one) => [...one.contentDocument.images].map((image) => [image.clientWidth, image.clientHeight]));
  return { tab, frame, elsewhere, drawn, boxes };
}

test('SEC2 U2 pictures of elsewhere are loaded when somebody asks, by the server, once', { timeout: 600_000 }, async () => {
  for (const [width, language, dark] of [[1440, 'de', true], [390, 'fr', false]]) {
    const { tab } = await open(width, { language, dark });
    await tab.getByText(words[language].none).waitFor();
    await tab.getByRole('button', { name: words[language].load }).waitFor();
    await fits(tab);
    await shoot(tab, `before-${width}-${language}`);
    await tab.context().close();
  }
  const { tab, frame, elsewhere, drawn, boxes } = await open(1440);
  await tab.getByText(words.en.none).waitFor();
  await shoot(tab, 'before-1440-en');
  assert.deepEqual(asked, [], 'nothing is loaded before somebody asks');
  // Where a picture says how large it is, nothing moves when it comes.
  const before = (await boxes())[1];
  assert.ok(Math.abs(before[0] - 300) <= 2 && Math.abs(before[1] - 100) <= 2, `its box: ${before}`);
  await tab.getByRole('button', { name: words.en.load }).focus();
  await tab.keyboard.press('Enter');
  await tab.getByText(words.en.left).waitFor();
  await until('both are drawn', async () => (await drawn()).length === 2);
  assert.deepEqual((await drawn()).map(([natural, shown]) => [natural, shown]), [[300, 300], [300, 150]]);
  assert.deepEqual(asked.map((one) => one.path), ['/inside', '/photo?of=1&size=2', '/photo?of=2', '/gone']);
  for (const { headers } of asked) assert.deepEqual(Object.keys(headers).sort(), ['accept', 'accept-encoding', 'host', 'user-agent']);
  await shoot(tab, 'after-1440-en');
  // Once more asks for what is missing alone.
  asked.length = 0;
  await tab.getByRole('button', { name: words.en.again }).click();
  await until('it was asked again', () => asked.length === 2);
  await tab.getByRole('button', { name: words.en.again }).and(tab.locator(':not([aria-busy])')).waitFor();
  assert.deepEqual(asked.map((one) => one.path), ['/inside', '/gone']);
  assert.deepEqual(elsewhere, [], 'the browser asks nobody else');
  assert.equal(await frame.evaluate((one) => one.contentDocument.cookie), '');
  await tab.context().close();

  // Whoever opens it from now on sees them, and nobody learns of it.
  asked.length = 0;
  for (const [width, language, dark] of [[1440, 'de', true], [390, 'fr', false], [360, 'en', true]]) {
    const later = await open(width, { language, dark });
    await until('both are drawn', async () => (await later.drawn()).length === 2);
    await later.tab.getByRole('button', { name: words[language].load }).waitFor();
    await fits(later.tab);
    await shoot(later.tab, `later-${width}-${language}`);
    assert.deepEqual(later.elsewhere, []);
    await later.tab.context().close();
  }
  assert.deepEqual(asked, []);
});

test('SEC2 where nothing would be shown, a line says so, and offers nothing', { timeout: 600_000 }, async () => {
  asked.length = 0;
  const never = { en: '1 remote picture is never loaded', de: '1 entferntes Bild wird nie geladen', fr: '1 image distante n’est jamais chargée' };
  for (const [width, language, dark] of [[1440, 'en', false], [390, 'de', true], [360, 'fr', false]]) {
    const { tab, elsewhere } = await open(width, { language, dark }, 'A short word');
    const line = tab.locator('.never-loaded').filter({ hasText: never[language] });
    await line.waitFor();
    assert.ok((await line.boundingBox()).height <= 24, 'it is one line');
    assert.equal(await tab.locator('.message-note').count(), 0);
    assert.equal(await tab.getByRole('button', { name: words[language].load }).count(), 0);
    await fits(tab);
    await shoot(tab, `never-${width}-${language}`);
    assert.deepEqual(elsewhere, []);
    await tab.context().close();
  }
  assert.deepEqual(asked, []);
});

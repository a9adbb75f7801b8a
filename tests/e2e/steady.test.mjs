// Nothing moves away from under the reader: what shifts by itself in each place, as browsers count it
// (Layout Instability), wide and narrow, with servers that answer late.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { letterPdf } from './files.mjs';
import { build, candidateAddress, connect, imported, openBrowser, openStage, recruiter } from './stage.mjs';

const MOST = 0.01;
let stage, url, tabOf;
const people = [['Jane Doe', candidateAddress], ...['Lea Kern', 'Tom Ober', 'Mia Lund', 'Ole Berg', 'Ida Falk'].map((name) => [name, `${name.split(' ')[0].toLowerCase()}@post.example`])];
before(async () => {
  stage = await openStage('steady');
  url = stage.hearback.url;
  const job = await stage.api.post('/jobs', { title: 'Welder', kind: 'offer', team: [] });
  await stage.api.post(`/candidates/${stage.candidate.id}/applications`, { job: job.id });
  for (const [name, address] of people.slice(1)) await stage.api.post('/candidates', { name, addresses: [address], job: job.id });
  const letters = [];
  for (const [at, [name, address]] of people.entries())
    for (const subject of ['My application', 'A question', 'Some words that take more than one line, so that what stands below them would have to make room'])
      letters.push(letter(letters.length * 5 + at, name, address, subject));
  await stage.mail.append(recruiter, await Promise.all(letters));
  const mailbox = await connect(stage.api, stage.mail);
  await imported(stage.api, mailbox.id);
  ({ tabOf } = await openBrowser(stage, 900));
}, { timeout: 600_000 });
after(() => stage?.closing.close());

async function letter(hours, name, address, subject) {
  const date = new Date(Date.now() - hours * 3_600_000);
  return { date, flags: hours % 2 ? ['\\Seen'] : [], raw: await build({
    messageId: `<${hours}@post.example>`, from: `${name} <${address}>`, to: recruiter, date, subject,
    html: `<p>Dear all,</p><p>${'words '.repeat(60)}</p><table><tr><td>one</td><td>two</td></tr></table>`,
    attachments: [{ filename: 'CV.pdf', content: letterPdf([[name]]) }, { filename: 'work.zip', content: 'PK' }] }) };
}

// Late, and each differently: what comes second shows where it pushes the first.
async function slow(tab) {
  let asked = 0;
  await tab.route('**/api/v1/**', async (route) => {
    if (!route.request().url().includes('/events')) await new Promise((ready) => setTimeout(ready, 30 + (asked++ % 5) * 60));
    await route.continue().catch(() => {});
  });
}
const watch = (tab) => tab.addInitScript(() => {
  window.shifts = [];
  const nameOf = (node) => (node?.nodeType === 1 ? `${node.tagName.toLowerCase()}.${node.className}` : node?.parentElement?.className ?? '');
  new PerformanceObserver((list) => {
    for (const one of list.getEntries())
      if (!one.hadRecentInput)
        window.shifts.push({ value: one.value, what: one.sources.map((source) => `${nameOf(source.node)} ${Math.round(source.previousRect.y)}→${Math.round(source.currentRect.y)}`) });
  }).observe({ type: 'layout-shift', buffered: true });
});
async function steady(tab, where) {
  await tab.waitForTimeout(1200); // past what comes late
  const shifts = await tab.evaluate(() => window.shifts.splice(0));
  const sum = shifts.reduce((all, { value }) => all + value, 0);
  assert.ok(sum <= MOST, `${where} shifts by ${sum.toFixed(4)}: ${JSON.stringify(shifts.slice(0, 6))}`);
}

for (const [width, language, dark] of [[1440, 'en', false], [1920, 'de', true], [390, 'fr', false]])
  test(`nothing shifts by itself at ${width}`, { timeout: 600_000 }, async () => {
    const tab = await tabOf(width, { language, dark });
    await watch(tab);
    await slow(tab);
    const threads = await stage.api.all(`/threads?candidate=${stage.candidate.id}`);
    const places = ['/inbox', '/all', '/sent', '/candidates', '/jobs', `/inbox/${threads[0].id}`, `/candidates/${stage.candidate.id}`, `/candidates/${stage.candidate.id}?view=conversations`, '/search?q=words', '/settings/account/profile/email'];
    for (const place of places) {
      await tab.goto(url + place);
      await tab.locator('main, #main').first().waitFor();
      await steady(tab, `${place} at ${width}`);
    }
    await tab.goto(`${url}/inbox`);
    await tab.locator('a.thread-row').first().click();
    for (let i = 0; i < 3; ++i) {
      await tab.locator('.message.open').first().waitFor();
      await steady(tab, `conversation ${i} at ${width}`);
      if (width > 1000) await tab.keyboard.press('j');
    }
  });

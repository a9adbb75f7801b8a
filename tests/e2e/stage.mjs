// What most end-to-end tests stand on: one company on real servers, with a recruiter's mailbox.
import { openChromium } from '../../tools/testbed/browser.mjs';
import { Closing, privateFolder, until } from '../../tools/testbed/process.mjs';
import { addUser, mailboxOf, openLink, setUpCompany, startHearback, adminPassword } from '../../tools/testbed/hearback.mjs';
import { startMail } from '../../tools/testbed/mail.mjs';
import fs from 'node:fs';
import { MailComposer } from '../../tools/testbed/peers.mjs';
import path from 'node:path';

export { addUser, openLink, until, mailboxOf, adminPassword };
export const domain = 'lindenhof.example';
export const recruiter = `ada@${domain}`;
export const candidateAddress = 'jane.doe@post.example';

export const build = (mail) => new MailComposer(mail).compile().build();

/** A private folder that goes when `closing` closes. */
export function makeStage(name) {
  const closing = new Closing();
  const folder = privateFolder(name);
  closing.add(() => fs.rmSync(folder, { recursive: true, force: true }));
  return { closing, folder };
}

/**
 * Mail servers, Hearback, a company whose admin is `recruiter`, one candidate. Not yet connected.
 * more: options of startMail; extra: arguments of the server; prepare: is called before anything
 * starts.
 */
export async function openStage(name, { rawlog = false, extra = [], settings = {}, users = [], prepare } = {}) {
  const { closing, folder } = makeStage(name);
  try {
    prepare?.(folder, closing);
    const mail = await startMail(folder, closing, {
      host: `mail.${domain}`, domains: [domain, 'post.example'], rawlog, settings,
      users: [recruiter, `clara@${domain}`, candidateAddress, ...users].map((address) => ({ address, password: 'pass word ü' })),
    });
    const hearback = await startHearback(folder, closing, { mail, extra });
    const api = await setUpCompany(hearback);
    const candidate = await api.post('/candidates', { name: 'Jane Doe', addresses: [candidateAddress] });
    return { closing, folder, mail, hearback, api, candidate };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** Connects and waits until the agreed past is imported. */
export async function connect(api, mail, address = recruiter, more = {}) {
  const mailbox = await api.post('/mailboxes', mailboxOf(mail, address, more));
  return imported(api, mailbox.id);
}
export const imported = (api, id) =>
  until('the first import is complete', async () => {
    const { importing } = await api.get(`/mailboxes/${id}`);
    return !importing && api.get(`/mailboxes/${id}`); // what else it says may have been read just before
  });

/** Every message that the candidate's threads hold, with its thread. */
export async function messagesOf(api, candidate) {
  const threads = await api.all(`/threads?candidate=${candidate.id}`);
  const found = [];
  for (const row of threads) {
    const thread = await api.get(`/threads/${row.id}`);
    for (const message of thread.messages) found.push({ ...message, thread: thread.id, threadKind: thread.kind });
  }
  return found;
}

/** A browser whose tabs are signed in as the recruiter. HEARBACK_SHOTS: a folder for pictures of each state, to be looked at. */
export async function openBrowser(stage, height = 800) {
  const browser = await openChromium(stage.closing);
  const { url } = stage.hearback;
  const shots = process.env.HEARBACK_SHOTS;
  if (shots) fs.mkdirSync(shots, { recursive: true });
  return {
    browser,
    async tabOf(width, { language = 'en', dark = false } = {}) {
      await stage.api.patch('/me', { language });
      const context = await browser.newContext({ viewport: { width, height }, locale: language, colorScheme: dark ? 'dark' : 'light' });
      await context.request.post(`${url}/api/v1/session`, { data: { email: recruiter, password: adminPassword }, headers: { origin: url, 'sec-fetch-site': 'same-origin' } });
      return context.newPage();
    },
    shoot: (tab, name) => shots && tab.screenshot({ path: path.join(shots, `${name}.png`) }),
    async fits(tab) {
      const over = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) throw new Error(`it is ${over} px too wide`);
    },
  };
}

/** The seconds of processor that a page's process takes for `action`: a page that is frozen burns them, one whose neighbors do doesn't. */
export async function processorSeconds(tab, action) {
  const session = await tab.context().newCDPSession(tab);
  const spent = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ProcessTime').value;
  await session.send('Performance.enable');
  const before = await spent();
  await action();
  const took = (await spent()) - before;
  await session.detach();
  return took;
}

// O-1: the same server on PostgreSQL: import, live mail, sending, and all of it there after kill -9.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { adminPassword } from '../../tools/testbed/hearback.mjs';
import { startPostgres } from '../../tools/testbed/postgres.mjs';
import { build, candidateAddress, connect, makeStage, messagesOf, openStage, recruiter, until } from './stage.mjs';

const database = makeStage('postgres');
let stage, postgres;
before(async () => {
  postgres = await startPostgres(database.folder, database.closing);
  stage = await openStage('on-postgres', { extra: ['--database', postgres.uri, '--fast-retries'] });
}, { timeout: 600_000 });
after(async () => {
  await stage?.closing.close();
  await database.closing.close();
});

test('O-1 the main job on PostgreSQL', { timeout: 600_000 }, async () => {
  const { mail, api, candidate, hearback } = stage;
  await mail.append(recruiter, await Promise.all(Array.from({ length: 60 }, async (_, i) => ({
    raw: await build({ from: i % 3 ? 'mum@home.example' : candidateAddress, to: recruiter, subject: `letter ${i}`, messageId: `<l${i}@post.example>`, text: `text ${i}` }) }))));
  const mailbox = await connect(api, mail);
  assert.equal((await messagesOf(api, candidate)).length, 20);
  await mail.submit(candidateAddress, { to: recruiter, subject: 'live', text: 'x' });
  const live = await until('live mail is there', async () => (await messagesOf(api, candidate)).find((m) => m.subject === 'live'));
  const row = await api.post('/messages', { mailbox: mailbox.id, thread: live.thread, to: [candidateAddress], subject: 'Re: live', text: 'yes' });
  await until('it lies in Sent', async () => (await api.get(`/outbox/${row.id}`)).state === 'seen_in_sent');
  await hearback.kill9();
  await hearback.start();
  await api.signIn(recruiter, adminPassword);
  await mail.submit(candidateAddress, { to: recruiter, subject: 'after the kill', text: 'x' });
  await until('later mail is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === 'after the kill'));
  assert.equal((await messagesOf(api, candidate)).length, 23);
  assert.equal((await mail.read(recruiter, 'Sent')).length, 1);
});

const healthOf = async (hearback) => {
  const answer = await fetch(`${hearback.url}/api/v1/health`);
  return { status: answer.status, code: (await answer.json()).code };
};

test('REL14 a database that has become a standby is told, and all is well when it is none', { timeout: 600_000 }, async () => {
  const { mail, api, candidate, hearback } = stage;
  assert.equal((await healthOf(hearback)).status, 200);
  postgres.stop();
  postgres.standBy();
  postgres.start();
  await until('the health says so', async () => {
    await api.raw('POST', '/jobs', { title: 'Optician' });
    return (await healthOf(hearback)).code === 'health.read-only';
  });
  assert.equal((await healthOf(hearback)).status, 503);
  await until('what is there can be read', async () => (await api.raw('GET', `/candidates/${candidate.id}`)).status === 200);
  await mail.submit(candidateAddress, { to: recruiter, subject: 'while it stood by', text: 'x' });
  postgres.promote();
  await until('the health is well again', async () => (await healthOf(hearback)).status === 200);
  await until('the message is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === 'while it stood by'), { within: 120_000 });
});

test('REL14 a database that is away is told, and what came meanwhile is there afterwards', { timeout: 600_000 }, async () => {
  const { mail, api, candidate, hearback } = stage;
  const health = () => healthOf(hearback);
  postgres.stop();
  await until('the health says so', async () => (await health()).code === 'health.store');
  await mail.submit(candidateAddress, { to: recruiter, subject: 'while it was away', text: 'x' });
  postgres.start();
  await until('the health is well again', async () => (await health()).status === 200);
  await until('the message is there', async () => (await messagesOf(api, candidate)).some((m) => m.subject === 'while it was away'), { within: 120_000 });
});

test('REL14 a database that hangs doesn’t keep the health waiting, and who waited is answered when it goes on', { timeout: 600_000 }, async () => {
  const { api, candidate, hearback } = stage;
  const get = () => api.raw('GET', `/candidates/${candidate.id}`);
  postgres.hang();
  let asked;
  try {
    asked = Array.from({ length: 20 }, get);  // more than there are threads to ask with
    await until('the health says so', async () => (await healthOf(hearback)).code === 'health.store', { within: 10_000 });
    // A machine that is busy holds one up, a health that waits for the database each of them.
    const took = [];
    for (let i = 0; i < 5; ++i) {
      const began = performance.now();
      assert.equal((await healthOf(hearback)).code, 'health.store');
      took.push(performance.now() - began);
    }
    assert.ok(Math.min(...took) < 3_000, `the health took ${took} ms`);
  } finally {
    postgres.goOn();
  }
  await until('the health is well again', async () => (await healthOf(hearback)).status === 200);
  for (const answer of await Promise.all(asked)) assert.equal(answer.status, 200);
});

test('O-1 a database that another server has taken over meanwhile is told', { timeout: 600_000 }, async () => {
  const { api, hearback } = stage;
  postgres.query("update process_owner set process = 'another'");
  await until('the health says so', async () => (await healthOf(hearback)).code === 'health.not-held');
  const refused = await api.raw('POST', '/jobs', { title: 'Optician' });
  assert.match((await refused.json()).code, /^store\.(not-held|taken-over)$/);  // whoever sees it first
});

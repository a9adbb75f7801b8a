// O-2: openapi.yaml is what the running server does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ajv, addFormats, yaml } from '../../tools/testbed/peers.mjs';
import { build, candidateAddress, connect, mailboxOf, messagesOf, openStage, recruiter, until, domain } from './stage.mjs';

let stage, contract, ajv;
before(async () => {
  stage = await openStage('contract', { extra: ['--fast-retries'] });
  contract = yaml.parse(await (await fetch(`${stage.hearback.url}/api/v1/openapi.yaml`)).text());
  ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(contract, 'contract');
}, { timeout: 600_000 });
after(() => stage?.closing.close());

const used = new Set();
const resolve = (node) => (node?.$ref ? node.$ref.split('/').slice(1).reduce((at, key) => at[key], contract) : node);

/** Calls an operation and holds the answer against the contract. */
async function ask(operationId, parameters = {}, { api = stage.api, query = '', body, headers } = {}) {
  for (const [template, item] of Object.entries(contract.paths))
    for (const [method, operation] of Object.entries(item)) {
      if (operation.operationId !== operationId) continue;
      used.add(operationId);
      const at = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters[name]));
      const answer = await api.raw(method.toUpperCase(), at + query, body, headers);
      const described = resolve(operation.responses[answer.status]);
      assert.ok(described, `${operationId}: status ${answer.status} isn't in the contract: ${await answer.clone().text()}`);
      const type = (answer.headers.get('content-type') ?? '').split(';')[0];
      const text = await answer.text();
      if (!described.content) return assert.equal(text, ''), answer;
      const schema = described.content[type] ?? described.content['*/*'];
      assert.ok(schema, `${operationId}: ${type} isn't in the contract for ${answer.status}`);
      const value = /json/.test(type) ? JSON.parse(text) : text;
      if (/json/.test(type)) {
        const pointer = `contract#/x-${operationId}-${answer.status}`;
        const validate = ajv.getSchema(pointer) ?? ajv.compile(absolute(schema.schema));
        assert.ok(validate(value), `${operationId}: ${JSON.stringify(validate.errors, null, 1)} in ${text.slice(0, 800)}`);
      }
      return value;
    }
  throw new Error(`no operation ${operationId}`);
}
// References inside a compiled fragment must name the document they lie in.
const absolute = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"contract#/'));

test('O-2 every answer is as the contract says', { timeout: 600_000 }, async () => {
  const { mail, api, hearback } = stage;
  await ask('getHealth');
  await ask('getSetup');
  await ask('setUp', {}, { body: { company: 'Again', name: 'X', email: 'x@x.example', password: 'long enough password', secret: '' } });
  await ask('setUp', {}, { body: { company: '' } });
  await ask('getMe', {}, { api: hearback.api() });
  await ask('signIn', {}, { api: hearback.api(), body: { email: recruiter, password: 'wrong' } });
  await ask('getMe');
  await ask('changeMe', {}, { body: { language: 'fr', signature_html: '<p>Ada</p>' } });
  await ask('changeMe', {}, { body: { language: 'tlh' } });
  const token = await ask('makeToken', {}, { body: { name: 'script' } });
  await ask('listTokens');
  const program = hearback.api();
  assert.equal((await fetch(`${hearback.url}/api/v1/me`, { headers: { authorization: `Bearer ${token.secret}` } })).status, 200);
  await ask('getMe', {}, { api: program, headers: { authorization: `Bearer ${token.secret}` } });
  await ask('removeToken', { id: token.id });
  assert.equal((await fetch(`${hearback.url}/api/v1/me`, { headers: { authorization: `Bearer ${token.secret}` } })).status, 401);
  const user = await ask('addUser', {}, { body: { name: 'Clara', email: `clara@${domain}`, role: 'manager' } });
  await ask('addUser', {}, { body: { name: 'Clara', email: `CLARA@${domain}`, role: 'manager' } });
  await ask('listUsers');
  assert.deepEqual((await ask('listUsers', {}, { query: '?q=CLAR&active=true&limit=1' })).rows.map((one) => one.name), ['Clara']);
  const invited = await ask('inviteToConnect', { id: user.id });
  assert.deepEqual((await ask('inviteToConnect', { id: user.id })).invitation, invited);
  assert.deepEqual((await ask('listUsers', {}, { query: '?q=CLAR' })).rows[0].invitation, invited);
  const link = ({ path }) => path.split('#')[1];
  const again = await ask('makeLink', { id: user.id });
  await ask('makeLink', { id: '00000000-0000-7000-8000-000000000000' });
  await ask('makeLink', { id: (await api.get('/me')).user.id });
  const clara = hearback.api(), tablet = hearback.api();
  await ask('readLink', {}, { api: clara, body: { link: link(user.link) } });
  assert.equal((await ask('readLink', {}, { api: clara, body: { link: link(again) } })).kind, 'welcome');
  await ask('useLink', {}, { api: clara, body: { link: link(again), password: 'short' } });
  await ask('useLink', {}, { api: clara, body: { link: link(again), password: 'long enough password' } });
  await ask('useLink', {}, { api: clara, body: { link: link(again), password: 'long enough password' } });
  await tablet.signIn(`clara@${domain}`, 'long enough password');
  const sessions = (await ask('listSessions', {}, { api: clara })).rows;
  assert.equal(sessions.length, 2);
  await ask('endSession', { id: sessions.find((one) => !one.this).id }, { api: clara });
  await ask('endSession', { id: user.id }, { api: clara });
  await ask('endOtherSessions', {}, { api: clara });
  await ask('changePassword', {}, { api: clara, body: { current: 'wrong', password: 'a still longer password' } });
  await ask('changePassword', {}, { api: clara, body: { current: 'long enough password', password: 'a still longer password' } });
  assert.equal((await ask('makeLink', { id: user.id }, { api: clara })).code, 'access.denied');
  await ask('changeUser', { id: user.id }, { body: { name: 'Clara C.', role: 'evaluator', all_jobs: true } });
  await ask('changeUser', { id: user.id }, { body: { name: 'Clara', role: 'manager', all_jobs: false } });
  await ask('changeUser', { id: user.id }, { body: { role: 'owner' } });
  await ask('changeUser', { id: user.id }, { body: { email: `claire@${domain}`, language: 'fr', time_zone: 'Europe/Paris' } });
  await ask('changeUser', { id: user.id }, { body: { email: 'nobody', time_zone: 'Nowhere' } });
  assert.equal((await ask('changeUser', { id: user.id }, { body: { email: candidateAddress } })).code, 'user.address-of-candidate');
  await ask('changeUser', { id: user.id }, { body: { email: `clara@${domain}`, language: 'en', time_zone: 'UTC' } });
  await ask('changeCompany', {}, { body: { name: 'Acme & Sons' } });
  await ask('changeCompany', {}, { body: { name: '' } });
  assert.equal((await ask('changeCompany', {}, { api: clara, body: { name: 'Mine' } })).code, 'access.denied');
  await ask('changeUser', { id: user.id }, { api: clara, body: { role: 'admin' } });
  await ask('changeUser', { id: '00000000-0000-7000-8000-000000000000' }, { body: { active: false } });
  assert.equal((await ask('changeUser', { id: (await api.get('/me')).user.id }, { body: { active: false } })).code, 'user.last-admin');
  assert.equal((await ask('listInvitations', {}, { api: clara })).rows.length, 1);
  await ask('listOfferedServers', {}, { api: clara, query: '?domain=acme.example' });
  await ask('listOfferedServers', {}, { api: clara, query: '?domain=no%20domain' });
  await ask('addUser', {}, { api: clara, body: { name: 'N', email: 'n@n.example', role: 'admin' } });
  const job = await ask('addJob', {}, { body: { title: 'Optician', team: [user.id] } });
  await ask('listJobs');
  assert.equal((await ask('listJobs', {}, { query: '?q=OPTI&open=true&limit=1' })).rows[0].team[0].name, 'Clara');
  await ask('listJobs', {}, { query: '?open=perhaps' });
  await ask('getJob', { id: job.id });
  await ask('getJob', { id: '00000000-0000-7000-8000-000000000000' });
  assert.equal((await ask('changeJob', { id: job.id }, { body: { open: false } })).open, false);
  assert.equal((await ask('addCandidate', {}, { body: { name: 'Nora', addresses: [], job: job.id } })).code, 'job.closed');
  await ask('changeJob', { id: job.id }, { body: { open: true } });
  await ask('changeJob', { id: job.id }, { body: { open: 'perhaps' } });
  await ask('changeJob', { id: '00000000-0000-7000-8000-000000000000' }, { body: { open: false } });
  const candidate = await ask('addCandidate', {}, { body: { name: 'Nora', addresses: ['nora@post.example'], job: job.id, phase: job.phases[1].id, status: job.statuses[0].id } });
  assert.equal((await ask('listCandidates', {}, { query: `?job=${job.id}&phase=${job.phases[1].id}&status=${job.statuses[0].id}` })).rows[0].name, 'Nora');
  assert.equal((await ask('listCandidates', {}, { query: `?job=${job.id}&phase=${job.phases[0].id}` })).rows.length, 0);
  assert.equal((await ask('listCandidates', {}, { query: `?phase=${job.phases[1].id}` })).field, 'phase');
  assert.deepEqual((await ask('countStages', { id: job.id })).phases.slice(0, 2).map((one) => one.candidates), [0, 1]);
  await ask('countStages', { id: '00000000-0000-7000-8000-000000000000' });
  // O-5: phases and statuses, and who moved an application.
  const [application] = candidate.applications;
  assert.equal(application.phase.name, job.phases[1].name);
  const to = (phase, from) => ({ body: { phase: job.phases[phase].id, from: { phase: job.phases[from].id } } });
  const moved = await ask('moveApplication', { id: application.id }, to(2, 1));
  assert.deepEqual([moved.phase, moved.moved_by], [job.phases[2], (await ask('getMe')).user.name]);
  const late = await ask('moveApplication', { id: application.id }, to(3, 1));
  assert.deepEqual([late.code, late.application], ['application.moved', moved]);
  await ask('moveApplication', { id: application.id }, { body: {} });
  await ask('moveApplication', { id: '00000000-0000-7000-8000-000000000000' }, to(2, 1));
  await ask('removeApplication', { id: application.id }, { query: '?phase=one' });
  assert.deepEqual((await ask('removeApplication', { id: application.id }, { query: `?phase=${job.phases[1].id}` })).application, moved);
  await ask('removeApplication', { id: application.id }, { query: `?phase=${moved.phase.id}&status=${moved.status.id}` });
  await ask('removeApplication', { id: application.id });
  assert.deepEqual((await ask('getCandidate', { id: candidate.id })).applications, []);
  await ask('putBackApplication', { id: application.id });
  await ask('putBackApplication', { id: job.id });
  assert.deepEqual((await ask('getCandidate', { id: candidate.id })).applications, [moved]);
  const without = (removed, more = {}) => ({ body: { title: 'Opticians', phases: job.phases.filter((one) => one !== removed), version: job.version, ...more } });
  const inUse = await ask('changeJob', { id: job.id }, without(job.phases[2]));
  assert.deepEqual([inUse.code, inUse.stages], ['job.stage-in-use', [{ ...job.phases[2], applications: 1 }]]);
  const edited = await ask('changeJob', { id: job.id }, without(job.phases[2], { replace: [{ removed: job.phases[2].id, by: job.phases[3].id }] }));
  assert.deepEqual([edited.title, edited.phases.length], ['Opticians', job.phases.length - 1]);
  assert.equal((await ask('changeJob', { id: job.id }, without(job.phases[0]))).code, 'job.changed');
  await ask('changeJob', { id: job.id }, { body: { phases: [], version: edited.version } });
  assert.equal((await ask('getTimeline', { id: candidate.id })).moves.length, 2);
  await ask('catchUp', { id: candidate.id });
  await ask('catchUp', { id: '00000000-0000-7000-8000-000000000000' });
  const second = await ask('addJob', {}, { body: { title: 'Second' } });
  const added = await ask('addApplication', { id: candidate.id }, { body: { job: second.id } });
  assert.deepEqual(await ask('addApplication', { id: candidate.id }, { body: { job: second.id } }), added);
  await ask('addApplication', { id: candidate.id }, { body: { job: '00000000-0000-7000-8000-000000000000' } });
  await ask('addCandidate', {}, { body: { name: 'Nora', addresses: ['not an address'] } });
  await ask('addCandidate', {}, { body: { name: 'Nora', addresses: [], surprise: 1 } });
  await ask('listCandidates', {}, { query: '?q=nor&limit=1' });
  await ask('getCandidate', { id: candidate.id }, { api: clara });
  await ask('getCandidate', { id: '00000000-0000-7000-8000-000000000000' });
  const shared = { name: 'Nora N.', addresses: ['nora@post.example', candidateAddress] };
  assert.equal((await ask('changeCandidate', { id: candidate.id }, { body: shared })).code, 'candidate.address-shared');
  await ask('changeCandidate', { id: candidate.id }, { body: { ...shared, confirmed: true } });
  await ask('addCandidate', {}, { body: shared });
  // O-5: two profiles of one person.
  const nowhere = '00000000-0000-7000-8000-000000000000';
  const twin = await ask('addCandidate', {}, { body: { name: 'N. Nora', addresses: ['twin@post.example'], job: job.id } });
  const preview = await ask('previewMerge', { id: candidate.id }, { query: `?with=${twin.id}` });
  assert.equal(preview.applications.find((one) => one.of === 'merged').left_out, true);
  await ask('previewMerge', { id: candidate.id }, { query: `?with=${nowhere}` });
  assert.equal((await ask('previewMerge', { id: candidate.id }, { query: `?with=${candidate.id}` })).code, 'merge.same');
  assert.equal((await ask('mergeCandidates', { id: candidate.id }, { body: { with: twin.id, version: 'another' } })).code, 'merge.changed');
  await ask('mergeCandidates', { id: candidate.id }, { body: {} });
  await ask('mergeCandidates', { id: candidate.id }, { body: { with: nowhere, version: preview.version } });
  await ask('mergeCandidates', { id: candidate.id }, { body: { with: twin.id, version: preview.version } });
  assert.equal((await ask('getCandidate', { id: twin.id })).merges[0].name, 'N. Nora');
  assert.equal((await ask('changeCandidate', { id: twin.id }, { body: { name: 'Late' } })).code, 'candidate.merged');
  await ask('undoMerge', { id: twin.id });
  await ask('undoMerge', { id: twin.id });
  // O-3: by what another system calls things, and from files.
  const named = { external_id: 'ATS/1' };
  await ask('getCandidateNamed', named);
  await ask('putCandidate', named, { body: {} });
  const theirs = await ask('putCandidate', named, { body: { name: 'Lea', addresses: ['lea@post.example'] } });
  assert.equal((await ask('putCandidate', named, { body: { name: 'Lea L.' } })).id, theirs.id);
  assert.equal((await ask('getCandidateNamed', named)).external_id, 'ATS/1');
  await ask('getJobNamed', named);
  const post = await ask('putJob', named, { body: { title: 'Third' } });
  assert.equal((await ask('putJob', named, { body: { kind: 'campaign' } })).id, post.id);
  await ask('putJob', { external_id: 'x' }, { body: {} });
  await ask('getJobNamed', named);
  await ask('getApplicationNamed', named);
  const way = { candidate_external_id: 'ATS/1', job_external_id: 'ATS/1' };
  const theirWay = await ask('putApplication', named, { body: way });
  assert.deepEqual(await ask('putApplication', named, { body: way }), theirWay);
  await ask('putApplication', { external_id: 'x' }, { body: way });
  await ask('putApplication', { external_id: 'x' }, { body: {} });
  await ask('getApplicationNamed', named);
  const csv = (text) => ({ body: new TextEncoder().encode(text), headers: { 'content-type': 'text/csv' } });
  const dry = await ask('importCandidates', {}, csv(`name,email,phone\nLea,lea@post.example,1\nNew,new@post.example,\nX,,\n`));
  assert.deepEqual([dry.new, dry.changed, dry.same, dry.refused], [1, 0, 1, 1]);
  assert.deepEqual(dry.lines[0].warnings.map((one) => one.code), ['by_address', 'other_name']);
  await ask('importCandidates', {}, csv(''));
  await ask('importJobs', {}, { ...csv('title\nFourth\n'), query: '?dry_run=false&from=0' });
  await mail.append(recruiter, [{ raw: await build({ from: candidateAddress, to: recruiter, subject: 'hello', html: '<p>hi <img src="cid:x"></p>', text: 'hi', attachments: [{ filename: 'a b.txt', content: 'attached' }] }) }]);
  const mailbox = await connect(api, mail);
  await ask('connectMailbox', {}, { body: { address: recruiter } });
  const desk = { ...mailboxOf(mail, `clara@${domain}`), user: `clara@${domain}`, address: `desk@${domain}` };
  const claim = await ask('connectMailbox', {}, { api: clara, body: desk });
  await ask('listClaims');
  await ask('listClaims', {}, { api: clara });
  await ask('decideClaim', { id: mailbox.id }, { body: { word: 'confirm' } });
  await ask('decideClaim', { id: claim.id }, { body: { word: 'confirm' } });
  await ask('listClaims', {}, { query: '?state=confirmed' });
  await ask('decideClaim', { id: claim.id }, { body: { word: 'take_back' } });
  await ask('listMailboxes');
  await ask('getMailbox', { id: mailbox.id });
  await ask('getMailbox', { id: mailbox.id }, { api: clara });
  await ask('countWindow', { id: mailbox.id }, { body: { since: null } });
  await ask('setWindow', { id: mailbox.id }, { body: { since: '2020-01-01T00:00:00Z' } });
  const folders = await ask('listFolders', { id: mailbox.id });
  await ask('setFolderRole', { id: mailbox.id, folder: folders.rows[0].id }, { body: { role: folders.rows[0].role } });
  const { now, ...past } = await ask('getPast', { id: mailbox.id });
  assert.deepEqual(past, { own: true, past: 'ask', asked: 0, newest: 0, rows: [], next: null });
  assert.equal((await ask('choosePast', { id: mailbox.id }, { body: { past: 'open' } })).past, 'open');
  await ask('choosePast', { id: mailbox.id }, { body: { past: 'never' } });
  await ask('answerPast', { id: mailbox.id }, { body: { address: 'nobody@firm.example', word: 'open', shown: 0 } });
  await ask('answerPast', { id: mailbox.id }, { body: { word: 'decline', newest: 0 } });
  await ask('answerPast', { id: mailbox.id }, { body: { word: 'open' } });
  await ask('answerPast', { id: mailbox.id }, { body: { word: 'ask', declined: now } });
  await ask('getPast', { id: mailbox.id }, { api: clara });
  await ask('choosePast', { id: mailbox.id }, { body: { past: 'ask' } });
  assert.deepEqual((await ask('changeNeverSynced', { id: mailbox.id }, { body: { add: ['Law@firm.example', '@clinic.example'] } })).rows.map((row) => row.entry), ['clinic.example', 'Law@firm.example']);
  await ask('changeNeverSynced', { id: mailbox.id }, { body: { add: ['nobody'] } });
  await ask('changeNeverSynced', { id: mailbox.id }, { body: { remove: ['law@firm.example', 'clinic.example'] } });
  assert.deepEqual((await ask('listNeverSynced', { id: mailbox.id })).rows, []);
  await ask('listNeverSynced', { id: mailbox.id }, { api: clara });
  await ask('listBodies', { id: mailbox.id });
  await ask('listQuarantined', { id: mailbox.id });
  await ask('retryQuarantined', { id: mailbox.id, folder: folders.rows[0].id, uid: 999 });
  const threads = await ask('listThreads', {}, { query: '?place=inbox' });
  assert.equal(threads.rows.length, 2, 'T-2: two candidates share the address, each has a thread');
  const thread = await ask('getThread', { id: threads.rows.find((row) => row.candidate === candidate.id).id });
  await ask('listThreads', {}, { query: '?place=inbox&triage=to_answer' });
  await ask('listThreads', {}, { query: '?triage=to_answer' });
  for (const filter of ['unread=true', 'to_answer=true', `candidate=${candidate.id}&unread=true`, 'person=somebody@home.example', 'person=nobody', 'job=none'])
    await ask('listThreads', {}, { query: `?${filter}` });
  // M-2: nothing is told apart from what isn't there.
  for (const operation of ['followCandidate', 'unfollowCandidate', 'followJob', 'unfollowJob']) {
    const id = /Job$/.test(operation) ? job.id : candidate.id;
    assert.equal((await ask(operation, { id })).status, 204);
    assert.equal((await ask(operation, { id: '00000000-0000-7000-8000-000000000000' })).status, 404);
  }
  await ask('followCandidate', { id: candidate.id });
  assert.equal((await ask('listThreads', {}, { query: '?place=followed-candidates' })).rows.length, 1);
  assert.equal((await ask('listThreads', {}, { query: '?place=followed-jobs' })).rows.length, 0);
  await ask('listThreads', {}, { query: '?place=elsewhere' });
  assert.equal((await ask('getCandidate', { id: candidate.id })).followers.length, 1);
  await ask('getCounts');
  await ask('getUnreadCounts');
  const found = await ask('search', {}, { query: `?q=${encodeURIComponent(`${thread.subject} from:nobody-${Date.now()}`)}` });
  assert.equal(found.conversations.length, 0);
  const hits = await ask('search', {}, { query: `?q=${encodeURIComponent(thread.subject)}` });
  assert.ok(hits.conversations.some((hit) => hit.thread.id === thread.id && hit.match.excerpt.some((piece) => piece.hit)));
  await ask('search', {}, { query: '?q=before%3Ayesterday+color%3Ared' });
  await ask('search', {}, { query: `?q=${'x'.repeat(501)}` });
  await ask('search');
  const seen = thread.came;
  await ask('changeThread', { id: thread.id }, { body: { done: true, seen } });
  await ask('changeThread', { id: thread.id }, { body: { done: true, seen: 0 } });
  await ask('changeThread', { id: thread.id }, { body: { done: false } });
  await ask('changeThread', { id: thread.id }, { body: {} });
  await ask('changeThread', { id: thread.id }, { api: clara, body: { done: true, seen } });
  await ask('changeThread', { id: '00000000-0000-7000-8000-000000000000' }, { body: { done: true, seen } });
  const message = thread.messages[0];
  // T-5.
  await ask('correctPlacement', { id: nowhere }, { body: { part: 'message', message: message.id } });
  await ask('correctPlacement', { id: thread.id }, { body: { part: 'half' } });
  await ask('correctPlacement', { id: thread.id }, { body: { part: 'message', message: message.id, into: thread.id } });
  const other = threads.rows.find((row) => row.id !== thread.id);
  assert.equal((await ask('correctPlacement', { id: thread.id }, { body: { part: 'whole', into: other.id } })).code, 'placement.other-candidate');
  await ask('undoCorrection', { id: nowhere });
  await ask('undoTakeOver', { id: nowhere });
  assert.equal((await ask('addToCandidate', { id: thread.id }, { body: { candidate: thread.candidate } })).code, 'thread.of-candidate');
  await ask('addToCandidate', { id: thread.id }, { body: { candidate: nowhere } });
  await ask('addToCandidate', { id: thread.id }, { body: {} });
  await ask('getMessageBody', { id: message.id });
  assert.deepEqual((await ask('listPictures', { id: message.id })).rows, []);
  await ask('loadPictures', { id: message.id });
  await ask('loadPictures', { id: nowhere });
  await ask('getPicture', { id: message.id, picture: nowhere });
  await ask('getMessageSource', { id: message.id });
  const attachment = await api.raw('GET', `/messages/${message.id}/attachments/0`);
  assert.match(attachment.headers.get('content-disposition'), /^attachment/);
  const file = await ask('getAttachment', { id: message.id, index: 0 });
  assert.equal(await ask('getAttachment', { id: message.id, index: 0 }, { headers: { range: 'bytes=1-3' } }), file.slice(1, 4));
  await ask('getAttachment', { id: message.id, index: 0 }, { headers: { range: 'bytes=99999999-' } });
  assert.equal(await ask('getMessageSource', { id: message.id }, { headers: { range: 'bytes=-2' } }), '\r\n');
  await ask('getMessageSource', { id: message.id }, { headers: { range: 'bytes=99999999-' } });
  await ask('getAttachment', { id: message.id, index: 7 });
  await ask('getAttachments', { id: message.id });
  await ask('getAttachments', { id: '00000000-0000-7000-8000-000000000000' });
  const upload = await ask('upload', {}, { query: '?filename=x.txt', body: new TextEncoder().encode('bytes') });
  const draft = { mailbox: mailbox.id, thread: thread.id, to: [candidateAddress], subject: 'Re: hello', text: 'hi', attachments: [upload.id] };
  await ask('sendMessage', {}, { body: { ...draft, subject: 'x\r\nBcc: evil@x.example' } });
  await ask('sendMessage', {}, { body: { ...draft, cc: ['nora@post.example'] } });
  await ask('sendMessage', {}, { body: { ...draft, mailbox: '00000000-0000-7000-8000-000000000000' } });
  const row = await ask('sendMessage', {}, { body: draft });
  await ask('listOutbox');
  await ask('getOutbox', { id: row.id });
  await until('it is sent', async () => (await api.get(`/outbox/${row.id}`)).state === 'seen_in_sent');
  await ask('decideOutbox', { id: row.id }, { body: { word: 'resend' } });
  await ask('changeMailbox', { id: mailbox.id }, { body: { state: 'off' } });
  await ask('disconnectMailbox', { id: mailbox.id });
  assert.equal((await ask('getHoldings', { id: candidate.id })).shared > 0, true);
  await ask('getTimeline', { id: candidate.id });
  await ask('listFiles', { id: candidate.id });
  const own = { id: candidate.id, file: (await ask('upload', {}, { query: '?filename=cv.pdf', body: new TextEncoder().encode('cv') })).id };
  await ask('addFile', own);
  assert.ok((await ask('listFiles', { id: candidate.id })).rows.some((row) => row.file === own.file));
  assert.equal(await ask('getFile', own), 'cv');
  await ask('removeFile', own);
  await ask('removeFile', own);
  await ask('addFile', own); // it is put back
  await ask('removeFile', own);
  assert.equal((await ask('getOldMail', { id: candidate.id })).search.messages >= 0, true);
  assert.ok((await ask('listAddressHolders', {}, { query: `?address=${candidateAddress}` })).rows.some((one) => one.id === candidate.id));
  await ask('listAddressHolders', {}, { query: '?address=nobody' });
  await ask('forgetCandidate', { id: candidate.id }, { api: clara });
  const errand = (await ask('listErrands', {}, { api: clara })).rows.find((row) => row.subject === candidate.id);
  assert.equal(errand.kind, 'forget-candidate');
  await ask('signOut', {}, { api: clara });
  await ask('getMe', {}, { api: clara });
  used.add('getContract').add('streamEvents');  // the first is how we came here; the second is main_job's
  const all = Object.values(contract.paths).flatMap((item) => Object.values(item).map((o) => o.operationId)).filter(Boolean);
  assert.deepEqual(all.filter((id) => !used.has(id)), [], 'every operation was asked');
});

test('every unsafe operation refuses a request from another site', { timeout: 600_000 }, async () => {
  for (const [template, item] of Object.entries(contract.paths))
    for (const method of Object.keys(item).filter((m) => ['post', 'put', 'patch', 'delete'].includes(m))) {
      const at = template.replace(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000');
      for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }]) {
        const answer = await stage.api.raw(method.toUpperCase(), at, {}, headers);
        assert.equal(answer.status, 403, `${method} ${template}: ${answer.status}`);
      }
    }
});

test('unknown paths and methods are told apart, malformed JSON is explained', { timeout: 600_000 }, async () => {
  const { api, hearback } = stage;
  assert.equal((await api.raw('GET', '/nothing-here')).status, 404);
  assert.equal((await api.raw('DELETE', '/jobs')).status, 405);
  const broken = await fetch(`${hearback.url}/api/v1/jobs`, { method: 'POST', headers: { cookie: api.cookie, origin: hearback.url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }, body: '{"title":' });
  assert.ok([400, 422].includes(broken.status));
  assert.equal(broken.headers.get('content-type').split(';')[0], 'application/problem+json');
});

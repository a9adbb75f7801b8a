// A stand-in for the server while the page is worked on: `npm run mock`, then `npm run dev`, or open
// it directly when the page is built. Nothing is stored. MOCK_PORT, MOCK_EMPTY=1, MOCK_SETUP=1,
// MOCK_MANY=50000, MOCK_LANGUAGE=fr, MOCK_DELAY=ms change what it shows.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeWorld, rowOf } from './fixtures.mjs';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
// The policy that the real server is to send with the page.
export const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; font-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkaPhfDwAChgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export function startMock(options = {}) {
  const world = makeWorld(options);
  let signedIn = options.signedIn ?? true;
  let setupNeeded = options.setup ?? false;
  if (options.empty) {
    Object.assign(world, { threads: [], candidates: [], jobs: [], mailboxes: [], tokens: [] });
    world.invitations = [{ id: world.make.id(), from_name: 'Hugo Lefèvre', at: world.make.ago(3) }];
  }
  const streams = new Set();
  let revision = 1;
  const emit = (kind, data) => {
    revision++;
    for (const stream of streams) {
      stream.write(`id: ${revision}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  };

  const problem = (status, code, title, more = {}) => ({
    status,
    type: 'application/problem+json',
    body: { type: 'about:blank', title, status, code, ...more },
  });
  const ok = (body, status = 200) => ({ status, body });
  const missing = () => problem(404, 'candidate.missing', 'Nothing here.');
  const page = (rows, url) => {
    const limit = Number(url.searchParams.get('limit') ?? 50);
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const next = from + limit < rows.length ? String(from + limit) : null;
    return ok({ rows: rows.slice(from, from + limit), next });
  };
  const me = () => ok({ user: world.users[0], company: world.company });

  const routes = [
    ['GET', /^\/setup$/, () => ok({ needed: setupNeeded })],
    [
      'POST',
      /^\/setup$/,
      ({ body }) => {
        setupNeeded = false;
        signedIn = true;
        world.company.name = body.company;
        Object.assign(world.users[0], { name: body.name, email: body.email });
        return { ...me(), status: 201 };
      },
    ],
    [
      'POST',
      /^\/session$/,
      ({ body }) => {
        if (body.password === 'wrong') return problem(401, 'session.refused', 'Wrong.');
        signedIn = true;
        return me();
      },
    ],
    [
      'DELETE',
      /^\/session$/,
      () => {
        signedIn = false;
        return ok(null, 204);
      },
    ],
    ['GET', /^\/me$/, () => me()],
    [
      'PATCH',
      /^\/me$/,
      ({ body }) => {
        Object.assign(world.users[0], body);
        return me();
      },
    ],
    ['GET', /^\/tokens$/, () => ok({ rows: world.tokens })],
    [
      'POST',
      /^\/tokens$/,
      ({ body }) => {
        const token = {
          id: world.make.id(),
          name: body.name,
          created: world.make.ago(0),
          last_used: null,
        };
        world.tokens.unshift(token);
        return ok({ ...token, secret: 'hbt_7fq2m9vK3xW8pLr5sYd1nZc4bTg6hJ0a' }, 201);
      },
    ],
    [
      'DELETE',
      /^\/tokens\/(.+)$/,
      ({ params }) => {
        world.tokens = world.tokens.filter((one) => one.id !== params[0]);
        return ok(null, 204);
      },
    ],
    ['GET', /^\/users$/, () => ok({ rows: world.users })],
    [
      'POST',
      /^\/users$/,
      ({ body }) => {
        if (world.users.some((one) => one.email === body.email)) {
          return problem(409, 'user.exists', 'Exists.', { field: 'email' });
        }
        const { password: _, ...rest } = body;
        const user = {
          id: world.make.id(),
          time_zone: 'UTC',
          active: true,
          all_jobs: false,
          language: 'en',
          ...rest,
        };
        world.users.push(user);
        return ok(user, 201);
      },
    ],
    ['POST', /^\/users\/(.+)\/invitation$/, () => ok(null, 204)],
    ['GET', /^\/invitations$/, () => ok({ rows: world.invitations })],
    ['GET', /^\/jobs$/, () => ok({ rows: world.jobs })],
    [
      'POST',
      /^\/jobs$/,
      ({ body }) => {
        const job = {
          id: world.make.id(),
          kind: 'offer',
          open: true,
          team: [],
          candidates: 0,
          ...body,
        };
        world.jobs.push(job);
        return ok(job, 201);
      },
    ],
    [
      'GET',
      /^\/candidates$/,
      ({ url }) => {
        const q = (url.searchParams.get('q') ?? '').toLowerCase();
        const job = url.searchParams.get('job');
        const rows = world.candidates
          .filter(
            (one) =>
              (!q ||
                one.name.toLowerCase().includes(q) ||
                one.addresses.some((two) => two.address.includes(q))) &&
              (!job || one.applications.some((two) => two.job === job)),
          )
          .map((one) => ({
            id: one.id,
            name: one.name,
            addresses: one.addresses.map((two) => two.address),
            applications: one.applications,
            last_at:
              world.threads.find((two) => two.candidate === one.id)?.messages.at(-1).date ?? null,
          }));
        return page(rows, url);
      },
    ],
    [
      'POST',
      /^\/candidates$/,
      ({ body }) => {
        const job = world.jobs.find((one) => one.id === body.job);
        const one = {
          id: world.make.id(),
          name: body.name,
          created: world.make.ago(0),
          addresses: body.addresses.map((address) => ({
            address,
            synced: true,
            why_not: '',
            since: world.make.ago(0),
          })),
          applications: job
            ? [
                {
                  id: world.make.id(),
                  job: job.id,
                  job_title: job.title,
                  phase: 'application',
                  status: 'new',
                },
              ]
            : [],
          seen_by: world.users.slice(0, 3).map(({ id, name }) => ({ id, name })),
        };
        world.candidates.unshift(one);
        return ok(one, 201);
      },
    ],
    ['GET', /^\/candidates\/([^/]+)$/, ({ params }) => find(world.candidates, params[0])],
    [
      'PATCH',
      /^\/candidates\/([^/]+)$/,
      ({ params, body }) => {
        const one = world.candidates.find((two) => two.id === params[0]);
        if (!one) return missing();
        if (body.name) one.name = body.name;
        if (body.addresses) {
          one.addresses = body.addresses.map(
            (address) =>
              one.addresses.find((two) => two.address === address) ?? {
                address,
                synced: true,
                why_not: '',
                since: world.make.ago(0),
              },
          );
        }
        return ok(one);
      },
    ],
    [
      'DELETE',
      /^\/candidates\/([^/]+)$/,
      ({ params }) => {
        world.candidates = world.candidates.filter((one) => one.id !== params[0]);
        world.threads = world.threads.filter((one) => one.candidate !== params[0]);
        return ok(null, 204);
      },
    ],
    [
      'GET',
      /^\/threads$/,
      ({ url }) => {
        const place = url.searchParams.get('place') ?? 'all';
        const candidate = url.searchParams.get('candidate');
        const mine = world.users[0].email;
        const rows = world.threads
          .filter((one) => {
            if (candidate) return one.candidate === candidate;
            if (place === 'inbox') {
              return one.messages.some(
                (two) => two.direction === 'incoming' && two.to.some((to) => to.address === mine),
              );
            }
            if (place === 'sent') return one.messages.some((two) => two.from[0]?.address === mine);
            return true;
          })
          .map((one) => rowOf(world, one))
          .sort((a, b) => (a.last_at < b.last_at ? 1 : -1));
        return page(rows, url);
      },
    ],
    ['GET', /^\/threads\/([^/]+)$/, ({ params }) => find(world.threads, params[0])],
    [
      'GET',
      /^\/messages\/([^/]+)\/body$/,
      ({ params }) => (world.bodies.has(params[0]) ? ok(world.bodies.get(params[0])) : missing()),
    ],
    [
      'GET',
      /^\/messages\/([^/]+)\/raw$/,
      () => ({ status: 200, type: 'message/rfc822', raw: 'From: x\r\n\r\n' }),
    ],
    [
      'GET',
      /^\/messages\/([^/]+)\/attachments\/(\d+)$/,
      () => ({ status: 200, type: 'application/octet-stream', raw: PICTURE }),
    ],
    [
      'POST',
      /^\/messages$/,
      ({ body }) => {
        const thread = world.threads.find((one) => one.id === body.thread);
        if (thread?.kind === 'internal_forward' && !body.confirmed) {
          return problem(409, 'thread.internal', 'This conversation is internal.');
        }
        if (body.subject === 'fail') return problem(422, 'mailbox.off', 'Off.');
        const candidate = world.candidates.find(
          (one) => one.id === (thread?.candidate ?? body.candidate),
        );
        const box = world.mailboxes.find((one) => one.id === body.mailbox);
        const outbox = world.make.outbox('queued', { created: world.make.ago(0), attempts: 0 });
        const message = world.make.message(
          0,
          { name: world.users[0].name, address: box.address },
          body.to.map((address) => ({ name: '', address })),
          body.subject,
          { text: body.text ?? '', html: body.html ?? '' },
          { why: { by: 'sent_here', detail: '' }, outbox, direction: 'outgoing' },
        );
        const into = thread ?? world.make.addThread(candidate, body.subject, []);
        into.messages.push(message);
        Object.assign(outbox, { thread: into.id, candidate: candidate.id, message: message.id });
        const step = (state, after) =>
          setTimeout(() => {
            outbox.state = state;
            emit('outbox', { id: outbox.id, candidate: candidate.id });
          }, after);
        step('sending', 700);
        step('sent', 1600);
        step('seen_in_sent', 2600);
        emit('message', { id: message.id, candidate: candidate.id });
        return ok(outbox, 202);
      },
    ],
    [
      'POST',
      /^\/uploads$/,
      ({ url, raw }) =>
        ok(
          {
            id: world.make.id(),
            filename: url.searchParams.get('filename'),
            type: 'application/octet-stream',
            octets: raw.length,
          },
          201,
        ),
    ],
    ['GET', /^\/outbox$/, () => ok({ rows: [] })],
    [
      'POST',
      /^\/outbox\/([^/]+)\/decision$/,
      ({ params, body }) => {
        for (const thread of world.threads) {
          for (const message of thread.messages) {
            if (message.outbox?.id !== params[0]) continue;
            message.outbox.state = { resend: 'queued', consider_sent: 'sent', cancel: 'cancelled' }[
              body.word
            ];
            return ok(message.outbox);
          }
        }
        return missing();
      },
    ],
    ['GET', /^\/mailboxes$/, () => ok({ rows: world.mailboxes })],
    [
      'POST',
      /^\/mailboxes$/,
      ({ body }) => {
        const failure = (code) => ({ code, what: 'It failed.', hint: 'Try something else.' });
        if (body.imap.host.includes('wrong') || body.password === 'wrong') {
          return problem(422, 'mailbox.probe-failed', 'The mailbox could not be connected.', {
            imap: failure(body.password === 'wrong' ? 'imap.login-refused' : 'net.host-not-found'),
            smtp: body.password === 'wrong' ? failure('smtp.login-refused') : null,
          });
        }
        const box = {
          ...makeWorld().mailboxes[0],
          id: world.make.id(),
          address: body.address,
          imap: { ...body.imap, user: body.user, password: undefined },
          smtp: { ...body.smtp, user: body.smtp.user ?? body.user, password: undefined },
          importing: true,
          headers_seen: 1200,
          bodies_fetched: 4,
          quarantined: 0,
        };
        world.mailboxes.push(box);
        return ok(box, 201);
      },
      2000,
    ],
    ['GET', /^\/mailboxes\/([^/]+)$/, ({ params }) => find(world.mailboxes, params[0])],
    [
      'PATCH',
      /^\/mailboxes\/([^/]+)$/,
      ({ params, body }) => {
        const box = world.mailboxes.find((one) => one.id === params[0]);
        if (!box) return missing();
        if (body.state) box.state = body.state;
        for (const server of ['imap', 'smtp']) {
          if (body[server]) {
            const { password: _, ...rest } = body[server];
            Object.assign(box[server], rest);
          }
        }
        return ok(box);
      },
    ],
    [
      'DELETE',
      /^\/mailboxes\/([^/]+)$/,
      ({ params }) => {
        world.mailboxes = world.mailboxes.filter((one) => one.id !== params[0]);
        return ok(null, 204);
      },
    ],
    [
      'POST',
      /^\/mailboxes\/([^/]+)\/count$/,
      () => ok({ messages: 18_204, candidate_messages: 361, oldest: world.make.ago(24 * 300) }),
      1200,
    ],
    [
      'PUT',
      /^\/mailboxes\/([^/]+)\/window$/,
      ({ params, body }) => {
        const box = world.mailboxes.find((one) => one.id === params[0]);
        Object.assign(box, { window_since: body.since, importing: true });
        return ok(box);
      },
    ],
    ['GET', /^\/mailboxes\/([^/]+)\/folders$/, () => ok({ rows: world.folders })],
    [
      'PATCH',
      /^\/mailboxes\/([^/]+)\/folders\/([^/]+)$/,
      ({ params, body }) => {
        Object.assign(
          world.folders.find((one) => one.id === params[1]),
          { role: body.role, role_by_user: true },
        );
        return ok(null, 204);
      },
    ],
    ['GET', /^\/mailboxes\/([^/]+)\/ledger$/, ({ url }) => page(world.ledger, url)],
    ['GET', /^\/mailboxes\/([^/]+)\/quarantine$/, () => ok({ rows: world.quarantine })],
    ['POST', /^\/mailboxes\/([^/]+)\/quarantine\/([^/]+)\/(\d+)$/, () => ok(null, 204)],
  ];
  function find(list, wanted) {
    const one = list.find((two) => two.id === wanted);
    return one ? ok(one) : missing();
  }

  async function api(request, response, url) {
    const path = url.pathname.slice('/api/v1'.length);
    const open = /^\/(setup|session)$/.test(path);
    let answer;
    let delay = options.delay ?? 0;
    if (!signedIn && !open) {
      answer = problem(401, 'session.required', 'Please sign in.');
    } else if (path === '/events') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write('event: hello\ndata: {}\n\n');
      streams.add(response);
      request.on('close', () => streams.delete(response));
      return;
    } else {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const raw = Buffer.concat(chunks);
      const body =
        request.headers['content-type'] === 'application/json'
          ? JSON.parse(raw.toString() || 'null')
          : null;
      for (const [method, pattern, handle, wait] of routes) {
        const match = method === request.method && pattern.exec(path);
        if (!match) continue;
        answer = handle({ params: match.slice(1), body, raw, url });
        delay += wait ?? 0;
        break;
      }
      answer ??= problem(404, 'http.no-such-route', 'The API has nothing at this address.');
    }
    if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
    response.writeHead(answer.status, {
      'Content-Type': answer.type ?? 'application/json',
      'Cache-Control': 'no-store',
    });
    if (answer.raw) response.end(answer.raw);
    else response.end(answer.status === 204 ? undefined : JSON.stringify(answer.body));
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname.startsWith('/api/v1')) {
      api(request, response, url).catch((error) => {
        response.writeHead(500).end(String(error));
      });
      return;
    }
    let file = join(DIST, normalize(url.pathname));
    if (!file.startsWith(DIST) || !existsSync(file) || statSync(file).isDirectory())
      file = join(DIST, 'index.html');
    response.writeHead(200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff',
    });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      resolve({
        url: `http://127.0.0.1:${server.address().port}`,
        world,
        emit,
        close: () => {
          for (const stream of streams) stream.end();
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { env } = process;
  const mock = await startMock({
    port: Number(env.MOCK_PORT ?? 8025),
    empty: env.MOCK_EMPTY === '1',
    setup: env.MOCK_SETUP === '1',
    signedIn: env.MOCK_SETUP !== '1',
    many: Number(env.MOCK_MANY ?? 0),
    language: env.MOCK_LANGUAGE ?? 'en',
    delay: Number(env.MOCK_DELAY ?? 0),
  });
  console.log(`The mock is at ${mock.url}`);
}

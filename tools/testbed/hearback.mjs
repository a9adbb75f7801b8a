// The product under test: the server's process, and the API as a program or the page uses it.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, run, startChild, until } from './process.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const binary = process.env.HEARBACK_BINARY ?? path.join(root, 'build', 'hearback');

export const builtPages = path.join(root, 'web', 'dist');

/** mail: a startMail(); the server may reach it on loopback under its host name. */
export async function startHearback(folder, closing, { mail, port, pages = builtPages, extra = [] } = {}) {
  const data = path.join(folder, 'data');
  const listen = port ?? (await freePort());
  const log = path.join(folder, 'hearback.log');
  const args = ['serve', '--data', data, '--listen', `127.0.0.1:${listen}`, '--pages', pages,
    '--allow-loopback', '--allow-any-port', ...(mail ? ['--ca-file', mail.authority.certificate, '--host', `${mail.host}=127.0.0.1`] : []), ...extra];
  let server;
  const url = `http://127.0.0.1:${listen}`;
  const start = async () => {
    server = startChild(binary, args, { log });
    await until('Hearback is ready', async () => {
      if (!server.alive()) throw new Error(`Hearback ended: ${fs.readFileSync(log, 'utf8').slice(-2000)}`);
      return (await fetch(`${url}/api/v1/health`)).ok;
    });
  };
  await start();
  closing.add(() => server.kill());
  return {
    url, data, log, port: listen, start,
    logText: () => fs.readFileSync(log, 'utf8'),
    stop: () => server.kill('SIGTERM'),
    kill9: () => server.kill('SIGKILL'),
    alive: () => server.alive(),
    pid: () => server.child.pid,
    ended: () => server.ended,
    api: () => new Api(url),
  };
}

/** A program or a page signed in at the API. Unexpected statuses throw with the problem they carry. */
export class Api {
  constructor(url) {
    this.url = url;
    this.cookie = '';
  }
  async raw(method, at, body, headers = {}) {
    const isBytes = body instanceof Uint8Array;
    const answer = await fetch(`${this.url}/api/v1${at}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
        ...(this.cookie ? { cookie: this.cookie } : {}),
        origin: this.url, 'sec-fetch-site': 'same-origin', ...headers,
      },
      body: body === undefined ? undefined : isBytes ? body : JSON.stringify(body),
    });
    for (const set of answer.headers.getSetCookie()) this.keep(set.split(';')[0]);
    return answer;
  }
  /** As browsers do: one of the same name takes the place of the other. */
  keep(cookie) {
    const name = `${cookie.split('=')[0]}=`;
    const others = this.cookie.split('; ').filter((one) => one && !one.startsWith(name));
    this.cookie = [...others, cookie].join('; ');
  }
  async call(method, at, body, headers) {
    const answer = await this.raw(method, at, body, headers);
    const text = await answer.text();
    const value = text && /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
    if (!answer.ok) throw Object.assign(new Error(`${method} ${at}: ${answer.status} ${text.slice(0, 500)}`), { status: answer.status, problem: value });
    return value;
  }
  get(at) { return this.call('GET', at); }
  post(at, body, headers) { return this.call('POST', at, body ?? {}, headers); }
  patch(at, body) { return this.call('PATCH', at, body); }
  put(at, body) { return this.call('PUT', at, body); }
  delete(at) { return this.call('DELETE', at); }
  signIn(email, password) { return this.post('/session', { email, password }); }
  /** The refusal that a call must end with. */
  async refused(method, at, body, headers) {
    try {
      await this.call(method, at, body, headers);
    } catch (error) {
      if (error.status) return error;
      throw error;
    }
    throw new Error(`${method} ${at} was not refused`);
  }
  /** All rows of a paged list. */
  async all(at) {
    const rows = [];
    for (let cursor = null; ;) {
      const page = await this.get(at + (cursor ? `${at.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` : ''));
      rows.push(...page.rows);
      if (!page.next) return rows;
      cursor = page.next;
    }
  }
}

export const adminPassword = 'correct horse battery';

/** What the link carries that the server wrote when it started without a company. */
export const setupSecret = (hearback) => [...hearback.logText().matchAll(/\/setup#([\w-]+)/g)].at(-1)?.[1] ?? '';

/** A company with its admin, made the way the first-run page makes it. */
export async function setUpCompany(hearback, { company = 'Lindenhof Instruments', name = 'Ada Admin', email = 'ada@lindenhof.example' } = {}) {
  const api = hearback.api();
  await api.post('/setup', { company, name, email, password: adminPassword, secret: setupSecret(hearback) });
  return api;
}

/** Opens the link that an admin was given for somebody, and sets their password as they would; they are signed in then. */
export async function openLink(hearback, { path }, password) {
  const api = hearback.api();
  await api.post('/link/password', { link: path.split('#')[1], password });
  return api;
}
/** A colleague who was added, opened the link and set this password. */
export async function addUser(hearback, admin, user, password = adminPassword) {
  const made = await admin.post('/users', user);
  return { ...made, api: await openLink(hearback, made.link, password) };
}

/** What the page sends when the "Other" form is filled in. */
export function mailboxOf(mail, address, more = {}) {
  return {
    address,
    password: mail.passwordOf(address),
    imap: { host: mail.host, port: mail.dovecot.imaps, security: 'tls' },
    smtp: { host: mail.host, port: mail.postfix.submissions, security: 'tls' },
    consent: { text_version: '1', language: 'en' },
    ...more,
  };
}

export const builtVersion = () => run(binary, ['--version']).trim();

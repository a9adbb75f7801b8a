// Child processes that end when we do, free ports, and waiting for what can be observed.
import { spawn, execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export const isRoot = process.getuid() === 0;

/** A private folder that servers running as another user may enter. */
export function privateFolder(name) {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), `hearback-${name}-`));
  fs.chmodSync(made, 0o755);
  return made;
}

/** Runs to the end; throws with what it printed when it fails. What leaves a daemon behind wants
    `stdio: 'ignore'`: the daemon would hold our pipes open. */
export function run(command, args, options = {}) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000, ...options });
}

/** Like run(), with the rights that Postfix's master needs. */
export function runAsRoot(command, args, options = {}) {
  return isRoot ? run(command, args, options) : run('sudo', ['-n', command, ...args], options);
}

// Below the ports that the kernel gives to connections on their way out: between our look and the server's
// own listening none of them can take it. Other test files, which are other processes at the same time, are given others.
const FIRST_PORT = 10_240;
const PAST_PORTS = 32_768;
const LANES = 64;
const handedOut = new Set();
export async function freePort() {
  for (;;) {
    const port = FIRST_PORT + LANES * randomInt((PAST_PORTS - FIRST_PORT) / LANES) + (process.pid % LANES);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
}

const isFree = (port) => new Promise((resolve) => {
  const probe = net.createServer().once('error', () => resolve(false));
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
});

/** The wanted port if nobody has it, else a free one. */
export const portNear = async (wanted) => ((await isFree(wanted)) ? wanted : freePort());

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A browser may leave a question unanswered; one that was asked late has ten seconds. */
const unanswered = (end) =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error('no answer')), Math.max(end - Date.now(), 10_000)).unref();
  });

/** Asks until the answer is truthy; the deadline is a failure, not a pace. */
export async function until(what, ask, { within = 60_000, every = 50 } = {}) {
  const end = Date.now() + within;
  let last;
  for (;;) {
    try {
      const answer = await Promise.race([ask(), unanswered(end)]);
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${within} ms${last ? `; last: ${last.message}` : ''}`);
    await pause(every);
  }
}

export function accepts(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = net.connect(port, host);
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** A long-running child whose output goes to a file. */
export function startChild(command, args, { log, ...options } = {}) {
  const out = log ? fs.openSync(log, 'a') : 'ignore';
  const child = spawn(command, args, { stdio: ['ignore', out, out], ...options });
  if (log) fs.closeSync(out);
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => resolve({ error }));
  });
  return {
    child,
    ended,
    alive: () => child.exitCode === null && child.signalCode === null,
    kill: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
  };
}

/** Cleaning up in reverse order, whatever happens in between. */
export class Closing {
  #steps = [];
  add(step) {
    this.#steps.push(step);
  }
  async close() {
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        console.error(`while stopping: ${error.message}`);
      }
    }
  }
}

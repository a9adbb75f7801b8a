// A private PostgreSQL cluster on loopback, for one test run: durability is off.
import fs from 'node:fs';
import path from 'node:path';
import { freePort, isRoot, run } from './process.mjs';

const bin = '/usr/lib/postgresql/15/bin';

/** → {uri, query, stop, start, standBy, promote, hang, goOn}; stopped and gone when `closing` closes. */
export async function startPostgres(folder, closing) {
  const data = path.join(folder, 'postgres');
  fs.mkdirSync(data, { mode: 0o700 });
  // initdb refuses root.
  const user = isRoot ? 'postgres' : run('id', ['-un']).trim();
  if (isRoot) run('chown', ['postgres:', data]);
  const as = (command, args) => isRoot
    ? run('setpriv', ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', command, ...args], { stdio: 'ignore', cwd: '/' })
    : run(command, args, { stdio: 'ignore' });
  as(`${bin}/initdb`, ['-D', data, '-U', user, '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N']);
  const port = await freePort();
  const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories= -c fsync=off -c logging_collector=off`;
  const start = () => as(`${bin}/pg_ctl`, ['-D', data, '-o', options, '-l', path.join(data, 'log'), '-w', 'start']);
  const stop = () => as(`${bin}/pg_ctl`, ['-D', data, '-m', 'immediate', '-w', 'stop']);
  // Started next, it takes what others write, and writes nothing itself.
  const standBy = () => as('touch', [path.join(data, 'standby.signal')]);
  const promote = () => as(`${bin}/pg_ctl`, ['-D', data, '-w', 'promote']);
  // Connections stay open, new ones are taken by the system, and nothing ever answers.
  const signalAll = (signal) => {
    const server = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[0];
    const children = fs.readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').split(' ').filter(Boolean);
    for (const pid of [server, ...children]) process.kill(Number(pid), signal);
  };
  const hang = () => signalAll('SIGSTOP');
  const goOn = () => signalAll('SIGCONT');
  const uri = `postgresql://${user}@127.0.0.1:${port}/postgres`;
  const query = (sql) => run(`${bin}/psql`, [uri, '-v', 'ON_ERROR_STOP=1', '-c', sql]);
  start();
  closing.add(stop);
  return { uri, query, start, stop, standBy, promote, hang, goOn };
}

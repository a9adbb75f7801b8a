// A private Dovecot 2.3 (IMAP, LMTP, SASL for Postfix) in a folder of its own, on loopback.
// As root it runs as `nobody`; otherwise as the user who started it.
import fs from 'node:fs';
import path from 'node:path';
import { accepts, freePort, isRoot, run, until } from './process.mjs';

/**
 * users: [{address, password}], certificate: {crt, key}.
 * rawlog: record each IMAP session's bytes under home(address)/dovecot.rawlog.
 * Any address of `catchall` domains exists too, with `catchallPassword` (for load).
 */
export async function startDovecot(folder, { users, certificate, ports = {}, rawlog = false, settings = '' }) {
  const at = (...parts) => path.join(folder, ...parts);
  for (const part of ['run', 'state', 'mail', 'log']) fs.mkdirSync(at(part), { recursive: true });
  const imap = ports.imap ?? (await freePort());
  const imaps = ports.imaps ?? (await freePort());
  const lmtp = ports.lmtp ?? (await freePort());
  const sasl = ports.sasl ?? (await freePort());
  const user = isRoot ? 'nobody' : run('id', ['-un']).trim();
  const group = isRoot ? 'nogroup' : run('id', ['-gn']).trim();
  const writeUsers = (all) =>
    fs.writeFileSync(at('users'), all.map((u) => `${u.address}:{PLAIN}${u.password}::::::\n`).join(''));
  writeUsers(users);
  fs.writeFileSync(at('rawlog.sh'),
    '#!/bin/sh\n[ -d "$HOME/dovecot.rawlog" ] && exec /usr/lib/dovecot/rawlog "$@"\nexec "$@"\n', { mode: 0o755 });
  fs.writeFileSync(at('dovecot.conf'), configuration({ folder, user, group, imap, imaps, lmtp, sasl, certificate, rawlog, settings }));
  if (isRoot) run('chown', ['-R', `${user}:${group}`, folder]);
  const config = at('dovecot.conf');
  const start = () => {
    if (isRoot) run('setpriv', ['--reuid', user, '--regid', group, '--clear-groups', 'dovecot', '-c', config],
      { stdio: 'ignore', env: { ...process.env, HOME: folder } });
    else run('/usr/sbin/dovecot', ['-c', config], { stdio: 'ignore' });
    return until('Dovecot accepts connections', async () => (await accepts(imap)) && (await accepts(lmtp)));
  };
  const stop = async () => {
    const pidFile = at('run', 'master.pid');
    if (!fs.existsSync(pidFile)) return;
    const pid = Number(fs.readFileSync(pidFile, 'utf8'));
    try { process.kill(pid); } catch { return; }
    await until('Dovecot stops', () => !fs.existsSync(`/proc/${pid}`));
  };
  await start();
  const home = (address) => at('mail', address.split('@')[1], address.split('@')[0]);
  return {
    host: '127.0.0.1', imap, imaps, lmtp, sasl, folder, home, start, stop,
    addUsers(more) {
      users = [...users, ...more];
      writeUsers(users);
    },
    /** Every further session of this user is recorded. */
    record(address) {
      fs.mkdirSync(path.join(home(address), 'dovecot.rawlog'), { recursive: true });
      if (isRoot) run('chown', ['-R', `${user}:${group}`, at('mail')]);
    },
    /** What clients of this user said and what they were told, all sessions joined. */
    recorded(address) {
      const logs = path.join(home(address), 'dovecot.rawlog');
      const read = (end) => fs.readdirSync(logs).filter((f) => f.endsWith(end)).sort()
        .map((f) => fs.readFileSync(path.join(logs, f), 'latin1')).join('');
      return { client: read('.in'), server: read('.out') };
    },
    doveadm: (...args) => run('doveadm', ['-c', config, ...args]),
  };
}

function configuration({ folder, user, group, imap, imaps, lmtp, sasl, certificate, rawlog, settings }) {
  const special = (name, use) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = \\${use}\n  }\n`;
  return `base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 1
mail_uid = ${user}
mail_gid = ${group}
mail_home = ${folder}/mail/%d/%n
mail_location = maildir:~/Maildir
mailbox_list_index = yes
auth_mechanisms = plain login
auth_username_format = %Lu
auth_failure_delay = 0
disable_plaintext_auth = no
recipient_delimiter = +
ssl = yes
ssl_cert = <${certificate.crt}
ssl_key = <${certificate.key}
ssl_min_protocol = TLSv1.2
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${folder}/mail/%d/%n allow_all_users=no
}
namespace inbox {
  inbox = yes
  separator = /
${special('Drafts', 'Drafts')}${special('Sent', 'Sent')}${special('Trash', 'Trash')}${special('Junk', 'Junk')}${special('Archive', 'Archive')}}
protocol imap {
  mail_max_userip_connections = 1000
}
protocol lmtp {
  postmaster_address = postmaster@localhost.example
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${imap}
  }
  inet_listener imaps {
    port = ${imaps}
    ssl = yes
  }
}
service lmtp {
  chroot =
  inet_listener lmtp {
    port = ${lmtp}
  }
}
service auth {
  inet_listener sasl {
    port = ${sasl}
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
${rawlog ? `service imap {
  executable = imap imap-postlogin
}
service imap-postlogin {
  executable = script-login -d ${folder}/rawlog.sh
  user = ${user}
  unix_listener imap-postlogin {
  }
}
` : ''}${settings}`;
}

// A private Postfix 3.7 (smtp, submission with STARTTLS, submissions with TLS) whose users and
// local delivery are a Dovecot's. Nothing leaves: other domains bounce, DNS is never asked.
// Its master needs root; the folder must be passable for the user `postfix`.
import fs from 'node:fs';
import path from 'node:path';
import { accepts, freePort, runAsRoot, until } from './process.mjs';

export async function startPostfix(folder, { domains, dovecot, certificate, ports = {}, settings = '' }) {
  const at = (...parts) => path.join(folder, ...parts);
  const smtp = ports.smtp ?? (await freePort());
  const submission = ports.submission ?? (await freePort());
  const submissions = ports.submissions ?? (await freePort());
  for (const part of ['etc', 'spool', 'data', 'log']) fs.mkdirSync(at(part), { recursive: true });
  runAsRoot('chown', ['postfix:', at('data')]);
  ensureDefaultInstance();
  fs.writeFileSync(at('etc', 'transport'),
    domains.map((d) => `${d} lmtp:inet:127.0.0.1:${dovecot.lmtp}\n`).join('') + '* error:5.1.2 no route to this domain\n');
  fs.writeFileSync(at('etc', 'main.cf'), mainCf({ folder, domains, dovecot, certificate, settings }));
  fs.writeFileSync(at('etc', 'master.cf'), masterCf({ smtp, submission, submissions }));
  const log = at('log', 'mail.log');
  const start = () => {
    runAsRoot('postfix', ['-c', at('etc'), 'start'], { stdio: 'ignore' });  // a daemon stays behind: no pipes
    return until('Postfix accepts connections', async () => (await accepts(submission)) && (await accepts(submissions)));
  };
  const stop = async () => {
    const pidFile = at('spool', 'pid', 'master.pid');
    if (!fs.existsSync(pidFile)) return;
    const pid = Number(fs.readFileSync(pidFile, 'utf8'));
    try { runAsRoot('postfix', ['-c', at('etc'), 'stop'], { stdio: 'ignore' }); } catch { /* it was not running any more */ }
    await until('Postfix stops', () => !fs.existsSync(`/proc/${pid}`));
  };
  await start();
  return {
    host: '127.0.0.1', smtp, submission, submissions, folder, start, stop,
    log: () => fs.readFileSync(log, 'utf8'),
    /** Message-IDs that Postfix took responsibility for, each time it did: the judge of what was sent. */
    accepted() {
      const text = fs.readFileSync(log, 'utf8');
      const queued = new Set([...text.matchAll(/\/qmgr\[\d+\]: (\w+): from=/g)].map((m) => m[1]));
      return [...text.matchAll(/\/cleanup\[\d+\]: (\w+): message-id=<([^>]*)>/g)].filter((m) => queued.has(m[1])).map((m) => m[2]);
    },
    /** Message-IDs that reached a mailbox, each time they did. */
    delivered() {
      const text = fs.readFileSync(log, 'utf8');
      const idOf = new Map([...text.matchAll(/\/cleanup\[\d+\]: (\w+): message-id=<([^>]*)>/g)].map((m) => [m[1], m[2]]));
      return [...text.matchAll(/\/lmtp\[\d+\]: (\w+): to=<([^>]*)>.* status=sent/g)].map((m) => ({ id: idOf.get(m[1]), to: m[2] }));
    },
  };
}

// Debian's Postfix refuses to run any instance while the default one has no configuration.
function ensureDefaultInstance() {
  if (fs.existsSync('/etc/postfix/main.cf') && fs.existsSync('/etc/postfix/master.cf')) return;
  runAsRoot('sh', ['-c', `
    [ -e /etc/postfix/main.cf ] || printf '%s\\n' 'compatibility_level = 3.6' 'inet_interfaces = loopback-only' \
      'master_service_disable = inet' 'default_transport = error:no default instance here' > /etc/postfix/main.cf
    [ -e /etc/postfix/master.cf ] || cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf`]);
}

// Each is named once: of a second entry Postfix warns whenever one of its programs starts. That which writes the log
// tells itself, too, and waits for itself for ever where ten words of others lie there already.
function mainCf({ settings, ...of }) {
  const nameOf = (line) => line.split('=')[0].trim();
  const own = new Set(settings.split('\n').filter(Boolean).map(nameOf));
  return `${usualSettings(of).filter((line) => !own.has(nameOf(line))).join('\n')}\n${settings}`;
}

const usualSettings = ({ folder, domains, dovecot, certificate }) => `compatibility_level = 3.6
queue_directory = ${folder}/spool
data_directory = ${folder}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${folder}/log/mail.log
maillog_file_prefixes = ${folder}/log
myhostname = mail.${domains[0]}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtp_host_lookup = native
virtual_mailbox_domains = ${domains.join(' ')}
virtual_transport = lmtp:inet:127.0.0.1:${dovecot.lmtp}
transport_maps = texthash:${folder}/etc/transport
alias_maps =
alias_database =
local_recipient_maps =
recipient_delimiter = +
message_size_limit = 41943040
mailbox_size_limit = 0
smtputf8_enable = yes
smtpd_banner = $myhostname ESMTP
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_tls_cert_file = ${certificate.crt}
smtpd_tls_key_file = ${certificate.key}
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${dovecot.sasl}
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
minimal_backoff_time = 5s
maximal_backoff_time = 5s
queue_run_delay = 5s
maximal_queue_lifetime = 5m
bounce_queue_lifetime = 5m`.split('\n');

function masterCf({ smtp, submission, submissions }) {
  return `127.0.0.1:${smtp} inet n - n - - smtpd
127.0.0.1:${submission} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:${submissions} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 30 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
}

// Mail servers that cost next to nothing, for measuring what many mailboxes cost us: an IMAP server
// in which every account has the same few messages and nothing ever happens, and an SMTP server that
// lets everybody in. Commands are counted by what they ask for.
import net from 'node:net';
import tls from 'node:tls';
import fs from 'node:fs';

const folders = [['INBOX', '', 100], ['Sent', '\\Sent ', 20], ['Drafts', '\\Drafts ', 0], ['Trash', '\\Trash ', 5], ['Archive', '\\Archive ', 40]];
const sizeOf = (name) => folders.find(([known]) => known.toUpperCase() === name.toUpperCase())?.[2];
const everyCapability = 'IMAP4rev1 IDLE UIDPLUS SPECIAL-USE ESEARCH SASL-IR LITERAL+ AUTH=PLAIN';
const header = (uid) => `From: Somebody <other${uid}@others.example>\r\nTo: team@lindenhof.example\r\nSubject: About ${uid}\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <m${uid}@others.example>\r\n\r\n`;

/**
 * → {port, counts, sessions(), idling(), close()}; `one`: a second sign-in of an account is refused;
 * `notify`: NOTIFY is offered (there is nothing to tell).
 */
export async function startStubs({ certificate, one = false, notify = false }) {
  const capabilities = everyCapability + (notify ? ' NOTIFY' : '');
  const counts = new Map();
  const open = new Set(), signedIn = new Map();
  let idling = 0;
  const count = (verb) => counts.set(verb, (counts.get(verb) ?? 0) + 1);

  function imap(socket) {
    let user, selected, idleTag, rest = '';
    const say = (text) => socket.write(text + '\r\n');
    const set = (range, top) => {
      const [from, to = from] = range.split(':');
      const end = to === '*' ? top : Number(to), uids = [];
      for (let uid = Number(from); uid <= Math.min(end, top); ++uid) uids.push(uid);
      return uids;
    };
    const verbs = {
      CAPABILITY: (tag) => { say(`* CAPABILITY ${capabilities}`); say(`${tag} OK done`); },
      AUTHENTICATE(tag, words) {
        const name = Buffer.from(words[1], 'base64').toString().split('\0')[1];
        if (one && signedIn.get(name)) return say(`${tag} NO [LIMIT] one connection only`);
        user = name;
        signedIn.set(user, (signedIn.get(user) ?? 0) + 1);
        say(`${tag} OK [CAPABILITY ${capabilities}] welcome`);
      },
      LIST(tag) {
        for (const [name, use] of folders) say(`* LIST (${use}\\HasNoChildren) "/" ${name}`);
        say(`${tag} OK done`);
      },
      STATUS(tag, words) {
        const size = sizeOf(words[0].replaceAll('"', ''));
        say(`* STATUS ${words[0]} (MESSAGES ${size} UIDNEXT ${size + 1} UIDVALIDITY 7)`);
        say(`${tag} OK done`);
      },
      EXAMINE(tag, words) {
        selected = words[0].replaceAll('"', '');
        const size = sizeOf(selected);
        if (size === undefined) return say(`${tag} NO no such folder`);
        say(`* ${size} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT ${size + 1}] x`);
        say(`${tag} OK [READ-ONLY] done`);
      },
      'UID SEARCH'(tag, words) {
        const some = words.join(' ');
        const all = sizeOf(selected) > 0 && !/FROM|TO|CC|HEADER|BCC/i.test(some);
        say(/RETURN/i.test(some) ? `* ESEARCH (TAG "${tag}") UID${all ? ` ALL 1:${sizeOf(selected)}` : ''}` : `* SEARCH${all ? set('1:*', sizeOf(selected)).map((n) => ` ${n}`).join('') : ''}`);
        say(`${tag} OK done`);
      },
      'UID FETCH'(tag, words) {
        const label = /BODY\.PEEK(\[[^\]]*\])/.exec(words.join(' '))?.[1];
        for (const uid of words[0].split(',').flatMap((range) => set(range, sizeOf(selected)))) {
          const text = header(uid);
          say(`* ${uid} FETCH (UID ${uid} INTERNALDATE "02-Nov-2026 10:00:00 +0000" RFC822.SIZE 2000${label ? ` BODY${label} {${text.length}}\r\n${text}` : ''})`);
        }
        say(`${tag} OK done`);
      },
      IDLE(tag) { idleTag = tag; ++idling; say('+ idling'); },
      LOGOUT(tag) { say('* BYE'); say(`${tag} OK done`); socket.end(); },
    };
    say(`* OK [CAPABILITY ${capabilities}] ready`);
    socket.on('data', (data) => {
      const lines = (rest + data.toString('latin1')).split('\r\n');
      rest = lines.pop();
      for (const line of lines) {
        if (idleTag) {
          --idling;
          count('DONE');
          say(`${idleTag} OK done`);
          idleTag = undefined;
          continue;
        }
        let [tag, verb, ...words] = line.split(' ');
        verb = verb.toUpperCase();
        if (verb === 'UID') verb += ` ${words.shift().toUpperCase()}`;
        count(verb);
        if (verbs[verb]) verbs[verb](tag, words);
        else if (/^(NOOP|CHECK|UNSELECT|ENABLE|ID|CLOSE)$/.test(verb) || (notify && verb === 'NOTIFY')) say(`${tag} OK done`);
        else say(`${tag} BAD unknown`);
      }
    });
    socket.on('close', () => {
      if (idleTag) --idling;
      if (user) signedIn.set(user, signedIn.get(user) - 1);
    });
  }

  function smtp(socket) {
    let rest = '';
    const say = (text) => socket.write(text + '\r\n');
    say('220 stub ESMTP');
    socket.on('data', (data) => {
      const lines = (rest + data.toString('latin1')).split('\r\n');
      rest = lines.pop();
      for (const line of lines) {
        const verb = line.split(' ')[0].toUpperCase();
        if (verb === 'EHLO') say('250-stub\r\n250-SIZE 50000000\r\n250 AUTH PLAIN');
        else if (verb === 'AUTH') say('235 welcome');
        else if (verb === 'QUIT') { say('221 bye'); socket.end(); } else say('250 fine');
      }
    });
  }

  const pair = certificate && { cert: fs.readFileSync(certificate.crt), key: fs.readFileSync(certificate.key) };
  const listen = (serve, tracked) => new Promise((resolve) => {
    const each = (socket) => {
      socket.on('error', () => {});
      socket.setNoDelay(true);
      if (tracked) open.add(socket);
      socket.on('close', () => open.delete(socket));
      serve(socket);
    };
    const server = pair ? tls.createServer(pair, each) : net.createServer(each);
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1', 1024, () => resolve(server));
  });
  const servers = [await listen(imap, true), await listen(smtp, false)];
  return {
    imap: servers[0].address().port, smtp: servers[1].address().port, counts,
    sessions: () => open.size, idling: () => idling,
    close() {
      for (const socket of open) socket.destroy();
      for (const server of servers) server.close();
    },
  };
}

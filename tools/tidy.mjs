// House rules that a compiler doesn't check. The dependency list stands in CMakeLists.txt, one line
// per room; this reads it and holds every #include against it.
//   node tools/tidy.mjs [folder]    prints each breach, exits 1 if there is any
import fs from 'node:fs';
import path from 'node:path';
import { checkDoors } from './doors.mjs';

/** CMakeLists.txt → Map(room → rooms it may include, itself first). */
export function rooms(cmake) {
  const found = new Map();
  for (const [, name, may] of cmake.matchAll(/^room\((\w+)\s+MAY\s*([\w\s]*?)\s*USES/gm)) found.set(name, [name, ...may.split(/\s+/).filter(Boolean)]);
  return found;
}

// Foreign headers that only one room may know of.
const only = [
  [/^boost\/(asio|beast)/, ['net']],
  [/^openssl\//, ['net']],
  [/^ares/, ['net']],
  [/^seccomp\.h/, ['net']],
  [/^(zip\.h|pugixml)/, ['documents']],
  [/^boost\/json/, ['api']],
  [/^(sqlite3\.h|libpq-fe\.h)/, ['store']],
  [/^unicode\//, ['mail']],
  [/^spdlog\//, ['base']],
  [/^CLI\//, []],
];
// The clock and chance are arguments everywhere else.
const clock = /\b(system_clock|steady_clock)::now\b|\bstd::random_device\b|\btime\(nullptr\)/;
const clockRooms = ['net', 'base'];
const badNames = /(^|\/)(utils?|common|helpers?|managers?|services?|misc)(\/|\.|_|$)/i;

/** One source file → its breaches, as sentences. */
export function breaches(file, text, may) {
  const found = [];
  const room = /^src\/(\w+)\//.exec(file)?.[1];
  const test = /_(test|fuzz)\.cpp$/.test(file);
  const lines = text.split('\n');
  lines.forEach((line, i) => {
    const say = (what) => found.push(`${file}:${i + 1}: ${what}`);
    const own = /^\s*#include "([^"]+)"/.exec(line)?.[1];
    const foreign = /^\s*#include <([^>]+)>/.exec(line)?.[1];
    if (own && room) {
      const other = own.split('/')[0];
      if (!may.has(other) && !test) say(`"${own}" is no room's header`);
      else if (may.has(other) && !may.get(room)?.includes(other)) say(`${room} may not include ${other}`);
    }
    // What is named without an include came along with another room's header.
    if (may.has(room)) for (const [, named] of line.split('//')[0].matchAll(/(?<![\w:])(?:hearback::)?(\w+)::/g)) if (may.has(named) && !may.get(room).includes(named)) say(`${room} may not name ${named}::`);
    if (foreign && room && !test)
      for (const [pattern, allowed] of only) if (pattern.test(foreign) && !allowed.includes(room)) say(`${room} may not include <${foreign}>`);
    if (room && !test && !clockRooms.includes(room) && clock.test(line)) say('time and chance are arguments: ask the Env');
    if (room && /\bdetached\b/.test(line) && !/\/\//.test(line.split('detached')[0])) say('every spawned coroutine has an owner: no `detached`');
    if (/\/(work|tmp)\/|\bTODO\b|\bFIXME\b/.test(line) && !/tidy(_test)?\.mjs$/.test(file)) say('a machine path or an unfinished note');
    if (line.length > 200) say('a line of over 200 columns');
  });
  if (badNames.test(file)) found.push(`${file}: a name that says nothing`);
  if (lines.length > 801) found.push(`${file}: ${lines.length - 1} lines; over 800 is two ideas in one file`);
  return found;
}

/** Documents must not name files that aren't there: → those that one text names. */
export const namedFiles = (text) => [...text.matchAll(/`((?:src|tests|web|tools|bench|docs)\/[\w./-]+\.\w+)`|\]\(([\w./-]+\.\w+)\)/g)].map((m) => m[1] ?? m[2]);

function* documents(folder) {
  for (const at of ['', 'docs', 'docs/decisions'])
    for (const name of fs.existsSync(path.join(folder, at)) ? fs.readdirSync(path.join(folder, at)) : [])
      if (name.endsWith('.md')) yield path.posix.join(at, name);
}

function* sources(folder, at = '') {
  for (const entry of fs.readdirSync(path.join(folder, at), { withFileTypes: true })) {
    const name = path.posix.join(at, entry.name);
    if (entry.isDirectory()) yield* sources(folder, name);
    else if (/\.(cpp|hpp)$/.test(name)) yield name;
  }
}

export function check(folder) {
  const may = rooms(fs.readFileSync(path.join(folder, 'CMakeLists.txt'), 'utf8'));
  const found = fs.existsSync(path.join(folder, 'docs/doors.md')) ? checkDoors(folder) : [];
  for (const top of ['src', 'tests', 'bench'])
    if (fs.existsSync(path.join(folder, top)))
      for (const file of sources(folder, top)) found.push(...breaches(file, fs.readFileSync(path.join(folder, file), 'utf8'), may));
  for (const file of documents(folder))
    for (const named of namedFiles(fs.readFileSync(path.join(folder, file), 'utf8')))
      if (![folder, path.join(folder, path.dirname(file))].some((from) => fs.existsSync(path.join(from, named)))) found.push(`${file}: names ${named}, which isn't there`);
  return found;
}

if (process.argv[1] && import.meta.url === `file://${fs.realpathSync(process.argv[1])}`) {
  const found = check(process.argv[2] ?? path.resolve(path.dirname(process.argv[1]), '..'));
  for (const breach of found) console.error(breach);
  console.log(found.length ? `${found.length} breaches of the house rules` : 'the house rules hold');
  process.exit(found.length ? 1 : 0);
}

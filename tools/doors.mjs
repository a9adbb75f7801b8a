// Every question with a Scope is a door to what people may see. docs/doors.md says which condition
// each asks; this holds the list complete and, as far as text can tell, true: the function that
// answers, or one that it calls, must contain the condition. Part of tools/tidy.mjs.
import fs from 'node:fs';
import path from 'node:path';

// Doors that don't ask rights of others: what they check instead is looked for as well.
const plain = {
  own: /scope\.user|\$2/, // the asker's own rows
  engines: /scope\.company/, // asked by engines alone, which see the company's all
  admins: /scope\.admin/, // what only admins are shown
  company: /scope\.company/, // colleagues know of each other
};

/** Headers of the store → names of the questions that take a Scope. */
export function questionsIn(text) {
  const found = [];
  for (const [, name, body] of text.matchAll(/^struct (\w+) \{(.*?)^\};/gms))
    if (/^ {2}(?:rules::)?Scope scope\b/m.test(body) && /using Answer|struct Answer/.test(body)) found.push(name);
  return found;
}

/** Sources of the store → Map(name or `answer Question` → text of the function). */
export function functionsIn(text) {
  const found = new Map();
  const add = (name, body) => found.set(name, (found.get(name) ?? '') + body);
  for (const [whole, head] of text.matchAll(/^(?!struct|namespace|class|enum|template|using|constexpr|#|\/|\}| )([^\n;{]*(?:\n[^\n;{}]+)*?\)[^;{\n]*)\{\n.*?^\}/gms)) {
    const question = /\banswer\(Reading&[^,]*, const (\w+)&/.exec(head)?.[1];
    const name = question ? `answer ${question}` : /(\w+)\(/.exec(head)?.[1];
    if (name) add(name, whole);
  }
  return found;
}

/** The table of docs/doors.md → Map(question → conditions). */
export function doorsIn(text) {
  const found = new Map();
  for (const [, name, asks] of text.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm))
    found.set(name, asks.split(',').map((one) => one.trim().replaceAll('`', '')));
  return found;
}

/** All that the function calls, itself included, within the given functions. */
export function reached(name, functions) {
  const seen = new Set(), left = [name];
  let text = '';
  while (left.length) {
    const one = left.pop();
    if (seen.has(one) || !functions.has(one)) continue;
    seen.add(one);
    const body = functions.get(one);
    text += body;
    for (const [, called] of body.matchAll(/\b(\w+)\(/g)) if (called !== 'answer') left.push(called);
  }
  return text;
}

/** → breaches, as sentences. `headers`, `sources`: the store's texts. */
export function doorBreaches(headers, sources, table) {
  const doors = doorsIn(table), found = [], functions = new Map();
  for (const source of sources) for (const [name, body] of functionsIn(source)) functions.set(name, (functions.get(name) ?? '') + body);
  // The conditions' own bodies name each other: only who calls them counts.
  for (const name of [...functions.keys()]) if (/^may_/.test(name)) functions.delete(name);
  const questions = headers.flatMap(questionsIn);
  for (const name of questions) {
    const asks = doors.get(name);
    if (!asks) { found.push(`docs/doors.md: lacks the question ${name}`); continue; }
    const text = reached(`answer ${name}`, functions);
    for (const one of asks)
      if (!(plain[one] ?? new RegExp(`\\b${one}\\(`)).test(text)) found.push(`docs/doors.md: ${name} doesn't ask ${one}`);
  }
  for (const name of doors.keys()) if (!questions.includes(name)) found.push(`docs/doors.md: names ${name}, which is no question with a Scope`);
  return found;
}

export function checkDoors(folder) {
  const headers = [], sources = [];
  const walk = (at) => {
    for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
      const name = path.join(at, entry.name);
      if (entry.isDirectory()) walk(name);
      else if (/\.hpp$/.test(name)) headers.push(fs.readFileSync(name, 'utf8'));
      else if (/\.cpp$/.test(name) && !/_(test|fuzz)\.cpp$/.test(name)) sources.push(fs.readFileSync(name, 'utf8'));
    }
  };
  walk(path.join(folder, 'src/store'));
  return doorBreaches(headers, sources, fs.readFileSync(path.join(folder, 'docs/doors.md'), 'utf8'));
}

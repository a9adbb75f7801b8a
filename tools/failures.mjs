// A reporter for `node --test`: the tests that failed, with all that is known of why, and nothing else. A run's whole
// output is long, and its middle is what gets cut where it is kept.
import { relative } from 'node:path';
import { inspect } from 'node:util';

const keptOctets = 4000;

export default async function* failures(events) {
  const complaints = new Map(); // what each file has said last
  for await (const { type, data } of events) {
    if (type === 'test:stderr') {
      complaints.set(data.file, ((complaints.get(data.file) ?? '') + data.message).slice(-keptOctets));
    } else if (type === 'test:fail') {
      const { error, duration_ms: took } = data.details;
      const file = data.file ? relative(process.cwd(), data.file) : '';
      const said = data.nesting === 0 && data.name.endsWith('.mjs') ? complaints.get(data.file) : undefined;
      yield `FAILED ${data.name}  (${file}:${data.line}, ${Math.round(took)} ms)\n`
        + `${inspect(error?.cause ?? error, { depth: 5 })}\n${said ? `It said:\n${said}\n` : ''}\n`;
    }
  }
}

// A reporter for `node --test`: the tests that failed, with all that is known of why, and nothing else. A run's whole
// output is long, and its middle is what gets cut where it is kept. A file that ends well without a test of its own is
// taken for a test that passed: here it fails the run.
import { relative } from 'node:path';
import { inspect } from 'node:util';

const keptOctets = 4000;

const isFile = (data) => data.nesting === 0 && data.name.endsWith('.mjs');

export default async function* failures(events) {
  const complaints = new Map(); // what each file has said last
  for await (const { type, data } of events) {
    if (type === 'test:stderr') {
      complaints.set(data.file, ((complaints.get(data.file) ?? '') + data.message).slice(-keptOctets));
    } else if (type === 'test:pass' && isFile(data)) {
      process.exitCode = 1;
      yield `FAILED ${relative(process.cwd(), data.name)}: no test of it came to an end\n\n`;
    } else if (type === 'test:fail') {
      const { error, duration_ms: took } = data.details;
      const file = data.file ? relative(process.cwd(), data.file) : '';
      const said = isFile(data) ? complaints.get(data.file) : undefined;
      yield `FAILED ${data.name}  (${file}:${data.line}, ${Math.round(took)} ms)\n`
        + `${inspect(error?.cause ?? error, { depth: 5 })}\n${said ? `It said:\n${said}\n` : ''}\n`;
    }
  }
}

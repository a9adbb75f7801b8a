// The frame of files (src/reader) is a page of its own under /reader/: one script without imports, which a
// document with an origin of its own can load, the worker that the page hands to it, and what some files
// need of the library's: tables of characters, fonts that every reader knows, decoders of pictures.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';

const LIBRARY = join(import.meta.dirname, 'node_modules/pdfjs-dist');
const SOURCE = join(import.meta.dirname, 'src/reader');
// Those with scripts of a document in mind (quickjs) stay behind: no document's script is run. So do the
// decoders for browsers without WebAssembly: there are none.
const TAKEN = [
  { from: 'cmaps', to: 'cmaps', what: /\.bcmap$|^LICENSE/ },
  { from: 'standard_fonts', to: 'fonts', what: /\.(?:pfb|ttf)$|^LICENSE/ },
  { from: 'wasm', to: 'wasm', what: /^(?:jbig2|openjpeg)\.wasm$|^LICENSE_(?!.*(?:QUICKJS|QCMS))/ },
];

async function script(entry: string, mode: string): Promise<string> {
  const made = await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'warn',
    mode,
    define: { 'import.meta': '{}' }, // there is no module in a script
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: join(SOURCE, entry), formats: ['iife'], name: 'reader' },
    },
  });
  // One format, one entry: one file.
  const [one] = made as unknown as [{ output: [{ code: string }] }];
  const [chunk] = one.output;
  return chunk.code;
}

async function files(mode: string): Promise<Map<string, string | Uint8Array>> {
  const all = new Map<string, string | Uint8Array>([
    ['reader.html', readFileSync(join(SOURCE, 'reader.html'), 'utf8')],
    ['reader.js', await script('reader.ts', mode)],
    ['worker.js', await script('worker.ts', mode)],
    ['LICENSE.txt', readFileSync(join(LIBRARY, 'LICENSE'), 'utf8')],
  ]);
  for (const { from, to, what } of TAKEN)
    for (const name of readdirSync(join(LIBRARY, from)))
      if (what.test(name)) all.set(`${to}/${name}`, readFileSync(join(LIBRARY, from, name)));
  return all;
}

const TYPES: Record<string, string> = { html: 'text/html; charset=utf-8', js: 'text/javascript' };

export function reader(): Plugin {
  let mode = 'production';
  return {
    name: 'reader',
    configResolved: (config) => {
      mode = config.mode;
    },
    async generateBundle() {
      for (const [name, source] of await files(mode))
        this.emitFile({ type: 'asset', fileName: `reader/${name}`, source });
    },
    configureServer(server) {
      let all: ReturnType<typeof files> | undefined;
      server.middlewares.use('/reader/', (request, response, next) => {
        all ??= files(mode);
        all
          .then((found) => {
            const name = (request.url ?? '').replace(/^\/|\?.*$/g, '');
            const bytes = found.get(name);
            if (bytes === undefined) return next();
            const ending = name.split('.').at(-1) ?? '';
            response.setHeader('Content-Type', TYPES[ending] ?? 'application/octet-stream');
            response.end(bytes);
          })
          .catch(next);
      });
    },
  };
}

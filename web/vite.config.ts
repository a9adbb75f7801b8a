import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { reader } from './reader.vite.ts';

const api = process.env.HEARBACK_API ?? 'http://127.0.0.1:8025';

// Beside each file that gets smaller: the server sends what the browser takes, and compresses nothing itself.
function compressed(): Plugin {
  let out = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: (config) => {
      out = join(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(?:js|css|html|svg|json)$/.test(name)) continue;
        const file = join(out, name);
        const bytes = readFileSync(file);
        if (bytes.length < 512) continue;
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9, memLevel: 9 }));
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
      }
    },
  };
}

// The words of the chosen language are asked for at once (public/early.js), not when all else is there: what they
// are called stands in the page.
function earlyWords(): Plugin {
  const words = /\/src\/i18n\/(\w\w)\.json$/;
  return {
    name: 'early-words',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const names: Record<string, string> = {};
        for (const part of Object.values(bundle)) {
          const language = part.type === 'chunk' && words.exec(part.facadeModuleId ?? '')?.[1];
          if (language) names[language] = `/${part.fileName}`;
        }
        const content = JSON.stringify(names);
        return [{ tag: 'meta', attrs: { name: 'words', content }, injectTo: 'head-prepend' }];
      },
    },
  };
}

// Small parts that every list needs: one file costs less than twenty.
const FIRST =
  /\/src\/(?:inbox\/(?:list-beside|live|put-away|row)|frame\/(?:leading|live|tabs)|api\/(?:rows|turning|following)|composer\/(?:early|going-up|shared|stored|unsent)|setup\/(?:door|leaving)|search\/recent|settings\/waiting-mark|i18n\/format)\.tsx?$|\/lucide-react\/dist\/esm\/icons\/(?:archive|arrow-up|briefcase-business|search|square-pen|users-round)\.(?:m?js)$|\/(?:useRouterState|useInfiniteQuery)\.m?js$/;

export default defineConfig({
  plugins: [react(), reader(), earlyWords(), compressed()],
  build: {
    sourcemap: false,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    // 8 kB in one: a part that comes late doesn't come without its looks.
    cssCodeSplit: false,
    rollupOptions: { output: { codeSplitting: { groups: [{ name: 'first', test: FIRST }] } } },
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: api, changeOrigin: false } } },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test-setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    testTimeout: 20_000, // where the machine is busy, too: the editor alone takes seconds to come then
  },
});

// Runs the formatter and linter straight from its platform package: the wrapper package lists
// platforms that not every registry mirror carries, and `npm ci` refuses such a lock file.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const binary = fileURLToPath(
  new URL(`node_modules/@biomejs/cli-${process.platform}-${process.arch}/biome`, import.meta.url),
);
if (!existsSync(binary)) {
  console.error(`There is no Biome for ${process.platform} on ${process.arch} in node_modules.`);
  process.exit(2);
}
process.exit(spawnSync(binary, process.argv.slice(2), { stdio: 'inherit' }).status ?? 2);

/**
 * `node scripts/run.mjs ts <file.ts> [arguments]`: runs a TypeScript file, such as test/bench/main.ts.
 *
 * Node 20 does not run TypeScript. vite, which is here anyway, bundles the file and what it imports by relative path
 * (deep imports of `packages/<name>/src/**` too) and from npm. `@xdsim/*` stays outside and resolves to the compiled
 * packages: a benchmark through the public surface measures what users run. The bundle lives under node_modules/, so
 * that they resolve, and goes away afterwards.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { ROOT, runChild } from './setup.mjs';

const [file, ...args] = process.argv.slice(2);
if (!file || !existsSync(file)) {
  process.stderr.write(`xdsim: ${file ?? 'a file to run'} is missing.\n`);
  process.exit(1);
}

const cache = join(ROOT, 'node_modules/.xdsim-ts');
mkdirSync(cache, { recursive: true });
const outDir = mkdtempSync(join(cache, 'run-'));
try {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    build: {
      ssr: resolve(file),
      outDir,
      target: 'node20',
      sourcemap: true,
      rolldownOptions: { output: { entryFileNames: 'main.mjs' } },
    },
    ssr: { target: 'node', noExternal: true, external: ['@xdsim/cli', '@xdsim/sim-core'] },
  });
  const { code } = await runChild(process.execPath, ['--enable-source-maps', join(outDir, 'main.mjs'), ...args]);
  process.exitCode = code;
} finally {
  rmSync(outDir, { recursive: true, force: true });
}

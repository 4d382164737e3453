import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { contentSecurityPolicy, firstCase, singleFile } from './vite-plugins.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(at('../cli/package.json'), 'utf8')) as { version: string };

/**
 * The engine comes from its source, so that a change to it shows without compiling; the page works from any path.
 * `--mode single` makes one HTML file with everything in it.
 */
export default defineConfig(({ mode }) => {
  const isSingle = mode === 'single';
  const whole = { output: { codeSplitting: false }, checks: { pluginTimings: false } };
  const quiet = { checks: { pluginTimings: false } };
  return {
    base: './',
    define: { __XDSIM_VERSION__: JSON.stringify(version) },
    plugins: [isSingle ? singleFile() : contentSecurityPolicy()],
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    resolve: {
      alias: [
        { find: /^@xdsim\/sim-core$/, replacement: at('../sim-core/src/index.ts') },
        ...(isSingle ? [{ find: /^.*\/new-worker\.js$/, replacement: at('src/engine/new-worker.single.ts') }] : []),
      ],
    },
    worker: {
      format: isSingle ? 'iife' : 'es',
      rolldownOptions: isSingle ? whole : quiet,
      plugins: () => [firstCase()],
    },
    build: {
      target: 'es2023',
      modulePreload: { polyfill: false },
      outDir: isSingle ? 'dist/single' : 'dist/page',
      emptyOutDir: true,
      rolldownOptions: isSingle ? whole : quiet,
      ...(isSingle ? { cssCodeSplit: false, assetsInlineLimit: 100_000_000 } : {}),
    },
  };
});

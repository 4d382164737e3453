import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@xdsim\/sim-core$/, replacement: at('packages/sim-core/src/index.ts') },
      { find: /^@xdsim\/cli$/, replacement: at('packages/cli/src/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Files share the engine that they load: to load and to warm it up for each took a third of the time.
    isolate: false,
    // Tests that start the command line are slow on a busy machine, and the full run tries ten times as much; a hanging
    // one still ends.
    testTimeout: process.env.XDSIM_FULL === '1' ? 600_000 : 60_000,
    hookTimeout: 60_000,
    allowOnly: false,
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'] },
  },
});

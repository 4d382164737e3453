import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The engine comes from its source, so that a change to it shows without compiling; the page works from any path. */
export default defineConfig({
  base: './',
  resolve: {
    alias: [
      {
        find: /^@xdsim\/sim-core$/,
        replacement: fileURLToPath(new URL('../sim-core/src/index.ts', import.meta.url)),
      },
    ],
  },
  worker: { format: 'es' },
  build: { target: 'es2023' },
});

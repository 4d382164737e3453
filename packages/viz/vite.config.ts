import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(at('../cli/package.json'), 'utf8')) as { version: string };

/** Nothing but the page's own files; blob: and data: are pictures that the page itself makes. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Only in what is built: the development server puts scripts and styles into the page. */
function contentSecurityPolicy(): Plugin {
  return {
    name: 'xdsim-content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/** The engine comes from its source, so that a change to it shows without compiling; the page works from any path. */
export default defineConfig({
  base: './',
  define: { __XDSIM_VERSION__: JSON.stringify(version) },
  plugins: [contentSecurityPolicy()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: { alias: [{ find: /^@xdsim\/sim-core$/, replacement: at('../sim-core/src/index.ts') }] },
  worker: { format: 'es' },
  build: { target: 'es2023', modulePreload: { polyfill: false } },
});

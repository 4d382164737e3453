/** What is done to index.html: a Content-Security-Policy, and for one file everything put into it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HtmlTagDescriptor, Plugin } from 'vite';

/** Nothing but what is named; blob: and data: are pictures that the page itself makes. */
function policy(script: string, worker: string, style: string, connect: string): string {
  return [
    "default-src 'none'",
    `script-src ${script}`,
    `worker-src ${worker}`,
    `style-src ${style}`,
    `connect-src ${connect}`,
    "img-src 'self' data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function tagOf(content: string): HtmlTagDescriptor {
  return { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content }, injectTo: 'head-prepend' };
}

/** Only in what is built: the development server puts scripts and styles into the page. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'xdsim-content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [tagOf(policy("'self'", "'self'", "'self'", "'self'"))],
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Script and style go into the page, and the policy names them by their hashes. */
export function singleFile(): Plugin {
  return {
    name: 'xdsim-single-file',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      // Behind what vite itself still has to do to the script.
      order: 'post',
      handler(_options, bundle) {
        const outputs = Object.values(bundle);
        const html = outputs.find(({ fileName }) => fileName === 'index.html');
        const chunks = outputs.filter((output) => output.type === 'chunk');
        const styles = outputs.filter((output) => output.type === 'asset' && output.fileName.endsWith('.css'));
        if (html?.type !== 'asset' || chunks.length !== 1) throw new Error('one page and one script were expected');
        // What would end the element early is written another way: only texts have it.
        const script = chunks[0].code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
        const style = styles.map((asset) => (asset.type === 'asset' ? String(asset.source) : '')).join('\n');
        const content = policy(hashOf(script), 'blob:', hashOf(style), "'none'")
          .replaceAll('&', '&amp;')
          .replaceAll('"', '&quot;');
        html.source = String(html.source)
          .replace(/<script type="module"[^>]*><\/script>\s*/, '')
          .replace(/<link rel="stylesheet"[^>]*>\s*/, '')
          .replace('<head>', () => `<head>\n    <meta http-equiv="Content-Security-Policy" content="${content}">`)
          .replace('</head>', () => `<style>${style}</style>\n  </head>`)
          .replace('</body>', () => `<script type="module">${script}</script>\n  </body>`);
        for (const { fileName } of outputs) if (fileName !== 'index.html') delete bundle[fileName];
      },
    },
  };
}

const FIRST_CASE = 'virtual:first-case';
const SCENARIO = 'scenarios/one-gateway';

/**
 * The case of the first lesson, read and checked here with the compiled engine, so that the page need not load the reader
 * for it. In development the page reads it as it reads all others.
 */
export function firstCase(): Plugin {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const file = (path: string) => ({ path, text: readFileSync(join(root, path), 'utf8') });
  const folder = (path: string) =>
    readdirSync(join(root, path))
      .sort()
      .map((name) => file(`${path}/${name}`));
  let isBuild = false;
  return {
    name: 'xdsim-first-case',
    configResolved({ command }) {
      isBuild = command === 'build';
    },
    resolveId: (id) => (id === FIRST_CASE ? `\0${FIRST_CASE}` : undefined),
    async load(id) {
      if (id !== `\0${FIRST_CASE}`) return undefined;
      if (!isBuild) return 'export default undefined;';
      const { newStudy, packStudy } = await import('@xdsim/sim-core');
      const study = newStudy({
        scenarioFile: file(`${SCENARIO}/scenario.yaml`),
        source: SCENARIO,
        before: folder(`${SCENARIO}/before`),
        after: folder(`${SCENARIO}/after`),
        overrides: [],
        flags: {},
      });
      if (!study.ok) throw new Error(JSON.stringify(study.errors));
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(packStudy(study.value)))});`;
    },
  };
}

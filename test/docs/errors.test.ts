import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CODE_GROUPS } from '../../packages/sim-core/src/explain/codes.js';
import { ROOT } from '../cli/support.js';
import { readPage, sourceFiles } from './pages.js';

/** But for the texts themselves, which name every code. */
const SOURCES = [...sourceFiles('packages/sim-core/src'), ...sourceFiles('packages/cli/src')].filter(
  ({ path }) => !/\/explain\/(error|warning)-codes\.ts$/.test(path),
);
const PAGE = 'docs/errors.md';
const ROW = /^\| `(XDS-[A-Z0-9-]+)` \| .* \|$/gm;
const TEXTS = new Map(CODE_GROUPS.flatMap(({ codes }) => Object.entries(codes)));

/** After a change of the texts: XDSIM_UPDATE_DOCS=1 npx vitest run test/docs/errors.test.ts */
test('docs/errors.md says what `xdsim explain` says, group by group', () => {
  const page = readPage(PAGE);
  const rowOf = (code: string): string => `| \`${code}\` | ${TEXTS.get(code)?.join(' | ')} |`;
  if (process.env.XDSIM_UPDATE_DOCS === '1') {
    const updated = page.replace(
      /^## (.*)\n((?:(?!## )[\s\S])*?\|---\|---\|---\|\n)(?:\|.*\n)*/gm,
      (all, title, head) => {
        const group = CODE_GROUPS.find((each) => each.title === title);
        return group === undefined
          ? all
          : `## ${title}\n${head}${Object.keys(group.codes)
              .map((code) => `${rowOf(code)}\n`)
              .join('')}`;
      },
    );
    writeFileSync(join(ROOT, PAGE), updated);
    return;
  }
  const sections = page
    .split(/^## /m)
    .slice(1)
    .filter((section) => section.match(ROW) !== null);
  expect(sections.map((section) => section.slice(0, section.indexOf('\n')))).toEqual(
    CODE_GROUPS.map(({ title }) => title),
  );
  sections.forEach((section, at) => {
    expect(section.match(ROW)).toEqual(Object.keys(CODE_GROUPS[at].codes).map(rowOf));
  });
});

test('docs/errors.md has every code of the sources, once, and no other', () => {
  const documented = [...readPage(PAGE).matchAll(ROW)].map(([, code]) => code);
  expect(documented.filter((code, at) => documented.indexOf(code) !== at)).toEqual([]);
  expect(documented.toSorted()).toEqual([...codes()].sort());
});

test('codes are put together only where this test knows how', () => {
  const parts = SOURCES.filter(({ text }) => text.includes('XDS-UNMODELLED-$')).map(({ path }) => path);
  expect(parts).toEqual([
    'packages/sim-core/src/manifest/other-object-warnings.ts',
    'packages/sim-core/src/manifest/unmodelled-warnings.ts',
  ]);
  const others = SOURCES.filter(({ text }) => /XDS-(?!UNMODELLED-\$)[A-Z0-9-]*\$/.test(text));
  expect(others.map(({ path }) => path)).toEqual([]);
});

function codes(): Set<string> {
  const found = new Set<string>();
  for (const { path, text } of SOURCES) {
    for (const [, code] of text.matchAll(/['"`](XDS-[A-Z0-9]+(?:-[A-Z0-9]+)*)['"`]/g)) found.add(code);
    if (text.includes('XDS-UNMODELLED-$')) for (const code of unmodelled(text)) found.add(`XDS-UNMODELLED-${code}`);
    // Cells are checked as manifests are, and what is found there is a mistake in the cell.
    if (path.endsWith('/check-shape.ts')) for (const code of cellCodes(text)) found.add(code);
  }
  // The prefixes that are exchanged for one another.
  found.delete('XDS-MANIFEST');
  found.delete('XDS-CELL');
  return found;
}

/** `warning('CODE', …)`, `code: 'CODE'`, `['field', 'CODE', …]`, and `${name}-ROUTE` for TCP and TLS. */
function unmodelled(text: string): string[] {
  const patterns = [/warning\('([A-Z-]+)'/g, /code: '([A-Z-]+)',\n/g, /\['[a-z]+', '([A-Z-]+)', '/g];
  const literal = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code));
  const layers = [...text.matchAll(/\['(?:tcp|tls)', '(TCP|TLS)'\]/g)].map(([, name]) => `${name}-ROUTE`);
  return [...literal.filter((code) => !code.startsWith('XDS-')), ...layers];
}

/** A cell matches no strings. */
function cellCodes(text: string): string[] {
  const ofManifests = [...text.matchAll(/'(XDS-MANIFEST-[A-Z-]+)'/g)].map(([, code]) => code);
  return ofManifests
    .filter((code) => code !== 'XDS-MANIFEST-MATCH')
    .map((code) => code.replace('XDS-MANIFEST', 'XDS-CELL'));
}

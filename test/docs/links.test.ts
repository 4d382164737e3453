import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../cli/support.js';
import { PAGES, readPage } from './pages.js';

test.each(PAGES)('links of %s lead somewhere', (page) => {
  const links = [...readPage(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target);
  const local = links.filter((target) => !/^https?:/.test(target));
  expect(local.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
});

test.each(PAGES)('files that %s names are there', (page) => {
  const named = [...readPage(page).matchAll(/`((?:packages|test|scripts|scenarios|docs)\/[\w./-]+)`/g)];
  const paths = named.map(([, path]) => path);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

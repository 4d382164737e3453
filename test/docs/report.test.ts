import { expect, test } from 'vitest';
import { CAUSE_TEXTS } from '../../packages/sim-core/src/explain/causes.js';
import { sentence } from '../../packages/sim-core/src/explain/flags.js';
import { reportSchema } from '../../packages/sim-core/src/study/report-schema.js';
import { readPage } from './pages.js';

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

/** Kinds of numbers that are explained once. */
const DISTRIBUTION = ['mean', 'p50', 'p90', 'p95', 'p99', 'max', 'ci95', 'n'];
const ESTIMATE = ['mean', 'ci95', 'noneSeen'];

test('docs/report.md has every field of xdsim.report/v1, and no other', () => {
  const documented = [...readPage('docs/report.md').matchAll(/^\| `([a-zA-Z0-9.[\]{}]+)` \|/gm)].map(
    ([, path]) => path,
  );
  const schema = reportSchema.toJSONSchema() as Schema;
  expect(documented.toSorted()).toEqual([...new Set(fields(schema, ''))].sort());
});

test('the causes of docs/report.md are those of `xdsim explain`', () => {
  const rows = readPage('docs/report.md').match(/^\| `[a-z-]+` \| [A-Z–]+ \| .* \|$/gm);
  const causes = Object.entries(CAUSE_TEXTS).filter(([cause]) => cause !== 'served');
  expect(rows?.toSorted()).toEqual(
    causes
      .map(([cause, { flag, words }]) => `| \`${cause}\` | ${flag.replace('-', '–')} | ${sentence(words)} |`)
      .sort(),
  );
});

/** `failures` has the fields of `errors`: they are listed once. */
function fields(schema: Schema, path: string): string[] {
  if (path === 'strategies[].failures') return [path];
  const names = Object.keys(schema.properties ?? {});
  if (isOneOf(names, DISTRIBUTION) || isOneOf(names, ESTIMATE)) return [path];
  if (names.length > 0) {
    return names.flatMap((name) => fields(schema.properties![name], path === '' ? name : `${path}.${name}`));
  }
  if (schema.items?.properties !== undefined) return fields(schema.items, `${path}[]`);
  if (schema.items !== undefined) return [`${path}[]`];
  return typeof schema.additionalProperties === 'object' ? fields(schema.additionalProperties, `${path}.{}`) : [path];
}

function isOneOf(names: readonly string[], kind: readonly string[]): boolean {
  return names.length === kind.length && kind.every((name) => names.includes(name));
}

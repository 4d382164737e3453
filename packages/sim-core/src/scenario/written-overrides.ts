/** A scenario file in which what was set over it is written: its comments and its order stay. */
import { type Document, isMap, isScalar, parseDocument } from 'yaml';
import type { SourceFile } from '../manifest/types.js';
import { type Override, resolveOverride } from './overrides.js';
import { newScenarioSchema, type StrategySchemas } from './schema.js';

/** Overrides that lead nowhere are left out: running the case has told of them. */
export function writtenOverrides(
  file: SourceFile,
  overrides: readonly Override[],
  strategies: StrategySchemas,
): string {
  const schema = newScenarioSchema(strategies);
  const document = parseDocument(file.text, { version: '1.1' });
  for (const override of overrides) {
    const resolved = resolveOverride(override, schema);
    if ('code' in resolved) continue;
    if (resolved.value === null) document.deleteIn(resolved.path);
    else write(document, resolved.path, resolved.value);
  }
  return document.toString({ lineWidth: 0 });
}

function write(document: Document, path: readonly string[], value: unknown): void {
  const held = document.getIn(path, true);
  if (isScalar(held) && (typeof value !== 'object' || value === null)) {
    // The node stays, and with it the comment behind it.
    held.value = value;
    return;
  }
  const known = path.findIndex((_, i) => !isMap(document.getIn(path.slice(0, i + 1), true)));
  const depth = known < 0 ? path.length : known + 1;
  const nested = path.slice(depth).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  document.setIn(path.slice(0, depth), document.createNode(nested, { flow: typeof nested === 'object' }));
}

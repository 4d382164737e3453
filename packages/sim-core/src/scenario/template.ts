/** A scenario file with every default spelled out, read off the schema. */
import { stringify } from 'yaml';
import { z } from 'zod';
import { isFields } from '../manifest/object-source.js';
import { formatPath, unwrapped, valueAt } from './field-path.js';
import type { CalibratedValues } from './load.js';
import { newScenarioSchema, type StrategySchemas } from './schema.js';
import type { MeshSizeName } from './types.js';

const LINE_WIDTH = 110;

export interface TemplateValues {
  readonly name: string;
  /** Fields that have no default: what the file is about. */
  readonly before: string;
  readonly after: string;
  readonly size?: MeshSizeName;
  /** Values to write in place of the defaults, with the file that they come from. */
  readonly calibration?: CalibratedValues & { readonly file: string };
  /** Values of a case, above both, with its file; `set` names those that are set over it. */
  readonly case?: { readonly values: unknown; readonly file: string; readonly set: ReadonlySet<string> };
}

export function newScenarioTemplate(values: TemplateValues, strategies: StrategySchemas): string {
  const schema = newScenarioSchema(strategies, 'default', values.size);
  return `${groupLines(schema.shape, values, []).join('\n')}\n`;
}

function groupLines(shape: z.core.$ZodLooseShape, values: TemplateValues, path: readonly string[]): string[] {
  let isAfterGroup = false;
  return Object.entries(shape).flatMap(([name, field]) => {
    const lines = fieldLines(field as z.ZodType, values, [...path, name]);
    // Groups stand apart; the fields of a group do not.
    const isGroup = path.length === 0 && unwrapped(field) instanceof z.ZodObject;
    const isApart = isGroup || isAfterGroup;
    isAfterGroup = isGroup;
    return isApart ? ['', ...lines] : lines;
  });
}

function fieldLines(field: z.ZodType, values: TemplateValues, path: readonly string[]): string[] {
  const indent = '  '.repeat(path.length - 1);
  const name = path[path.length - 1];
  const { description = '', examples } = z.globalRegistry.get(field) ?? {};
  const example = Array.isArray(examples) ? examples[0] : undefined;
  const group = unwrapped(field);
  if (group instanceof z.ZodObject && example === undefined) {
    const inner = groupLines(group.shape, values, path);
    const comment = wrapped(description, `${indent}# `);
    return inner.length === 0 ? [...comment, `${indent}${name}: {}`] : [...comment, `${indent}${name}:`, ...inner];
  }
  const given = givenAt(values, path);
  const comment = wrapped(given?.source === undefined ? description : `${description} ${given.source}`, `${indent}# `);
  if (given !== undefined) return [...comment, `${indent}${name}: ${inline(given.value)}`];
  if (example !== undefined) return [...comment, `${indent}# ${name}: ${inline(example)}`];
  const value = field instanceof z.ZodDefault ? field.def.defaultValue : undefined;
  return [...comment, `${indent}${name}: ${inline(value)}`];
}

/** What stands in place of a field's default, and why, as a sentence. */
function givenAt(
  { name, before, after, size, calibration, case: of }: TemplateValues,
  path: readonly string[],
): { readonly value: unknown; readonly source?: string } | undefined {
  const own = valueAt({ name, before, after, mesh: { size } }, path);
  if (own !== undefined) return { value: own };
  const inCase = valueAt(of?.values, path);
  if (of !== undefined && inCase !== undefined) {
    return { value: inCase, source: of.set.has(path.join('.')) ? 'Here: set over the case.' : `Here: ${of.file}.` };
  }
  const value = valueAt(calibration?.values, path);
  if (calibration === undefined || value === undefined) return undefined;
  const metric = calibration.sources.get(formatPath(path));
  return { value, source: `Here: ${calibration.file}${metric === undefined ? '' : `, ${metric}`}.` };
}

function inline(value: unknown): string {
  return stringify(value, {
    collectionStyle: isFields(value) || Array.isArray(value) ? 'flow' : 'any',
    version: '1.1',
    lineWidth: 0,
  }).trimEnd();
}

function wrapped(text: string, prefix: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && prefix.length + line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(prefix + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, prefix + line];
}

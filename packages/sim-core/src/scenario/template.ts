/** A scenario file with every default spelled out, read off the schema. */
import { stringify } from 'yaml';
import { z } from 'zod';
import { isFields } from '../manifest/object-source.js';
import { unwrapped } from './field-path.js';
import { newScenarioSchema, type StrategySchemas } from './schema.js';

const LINE_WIDTH = 110;

/** Fields that have no default: what the file is about. */
export interface TemplateValues {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export function newScenarioTemplate(values: TemplateValues, strategies: StrategySchemas): string {
  const schema = newScenarioSchema(strategies);
  return `${groupLines(schema.shape, { ...values }, '').join('\n')}\n`;
}

function groupLines(shape: z.core.$ZodLooseShape, values: Readonly<Record<string, unknown>>, indent: string): string[] {
  let isAfterGroup = false;
  return Object.entries(shape).flatMap(([name, field]) => {
    const lines = fieldLines(name, field as z.ZodType, values[name], indent);
    // Groups stand apart; the fields of a group do not.
    const isGroup = indent === '' && unwrapped(field) instanceof z.ZodObject;
    const isApart = isGroup || isAfterGroup;
    isAfterGroup = isGroup;
    return isApart ? ['', ...lines] : lines;
  });
}

function fieldLines(name: string, field: z.ZodType, given: unknown, indent: string): string[] {
  const { description = '', examples } = z.globalRegistry.get(field) ?? {};
  const comment = wrapped(description, `${indent}# `);
  const example = Array.isArray(examples) ? examples[0] : undefined;
  if (given !== undefined) return [...comment, `${indent}${name}: ${inline(given)}`];
  if (example !== undefined) return [...comment, `${indent}# ${name}: ${inline(example)}`];
  const group = unwrapped(field);
  if (group instanceof z.ZodObject) {
    const inner = groupLines(group.shape, {}, `${indent}  `);
    return inner.length === 0 ? [...comment, `${indent}${name}: {}`] : [...comment, `${indent}${name}:`, ...inner];
  }
  const value = field instanceof z.ZodDefault ? field.def.defaultValue : undefined;
  return [...comment, `${indent}${name}: ${inline(value)}`];
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

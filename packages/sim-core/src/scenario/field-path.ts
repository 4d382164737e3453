/** Paths to fields of the scenario (`mesh.services`, `traffic.hosts["a.b"]`) and the schema's way along them. */
import { z } from 'zod';
import { isFields } from '../manifest/object-source.js';
import type { FieldPath } from '../manifest/yaml-documents.js';

const PLAIN_KEY = /^[\w-]+$/;

export function formatPath(path: FieldPath): string {
  return path
    .map((step, at) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!PLAIN_KEY.test(step)) return `[${JSON.stringify(step)}]`;
      return at === 0 ? step : `.${step}`;
    })
    .join('');
}

export interface PathStep {
  readonly key: string;
  /** Where it starts in the text. */
  readonly offset: number;
}

/** undefined when the text is no path. */
export function parsePath(text: string): readonly PathStep[] | undefined {
  const steps: PathStep[] = [];
  const pattern = /(?:^|\.)([^.[\]"]+)|\["((?:[^"\\]|\\.)*)"\]/gy;
  while (pattern.lastIndex < text.length) {
    const offset = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    const key = found[1] ?? (JSON.parse(`"${found[2]}"`) as string);
    steps.push({ key, offset: text[offset] === '.' ? offset + 1 : offset });
  }
  return steps.length > 0 ? steps : undefined;
}

/** The schema without what wraps it: optional, default, prefault. */
export function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrapped(schema.unwrap());
  }
  return schema;
}

/** Names of the fields of a group; undefined when any name will do, or when it is no group. */
export function fieldNames(schema: unknown): readonly string[] | undefined {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : undefined;
}

export function schemaAt(schema: unknown, path: FieldPath): unknown {
  let at = schema;
  for (const step of path) {
    const inner = unwrapped(at);
    if (inner instanceof z.ZodObject) at = inner.shape[step];
    else if (inner instanceof z.ZodRecord) at = inner.valueType;
    else return undefined;
  }
  return at;
}

/** Whether a field takes text, so that a number that stands there is text too. */
export function takesText(schema: unknown): boolean {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodUnion) return inner.options.some((option) => option instanceof z.ZodString);
  return inner instanceof z.ZodString;
}

/** Paths of all values within a group, the value itself when it is none. An empty group counts as a value. */
export function valuePaths(schema: unknown, value: unknown, path: FieldPath = []): string[] {
  const inner = unwrapped(schema);
  const isGroup = inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
  if (!isGroup || typeof value !== 'object' || value === null) return [formatPath(path)];
  const entries = Object.entries(value);
  if (entries.length === 0) return path.length === 0 ? [] : [formatPath(path)];
  return entries.flatMap(([key, held]) => valuePaths(schemaAt(inner, [key]), held, [...path, key]));
}

/** undefined when the path leads nowhere. */
export function valueAt(data: unknown, path: FieldPath): unknown {
  let found: unknown = data;
  for (const step of path) {
    if (Array.isArray(found)) found = found[Number(step)];
    else found = isFields(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}

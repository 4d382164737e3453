import { z } from 'zod';
import type { UserError } from '../errors.js';
import { stringMatch } from './istio-shapes.js';
import { nearestWord } from './nearest-word.js';
import type { ObjectSource } from './object-source.js';
import { fieldOf, isFields, pathText } from './object-source.js';
import type { FieldPath } from './yaml-documents.js';

export type Checked<T> = { readonly value: T } | { readonly errors: readonly UserError[] };

/** Holds an object against a shape; every mismatch becomes an error at its field. */
export function checkShape<T>(shape: z.ZodType<T>, source: ObjectSource): Checked<T> {
  const pruned = withoutNulls(source.value);
  const checked = shape.safeParse(pruned);
  if (checked.success) return { value: checked.data };
  return { errors: checked.error.issues.flatMap((issue) => errorsOf(issue, shape, source, pruned)) };
}

/** The API server prunes a field that is null (`subsets:` with nothing behind it) before it validates. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(([, held]) => held !== null && held !== undefined);
  return Object.fromEntries(kept.map(([key, held]) => [key, withoutNulls(held)]));
}

function errorsOf(issue: z.core.$ZodIssue, shape: z.ZodType, source: ObjectSource, value: unknown): UserError[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const field = pathText(path);
  const found = valueAt(value, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(key, path, shapeAt(shape, path), source));
    case 'invalid_type':
      return [found === undefined ? missingField(path, source, value) : wrongType(issue.expected, found, path, source)];
    case 'invalid_value': {
      const values = issue.values.map(String);
      if (found === undefined) return [missingField(path, source, value)];
      const meant = nearestWord(String(found), values);
      const hint = `${meant === undefined ? '' : `Did you mean \`${meant}\`? `}It can be ${values.join(', ')}.`;
      return [source.problem('XDS-MANIFEST-VALUE', path, `${field} cannot be ${JSON.stringify(found)}`, hint)];
    }
    case 'too_small':
    case 'too_big': {
      const limit = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const isNumber = typeof found === 'number';
      const message = isNumber ? `${field} is ${found}; it must be ${limit}` : `${field} is empty`;
      const hint = isNumber ? `Give a number that is ${limit}.` : 'Give it a value, or leave the field out.';
      return [source.problem('XDS-MANIFEST-VALUE', path, message, hint)];
    }
    default:
      return [source.problem('XDS-MANIFEST-VALUE', path, `${field}: ${issue.message}`, 'Correct the value.')];
  }
}

function unknownField(key: string, path: FieldPath, shape: z.ZodType | undefined, source: ObjectSource): UserError {
  const known = shape instanceof z.ZodObject ? Object.keys(shape.shape) : [];
  const meant = nearestWord(key, known);
  const question = meant === undefined ? '' : `Did you mean \`${meant}\`? `;
  if (shape === stringMatch) {
    const message = `${pathText(path)} matches by \`${key}\`, which Istio does not know`;
    return source.problem('XDS-MANIFEST-MATCH', [...path, key], message, `${question}Use exact, prefix or regex.`);
  }
  const message = `${pathText(path)} has no field \`${key}\``;
  const hint = `${question}Its fields are ${[...known].sort().join(', ')}.`;
  return source.problem('XDS-MANIFEST-UNKNOWN-FIELD', [...path, key], message, hint);
}

function missingField(path: FieldPath, source: ObjectSource, value: unknown): UserError {
  const field = pathText(path);
  const parent = valueAt(value, path.slice(0, -1));
  const name = String(path.at(-1));
  const written = isFields(parent) ? nearestWord(name, Object.keys(parent)) : undefined;
  const hint = written === undefined ? `Add \`${name}\`.` : `Did you mean \`${name}\` where \`${written}\` is written?`;
  return source.problem('XDS-MANIFEST-MISSING', path, `${field} is missing`, hint);
}

const WITH_ARTICLE: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function wrongType(expected: string, found: unknown, path: FieldPath, source: ObjectSource): UserError {
  const wanted = WITH_ARTICLE[expected] ?? expected;
  const message = `${pathText(path)} must be ${wanted}, but is ${described(found)}`;
  return source.problem('XDS-MANIFEST-TYPE', path, message, typeHint(expected, found, path));
}

function typeHint(expected: string, found: unknown, path: FieldPath): string {
  if (expected === 'string' && typeof found === 'boolean') {
    return 'Quote it: Kubernetes reads true, yes, on, y and their opposites as booleans.';
  }
  if (expected === 'string' && typeof found === 'number') return `Quote it: "${found}".`;
  if ((expected === 'number' || expected === 'int') && typeof found === 'string') {
    return Number.isNaN(Number(found)) ? 'Give a number.' : `Remove the quotes: ${Number(found)}.`;
  }
  if (expected === 'array')
    return `Write \`${String(path.at(-1))}\` as a list: each entry on its own line after \`- \`.`;
  if (expected === 'object' && Array.isArray(found)) return 'Remove the `- `: there is only one of it.';
  return `Give ${WITH_ARTICLE[expected] ?? expected}.`;
}

function described(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${JSON.stringify(value)}`;
}

function valueAt(value: unknown, path: FieldPath): unknown {
  let found: unknown = value;
  for (const step of path) {
    if (Array.isArray(found)) found = found[Number(step)];
    else found = fieldOf(found, String(step));
  }
  return found;
}

function shapeAt(shape: z.ZodType, path: FieldPath): z.ZodType | undefined {
  let at: unknown = shape;
  for (const step of path) {
    const inner = unwrapped(at);
    if (inner instanceof z.ZodObject) at = inner.shape[step];
    else if (inner instanceof z.ZodArray) at = inner.element;
    else if (inner instanceof z.ZodRecord) at = inner.valueType;
    else return undefined;
  }
  const found = unwrapped(at);
  return found instanceof z.ZodType ? found : undefined;
}

function unwrapped(shape: unknown): unknown {
  return shape instanceof z.ZodOptional ? unwrapped(shape.unwrap()) : shape;
}

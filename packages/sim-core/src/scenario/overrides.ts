/** `--set path=value`: values that go over those of the scenario file. */
import { z } from 'zod';
import type { UserError } from '../errors.js';
import { nearestWord } from '../manifest/nearest-word.js';
import { type Fields, isFields } from '../manifest/object-source.js';
import { SourceText } from '../manifest/source-text.js';
import { readYaml } from '../manifest/yaml-documents.js';
import { fieldNames, formatPath, parsePath, schemaAt, takesText, unwrapped } from './field-path.js';

export interface Override {
  readonly path: string;
  readonly value: string;
}

/** An override that leads to a field. */
export interface ResolvedOverride {
  readonly path: readonly string[];
  /** null takes away what the file says, so that the default holds again. */
  readonly value: unknown;
  /** `path=value` as one line, to point into. */
  readonly text: SourceText;
  readonly valueOffset: number;
}

export function resolveOverride(override: Override, schema: unknown): ResolvedOverride | UserError {
  const text = new SourceText({ path: '--set', text: `${override.path}=${override.value}` });
  const path = resolvePath(override.path, schema, text);
  if (!Array.isArray(path)) return path as UserError;
  const valueOffset = override.path.length + 1;
  const error = (position: UserError['position'], message: string, hint: string): UserError => ({
    code: 'XDS-SET-VALUE',
    message,
    position,
    excerpt: text.excerpt(1),
    hint,
  });
  if (override.value.trim() === '') {
    const hint = 'Write `path=value`; `path=null` gives the default back.';
    return error(text.positionAt(valueOffset), `--set ${override.path} has no value`, hint);
  }
  // Blanks in place of the path, so that the places of syntax errors are right.
  const yaml = readYaml(new SourceText({ path: '--set', text: ' '.repeat(valueOffset) + override.value }));
  const [broken] = yaml.errors;
  if (broken !== undefined) return error(broken.position, `--set ${override.path}: ${broken.message}`, broken.hint);
  const value = yaml.documents[0]?.value ?? null;
  const isText = value !== null && typeof value !== 'object' && takesText(schemaAt(schema, path));
  return { path, value: isText ? unquoted(override.value, value) : value, text, valueOffset };
}

/** The data with the override in it; data that is no group where it should be stays, and is an error of its own. */
export function withOverride(data: Fields, path: readonly string[], value: unknown): Fields {
  const [key, ...rest] = path;
  const held = data[key] ?? {};
  if (rest.length === 0) {
    const { [key]: _, ...others } = data;
    return value === null ? others : { ...data, [key]: value };
  }
  return isFields(held) ? { ...data, [key]: withOverride(held, rest, value) } : data;
}

/** A seed of 007 is not 7. */
function unquoted(written: string, value: unknown): string {
  return typeof value === 'string' ? value : written.trim();
}

function resolvePath(written: string, schema: unknown, text: SourceText): string[] | UserError {
  const error = (offset: number, message: string, hint: string): UserError => ({
    code: 'XDS-SET-PATH',
    message,
    position: text.positionAt(offset),
    excerpt: text.excerpt(1),
    hint,
  });
  const steps = parsePath(written);
  if (steps === undefined) {
    const hint = 'Write it as `mesh.services`, or `traffic.hosts["a.b"]` where a name has dots.';
    return error(0, `\`${written}\` is not a path`, hint);
  }
  const path: string[] = [];
  for (const [at, { key, offset }] of steps.entries()) {
    const group = schemaAt(schema, path);
    // Host names have dots: what follows `traffic.hosts.` is one name.
    if (unwrapped(group) instanceof z.ZodRecord) {
      const rest = steps.slice(at).map((step) => step.key);
      return [...path, rest.join('.')];
    }
    const names = fieldNames(group);
    if (names === undefined) {
      return error(offset, `${formatPath(path)} is one value`, `Set it whole: --set '${formatPath(path)}=…'.`);
    }
    if (!names.includes(key)) {
      const meant = nearestWord(key, names);
      const question = meant === undefined ? '' : `Did you mean \`${formatPath([...path, meant])}\`? `;
      const where = path.length === 0 ? 'A scenario' : formatPath(path);
      return error(offset, `${where} has no field \`${key}\``, `${question}There are ${[...names].sort().join(', ')}.`);
    }
    path.push(key);
  }
  return path;
}

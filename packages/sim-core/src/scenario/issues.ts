/** What the schema finds wrong, as errors at their place. */
import { z } from 'zod';
import type { UserError } from '../errors.js';
import { nearestWord } from '../manifest/nearest-word.js';
import { isFields } from '../manifest/object-source.js';
import type { FieldPath } from '../manifest/yaml-documents.js';
import { fieldNames, formatPath, schemaAt, unwrapped, valueAt } from './field-path.js';
import type { IssueDetails } from './fields.js';

/** Turns a problem at a path into an error with a place. */
export type Locate = (code: string, path: FieldPath, message: string, hint: string) => UserError;

type Issue = z.core.$ZodIssue;

export function errorsOfIssue(issue: Issue, schema: unknown, data: unknown, locate: Locate): UserError[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const name = path.length === 0 ? 'The scenario' : formatPath(path);
  const found = valueAt(data, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(key, path, fieldNames(schemaAt(schema, path)) ?? [], locate));
    case 'invalid_type':
      if (found === undefined) return [missing(path, locate)];
      return [mismatch(path, found, [typeText(issue.expected)], [], locate)];
    case 'invalid_value':
      if (found === undefined) return [missing(path, locate)];
      return [mismatch(path, found, issue.values.map(String), issue.values.map(String), locate)];
    case 'invalid_union':
      if (found === undefined) return [missing(path, locate)];
      return unionErrors(issue, path, schema, data, locate);
    case 'too_small':
    case 'too_big': {
      const limit = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const what =
        typeof found === 'number' ? `${name} is ${found}; it must be ${limit}` : `${name} has a wrong length`;
      const hint =
        typeof found === 'number'
          ? `Give a number that is ${limit}.`
          : `It must have ${limit} ${issue.origin === 'string' ? 'letters' : 'entries'}.`;
      return [locate('XDS-SCENARIO-VALUE', path, what, hint)];
    }
    case 'invalid_key':
      return [locate('XDS-SCENARIO-VALUE', path, `${name} ${issue.issues[0].message}`, nameHint(schema, path))];
    case 'custom': {
      const { code = 'XDS-SCENARIO-VALUE', hint = 'Correct the value.' } = (issue.params ?? {}) as IssueDetails;
      return [locate(code, path, `${name}: ${issue.message}`, hint)];
    }
    default:
      return [locate('XDS-SCENARIO-VALUE', path, `${name}: ${issue.message}`, 'Correct the value.')];
  }
}

/** What the names of a record's fields are. */
function nameHint(schema: unknown, path: FieldPath): string {
  const record = unwrapped(schemaAt(schema, path.slice(0, -1)));
  const text = record instanceof z.ZodRecord ? (record.keyType as z.ZodType).description : undefined;
  return text === undefined ? 'Correct the name.' : `Give ${text}`;
}

/** The errors of the one alternative that was meant; where none was, what the alternatives are. */
function unionErrors(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: FieldPath,
  schema: unknown,
  data: unknown,
  locate: Locate,
): UserError[] {
  const meant = issue.errors.find((issues) => !issues.some(isMismatch));
  if (meant !== undefined) {
    return meant.flatMap((inner) => errorsOfIssue({ ...inner, path: [...path, ...inner.path] }, schema, data, locate));
  }
  const union = unwrapped(schemaAt(schema, path));
  const options = union instanceof z.ZodUnion ? union.options : [];
  const texts = options.flatMap(optionTexts);
  const words = options.flatMap((option) =>
    option instanceof z.ZodLiteral ? [...option.values].map(String) : (fieldNames(option) ?? []),
  );
  return [mismatch(path, valueAt(data, path), texts, words, locate)];
}

function isMismatch(issue: Issue): boolean {
  return issue.path.length === 0 && ['invalid_type', 'invalid_value', 'unrecognized_keys'].includes(issue.code);
}

function optionTexts(option: unknown): string[] {
  const names = fieldNames(option);
  if (names !== undefined) return [`{${names.join(', ')}: …}`];
  if (option instanceof z.ZodLiteral) return [...option.values].map(String);
  if (option instanceof z.ZodNumber) return [typeText(option.format?.includes('int') ? 'int' : 'number')];
  return [typeText(option instanceof z.ZodString ? 'string' : 'object')];
}

function unknownField(key: string, path: FieldPath, known: readonly string[], locate: Locate): UserError {
  const meant = nearestWord(key, known);
  const question = meant === undefined ? '' : `Did you mean \`${meant}\`? `;
  const where = path.length === 0 ? 'A scenario' : formatPath(path);
  const hint = `${question}Its fields are ${[...known].sort().join(', ')}.`;
  return locate('XDS-SCENARIO-UNKNOWN-FIELD', [...path, key], `${where} has no field \`${key}\``, hint);
}

function missing(path: FieldPath, locate: Locate): UserError {
  return locate('XDS-SCENARIO-MISSING', path, `${formatPath(path)} is missing`, `Add \`${String(path.at(-1))}\`.`);
}

function mismatch(
  path: FieldPath,
  found: unknown,
  expected: readonly string[],
  words: readonly string[],
  locate: Locate,
): UserError {
  const written = isFields(found) ? Object.keys(found) : [String(found)];
  const meant = written.map((word) => nearestWord(word, words)).find((word) => word !== undefined);
  const question = meant === undefined ? '' : `Did you mean \`${meant}\`? `;
  const name = path.length === 0 ? 'The scenario' : formatPath(path);
  const message = `${name} cannot be ${JSON.stringify(found)}`;
  return locate('XDS-SCENARIO-VALUE', path, message, `${question}It can be ${expected.join(' or ')}.`);
}

const TYPE_TEXTS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a group of fields',
  record: 'a group of fields',
};

function typeText(type: string): string {
  return TYPE_TEXTS[type] ?? type;
}

/**
 * YAML as `kubectl` reads it: YAML 1.1 scalars (`on` is a boolean, `010` is eight), but neither dates nor base-60
 * numbers, which sigs.k8s.io/yaml does not know either. Anchors, aliases and merge keys are resolved.
 */

import type { Document, Node, Pair, ParsedNode, YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';
import type { UserError } from '../errors.js';
import { MOST_LEVELS, tooDeepAt } from './nesting.js';
import { type SourceText, TEMPLATE_HINT } from './source-text.js';

export type FieldPath = readonly (string | number)[];

export interface YamlDocument {
  readonly value: unknown;
  /** Offset of a field's key or of a list's item; undefined when the path leads nowhere. */
  readonly offsetOf: (path: FieldPath) => number | undefined;
}

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly errors: readonly UserError[];
}

type YamlSource = Document.Parsed<ParsedNode, boolean>;

const HINTS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'Align the fields of one object in the same column.',
  DUPLICATE_KEY: 'Keep one of the two: Kubernetes refuses a field that is given twice.',
  MISSING_CHAR: 'Close the quote or bracket, or indent the line as part of the value above.',
  MULTILINE_IMPLICIT_KEY: 'A key and its `:` belong on one line; check the indentation here.',
  TAB_AS_INDENT: 'Indent with spaces: YAML does not allow tabs there.',
  UNEXPECTED_TOKEN: 'Check the indentation and the quotes around this place.',
};

export function readYaml(source: SourceText): YamlFile {
  const deepAt = tooDeepAt(source.text);
  if (deepAt !== undefined) {
    const message = `more than ${MOST_LEVELS} lists and objects are nested in each other`;
    return { documents: [], errors: [yamlError(source, deepAt, 'XDS-YAML-SYNTAX', message, 'Nest less deeply.')] };
  }
  const read = parseAllDocuments(spacesForTabsInJson(source.text), {
    schema: 'yaml-1.1',
    merge: true,
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !isDateOrBase60(tag)),
    prettyErrors: false,
    logLevel: 'error',
  });
  const parsed: readonly YamlSource[] = Array.isArray(read) ? read : [];
  const documents: YamlDocument[] = [];
  const errors: UserError[] = [];
  for (const document of parsed) {
    const broken = syntaxErrors(source, document);
    if (broken.length > 0) {
      errors.push(...broken);
      continue;
    }
    try {
      documents.push({ value: document.toJS(), offsetOf: (path) => offsetOf(document, path) });
    } catch (thrown) {
      const hint = 'Define the anchor (`&name`) above its use, merge only objects, and do not nest aliases in aliases.';
      errors.push(yamlError(source, offsetOfBadAlias(document), 'XDS-YAML-SYNTAX', messageOf(thrown), hint));
    }
  }
  return { documents, errors };
}

/** Base-60 numbers share their tag with the plain ones; only the format tells them apart. */
function isDateOrBase60(tag: { tag: string; format?: string }): boolean {
  return tag.tag === 'tag:yaml.org,2002:timestamp' || tag.format === 'TIME';
}

/** One error a line: what follows the first on a line is most often its echo. */
function syntaxErrors(source: SourceText, document: YamlSource): UserError[] {
  const byLine = new Map<number, UserError>();
  for (const error of document.errors) {
    const { line } = source.positionAt(error.pos[0]);
    if (byLine.has(line)) continue;
    const hint = source.isTemplate(line) ? TEMPLATE_HINT : (HINTS[error.code] ?? 'Correct the YAML at this place.');
    const code = error.code === 'TAB_AS_INDENT' ? 'XDS-YAML-TAB' : 'XDS-YAML-SYNTAX';
    byLine.set(line, yamlError(source, error.pos[0], code, error.message, hint));
  }
  return [...byLine.values()];
}

function yamlError(source: SourceText, offset: number, code: string, message: string, hint: string): UserError {
  const position = source.positionAt(offset);
  return { code, message, position, excerpt: source.excerpt(position.line), hint };
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** JSON allows tabs between tokens and nowhere else; a space of the same width keeps every offset. */
function spacesForTabsInJson(text: string): string {
  if (!/^\s*[{[]/.test(text) || !text.includes('\t')) return text;
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return text.replaceAll('\t', ' ');
}

function offsetOfBadAlias(document: YamlSource): number {
  let offset = document.contents?.range[0] ?? 0;
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0] ?? offset;
      return visit.BREAK;
    },
  });
  return offset;
}

function offsetOf(document: YamlSource, path: FieldPath): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = pairOf(document, node, String(step));
      if (pair === undefined) return undefined;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else {
      return undefined;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

function pairOf(document: YamlSource, map: YAMLMap, key: string): Pair | undefined {
  const own = map.items.find((pair) => isScalar(pair.key) && !isMergeKey(pair) && String(pair.key.value) === key);
  if (own !== undefined) return own;
  for (const pair of map.items.filter(isMergeKey)) {
    const merged = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
    for (const part of isSeq(merged) ? merged.items : [merged]) {
      const target = isAlias(part) ? part.resolve(document) : part;
      const found = isMap(target) ? pairOf(document, target, key) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && (pair.key.value === '<<' || typeof pair.key.value === 'symbol');
}

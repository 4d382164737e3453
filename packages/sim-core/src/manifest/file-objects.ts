import type { UserError } from '../errors.js';
import type { Fields } from './object-source.js';
import { isFields, ObjectSource } from './object-source.js';
import type { SourceText } from './source-text.js';
import type { YamlDocument } from './yaml-documents.js';
import { readYaml } from './yaml-documents.js';

export interface FileObjects {
  readonly objects: readonly ObjectSource[];
  readonly errors: readonly UserError[];
}

/** The objects of a file: its documents, with lists taken apart and empty documents left out. */
export function readObjects(text: SourceText): FileObjects {
  const { documents, errors } = readYaml(text);
  const objects: ObjectSource[] = [];
  const all = [...errors];
  for (const document of documents) {
    const found = objectsOf(text, document);
    objects.push(...found.objects);
    all.push(...found.errors);
  }
  return { objects, errors: all };
}

function objectsOf(text: SourceText, document: YamlDocument): FileObjects {
  const { value } = document;
  if (value === null || value === undefined) return { objects: [], errors: [] };
  if (!isFields(value)) return { objects: [], errors: [notAnObject(text, document)] };
  // `List`, and what an API server answers with: `VirtualServiceList`, whose items may leave out their own kind.
  const isList = typeof value.kind === 'string' && value.kind.endsWith('List') && Array.isArray(value.items);
  if (!isList) return { objects: [new ObjectSource(text, value, document.offsetOf)], errors: [] };
  const found: FileObjects[] = listItems(value).map((item, at) =>
    objectsOf(text, { value: item, offsetOf: (path) => document.offsetOf(['items', at, ...path]) }),
  );
  return { objects: found.flatMap(({ objects }) => objects), errors: found.flatMap(({ errors }) => errors) };
}

function listItems(list: Fields): readonly unknown[] {
  const kind = String(list.kind).slice(0, -'List'.length);
  const implied = kind === '' ? {} : { apiVersion: list.apiVersion, kind };
  return (list.items as readonly unknown[]).map((item) => (isFields(item) ? { ...implied, ...item } : item));
}

function notAnObject(text: SourceText, document: YamlDocument): UserError {
  const position = text.positionAt(document.offsetOf([]) ?? 0);
  const isList = Array.isArray(document.value);
  return {
    code: 'XDS-MANIFEST-TYPE',
    message: `a manifest must be an object, but this is ${isList ? 'a list' : `the ${typeof document.value} ${JSON.stringify(document.value)}`}`,
    position,
    excerpt: text.excerpt(position.line),
    hint: isList
      ? 'Separate the objects by `---`, or put them under `items` of a `kind: List`.'
      : 'Begin with `apiVersion:`.',
  };
}

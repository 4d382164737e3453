import type { UserError } from '../errors.js';
import { checkShape } from './check-shape.js';
import { groupOf, isInterpretedKind, kindOf } from './object-kinds.js';
import type { ObjectSource } from './object-source.js';
import { metadataShape } from './other-shapes.js';
import type { ObjectMeta } from './types.js';

/** The namespace that kubectl uses when neither the object nor the command names one. */
const DEFAULT_NAMESPACE = 'default';

export function readMeta(
  source: ObjectSource,
): { readonly meta: ObjectMeta } | { readonly errors: readonly UserError[] } {
  const checked = checkShape(metadataShape, source);
  if ('errors' in checked) return checked;
  const { apiVersion, kind, metadata } = checked.value;
  const namespace = metadata.namespace ?? DEFAULT_NAMESPACE;
  // Gateway API also has a Gateway: a kind of a foreign group carries its group, so that the two keys differ.
  const isForeign = isInterpretedKind(kind) && kindOf(apiVersion, kind) === undefined;
  const qualifiedKind = isForeign ? `${kind}.${groupOf(apiVersion)}` : kind;
  const meta: ObjectMeta = {
    key: `${qualifiedKind}/${namespace}/${metadata.name}`,
    apiVersion,
    kind,
    namespace,
    name: metadata.name,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    position: source.start,
    raw: source.value,
    positionOf: (path) => source.positionOf(path),
  };
  return { meta };
}

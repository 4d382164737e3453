/**
 * What Istio's validating webhook says of a VirtualService beyond its shape (pkg/config/validation). The rules read the
 * raw fields, so that they speak also when the shape of another field is wrong.
 */
import type { UserError } from '../errors.js';
import { checkLayer4Routes } from './layer4-rules.js';
import type { ObjectSource } from './object-source.js';
import { fieldOf, isFields, listOf, pathText } from './object-source.js';
import { compileRe2 } from './re2.js';
import type { FieldPath } from './yaml-documents.js';

const ACTIONS = ['route', 'redirect', 'directResponse', 'delegate'];
const STRING_MATCHES = ['uri', 'scheme', 'method', 'authority'];
const STRING_MATCH_MAPS = ['headers', 'withoutHeaders', 'queryParams'];
const MATCH_TYPES = ['exact', 'prefix', 'regex'];

export function checkVirtualService(source: ObjectSource): UserError[] {
  const spec = fieldOf(source.value, 'spec');
  const errors = listOf(fieldOf(spec, 'http')).flatMap((route, at) => {
    const path: FieldPath = ['spec', 'http', at];
    const matches = listOf(fieldOf(route, 'match')).flatMap((match, index) =>
      checkMatch(source, match, [...path, 'match', index]),
    );
    return [...checkAction(source, route, path), ...matches, ...checkWeights(source, route, path)];
  });
  for (const layer of ['tcp', 'tls']) {
    const routes = listOf(fieldOf(spec, layer));
    errors.push(...routes.flatMap((route, at) => checkWeights(source, route, ['spec', layer, at])));
  }
  return [...errors, ...checkLayer4Routes(source)];
}

function checkAction(source: ObjectSource, route: unknown, path: FieldPath): UserError[] {
  if (!isFields(route) || ACTIONS.some((action) => isGiven(route[action]))) return [];
  const message = `${pathText(path)} sends its requests nowhere`;
  return [source.problem('XDS-MANIFEST-MISSING', path, message, `Give it one of ${ACTIONS.join(', ')}.`)];
}

function isGiven(action: unknown): boolean {
  return Array.isArray(action) ? action.length > 0 : action !== undefined && action !== null;
}

function checkWeights(source: ObjectSource, route: unknown, path: FieldPath): UserError[] {
  const weights = listOf(fieldOf(route, 'route')).map((destination) => fieldOf(destination, 'weight') ?? 0);
  const errors = weights.flatMap((weight, at) => {
    if (typeof weight !== 'number' || weight >= 0) return [];
    const field: FieldPath = [...path, 'route', at, 'weight'];
    const message = `${pathText(field)} is ${weight}; a weight cannot be negative`;
    return [source.problem('XDS-MANIFEST-WEIGHT', field, message, 'Use 0 to send nothing to this destination.')];
  });
  if (weights.length > 1 && weights.every((weight) => weight === 0)) {
    const field: FieldPath = [...path, 'route'];
    const message = `the weights of ${pathText(field)} add up to 0`;
    errors.push(
      source.problem('XDS-MANIFEST-WEIGHT', field, message, 'Of several destinations, one without a weight gets 0.'),
    );
  }
  return errors;
}

function checkMatch(source: ObjectSource, match: unknown, path: FieldPath): UserError[] {
  const single = STRING_MATCHES.map((field): FieldPath => [field]);
  const mapped = STRING_MATCH_MAPS.flatMap((field) => {
    const map = fieldOf(match, field);
    return isFields(map) ? Object.keys(map).map((key): FieldPath => [field, key]) : [];
  });
  return [...single, ...mapped].flatMap((field) => {
    const found = fieldOf(match, ...field.map(String));
    return isFields(found) ? checkStringMatch(source, found, [...path, ...field]) : [];
  });
}

function checkStringMatch(
  source: ObjectSource,
  match: Readonly<Record<string, unknown>>,
  path: FieldPath,
): UserError[] {
  const given = MATCH_TYPES.filter((type) => match[type] !== undefined && match[type] !== null);
  if (given.length > 1) {
    const message = `${pathText(path)} matches by ${given.join(' and ')} at once`;
    return [source.problem('XDS-MANIFEST-MATCH', [...path, given[1]], message, 'Keep one; use regex to combine them.')];
  }
  // Istio reads a lone star as "present", though it is no regular expression (route.go, canBeConvertedToPresentMatch).
  if (typeof match.regex !== 'string' || match.regex === '*') return [];
  const compiled = compileRe2(match.regex);
  if ('expression' in compiled) return [];
  const field: FieldPath = [...path, 'regex'];
  const message = `${pathText(field)} is not an expression that can be read: ${compiled.problem}`;
  return [source.problem('XDS-MANIFEST-REGEX', field, message, compiled.hint)];
}

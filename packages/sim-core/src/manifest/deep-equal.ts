import type { Fields } from './object-source.js';
import { isFields } from './object-source.js';

/** Equal as the API server stores it: the order of fields says nothing, and a field that is null is not there. */
export function deepEqual(left: unknown, right: unknown): boolean {
  return differingPaths(left, right).length === 0;
}

/** The fields in which two values differ, as deep as both are objects: `connectionPool.http.maxRetries`. */
export function differingPaths(left: unknown, right: unknown, path = ''): string[] {
  if (left === right || (isAbsent(left) && isAbsent(right))) return [];
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length) return [path];
    return left.flatMap((item, at) => differingPaths(item, right[at], `${path}[${at}]`));
  }
  // An object that appears or goes is told by its fields, so that the message names what was set.
  const isLeftObject = isFields(left) || isAbsent(left);
  const isRightObject = isFields(right) || isAbsent(right);
  if (!isLeftObject || !isRightObject) return [path];
  const before: Fields = isFields(left) ? left : {};
  const after: Fields = isFields(right) ? right : {};
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const inner = keys.flatMap((key) => differingPaths(before[key], after[key], path === '' ? key : `${path}.${key}`));
  // `{}` against nothing has no field to name, and is a difference where an empty object means "every".
  return inner.length === 0 && isAbsent(left) !== isAbsent(right) ? [path] : inner;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

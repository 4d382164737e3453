/**
 * Errors of the user's input are values: a code, a place, a hint. Exceptions are for the impossible.
 */

/** A place in a file. Lines and columns count from 1, as editors show them. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with what the user gave us. */
export interface UserError {
  /** Stable identifier, e.g. `XDS-YAML-SYNTAX`; see docs/errors.md. */
  readonly code: string;
  readonly message: string;
  readonly position?: SourcePosition;
  /** The source line that `position` points into, for a caret excerpt. */
  readonly excerpt?: string;
  /** What to do about it. */
  readonly hint: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly UserError[] };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(...errors: UserError[]): Result<never> {
  return { ok: false, errors };
}

/** Something that the result depends on and that the user should know; never stops a run. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly position?: SourcePosition;
}

/** Closes every switch over a union: reaching it is a defect of ours. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

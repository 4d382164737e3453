import type { SourcePosition, UserError } from '../errors.js';
import { type SourceText, TEMPLATE_HINT } from './source-text.js';
import type { FieldPath } from './yaml-documents.js';

export type Fields = Readonly<Record<string, unknown>>;

/** One object of a file, with the way back from each of its fields to the text. */
export class ObjectSource {
  readonly start: SourcePosition;

  constructor(
    readonly text: SourceText,
    readonly value: Fields,
    private readonly offsetOf: (path: FieldPath) => number | undefined,
  ) {
    this.start = text.positionAt(offsetOf([]) ?? 0);
  }

  positionOf(path: FieldPath): SourcePosition {
    const offset = this.offsetOf(path);
    return offset === undefined ? this.start : this.text.positionAt(offset);
  }

  /** The field, or what should have held it. */
  nearestPosition(path: FieldPath): SourcePosition {
    for (let length = path.length; length > 0; length--) {
      const offset = this.offsetOf(path.slice(0, length));
      if (offset !== undefined) return this.text.positionAt(offset);
    }
    return this.start;
  }

  problem(code: string, path: FieldPath, message: string, hint: string): UserError {
    const position = this.nearestPosition(path);
    const told = this.text.isTemplate(position.line) ? TEMPLATE_HINT : hint;
    return { code, message, position, excerpt: this.text.excerpt(position.line), hint: told };
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of something whose shape is not known to be right. */
export function fieldOf(value: unknown, ...path: string[]): unknown {
  let found: unknown = value;
  for (const step of path) found = isFields(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  return found;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `spec.http[0].route`, as Istio and kubectl write it. */
export function pathText(path: FieldPath): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}

/**
 * How a field of the scenario file is declared: its type, its default, what it means and where the default comes from,
 * in one place. Help, template and JSON Schema are read off these declarations.
 */
import { z } from 'zod';

/** A field with a default; the default's text is made from its value, so that the two cannot differ. */
export function field<T extends z.ZodType>(type: T, value: z.output<T>, text: string, source: string): z.ZodDefault<T> {
  const described = `${text} Default ${JSON.stringify(value)}. Source: ${source}.`;
  return type.default(value as z.util.NoUndefined<z.output<T>>).describe(described);
}

/** A field that may be left out; `example` is what the template shows commented out. */
export function optionalField<T extends z.ZodType>(type: T, text: string, example: z.input<T>): z.ZodOptional<T> {
  return type.optional().meta({ description: text, examples: [example] });
}

/** A group of fields, all with their defaults when it is left out. */
export function section<T extends z.core.$ZodLooseShape>(
  shape: T,
  text: string,
): z.ZodPrefault<z.ZodObject<T, z.core.$strict>> {
  const object = z.strictObject(shape);
  return object.prefault({} as z.input<typeof object>).describe(text);
}

/** What a refinement adds to an issue, for a better error than its message alone. */
export interface IssueDetails {
  readonly code?: string;
  readonly hint?: string;
}

const DAY_MS = 86_400_000;

/** Times lie within a day: the clock counts nanoseconds in a double. */
export const milliseconds = z.number().min(0).max(DAY_MS);
export const microseconds = z.number().min(0).max(1e9);
export const probability = z.number().min(0).max(1);
export const share = z.number().min(0).max(1e9);

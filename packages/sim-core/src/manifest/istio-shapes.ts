/**
 * Fields that occur in several Istio kinds. Every legal field is listed, since Kubernetes refuses an unknown one under
 * strict validation; the lists follow istio/api kubernetes/customresourcedefinitions.gen.yaml at b8f8791d (July 2026),
 * and keep the deprecated names that older releases accept.
 */
import { z } from 'zod';
import { durationMs } from './duration.js';

export const text = z.string();
export const nonEmptyText = z.string().min(1);
export const texts = z.array(text);
export const whole = z.int();
export const count = z.int().min(0);
export const flag = z.boolean();
/** As Go writes them: `500ms`, `1h30m`. */
export const duration = z
  .string()
  .refine((written) => durationMs(written) !== undefined, 'is not a duration such as 10s, 500ms or 1h30m');
export const textMap = z.record(z.string(), z.string());
export const portNumber = z.int().min(1).max(65535);
export const percentage = z.strictObject({ value: z.number().optional() });
/** Only https://istio.io/latest/docs/reference/config/networking/virtual-service/#PortSelector's `number` is left. */
export const portSelector = z.strictObject({ number: portNumber.optional() });

export const stringMatch = z.strictObject({
  exact: text.optional(),
  prefix: text.optional(),
  regex: text.optional(),
});

export const destination = z.strictObject({
  host: nonEmptyText,
  subset: text.optional(),
  port: portSelector.optional(),
});

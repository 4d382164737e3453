/** Parameters that several strategies have. */
import { field, milliseconds } from '../scenario/fields.js';

export function gapField() {
  return field(
    milliseconds,
    2000,
    'Wait between steps, from the last answer of one to the first write of the next.',
    'Istio Traffic Management Best Practices: "wait a few seconds"',
  );
}

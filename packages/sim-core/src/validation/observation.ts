/**
 * What one proxy showed during one rollout, in the same terms whether a lab measured it or the model simulated it.
 * Absent quantities were not measured.
 */
import type { XDS_TYPE_NAMES } from '../trace/events.js';

export type XdsTypeName = (typeof XDS_TYPE_NAMES)[number];

/** A response as a relay on the stream sees it: type, resources, removed. */
export type ResponseShape = readonly [type: XdsTypeName, resources: number, removed: number];

/** What the proxy sends: a change of its subscriptions, or an ACK. */
export type SentShape =
  | readonly ['request', type: XdsTypeName, subscribed: number, unsubscribed: number]
  | readonly ['ack', type: XdsTypeName];

export interface Observation {
  /** Pushes of the control plane in this rollout. */
  readonly pushes?: number;
  readonly responses?: readonly ResponseShape[];
  readonly sent?: readonly SentShape[];
  /** First arrival of each type, from the start of the rollout. */
  readonly arrivalMs: Readonly<Partial<Record<XdsTypeName, number>>>;
  readonly addWindowMs?: number;
  readonly removeWindowMs?: number;
}

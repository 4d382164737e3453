/** Which message was late: the next one after a failed request that ends its cause. */
import type { Bucket } from '@xdsim/sim-core';
import type { Message, RolloutPicture, XdsTypeName } from '../rollout/picture.js';

const TYPES: Readonly<Partial<Record<Bucket['cause'], XdsTypeName>>> = {
  'rds-late': 'RDS',
  'cds-late': 'CDS',
  'eds-late': 'EDS',
  'no-ready-endpoints': 'EDS',
};

export interface LateMessage {
  readonly type: XdsTypeName;
  /** undefined: it does not come within the rollout. */
  readonly message: Message | undefined;
}

/** undefined: no message would help. */
export function lateMessage(
  picture: RolloutPicture,
  proxy: number,
  cause: Bucket['cause'],
  ns: number,
): LateMessage | undefined {
  const type = TYPES[cause];
  if (type === undefined) return undefined;
  const endNs = picture.failing.find(
    (span) => span.proxy === proxy && span.cause === cause && span.fromNs <= ns && ns < span.toNs,
  )?.toNs;
  const applied = picture.messages.filter(
    (message) =>
      message.proxy === proxy && message.type === type && message.appliedNs !== undefined && message.appliedNs > ns,
  );
  // The last that is applied before the failure ends; workers follow the main thread.
  const message =
    applied.findLast(({ appliedNs }) => endNs !== undefined && (appliedNs as number) <= endNs) ?? applied[0];
  return { type, message: endNs === undefined || endNs >= picture.horizonNs ? undefined : message };
}

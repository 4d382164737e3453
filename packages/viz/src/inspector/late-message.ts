/** Which message was late: the next one after a failed request that ends its cause. */
import type { Bucket } from '@xdsim/sim-core';
import type { Message, RolloutPicture, XdsTypeName } from '../rollout/picture.js';

/** A changed cluster is swapped when its endpoints have come: for a client whose TLS is old it is either of the two. */
const TYPES: Readonly<Partial<Record<Bucket['cause'], readonly XdsTypeName[]>>> = {
  'rds-late': ['RDS'],
  'cds-late': ['CDS'],
  'eds-late': ['EDS'],
  'no-ready-endpoints': ['EDS'],
  'server-expects-tls': ['CDS', 'EDS'],
  'server-expects-plaintext': ['CDS', 'EDS'],
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
  const types = TYPES[cause];
  if (types === undefined) return undefined;
  const endNs = picture.failing.find(
    (span) => span.proxy === proxy && span.cause === cause && span.fromNs <= ns && ns < span.toNs,
  )?.toNs;
  const applied = picture.messages.filter(
    (message) =>
      message.proxy === proxy &&
      types.includes(message.type) &&
      message.appliedNs !== undefined &&
      message.appliedNs > ns,
  );
  // The last that is applied before the failure ends; workers follow the main thread.
  const message =
    applied.findLast(({ appliedNs }) => endNs !== undefined && (appliedNs as number) <= endNs) ?? applied[0];
  const isNever = endNs === undefined || endNs >= picture.horizonNs;
  return { type: message?.type ?? types[0], message: isNever ? undefined : message };
}

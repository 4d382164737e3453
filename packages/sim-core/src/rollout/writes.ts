/** The API writes that a change set comes down to, before a strategy orders and times them. */
import type { ChangeSet, InterpretedObject, ObjectChange, VirtualService } from '../manifest/types.js';
import type { HostEndpoint, PlannedWrite, WrittenObject } from './plan.js';

/** What a strategy may place; workloads and Services are settled before (see initial-state.ts). */
const PLACED_KINDS = new Set([
  'VirtualService',
  'DestinationRule',
  'Gateway',
  'Sidecar',
  'PeerAuthentication',
  'ServiceEntry',
]);

/** A VirtualService fails without what it names, so it goes first; endpoints go last, when nothing routes to them. */
const DELETION_ORDER = [
  'VirtualService',
  'Gateway',
  'Sidecar',
  'DestinationRule',
  'PeerAuthentication',
  'ServiceEntry',
  'Service',
  'Endpoint',
];

/** Gateways, hosts and what imports them are there before a rule or route that needs them. */
const APPLY_ORDER = ['Gateway', 'ServiceEntry', 'Sidecar', 'PeerAuthentication', 'DestinationRule'] as const;
type SupportKind = (typeof APPLY_ORDER)[number];

export function applyWrite(
  object: Exclude<WrittenObject, { type: 'Endpoint' | 'Rollout' }>,
  revision: string,
): PlannedWrite {
  return { action: 'apply', kind: object.type, key: object.meta.key, object, revision };
}

/** VirtualServices that are created or updated. */
export function virtualServiceWrites(changes: ChangeSet): PlannedWrite[] {
  return placed(changes).flatMap(({ after }) => (after?.type === 'VirtualService' ? [applyWrite(after, 'after')] : []));
}

/** What VirtualServices rest on, created or updated, in the order in which it is needed. */
export function supportWrites(changes: ChangeSet): PlannedWrite[] {
  const writes = placed(changes).flatMap(({ after }) => {
    return after !== undefined && isSupport(after) ? [applyWrite(after, 'after')] : [];
  });
  const order = ({ kind }: PlannedWrite): number => APPLY_ORDER.indexOf(kind as SupportKind);
  return writes.sort((left, right) => order(left) - order(right));
}

function isSupport(object: InterpretedObject): object is Extract<InterpretedObject, { type: SupportKind }> {
  return (APPLY_ORDER as readonly string[]).includes(object.type);
}

export function deletions(changes: ChangeSet, endpoints: readonly HostEndpoint[]): PlannedWrite[] {
  const writes = changes.changes.flatMap((change) => deletion(change));
  const gone = endpoints.map((target): PlannedWrite => {
    const key = `Endpoint/${target.endpoint.namespace}/${target.endpoint.id}`;
    return { action: 'delete', kind: 'Endpoint', key, object: { type: 'Endpoint', ...target }, revision: 'deleted' };
  });
  const order = ({ kind }: PlannedWrite) => DELETION_ORDER.indexOf(kind);
  return [...writes, ...gone].sort((left, right) => order(left) - order(right));
}

/** The last step: what routes to a rule is deleted before the rule shrinks or goes. */
export function lastStep(applies: readonly PlannedWrite[], deleted: readonly PlannedWrite[]): PlannedWrite[] {
  const isFirst = ({ kind }: PlannedWrite) => kind === 'VirtualService' || kind === 'Gateway';
  return [...deleted.filter(isFirst), ...applies, ...deleted.filter((write) => !isFirst(write))];
}

/** The VirtualServices that exist on both sides and differ. */
export function updatedVirtualServices(changes: ChangeSet): { before: VirtualService; after: VirtualService }[] {
  return changes.changes.flatMap(({ before, after }) =>
    before?.type === 'VirtualService' && after?.type === 'VirtualService' ? [{ before, after }] : [],
  );
}

function placed(changes: ChangeSet): ObjectChange[] {
  return changes.changes.filter(({ kind, action }) => action !== 'delete' && PLACED_KINDS.has(kind));
}

function deletion({ action, before }: ObjectChange): PlannedWrite[] {
  if (action !== 'delete' || before === undefined) return [];
  switch (before.type) {
    case 'VirtualService':
    case 'DestinationRule':
    case 'Gateway':
    case 'Sidecar':
    case 'PeerAuthentication':
    case 'Service':
    case 'ServiceEntry':
      return [{ ...applyWrite(before, 'deleted'), action: 'delete' }];
    default:
      // A workload goes endpoint by endpoint: that is what istiod hears of.
      return [];
  }
}

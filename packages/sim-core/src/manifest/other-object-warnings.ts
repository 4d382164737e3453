/** Objects that the simulator does not interpret, and that change what proxies get or do. */
import type { Warning } from '../errors.js';
import { deepEqual } from './deep-equal.js';
import { groupOf } from './object-kinds.js';
import { fieldOf } from './object-source.js';
import type { ManifestSet, ObjectMeta } from './types.js';

const GATEWAY_API = 'gateway.networking.k8s.io';
const NAMES_MAX = 5;

interface OtherKind {
  readonly code: string;
  readonly effect: string;
  readonly isMeant: (meta: ObjectMeta) => boolean;
}

const KINDS: readonly OtherKind[] = [
  {
    code: 'ENVOY-FILTER',
    effect: 'its patches are not applied',
    isMeant: ({ kind, apiVersion }) => kind === 'EnvoyFilter' && groupOf(apiVersion) === 'networking.istio.io',
  },
  {
    code: 'HTTP-ROUTE',
    effect: 'routes of the Gateway API are not modelled',
    isMeant: ({ kind, apiVersion }) => kind.endsWith('Route') && groupOf(apiVersion) === GATEWAY_API,
  },
  {
    code: 'WAYPOINT',
    effect: 'waypoints are not modelled; requests are taken to go from proxy to pod',
    isMeant: ({ kind, apiVersion, raw }) =>
      kind === 'Gateway' &&
      groupOf(apiVersion) === GATEWAY_API &&
      fieldOf(raw, 'spec', 'gatewayClassName') === 'istio-waypoint',
  },
];

interface Rollout {
  readonly before: ManifestSet;
  readonly after: ManifestSet;
  readonly hosts: readonly string[];
}

export function otherObjectWarnings({ before, after, hosts }: Rollout): Warning[] {
  const either = [...new Map([...before.others, ...after.others].map((meta) => [meta.key, meta])).values()];
  const present = KINDS.flatMap(({ code, effect, isMeant }) => {
    const found = either.filter(isMeant);
    // Without a changed host there is nothing that they could touch.
    if (found.length === 0 || hosts.length === 0) return [];
    const message = `${namesOf(found.map(({ key }) => key))}: ${effect}`;
    return [{ code: `XDS-UNMODELLED-${code}`, message, position: found[0].position }];
  });
  return [...present, ...changedOthers(before, after)];
}

/** Changes outside of what is simulated, in one warning: their pushes and their effects are both left out. */
function changedOthers(before: ManifestSet, after: ManifestSet): Warning[] {
  const old = new Map(before.others.map((meta) => [meta.key, meta]));
  const now = new Map(after.others.map((meta) => [meta.key, meta]));
  const updated = after.others.filter((meta) => {
    const former = old.get(meta.key);
    return former === undefined || !deepEqual(contentOf(former), contentOf(meta));
  });
  const deleted = before.others.filter((meta) => !now.has(meta.key));
  const changed = [...updated, ...deleted];
  if (changed.length === 0) return [];
  const names = [
    ...updated.map(({ key }) => `${key} ${old.has(key) ? 'changed' : 'added'}`),
    ...deleted.map(({ key }) => `${key} deleted`),
  ];
  const message = `changes that are not simulated: ${namesOf(names)}`;
  return [{ code: 'XDS-UNMODELLED-CHANGE', message, position: changed[0].position }];
}

function contentOf({ raw }: ObjectMeta): Record<string, unknown> {
  const { metadata: _metadata, status: _status, apiVersion: _apiVersion, ...content } = raw;
  return content;
}

function namesOf(names: readonly string[]): string {
  const hidden = names.length - NAMES_MAX;
  return `${names.slice(0, NAMES_MAX).join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`;
}

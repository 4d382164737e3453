/**
 * Istio's versions: what each minor changed in what the model does, with its source. A version behaves as the one before
 * it but for its own changes; what no source tells is taken to be the same.
 */
import type { IstioBehaviour } from './istio-behaviour.js';

type Behaviour = keyof IstioBehaviour;

interface IstioChange {
  readonly behaviour: Behaviour;
  readonly before: string;
  readonly after: string;
  readonly source: string;
}

export interface IstioVersion {
  /** `1.30`. */
  readonly version: string;
  readonly changes: readonly IstioChange[];
  /** Version that it behaves as; null: it has changes of its own, or is the oldest. */
  readonly inheritedFrom: string | null;
  readonly behaviour: IstioBehaviour;
}

/** Delta xDS is the default since 1.22 (istiod.md 4.2); what came before it is another protocol. */
const OLDEST_MINOR = 22;
const NEWEST_MINOR = 32;

const OLDEST: IstioBehaviour = {
  virtualServiceCds: 'full',
  gatewayCds: 'none',
  sidecarEds: 'full',
  irrelevantChanges: 'counted',
  mergedEndpoints: 'service',
  destinationRuleEds: 'full',
  mergedEds: 'partial',
  goneServiceEds: 'removed',
  filteredGatewayCds: 'full',
  endpointPushContext: false,
  virtualServiceController: false,
  timedOutEds: 'none',
  retriesStatus503: true,
  retriesInboundResets: false,
};

interface Difference {
  readonly minor: number;
  readonly behaviour: Partial<IstioBehaviour>;
  readonly source: string;
}

/** Commits of istio/istio; which release has which was looked up in its tags. */
const DIFFERENCES: readonly Difference[] = [
  { minor: 26, behaviour: { irrelevantChanges: 'left-out' }, source: 'istio 29ea0d4b939, 2025-03-18' },
  { minor: 26, behaviour: { virtualServiceCds: 'full-or-none' }, source: 'istio 3b16f5f763c, 2025-04-01' },
  {
    minor: 24,
    behaviour: { retriesStatus503: false },
    source: 'istio#50506, EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY',
  },
  { minor: 24, behaviour: { retriesInboundResets: true }, source: 'istio#51704' },
  { minor: 24, behaviour: { timedOutEds: 'cached' }, source: 'envoy#35696, use_eds_cache_for_ads' },
  {
    minor: 30,
    behaviour: {
      virtualServiceCds: 'delta',
      gatewayCds: 'full',
      sidecarEds: 'none',
      destinationRuleEds: 'partial',
      mergedEds: 'full',
      filteredGatewayCds: 'delta',
    },
    source: 'istio d77b79ccc8a, 2026-04-09',
  },
  { minor: 30, behaviour: { virtualServiceController: true }, source: 'istio 856df4da337, 2026-03-15' },
  {
    minor: 31,
    behaviour: { endpointPushContext: true, mergedEndpoints: 'endpoints' },
    source: 'istio 3dcae099a42, 2026-05-04',
  },
  { minor: 31, behaviour: { goneServiceEds: 'empty' }, source: 'istio 5bf365f704b, 2026-06-04' },
];

/** What each behaviour is, in words; its values are those of IstioBehaviour. */
export const BEHAVIOURS: Readonly<Record<Behaviour, string>> = {
  virtualServiceCds: 'CDS for a VirtualService or Sidecar change',
  gatewayCds: 'CDS for a Gateway change',
  sidecarEds: 'EDS for a Sidecar change',
  irrelevantChanges: 'changes of a batch that do not matter to a proxy',
  mergedEndpoints: 'endpoints in a batch with configuration are taken for',
  destinationRuleEds: 'EDS for a DestinationRule change',
  mergedEds: 'EDS when a VirtualService is in the same push',
  goneServiceEds: 'EDS of a service that is gone',
  filteredGatewayCds: 'CDS of gateways that are filtered',
  endpointPushContext: 'endpoint pushes build a push context',
  virtualServiceController: 'VirtualServices go through a controller first',
  timedOutEds: 'endpoints after mesh.initialFetchTimeoutMs',
  retriesStatus503: 'default retries cover an answer of 503',
  retriesInboundResets: 'inbound retries on reset-before-request',
};

/** The oldest first. */
export const ISTIO_VERSIONS: readonly IstioVersion[] = newVersions();

/** A version such as `1.30`, `1.30.3` or `1.32-dev`, as its minor; undefined: none that is known. */
export function istioVersionOf(version: string): IstioVersion | undefined {
  const minor = /^1\.(\d+)([.-].*)?$/.exec(version)?.[1];
  return ISTIO_VERSIONS.find((known) => known.version === `1.${minor}`);
}

/** @throws for a version that the scenario's schema refuses */
export function istioBehaviour(version: string): IstioBehaviour {
  const known = istioVersionOf(version);
  if (known === undefined) throw new Error(`Istio ${version} is not modelled`);
  return known.behaviour;
}

function newVersions(): IstioVersion[] {
  const versions: IstioVersion[] = [];
  let behaviour = OLDEST;
  let lastChanged = `1.${OLDEST_MINOR}`;
  for (let minor = OLDEST_MINOR; minor <= NEWEST_MINOR; minor++) {
    const version = `1.${minor}`;
    const own = DIFFERENCES.filter((difference) => difference.minor === minor);
    const before = behaviour;
    behaviour = Object.assign({}, before, ...own.map((difference) => difference.behaviour));
    const changes = own.flatMap(({ behaviour: changed, source }) =>
      (Object.keys(changed) as Behaviour[]).map((name) => ({
        behaviour: name,
        before: valueText(before[name]),
        after: valueText(behaviour[name]),
        source,
      })),
    );
    const isOwn = changes.length > 0 || minor === OLDEST_MINOR;
    if (isOwn) lastChanged = version;
    versions.push({ version, changes, inheritedFrom: isOwn ? null : lastChanged, behaviour });
  }
  return versions;
}

function valueText(value: string | boolean): string {
  return typeof value === 'string' ? value : value ? 'yes' : 'no';
}

/**
 * The proxies of the mesh in groups that get the same configuration: the sidecars of each namespace, and the gateways of
 * each selector, apart by locality where the scenario tells of localities.
 */
import { ROOT_NAMESPACE } from '../manifest/peer-authentication.js';
import type { Gateway } from '../manifest/types.js';
import type { MeshSize } from '../scenario/types.js';

export interface ProxyGroup {
  readonly kind: 'sidecar' | 'gateway';
  readonly namespace: string;
  /** `region/zone/subzone`; '': nobody knows. */
  readonly locality: string;
  /** The first of the groups that differ from it in their locality only: they share its routes and its scope. */
  readonly scopeGroup: number;
  /** Gateways that its proxies serve (`namespace/name`), or `mesh`. */
  readonly gateways: ReadonlySet<string>;
  /** Those of them that no manifest defines. */
  readonly assumedGateways: readonly string[];
  readonly firstProxy: number;
  readonly count: number;
  /** What istiod sends besides the services' own resources, and besides what is in mesh/listeners. */
  readonly fixedListeners: number;
  readonly fixedRouteConfigs: number;
  readonly staticClusters: number;
}

export interface ProxyId {
  /** `gw-1`, `gw-2` …, `sc-1`, `sc-2` … */
  readonly id: string;
  readonly kind: 'sidecar' | 'gateway';
}

/** Gateways first, then sidecars; those of a group follow each other. */
export class Proxies {
  readonly count: number;
  /** proxy → index into groups. */
  readonly groupOf: Uint16Array;
  private knownIds: readonly ProxyId[] | undefined;

  constructor(
    readonly groups: readonly ProxyGroup[],
    private readonly gateways: number,
    private readonly sidecars: number,
  ) {
    this.count = gateways + sidecars;
    this.groupOf = new Uint16Array(this.count);
    groups.forEach((group, index) => {
      this.groupOf.fill(index, group.firstProxy, group.firstProxy + group.count);
    });
  }

  /** Made when somebody asks: a run does not, and names take more memory than all that it keeps of a proxy. */
  get ids(): readonly ProxyId[] {
    this.knownIds ??= [
      ...Array.from({ length: this.gateways }, (_, i): ProxyId => ({ id: `gw-${i + 1}`, kind: 'gateway' })),
      ...Array.from({ length: this.sidecars }, (_, i): ProxyId => ({ id: `sc-${i + 1}`, kind: 'sidecar' })),
    ];
    return this.knownIds;
  }

  /** The proxies with these ids, in ascending order; what is no id of a proxy is left out. */
  indexesOf(ids: Iterable<string>): number[] {
    const indexes = [...new Set(ids)].map((id) => {
      const number = Number(id.slice(3));
      const count = id.startsWith('gw-') ? this.gateways : id.startsWith('sc-') ? this.sidecars : 0;
      if (!(number >= 1 && number <= count)) return -1;
      return id.startsWith('gw-') ? number - 1 : this.gateways + number - 1;
    });
    return indexes.filter((p) => p >= 0).sort((a, b) => a - b);
  }

  /** Each proxy's number, given those of the groups. */
  byProxy(ofGroup: ArrayLike<number>): Int32Array<ArrayBuffer> {
    const numbers = new Int32Array(this.count);
    this.groups.forEach(({ firstProxy, count }, index) => {
      numbers.fill(ofGroup[index], firstProxy, firstProxy + count);
    });
    return numbers;
  }
}

/** What the manifests say of the proxies. */
export interface ProxyInput {
  readonly gateways: readonly Gateway[];
  /** Gateways that VirtualServices name, `namespace/name`. */
  readonly namedGateways: ReadonlySet<string>;
  /** Of the sidecars, where the scenario names none. */
  readonly namespace: string;
}

export function newProxies(mesh: MeshSize, input: ProxyInput): Proxies {
  const groups = byLocality([...gatewayGroups(mesh, input), ...sidecarGroups(mesh, input)], mesh.localities);
  return new Proxies(groups, mesh.gateways, mesh.sidecars);
}

type GroupDraft = Omit<ProxyGroup, 'locality' | 'scopeGroup'>;

function byLocality(drafts: readonly GroupDraft[], localities: MeshSize['localities']): ProxyGroup[] {
  const shares = Object.entries(localities).filter(([, share]) => share > 0);
  if (shares.length === 0) return drafts.map((draft, scopeGroup) => ({ ...draft, locality: '', scopeGroup }));
  return drafts.flatMap((draft, index) =>
    inShares(draft.count, shares).map(({ name, from, count }) => {
      const firstProxy = draft.firstProxy + from;
      return { ...draft, firstProxy, count, locality: name, scopeGroup: index * shares.length };
    }),
  );
}

/** Parts of a number in proportion to shares, one after the other. */
function inShares(total: number, shares: readonly (readonly [name: string, share: number])[]) {
  const sum = shares.reduce((whole, [, share]) => whole + share, 0);
  let before = 0;
  return shares.map(([name, share]) => {
    const from = Math.round((total * before) / sum);
    before += share;
    return { name, from, count: Math.round((total * before) / sum) - from };
  });
}

/**
 * Gateway pods are spread evenly over the distinct selectors of the Gateway objects. A gateway that a VirtualService
 * names but no manifest defines is served by every gateway pod, on one HTTP port.
 */
function gatewayGroups(mesh: MeshSize, { gateways, namedGateways }: ProxyInput): GroupDraft[] {
  const defined = new Set(gateways.map(gatewayName));
  const undefinedGateways = [...namedGateways].filter((name) => name !== 'mesh' && !defined.has(name));
  const selectors = [...new Set(gateways.map(selectorKey))];
  if (selectors.length === 0) selectors.push('');
  let first = 0;
  return selectors.map((selector, index) => {
    const count = spread(mesh.gateways, selectors.length, index);
    const served = gateways.filter((gateway) => selectorKey(gateway) === selector);
    const firstProxy = first;
    first += count;
    return {
      kind: 'gateway',
      // Its pods are taken to live with the Gateway that selects them.
      namespace: served[0]?.meta.namespace ?? ROOT_NAMESPACE,
      gateways: new Set([...served.map(gatewayName), ...undefinedGateways]),
      assumedGateways: undefinedGateways,
      firstProxy,
      count,
      fixedListeners: 0,
      fixedRouteConfigs: 0,
      staticClusters: 1,
    };
  });
}

/**
 * One group a namespace. Lab: with iptables redirection a virtual inbound and outbound listener beside one per HTTP port;
 * with the HTTP proxy port two listeners and two route configurations.
 */
function sidecarGroups(mesh: MeshSize, { namespace: home }: ProxyInput): GroupDraft[] {
  const shares = Object.entries(mesh.namespaces).filter(([, share]) => share > 0);
  const namespaces = shares.length > 0 ? shares : [[home, 1] as const];
  const redirected = mesh.interception === 'redirect';
  return inShares(mesh.sidecars, namespaces).map(({ name, from, count }) => ({
    kind: 'sidecar',
    namespace: name,
    gateways: new Set(['mesh']),
    assumedGateways: [],
    firstProxy: mesh.gateways + from,
    count,
    fixedListeners: redirected ? 2 : 1,
    fixedRouteConfigs: redirected ? 0 : 1,
    staticClusters: 3,
  }));
}

function gatewayName(gateway: Gateway): string {
  return `${gateway.meta.namespace}/${gateway.meta.name}`;
}

function selectorKey(gateway: Gateway): string {
  return JSON.stringify(Object.entries(gateway.selector).sort());
}

function spread(total: number, parts: number, index: number): number {
  return Math.floor((total * (index + 1)) / parts) - Math.floor((total * index) / parts);
}

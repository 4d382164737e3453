/**
 * The clusters that a rollout touches, and what a set of DestinationRules makes of them (istiod.md 4.4, 8.1): which
 * exist, with which content, selecting which endpoints.
 */
import { hostMatches } from '../manifest/hosts.js';
import { type ClusterPolicy, clusterPart, clusterPolicy, effectivePolicy } from '../manifest/traffic-policy.js';
import type { DestinationRule, ServiceObject, Subset } from '../manifest/types.js';
import type { Reach } from './locality.js';

export interface TrackedCluster {
  /** `outbound|port|subset|host`. */
  readonly name: string;
  readonly host: number;
  readonly port: number;
  readonly subset: string;
}

/** What the clusters are under one set of DestinationRules, by cluster. */
export interface ClusterState {
  /** Identity of the cluster's content; 0: the cluster does not exist. */
  readonly spec: Int32Array;
  /** Identity of the labels that its endpoints must have, and of where they must run. */
  readonly selector: Int32Array;
}

/** What auto mTLS makes of a cluster whose servers take no mutual TLS. */
const PLAINTEXT = { mode: 'DISABLE' } as const;

/** No labels: every endpoint of the host. Also what istiod sends for a subset that is gone (istiod.md 5.9). */
const ANY_LABELS = '[]';

export class ClusterTable {
  readonly clusters: readonly TrackedCluster[];
  /** host → its clusters. */
  readonly ofHost: readonly (readonly number[])[];
  private readonly indexByName = new Map<string, number>();
  private readonly specs = new Map<string, number>();
  /** By content; nothing has the content 0. */
  private readonly policies: ClusterPolicy[] = [clusterPolicy({})];
  private readonly selectors = new Map<string, number>([[ANY_LABELS, 0]]);
  private readonly selectorLabels: Readonly<Record<string, string>>[] = [{}];
  /** By selector; undefined: endpoints are not told apart by where they run. */
  private readonly reaches: (Reach | undefined)[] = [undefined];

  constructor(
    readonly hosts: readonly string[],
    ports: readonly (readonly number[])[],
    subsets: readonly (readonly string[])[],
  ) {
    const clusters: TrackedCluster[] = [];
    this.ofHost = hosts.map((host, h) =>
      ports[h].flatMap((port) =>
        ['', ...subsets[h]].map((subset) => {
          const name = clusterName(host, port, subset);
          this.indexByName.set(name, clusters.length);
          return clusters.push({ name, host: h, port, subset }) - 1;
        }),
      ),
    );
    this.clusters = clusters;
  }

  /** −1 where the cluster is not among the tracked ones. */
  indexOf(host: string, port: number, subset: string): number {
    return this.indexByName.get(clusterName(host, port, subset)) ?? -1;
  }

  labelsOf(selector: number): Readonly<Record<string, string>> {
    return this.selectorLabels[selector];
  }

  reachOf(selector: number): Reach | undefined {
    return this.reaches[selector];
  }

  /** What a cluster with this content does with requests. */
  policyOf(spec: number): ClusterPolicy {
    return this.policies[spec];
  }

  /**
   * @param rulesOf host → the DestinationRules that apply to it; undefined: the host is not there, or out of scope
   * @param ports host → those that it has; undefined: all that it ever has
   * @param isPlaintext host → auto mTLS is off, since no workload of it takes mutual TLS
   * @param locality of the proxies; '': nobody knows
   */
  newState(
    rulesOf: (host: number) => readonly DestinationRule[] | undefined,
    ports: readonly (readonly number[] | undefined)[] = [],
    isPlaintext: readonly boolean[] = [],
    locality = '',
  ): ClusterState {
    const spec = new Int32Array(this.clusters.length);
    const selector = new Int32Array(this.clusters.length);
    this.hosts.forEach((host, h) => {
      const rules = rulesOf(h);
      if (rules === undefined) return;
      const rule = ruleFor(rules, host);
      const plaintext = isPlaintext[h] === true;
      for (const k of this.ofHost[h]) {
        const { subset, port } = this.clusters[k];
        if (ports[h]?.includes(port) === false) continue;
        const definition = rule?.subsets.find((candidate) => candidate.name === subset);
        if (subset !== '' && definition === undefined) continue;
        spec[k] = this.specId(rule, definition, port, plaintext);
        const { localities } = this.policies[spec[k]];
        const reach = localities && locality !== '' ? { locality, ...localities } : undefined;
        selector[k] = this.selectorId(definition?.labels ?? {}, reach);
      }
    });
    return { spec, selector };
  }

  /** The DestinationRule's name is in the cluster's metadata, so creating or renaming one changes every cluster. */
  private specId(
    rule: DestinationRule | undefined,
    subset: Subset | undefined,
    port: number,
    isPlaintext: boolean,
  ): number {
    const written = clusterPart(effectivePolicy(rule, subset, port));
    const policy = isPlaintext && written.tls === undefined ? { ...written, tls: PLAINTEXT } : written;
    const key = JSON.stringify([rule?.meta.namespace, rule?.meta.name, subset?.name, inKeyOrder(policy)]);
    let id = this.specs.get(key);
    if (id === undefined) {
      id = this.policies.push(clusterPolicy(policy)) - 1;
      this.specs.set(key, id);
    }
    return id;
  }

  private selectorId(labels: Readonly<Record<string, string>>, reach: Reach | undefined): number {
    const key = JSON.stringify(Object.entries(labels).sort()) + (reach === undefined ? '' : JSON.stringify(reach));
    let id = this.selectors.get(key);
    if (id === undefined) {
      id = this.selectors.size;
      this.selectors.set(key, id);
      this.selectorLabels.push(labels);
      this.reaches.push(reach);
    }
    return id;
  }
}

/** Ports of a service that clusters are made for. */
export function clusterPorts({ ports }: ServiceObject): number[] {
  return ports.filter(({ protocol }) => protocol !== 'UDP').map(({ number }) => number);
}

function clusterName(host: string, port: number, subset: string): string {
  return `outbound|${port}|${subset}|${host}`;
}

/**
 * The rule of a host: the exact host before wildcards, the longest wildcard before shorter ones. Several rules with the
 * same host merge: the first subset of a name wins, and the first trafficPolicy (istiod.md 4.6).
 */
export function ruleFor(rules: readonly DestinationRule[], host: string): DestinationRule | undefined {
  const matching = rules.filter((rule) => rule.host === host || hostMatches(rule.host, host));
  if (matching.length === 0) return undefined;
  const longest = Math.max(...matching.map((rule) => (rule.host === host ? Number.MAX_VALUE : rule.host.length)));
  const winners = matching.filter((rule) => (rule.host === host ? Number.MAX_VALUE : rule.host.length) === longest);
  if (winners.length === 1) return winners[0];
  const subsets = new Map<string, Subset>();
  for (const subset of winners.flatMap((rule) => rule.subsets)) {
    if (!subsets.has(subset.name)) subsets.set(subset.name, subset);
  }
  const policy = winners.find((rule) => rule.trafficPolicy !== undefined)?.trafficPolicy;
  return { ...winners[0], subsets: [...subsets.values()], trafficPolicy: policy };
}

/** The order in which a manifest writes its fields is none of the cluster's content. */
function inKeyOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inKeyOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, inKeyOrder(field)]));
}

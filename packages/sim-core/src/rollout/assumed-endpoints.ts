/**
 * Endpoints of a host whose workloads nobody gave: two ready ones for each set of labels that its subsets select. Two
 * subsets with the same labels share them, so that renaming a subset brings no new pods.
 */
import { hostMatches } from '../manifest/hosts.js';
import type { EndpointObject, ManifestSet } from '../manifest/types.js';

const PER_SUBSET = 2;

type Labels = Readonly<Record<string, string>>;

interface LabelSet {
  readonly subset: string;
  readonly labels: Labels;
  readonly namespace: string;
}

export function assumedEndpoints(
  host: string,
  before: ManifestSet,
  after: ManifestSet,
): { before: EndpointObject[]; after: EndpointObject[] } {
  const unlabelled: LabelSet = { subset: '', labels: {}, namespace: '' };
  const now = labelSets(host, after);
  const old = labelSets(host, before);
  // Without a subset the host has been served by something; and what has served it stays when its rule goes.
  if (old.length === 0) old.push(unlabelled);
  if (now.length === 0) now.push(...old);
  const counts = new Map<string, number>();
  const byLabels = new Map<string, EndpointObject[]>();
  for (const set of [...old, ...now]) {
    const key = labelsKey(set.labels);
    if (!byLabels.has(key)) byLabels.set(key, newEndpoints(host, set, counts));
  }
  const endpointsOf = (sets: readonly LabelSet[]) => {
    const keys = new Set(sets.map(({ labels }) => labelsKey(labels)));
    return [...keys].flatMap((key) => byLabels.get(key) ?? []);
  };
  // Pods of an old subset do not vanish because its rule forgets them.
  return { before: endpointsOf(old), after: endpointsOf([...old, ...now]) };
}

function newEndpoints(host: string, set: LabelSet, counts: Map<string, number>): EndpointObject[] {
  const owner = set.subset === '' ? `assumed/${host}` : `assumed/${host}/${set.subset}`;
  const first = counts.get(owner) ?? 0;
  counts.set(owner, first + PER_SUBSET);
  return Array.from({ length: PER_SUBSET }, (_, at) => ({
    id: `${owner}#${first + at}`,
    labels: set.labels,
    namespace: set.namespace,
    address: '',
    ready: true,
    hasSidecar: true,
  }));
}

function labelSets(host: string, set: ManifestSet): LabelSet[] {
  return set.destinationRules
    .filter((rule) => hostMatches(rule.host, host))
    .flatMap((rule) =>
      rule.subsets.map(({ name, labels }) => ({ subset: name, labels, namespace: rule.meta.namespace })),
    );
}

function labelsKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort());
}

/** What touches a changed host and is not modelled yet. The run goes on without it; the reader has to know. */
import type { Warning } from '../errors.js';
import { deepEqual } from './deep-equal.js';
import { destinationHosts } from './destination-hosts.js';
import { hostMatches, serviceForHost } from './hosts.js';
import { fieldOf, listOf } from './object-source.js';
import { otherObjectWarnings } from './other-object-warnings.js';
import type { DestinationRule, ManifestSet, ObjectChange, ObjectMeta, VirtualService } from './types.js';
import type { FieldPath } from './yaml-documents.js';

export interface Rollout {
  readonly before: ManifestSet;
  readonly after: ManifestSet;
  readonly changes: readonly ObjectChange[];
  readonly hosts: readonly string[];
}

export function unmodelledWarnings(rollout: Rollout): Warning[] {
  const virtualServices = touchingVirtualServices(rollout);
  return [
    ...severalVirtualServices(rollout),
    ...virtualServices.flatMap((service) => virtualServiceWarnings(service, rollout)),
    ...touchingRules(rollout).flatMap((rule) => ruleWarnings(rule, rollout.hosts)),
    ...rollout.changes.flatMap(trafficPolicyWarnings),
    ...serviceWarnings(rollout),
    ...sidecarWarnings(rollout),
    ...otherObjectWarnings(rollout),
  ];
}

/** Of both states, and once: as it will be, or as it was if it goes. */
function inEitherState<T extends { readonly meta: ObjectMeta }>(before: readonly T[], after: readonly T[]): T[] {
  const byKey = new Map([...before, ...after].map((object) => [object.meta.key, object]));
  return [...byKey.values()];
}

function touchingVirtualServices({ before, after, changes, hosts }: Rollout): VirtualService[] {
  const changed = new Set(changes.map(({ key }) => key));
  return inEitherState(before.virtualServices, after.virtualServices).filter(
    (candidate) =>
      changed.has(candidate.meta.key) ||
      destinationHosts(candidate).some((host) => hosts.includes(host)) ||
      candidate.hosts.some((pattern) => pattern !== '*' && hosts.some((host) => hostMatches(pattern, host))),
  );
}

function touchingRules({ before, after, hosts }: Rollout): DestinationRule[] {
  return inEitherState(before.destinationRules, after.destinationRules).filter(
    (rule) => hosts.includes(rule.host) || hosts.some((host) => hostMatches(rule.host, host)),
  );
}

function severalVirtualServices(rollout: Rollout): Warning[] {
  const touching = new Set(touchingVirtualServices(rollout).map(({ meta }) => meta.key));
  const reported = new Map<string, Warning>();
  for (const set of [rollout.after, rollout.before]) {
    const byPlace = new Map<string, VirtualService[]>();
    for (const virtualService of set.virtualServices) {
      for (const host of virtualService.hosts) {
        for (const gateway of virtualService.gateways) {
          const place = `${host} at ${gateway}`;
          byPlace.set(place, [...(byPlace.get(place) ?? []), virtualService]);
        }
      }
    }
    for (const [place, rivals] of byPlace) {
      if (rivals.length < 2 || !rivals.some(({ meta }) => touching.has(meta.key))) continue;
      // One fact, however many hosts and gateways the same VirtualServices share.
      const keys = rivals.map(({ meta }) => meta.key).join(', ');
      const message = `several VirtualServices for ${place} (${keys}): their order and merging are not modelled`;
      if (!reported.has(keys)) reported.set(keys, warning('SEVERAL-VS', message, rivals[1].meta, []));
    }
  }
  return [...reported.values()];
}

function virtualServiceWarnings(virtualService: VirtualService, rollout: Rollout): Warning[] {
  const { meta } = virtualService;
  const spec = meta.raw.spec;
  const found = exportWarnings(meta);
  if (virtualService.hosts.length === 0 && !isDelegatedTo(meta, rollout)) {
    const message = `${meta.key} has no hosts, and no VirtualService of these manifests delegates to it: it routes nothing`;
    found.push(warning('DELEGATE', message, meta, []));
  }
  for (const [layer, name] of [
    ['tcp', 'TCP'],
    ['tls', 'TLS'],
  ] as const) {
    if (listOf(fieldOf(spec, layer)).length === 0) continue;
    const message = `${meta.key} has ${name} routes: they live in listeners, which are not modelled`;
    found.push(warning(`${name}-ROUTE`, message, meta, ['spec', layer]));
  }
  for (const [at, route] of listOf(fieldOf(spec, 'http')).entries()) {
    const notes: [field: string, code: string, what: string][] = [
      ['delegate', 'DELEGATE', 'delegates: requests that only a match of the delegate tells apart are not told apart'],
      ['mirror', 'MIRROR', 'mirrors requests: the copies are not modelled'],
      ['mirrors', 'MIRROR', 'mirrors requests: the copies are not modelled'],
      ['fault', 'FAULT', 'injects faults: they are not modelled, nor counted as errors'],
    ];
    for (const [field, code, what] of notes) {
      const value = fieldOf(route, field);
      if (value === undefined || value === null) continue;
      found.push(warning(code, `${meta.key} http[${at}] ${what}`, meta, ['spec', 'http', at, field]));
    }
  }
  return found;
}

function isDelegatedTo({ namespace, name }: ObjectMeta, { before, after }: Rollout): boolean {
  return [...before.virtualServices, ...after.virtualServices].some(({ http }) =>
    http.some(({ delegate }) => delegate?.namespace === namespace && delegate.name === name),
  );
}

function ruleWarnings(rule: DestinationRule, hosts: readonly string[]): Warning[] {
  const found = exportWarnings(rule.meta);
  if (rule.host.includes('*')) {
    const touched = hosts.filter((host) => hostMatches(rule.host, host)).join(', ');
    const message = `${rule.meta.key} is for ${rule.host}: which rule a host gets is not modelled (it covers ${touched})`;
    found.push(warning('WILDCARD-RULE', message, rule.meta, ['spec', 'host']));
  }
  return found;
}

function exportWarnings(meta: ObjectMeta): Warning[] {
  const exportTo = listOf(fieldOf(meta.raw.spec, 'exportTo'));
  if (exportTo.length === 0 || exportTo.includes('*')) return [];
  const where = 'all sidecars live in one namespace unless mesh.namespaces says otherwise';
  const message = `${meta.key} is exported to ${exportTo.join(', ')} only, and ${where}`;
  return [warning('EXPORT-TO', message, meta, ['spec', 'exportTo'])];
}

/** A rule that comes or goes with a policy changes the policy too; a subset has one only as long as it exists. */
function trafficPolicyWarnings({ before, after }: ObjectChange): Warning[] {
  const old = before?.type === 'DestinationRule' ? before : undefined;
  const now = after?.type === 'DestinationRule' ? after : undefined;
  const rule = now ?? old;
  if (rule === undefined) return [];
  const effect = 'the effect on connections is not modelled';
  const found: Warning[] = [];
  if (!deepEqual(old?.trafficPolicy, now?.trafficPolicy)) {
    const message = `trafficPolicy of ${rule.meta.key} changes: ${effect}`;
    found.push(warning('TRAFFIC-POLICY', message, rule.meta, ['spec', 'trafficPolicy']));
  }
  for (const [at, subset] of (now?.subsets ?? []).entries()) {
    const former = old?.subsets.find(({ name }) => name === subset.name);
    if (former === undefined || deepEqual(former.trafficPolicy, subset.trafficPolicy)) continue;
    const message = `trafficPolicy of subset ${subset.name} of ${rule.meta.key} changes: ${effect}`;
    const position = policyPosition(rule, ['spec', 'subsets', at, 'trafficPolicy'], subset.position);
    found.push({ code: 'XDS-UNMODELLED-TRAFFIC-POLICY', message, position });
  }
  return found;
}

/** A policy that was taken away has no place of its own: its subset's is near enough. */
function policyPosition(rule: DestinationRule, path: FieldPath, fallback: Warning['position']): Warning['position'] {
  const position = rule.meta.positionOf(path);
  return position.line === rule.meta.position.line ? fallback : position;
}

function serviceWarnings({ before, after, hosts }: Rollout): Warning[] {
  const services = new Map(
    hosts.flatMap((host) => {
      const service = serviceForHost(after, host) ?? serviceForHost(before, host);
      return service === undefined ? [] : [[service.meta.key, service] as const];
    }),
  );
  return [...services.values()].flatMap(({ meta, type, resolution }) => {
    const path = ['spec', type === 'Service' ? (resolution === 'DNS' ? 'type' : 'clusterIP') : 'resolution'];
    if (resolution === 'NONE') {
      const message = `${meta.key} is headless or passes addresses through: it is modelled as if it had endpoints by EDS`;
      return [...exportWarnings(meta), warning('HEADLESS', message, meta, path)];
    }
    if (!resolution.includes('DNS')) return exportWarnings(meta);
    const message = `${meta.key} finds its endpoints by DNS in the proxy: it is modelled as if it had them by EDS`;
    return [...exportWarnings(meta), warning('DNS', message, meta, path)];
  });
}

/** Which pods they select is not known: they narrow no scope. */
function sidecarWarnings({ before, after, hosts }: Rollout): Warning[] {
  if (hosts.length === 0) return [];
  const selecting = inEitherState(before.sidecars, after.sidecars).filter(
    ({ workloadSelector }) => workloadSelector !== undefined,
  );
  return selecting.map(({ meta }) =>
    warning('SIDECAR', `${meta.key} is for some workloads: it narrows no scope here`, meta, [
      'spec',
      'workloadSelector',
    ]),
  );
}

function warning(code: string, message: string, meta: ObjectMeta, path: FieldPath): Warning {
  return { code: `XDS-UNMODELLED-${code}`, message, position: meta.positionOf(path) };
}

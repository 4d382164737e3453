/** What touches a changed host and is not modelled yet. The run goes on without it; the reader has to know. */
import type { Warning } from '../errors.js';
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
    ...virtualServices.flatMap(sourceWarnings),
    ...touchingRules(rollout).flatMap((rule) => [...exportWarnings(rule.meta), ...localityWarnings(rule)]),
    ...serviceWarnings(rollout),
    ...changedServices(rollout),
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

/** Of several VirtualServices for one host the older counts; manifests from files do not say which that is. */
function severalVirtualServices(rollout: Rollout): Warning[] {
  const touching = new Set(touchingVirtualServices(rollout).map(({ meta }) => meta.key));
  const byPlace = new Map<string, VirtualService[]>();
  for (const virtualService of rollout.before.virtualServices) {
    for (const host of virtualService.hosts) {
      for (const gateway of virtualService.gateways) {
        const place = `${host} at ${gateway}`;
        byPlace.set(place, [...(byPlace.get(place) ?? []), virtualService]);
      }
    }
  }
  const reported = new Map<string, Warning>();
  for (const [place, rivals] of byPlace) {
    const areDated = rivals.every(({ meta }) => fieldOf(meta.raw, 'metadata', 'creationTimestamp') !== undefined);
    if (rivals.length < 2 || areDated || !rivals.some(({ meta }) => touching.has(meta.key))) continue;
    // One fact, however many hosts and gateways the same VirtualServices share.
    const keys = rivals.map(({ meta }) => meta.key).join(', ');
    const message = `several VirtualServices for ${place} (${keys}), without creationTimestamp: the first by name is taken for the oldest`;
    if (!reported.has(keys)) reported.set(keys, warning('SEVERAL-VS', message, rivals[1].meta, []));
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
  for (const [at, route] of listOf(fieldOf(spec, 'http')).entries()) {
    const notes: [field: string, code: string, what: string][] = [
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

/** Listeners are made for the sidecar of one pod, whose labels count; here a namespace has one kind of sidecar. */
function sourceWarnings(virtualService: VirtualService): Warning[] {
  const { meta } = virtualService;
  return (['tls', 'tcp'] as const).flatMap((layer) =>
    virtualService[layer].flatMap(({ matches }, at) =>
      matches.flatMap(({ sourceLabels }, index) => {
        if (Object.keys(sourceLabels).length === 0) return [];
        const message = `${meta.key} ${layer}[${at}] is for sidecars with labels: no sidecar is taken to have them`;
        const path = ['spec', layer, at, 'match', index, 'sourceLabels'];
        return [warning('SOURCE-LABELS', message, meta, path)];
      }),
    ),
  );
}

function exportWarnings(meta: ObjectMeta): Warning[] {
  const exportTo = listOf(fieldOf(meta.raw.spec, 'exportTo'));
  if (exportTo.length === 0 || exportTo.includes('*')) return [];
  const where = 'all sidecars live in one namespace unless mesh.namespaces says otherwise';
  const message = `${meta.key} is exported to ${exportTo.join(', ')} only, and ${where}`;
  return [warning('EXPORT-TO', message, meta, ['spec', 'exportTo'])];
}

/** Nearness alone is modelled: neither weights between localities nor labels that stand for them. */
function localityWarnings(rule: DestinationRule): Warning[] {
  const levels: [path: FieldPath, policy: DestinationRule['trafficPolicy']][] = [
    [['spec', 'trafficPolicy'], rule.trafficPolicy],
    ...rule.subsets.map(({ trafficPolicy }, at): [FieldPath, DestinationRule['trafficPolicy']] => [
      ['spec', 'subsets', at, 'trafficPolicy'],
      trafficPolicy,
    ]),
  ];
  return levels.flatMap(([path, policy]) => {
    const { localityLbSetting, zoneAwareLbSetting } = policy?.loadBalancer ?? {};
    const at = (...field: string[]): FieldPath => [...path, 'loadBalancer', ...field];
    const notes: [isFound: boolean, place: FieldPath, what: string][] = [
      [zoneAwareLbSetting !== undefined, at('zoneAwareLbSetting'), 'balances by zone: that is not modelled'],
      [
        localityLbSetting?.failoverPriority !== undefined,
        at('localityLbSetting', 'failoverPriority'),
        'prefers endpoints by labels: here they are sorted by region, zone and subzone',
      ],
      [
        localityLbSetting?.distribute?.some(({ to = {} }) => Object.values(to).length > 1) === true,
        at('localityLbSetting', 'distribute'),
        'weights localities: here endpoints of those that it names get equal shares',
      ],
    ];
    return notes.flatMap(([isFound, place, what]) =>
      isFound ? [warning('LOCALITY', `${rule.meta.key} ${what}`, rule.meta, place)] : [],
    );
  });
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

/** A rollout of routes starts when its Services are there (rollout/initial-state.ts): what their change does is not seen. */
function changedServices({ changes }: Rollout): Warning[] {
  return changes.flatMap(({ action, after, key }) => {
    if (action !== 'update' || after?.type !== 'Service') return [];
    const message = `${key} changes: it is taken to be as in after before the first write, ports and endpoints too`;
    return [warning('SERVICE', message, after.meta, ['spec'])];
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

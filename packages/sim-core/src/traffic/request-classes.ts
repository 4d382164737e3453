/**
 * The kinds of requests that a rollout can affect: one per host and match rule, in any revision of the VirtualServices,
 * with an example request that meets the rule; and how many of them each proxy gets.
 */
import { exampleRequest, type RequestAttributes } from '../manifest/http-match.js';
import type { VirtualService } from '../manifest/types.js';
import type { MeshModel } from '../mesh/model.js';
import { routeFor } from './routing.js';

export interface RequestClass {
  /** Host as the VirtualService names it. */
  readonly host: string;
  /** `<VirtualService name>/<route name or http[i]>`. */
  readonly rule: string;
  readonly request: RequestAttributes;
  /** The rule takes any method: `traffic.methods` says which there are. */
  readonly isMethodOpen: boolean;
  /** Name of the route in the VirtualService; undefined: it has none. */
  readonly routeName: string | undefined;
  /** Requests per second at each proxy of the group. */
  readonly perSecond: number;
}

/** Stands for `*`, and for the `*` of a wildcard host. */
const EXAMPLE_LABEL = 'any';

/** Request classes per proxy group. */
export function requestClasses(model: MeshModel): readonly (readonly RequestClass[])[] {
  const { traffic } = model.scenario;
  const { groups } = model.proxies;
  const drafts = groups.map((_, group) => draftsOf(model, group));
  const weights = groups.map((group, index) =>
    drafts[index].every(({ host }) => traffic.hosts[host] === 0) ? 0 : group.count * (traffic.sources[group.kind] ?? 1),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return groups.map((group, index) => {
    if (weights[index] === 0 || group.count === 0) return [];
    const perProxy = (traffic.requestsPerSecond * weights[index]) / total / group.count;
    return withRates(drafts[index], perProxy, traffic.hosts, traffic.matches);
  });
}

type Draft = Omit<RequestClass, 'perSecond'>;

function withRates(
  drafts: readonly Draft[],
  perProxy: number,
  hostShares: Readonly<Record<string, number>>,
  ruleShares: Readonly<Record<string, number>>,
): RequestClass[] {
  const hosts = [...new Set(drafts.map((draft) => draft.host))];
  const hostTotal = hosts.reduce((sum, host) => sum + (hostShares[host] ?? 1), 0);
  return hosts.flatMap((host) => {
    const ofHost = drafts.filter((draft) => draft.host === host);
    const ruleTotal = ofHost.reduce((sum, draft) => sum + (ruleShares[draft.rule] ?? 1), 0);
    const rate = hostTotal === 0 ? 0 : (perProxy * (hostShares[host] ?? 1)) / hostTotal;
    return ofHost.map((draft) => ({
      ...draft,
      perSecond: ruleTotal === 0 ? 0 : (rate * (ruleShares[draft.rule] ?? 1)) / ruleTotal,
    }));
  });
}

/** Requests of a group: from the VirtualServices bound to it; without any, sidecars call the touched hosts directly. */
function draftsOf(model: MeshModel, group: number): Draft[] {
  const { gateways, kind } = model.proxies.groups[group];
  const revisions = model.objects.map((object) =>
    object.revisions.filter(
      (content): content is VirtualService =>
        content?.type === 'VirtualService' && content.gateways.some((gateway) => gateways.has(gateway)),
    ),
  );
  const hasVirtualService = model.objects.some((object) => object.kind === 'VirtualService');
  if (!hasVirtualService && kind === 'sidecar') {
    return model.clusters.hosts.map((host) => ({
      host,
      rule: 'default route',
      routeName: 'default',
      request: newRequest(host, 'mesh'),
      isMethodOpen: true,
    }));
  }
  return revisions.flatMap((contents) => {
    const hosts = [...new Set(contents.flatMap((content) => content.hosts))];
    return hosts.flatMap((host) => distinct(draftsOfHost(host, contents, gateways), contents));
  });
}

function draftsOfHost(host: string, contents: readonly VirtualService[], gateways: ReadonlySet<string>): Draft[] {
  const authority = host === '*' ? `${EXAMPLE_LABEL}.example` : host.replace('*', EXAMPLE_LABEL);
  return contents.flatMap((service) => {
    const gateway = service.gateways.find((name) => gateways.has(name)) ?? 'mesh';
    const base = newRequest(authority, gateway);
    return service.http.flatMap((route, index) => {
      const rule = `${service.meta.name}/${route.name ?? `http[${index}]`}`;
      const named = { host, rule, routeName: route.name };
      if (route.matches.length === 0) return [{ ...named, request: base, isMethodOpen: true }];
      return route.matches.flatMap((match) => {
        const example = exampleRequest(match);
        if (example === undefined) return [];
        const request = { ...example, authority: match.authority ? example.authority : authority, gateway };
        return [{ ...named, request, isMethodOpen: match.method === undefined }];
      });
    });
  });
}

/** Drafts that take the same route in every revision are one class: the first names it. */
function distinct(drafts: readonly Draft[], contents: readonly VirtualService[]): Draft[] {
  const seen = new Map<string, Draft>();
  for (const draft of drafts) {
    const taken = contents.map((service) => {
      const route = routeFor(service, draft.request);
      return route === undefined ? -1 : service.http.indexOf(route);
    });
    const key = taken.join(',');
    if (!seen.has(key)) seen.set(key, draft);
  }
  return [...seen.values()];
}

function newRequest(authority: string, gateway: string): RequestAttributes {
  return {
    path: '/',
    method: 'GET',
    authority,
    scheme: 'http',
    headers: {},
    queryParams: {},
    port: 80,
    gateway,
    sourceLabels: {},
    sourceNamespace: 'default',
  };
}

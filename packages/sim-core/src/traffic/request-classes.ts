/**
 * The kinds of requests that a rollout can affect: one per host and match rule, in any revision of the VirtualServices,
 * with an example request that meets the rule; and how many of them each proxy gets.
 */
import { isRoot, type OwnedRoute, ownedRoutes } from '../manifest/delegates.js';
import { exampleRequest, type RequestAttributes } from '../manifest/http-match.js';
import { isLayer4 } from '../manifest/protocols.js';
import type { VirtualService } from '../manifest/types.js';
import { isLayer4Only } from '../mesh/listeners/group-listeners.js';
import type { MeshModel } from '../mesh/model.js';
import { routeFor } from './host-routes.js';
import { spreadOver } from './spread.js';

export interface RequestClass {
  /** Host as the VirtualService names it. */
  readonly host: string;
  /** `<VirtualService name>/<route name or http[i]>`, of the delegate where it is its own. */
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
  const drafts = model.proxies.groups.map((_, group) => draftsOf(model, group));
  return spreadOver(model, model.scenario.traffic.requestsPerSecond, drafts).map((classes) =>
    classes.map(({ amount: perSecond, ...draft }) => ({ ...draft, perSecond })),
  );
}

type Draft = Omit<RequestClass, 'perSecond'>;

/** Requests of a group: from the VirtualServices bound to it; without any, sidecars call the touched hosts directly. */
function draftsOf(model: MeshModel, group: number): Draft[] {
  const { gateways, kind } = model.proxies.groups[group];
  const revisions = model.objects.map((object) =>
    object.revisions.filter(
      (content): content is VirtualService =>
        content?.type === 'VirtualService' && content.gateways.some((gateway) => gateways.has(gateway)),
    ),
  );
  const hasHttpRoutes = model.objects.some(
    (object) => object.kind === 'VirtualService' && !isLayer4Only(object.revisions),
  );
  if (!hasHttpRoutes && kind === 'sidecar') {
    const hosts = model.clusters.hosts.filter((host) => takesHttp(model, host));
    return hosts.map((host) => ({
      host,
      rule: 'default route',
      routeName: 'default',
      request: newRequest(host, 'mesh'),
      isMethodOpen: true,
    }));
  }
  return revisions.flatMap((contents) => {
    const hosts = [...new Set(contents.flatMap((content) => content.hosts))];
    const routed = contents.flatMap((content) => routedIn(model, content));
    const asRouted = routed.map(({ service }) => service);
    return hosts.flatMap((host) => distinct(draftsOfHost(host, routed, gateways), asRouted));
  });
}

/** A VirtualService with its delegates in place, and whose each of its routes is. */
interface Routed {
  readonly service: VirtualService;
  readonly routes: readonly OwnedRoute[];
}

/** One for each state that its delegates go through: the rules of a delegate are its own. */
function routedIn(model: MeshModel, service: VirtualService): Routed[] {
  const delegates = model.objects.filter(({ revisions }) =>
    revisions.some((content) => content?.type === 'VirtualService' && content.hosts.length === 0),
  );
  const states = isRoot(service) ? Math.max(1, ...delegates.map(({ revisions }) => revisions.length)) : 1;
  return Array.from({ length: states }, (_, state) => {
    const contents = delegates.map(({ revisions }) => revisions[Math.min(state, revisions.length - 1)]);
    const present = contents.filter((content): content is VirtualService => content?.type === 'VirtualService');
    const routes = ownedRoutes(service, present);
    return { service: { ...service, http: routes.map(({ route }) => route) }, routes };
  });
}

/** Whether a service takes HTTP: by its ports; a service that no manifest defines does, unless TCP or TLS routes lead to it. */
export function takesHttp({ services, objects }: MeshModel, host: string): boolean {
  const ports = services.filter(({ hosts }) => hosts.includes(host)).flatMap((service) => service.ports);
  if (ports.length > 0) return ports.some((port) => !isLayer4(port));
  return !objects.some(({ revisions }) =>
    revisions.some(
      (content) =>
        content?.type === 'VirtualService' &&
        [...content.tls, ...content.tcp].some(({ destinations }) => destinations.some((to) => to.host === host)),
    ),
  );
}

function draftsOfHost(host: string, contents: readonly Routed[], gateways: ReadonlySet<string>): Draft[] {
  const authority = host === '*' ? `${EXAMPLE_LABEL}.example` : host.replace('*', EXAMPLE_LABEL);
  return contents.flatMap(({ service, routes }) => {
    const gateway = service.gateways.find((name) => gateways.has(name)) ?? 'mesh';
    const base = newRequest(authority, gateway);
    return routes.flatMap(({ route, owner, index }) => {
      const rule = `${owner.meta.name}/${route.name ?? `http[${index}]`}`;
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

/** Nothing but what every request has. @param gateway that it comes to, or `mesh` */
export function newRequest(authority: string, gateway: string): RequestAttributes {
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

/** VirtualServices that take routes from others (istiod.md 1.7; pilot/pkg/model/virtualservice.go). */
import type { HttpMatch, HttpRoute, VirtualService } from './types.js';

/** A route of a root with its delegates in place, and whose it is. */
export interface OwnedRoute {
  readonly route: HttpRoute;
  /** The VirtualService that has it, and its place there. */
  readonly owner: VirtualService;
  readonly index: number;
}

/** A root with the routes of its delegates in place, see {@link ownedRoutes}. */
export function withDelegates(root: VirtualService, delegates: readonly VirtualService[]): VirtualService {
  if (!isRoot(root)) return root;
  return { ...root, http: ownedRoutes(root, delegates).map(({ route }) => route) };
}

/** Whether it takes routes from delegates. */
export function isRoot(service: VirtualService): boolean {
  return service.http.some((route) => route.delegate !== undefined);
}

/**
 * A route whose delegate is missing is dropped, and so are delegates of delegates.
 * @param delegates the VirtualServices without hosts, at one revision each
 */
export function ownedRoutes(root: VirtualService, delegates: readonly VirtualService[]): readonly OwnedRoute[] {
  return root.http.flatMap((route, index) => {
    const { delegate } = route;
    if (delegate === undefined) return [{ route, owner: root, index }];
    const owner = delegates.find(({ meta }) => meta.namespace === delegate.namespace && meta.name === delegate.name);
    if (owner === undefined || !isExportedTo(owner, root.meta.namespace)) return [];
    return owner.http.flatMap((own, at) =>
      own.delegate === undefined ? merged(route, own).map((both) => ({ route: both, owner, index: at })) : [],
    );
  });
}

function isExportedTo({ exportTo, meta }: VirtualService, namespace: string): boolean {
  return exportTo.some((to) => to === '*' || to === namespace || (to === '.' && meta.namespace === namespace));
}

/** The delegate's route under the root's conditions; without one where the two contradict each other. */
function merged(root: HttpRoute, own: HttpRoute): readonly HttpRoute[] {
  const matches = mergedMatches(root.matches, own.matches);
  if (matches === undefined) return [];
  const name = root.name !== undefined && own.name !== undefined ? `${root.name}-${own.name}` : (own.name ?? root.name);
  return [
    {
      ...own,
      name,
      matches,
      rewrite: own.rewrite ?? root.rewrite,
      retries: own.retries ?? root.retries,
      timeoutMs: own.timeoutMs ?? root.timeoutMs,
    },
  ];
}

/** undefined: no request can meet both. */
function mergedMatches(root: readonly HttpMatch[], own: readonly HttpMatch[]): readonly HttpMatch[] | undefined {
  if (root.length === 0) return own;
  if (own.length === 0) return root;
  const both = own.flatMap((match) => root.flatMap((outer) => mergedMatch(outer, match) ?? []));
  return both.length === 0 ? undefined : both;
}

const STRINGS = ['uri', 'method', 'authority', 'scheme'] as const;

function mergedMatch(outer: HttpMatch, own: HttpMatch): HttpMatch | undefined {
  const strings: { -readonly [name in (typeof STRINGS)[number]]?: HttpMatch[name] } = {};
  for (const name of STRINGS) {
    const [wide, narrow] = [outer[name], own[name]];
    if (wide !== undefined && narrow !== undefined && !isWithin(narrow, wide)) return undefined;
    strings[name] = narrow ?? wide;
  }
  if (outer.port !== undefined && own.port !== undefined && outer.port !== own.port) return undefined;
  return {
    ...own,
    ...strings,
    port: own.port ?? outer.port,
    ignoreUriCase: own.ignoreUriCase || outer.ignoreUriCase,
    headers: { ...outer.headers, ...own.headers },
    withoutHeaders: { ...outer.withoutHeaders, ...own.withoutHeaders },
    queryParams: { ...outer.queryParams, ...own.queryParams },
    gateways: outer.gateways,
    sourceLabels: { ...outer.sourceLabels, ...own.sourceLabels },
    sourceNamespace: own.sourceNamespace ?? outer.sourceNamespace,
  };
}

/** Istio takes a delegate's condition only where it lies within the root's; a regex on either side never does. */
function isWithin(narrow: NonNullable<HttpMatch['uri']>, wide: NonNullable<HttpMatch['uri']>): boolean {
  if (narrow.regex !== undefined || wide.regex !== undefined) return false;
  if (wide.prefix !== undefined) return (narrow.exact ?? narrow.prefix ?? '').startsWith(wide.prefix);
  return narrow.exact !== undefined && narrow.exact === wide.exact;
}

/**
 * Whether a request meets a match of a VirtualService, as istiod translates it (TranslateRouteMatch in
 * pilot/pkg/networking/core/route/route.go) and Envoy evaluates it. The port, the gateways and the source are decided by
 * istiod already, when it generates the routes of a proxy; here they are attributes like the others.
 */
import { compileRe2 } from './re2.js';
import { exampleOfRe2 } from './re2-example.js';
import { labelsContain } from './service-endpoints.js';
import type { HttpMatch, StringMatch } from './types.js';

export interface RequestAttributes {
  /** As in `:path`: a query string behind it is left out of the match. */
  readonly path: string;
  readonly method: string;
  readonly authority: string;
  readonly scheme: string;
  /** Names in any case; several values of one name joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly queryParams: Readonly<Record<string, string>>;
  readonly port: number;
  /** The gateway that the request came in by, `namespace/name`; `mesh` in a sidecar. */
  readonly gateway: string;
  readonly sourceLabels: Readonly<Record<string, string>>;
  readonly sourceNamespace: string;
}

export function matchesRequest(match: HttpMatch, request: RequestAttributes): boolean {
  return (
    (match.port === undefined || match.port === request.port) &&
    matchesSource(match, request) &&
    (match.uri === undefined || matchesPath(match.uri, match.ignoreUriCase, request.path)) &&
    matchesText(match.method, request.method) &&
    matchesText(match.authority, request.authority) &&
    matchesText(match.scheme, request.scheme) &&
    Object.entries(match.headers).every(([name, wanted]) => matchesValue(wanted, headerOf(request, name))) &&
    Object.entries(match.withoutHeaders).every(([name, unwanted]) => lacks(unwanted, headerOf(request, name))) &&
    Object.entries(match.queryParams).every(([name, wanted]) =>
      matchesValue(wanted, ownValue(request.queryParams, name)),
    )
  );
}

/** Gateways in a match replace the conditions on the source: istiod asks for one or the other (sourceMatchHTTP). */
function matchesSource(match: HttpMatch, request: RequestAttributes): boolean {
  if (match.gateways !== undefined) return match.gateways.includes(request.gateway);
  const { sourceNamespace } = match;
  if (sourceNamespace !== undefined && sourceNamespace !== request.sourceNamespace) return false;
  return labelsContain(request.sourceLabels, match.sourceLabels);
}

/** Envoy compares without query and fragment, and ignores the case of exact and prefix only. */
function matchesPath(wanted: StringMatch, ignoreCase: boolean, path: string): boolean {
  const bare = path.replace(/[?#].*$/s, '');
  if (!ignoreCase || wanted.regex !== undefined) return matchesValue(wanted, bare);
  const lower = { exact: wanted.exact?.toLowerCase(), prefix: wanted.prefix?.toLowerCase() };
  return matchesValue(lower, bare.toLowerCase());
}

function matchesText(wanted: StringMatch | undefined, text: string): boolean {
  return wanted === undefined || matchesValue(wanted, text);
}

function matchesValue(wanted: StringMatch, value: string | undefined): boolean {
  if (value === undefined) return false;
  if (isPresenceMatch(wanted)) return true;
  if (wanted.exact !== undefined) return value === wanted.exact;
  if (wanted.prefix !== undefined) return value.startsWith(wanted.prefix);
  const expression = expressionOf(wanted.regex ?? '');
  return expression?.test(value) ?? false;
}

/** Without the header its value counts as empty (treat_missing_header_as_empty), but for a presence match. */
function lacks(unwanted: StringMatch, value: string | undefined): boolean {
  return !matchesValue(unwanted, isPresenceMatch(unwanted) ? value : (value ?? ''));
}

/** An empty match, or the lone star that Istio takes for one (canBeConvertedToPresentMatch). */
function isPresenceMatch(wanted: StringMatch): boolean {
  const isEmpty = wanted.exact === undefined && wanted.prefix === undefined && wanted.regex === undefined;
  return isEmpty || wanted.regex === '*';
}

function headerOf(request: RequestAttributes, name: string): string | undefined {
  const lower = name.toLowerCase();
  const found = Object.entries(request.headers).find(([key]) => key.toLowerCase() === lower);
  return found?.[1];
}

function ownValue(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

const expressions = new Map<string, RegExp | undefined>();

/** Compiled once: a study asks for the same few expressions again and again. */
function expressionOf(source: string): RegExp | undefined {
  if (!expressions.has(source)) {
    const compiled = compileRe2(source);
    expressions.set(source, 'expression' in compiled ? compiled.expression : undefined);
  }
  return expressions.get(source);
}

const DEFAULTS: RequestAttributes = {
  path: '/',
  method: 'GET',
  authority: 'example.com',
  scheme: 'http',
  headers: {},
  queryParams: {},
  port: 80,
  gateway: 'mesh',
  sourceLabels: {},
  sourceNamespace: 'default',
};

/**
 * A request that satisfies a match, with `base` where the match leaves a choice. undefined when none was found: the
 * match contradicts itself, or one of its expressions is too intricate. What is returned has been held against it.
 */
export function exampleRequest(match: HttpMatch, base: Partial<RequestAttributes> = {}): RequestAttributes | undefined {
  const start = { ...DEFAULTS, ...base };
  const unwanted = new Set(Object.keys(match.withoutHeaders).map((name) => name.toLowerCase()));
  const keptHeaders = Object.entries(start.headers).filter(([name]) => !unwanted.has(name.toLowerCase()));
  const headers = filled(Object.fromEntries(keptHeaders), match.headers);
  const queryParams = filled(start.queryParams, match.queryParams);
  const path = exampleText(match.uri, start.path);
  const method = exampleText(match.method, start.method);
  const authority = exampleText(match.authority, start.authority);
  const scheme = exampleText(match.scheme, start.scheme);
  if (headers === undefined || queryParams === undefined) return undefined;
  if (path === undefined || method === undefined || authority === undefined || scheme === undefined) return undefined;
  const offered = match.gateways ?? [start.gateway];
  const request: RequestAttributes = {
    ...{ path, method, authority, scheme, headers, queryParams },
    port: match.port ?? start.port,
    gateway: offered.includes(start.gateway) ? start.gateway : offered[0],
    sourceLabels: { ...start.sourceLabels, ...match.sourceLabels },
    sourceNamespace: match.sourceNamespace ?? start.sourceNamespace,
  };
  return matchesRequest(match, request) ? request : undefined;
}

function filled(
  start: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, StringMatch>>,
): Record<string, string> | undefined {
  const values: Record<string, string> = { ...start };
  for (const [name, match] of Object.entries(wanted)) {
    const same = Object.keys(values).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
    const value = exampleText(match, values[same] ?? 'x');
    if (value === undefined) return undefined;
    if (same !== name) delete values[same];
    values[name] = value;
  }
  return values;
}

function exampleText(match: StringMatch | undefined, fallback: string): string | undefined {
  if (match === undefined || isPresenceMatch(match)) return fallback;
  if (match.exact !== undefined) return match.exact;
  if (match.prefix !== undefined) return fallback.startsWith(match.prefix) ? fallback : match.prefix;
  return exampleOfRe2(match.regex ?? '', fallback);
}

/**
 * The conditions of TCP and TLS matches that istiod decides when it makes the listeners of a proxy; server name and
 * destination address are left to Envoy (pilot/pkg/networking/core/tls.go, matchTCP; gateway.go, l4SingleMatch).
 */
import type { Layer4Match, Layer4Route } from './types.js';

/** A listener that is made, and the proxy that it is for. */
export interface Layer4Listener {
  readonly port: number;
  /** `namespace/name` of the Gateway; `mesh` in a sidecar. */
  readonly gateway: string;
  /** Of the sidecar; undefined: a gateway, whose source does not count. */
  readonly namespace?: string;
}

export function appliesTo(match: Layer4Match, { port, gateway, namespace }: Layer4Listener): boolean {
  if (match.port !== undefined && match.port !== port) return false;
  if (match.gateways !== undefined && !match.gateways.includes(gateway)) return false;
  if (namespace === undefined) return true;
  // Which sidecars have labels is not known: a match that asks for some is met by none.
  if (Object.keys(match.sourceLabels).length > 0) return false;
  return match.sourceNamespace === undefined || match.sourceNamespace === namespace;
}

/** The matches of a route that count at a listener; undefined: the route does not apply there. */
export function matchesAt({ matches }: Layer4Route, listener: Layer4Listener): readonly Layer4Match[] | undefined {
  if (matches.length === 0) return [];
  const applying = matches.filter((match) => appliesTo(match, listener));
  return applying.length === 0 ? undefined : applying;
}

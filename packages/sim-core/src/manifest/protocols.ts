/** Protocols of ports as Istio groups them (pkg/config/protocol/instance.go). */

const HTTP = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'];
const TLS = ['TLS', 'HTTPS'];
/** Those that Envoy has filters of its own for, so that a chain for one is another chain. */
const DECODED = ['MONGO', 'MYSQL', 'REDIS'];

interface Port {
  readonly protocol: string;
}

/** Plain HTTP: its listener asks the routes. */
export function isHttp({ protocol }: Port): boolean {
  return HTTP.includes(protocol);
}

/** Encrypted by the client: a listener sees the server name and no more. */
export function isTls({ protocol }: Port): boolean {
  return TLS.includes(protocol);
}

/** TCP and what is told to be neither HTTP nor UDP; where the proxy has to find out, it may be HTTP. */
export function isLayer4({ protocol }: Port): boolean {
  return !isHttp({ protocol }) && protocol !== 'UDP' && protocol !== 'AUTO';
}

/** The filter that reads a protocol's bytes; empty: none does. */
export function decoderOf({ protocol }: Port): string {
  return DECODED.includes(protocol) ? protocol : '';
}

/** A gateway's server that leaves TLS to what is behind it. */
export function isPassthrough({ tls }: { readonly tls?: { readonly mode?: string } }): boolean {
  return tls?.mode === 'PASSTHROUGH' || tls?.mode === 'AUTO_PASSTHROUGH';
}

/**
 * What Istio's validating webhook says of the TCP and TLS routes of a VirtualService beyond their shape
 * (pkg/config/validation, TCP and TLS routes and their matches).
 */
import type { UserError } from '../errors.js';
import { fieldOf, listOf, type ObjectSource, pathText } from './object-source.js';
import type { FieldPath } from './yaml-documents.js';

export function checkLayer4Routes(source: ObjectSource): UserError[] {
  const spec = fieldOf(source.value, 'spec');
  const hosts = listOf(fieldOf(spec, 'hosts')).filter((host) => typeof host === 'string');
  return (['tcp', 'tls'] as const).flatMap((layer) =>
    listOf(fieldOf(spec, layer)).flatMap((route, at) => {
      const path: FieldPath = ['spec', layer, at];
      const matches = listOf(fieldOf(route, 'match'));
      return [
        ...checkDestinations(source, route, path),
        ...(layer === 'tls' ? checkServerNames(source, matches, path, hosts) : []),
        ...matches.flatMap((match, index) => checkSubnets(source, match, [...path, 'match', index])),
      ];
    }),
  );
}

function checkDestinations(source: ObjectSource, route: unknown, path: FieldPath): UserError[] {
  if (listOf(fieldOf(route, 'route')).length > 0) return [];
  const message = `${pathText(path)} sends its connections nowhere`;
  return [source.problem('XDS-MANIFEST-MISSING', path, message, 'Give it a route with a destination.')];
}

/** A TLS route is chosen by the server name alone, so it must have one, and one that is the VirtualService's. */
function checkServerNames(
  source: ObjectSource,
  matches: readonly unknown[],
  path: FieldPath,
  hosts: readonly string[],
): UserError[] {
  const hint = 'A TLS route is chosen by the server name: give `match` with `sniHosts`.';
  if (matches.length === 0) {
    return [source.problem('XDS-MANIFEST-MISSING', path, `${pathText(path)} has no match`, hint)];
  }
  return matches.flatMap((match, index) => {
    const names: FieldPath = [...path, 'match', index, 'sniHosts'];
    const written = fieldOf(match, 'sniHosts');
    // Where it is absent, or no list, the shape says so.
    if (!Array.isArray(written)) return [];
    if (written.length === 0) {
      return [source.problem('XDS-MANIFEST-MISSING', names, `${pathText(names)} is empty`, hint)];
    }
    return written.flatMap((name, at) => {
      if (typeof name !== 'string' || isAddress(name) || hosts.some((host) => isWithin(name, host))) return [];
      const message = `the server name ${name} is not within the hosts of the VirtualService: ${hosts.join(', ')}`;
      return [
        source.problem('XDS-MANIFEST-VALUE', [...names, at], message, 'Add the name, or a wildcard, to `hosts`.'),
      ];
    });
  });
}

/** Whether every name that `name` stands for is one of the host's. */
function isWithin(name: string, host: string): boolean {
  if (name === host || host === '*') return true;
  return host.startsWith('*') && name.replace(/^\*/, '').endsWith(host.slice(1));
}

function checkSubnets(source: ObjectSource, match: unknown, path: FieldPath): UserError[] {
  return listOf(fieldOf(match, 'destinationSubnets')).flatMap((subnet, at) => {
    if (typeof subnet !== 'string' || isSubnet(subnet)) return [];
    const field: FieldPath = [...path, 'destinationSubnets', at];
    const message = `${pathText(field)} is ${subnet}; it is no address and no subnet`;
    return [
      source.problem('XDS-MANIFEST-VALUE', field, message, 'Write it as 10.1.2.3, 10.1.2.0/24 or 2001:db8::/32.'),
    ];
  });
}

function isSubnet(text: string): boolean {
  const [address, length, ...rest] = text.split('/');
  if (rest.length > 0 || !isAddress(address)) return false;
  const longest = address.includes(':') ? 128 : 32;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= longest);
}

/** IPv4, or what can only be meant as IPv6. */
function isAddress(text: string): boolean {
  const parts = text.split('.');
  if (parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return true;
  return text.includes(':') && /^[\da-f:]+(?:\.\d+){0,3}$/i.test(text);
}

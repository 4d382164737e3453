/** What a sampled request leaves to chance on its way: the cluster, and the endpoint of each try. */
import type { UniformStream } from '../kernel/random.js';
import { HOST_SELECTION_ATTEMPTS, type RetryRules } from './retries.js';
import type { RoutePart } from './routing.js';

/** One weighted choice, made whether or not the cluster is there (envoy.md 3.4). */
export function pickPart(parts: readonly RoutePart[], u: number): RoutePart {
  let rest = u;
  for (const part of parts) {
    rest -= part.share;
    if (rest < 0) return part;
  }
  return parts[parts.length - 1];
}

/** The previous-hosts predicate: some more picks to find an endpoint not tried yet, then whatever came last. */
export function pickHost(
  hosts: readonly number[],
  tried: readonly number[],
  choice: RetryRules['choice'],
  stream: UniformStream,
): number {
  if (choice === 'same' && tried.length > 0) return tried[0];
  const pick = (): number => hosts[Math.floor(stream.next() * hosts.length)];
  let host = pick();
  if (choice === 'any') return host;
  for (let extra = 0; extra < HOST_SELECTION_ATTEMPTS && tried.includes(host); extra++) host = pick();
  return host;
}

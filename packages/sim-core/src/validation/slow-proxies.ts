/**
 * Which proxies of a cell hold each response, and for how long. The lab's README describes the field and not its layout, so
 * all that are natural are read: `gw-1: 200`, `gw-1: {holdMs: 200}`, `[{proxy: gw-1, holdMs: 200}]` and
 * `{proxies: [gw-1, gw-2], holdMs: 200}`.
 */
import { isFields } from '../manifest/object-source.js';
import type { CellFields } from './cell-shape.js';

/** Names of proxies as the lab gives them. */
const PROXY = /^(gw|sc)-\d+$/;

/** Proxy → ms. */
export function holdTimes(written: CellFields['mesh']['slowProxies']): Readonly<Record<string, number>> {
  return Object.fromEntries(holds(written));
}

function holds(written: unknown): readonly (readonly [string, number])[] {
  if (Array.isArray(written)) return written.flatMap(holds);
  if (!isFields(written)) return [];
  const named = Object.entries(written).filter(([key]) => PROXY.test(key));
  const proxies = Object.values(written)
    .flat()
    .filter((value) => typeof value === 'string');
  return [
    ...named.flatMap(([proxy, value]) => timed([proxy], isFields(value) ? Object.values(value) : [value])),
    ...timed(proxies, Object.values(written)),
  ];
}

function timed(proxies: readonly string[], values: readonly unknown[]): (readonly [string, number])[] {
  const holdMs = values.find((value) => typeof value === 'number');
  return holdMs === undefined ? [] : proxies.map((proxy) => [proxy, holdMs] as const);
}

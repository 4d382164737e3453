/** What goes on in the mesh besides the rollout: churn, and what breaks on the way. All of it is off by default. */
import { z } from 'zod';
import { distribution } from './distribution-schema.js';
import { field, milliseconds, section } from './fields.js';
import type { Faults, MeshSize } from './types.js';

const eventsPerSecond = z.number().min(0).max(10_000);
const proxyId = z
  .string()
  .regex(/^(gw|sc)-[1-9]\d*$/, 'is not the name of a proxy')
  .describe('gw-1, gw-2 … or sc-1, sc-2 …');
const proxies = z.array(proxyId).min(1);
const span = {
  fromMs: milliseconds.describe('Counted from the first write.'),
  toMs: milliseconds.describe('Counted from the first write.'),
};
const isSpan = ({ fromMs, toMs }: { fromMs: number; toMs: number }): boolean => fromMs < toMs;
const notASpan = { message: 'ends before it begins', path: ['toMs'], params: { hint: 'toMs is later than fromMs.' } };

/** Faults of proxies and istiods that the mesh does not have would do nothing, and nobody would know. */
export function checkFaults(
  { mesh, faults }: { readonly mesh: MeshSize; readonly faults: Faults },
  addIssue: (path: readonly (string | number)[], message: string, hint: string) => void,
): void {
  const { slowProxies, partitions, streamResets, nacks, istiodRestarts } = faults;
  const checkProxy = (id: string, path: readonly (string | number)[]): void => {
    const [kind, number] = id.split('-');
    const count = kind === 'gw' ? mesh.gateways : mesh.sidecars;
    if (Number(number) <= count) return;
    const hint = `mesh.gateways is ${mesh.gateways}, mesh.sidecars ${mesh.sidecars}; proxies are counted from 1.`;
    addIssue(['faults', ...path], `there is no proxy ${id}`, hint);
  };
  for (const id of Object.keys(slowProxies)) checkProxy(id, ['slowProxies', id]);
  for (const [name, list] of Object.entries({ partitions, streamResets, nacks })) {
    list.forEach(({ proxies: ids }, at) => {
      ids.forEach((id, i) => {
        checkProxy(id, [name, at, 'proxies', i]);
      });
    });
  }
  istiodRestarts.forEach(({ replica }, at) => {
    if (replica <= mesh.istiodReplicas) return;
    const hint = `mesh.istiodReplicas is ${mesh.istiodReplicas}; they are counted from 1.`;
    addIssue(['faults', 'istiodRestarts', at, 'replica'], `there is no istiod ${replica}`, hint);
  });
}

export function churnField() {
  return section(
    {
      endpointEventsPerSecond: field(
        eventsPerSecond,
        0,
        'Endpoint events of services that the change does not touch: pods that come, go or flap.',
        'a calm cluster; set your own, pilot_inbound_updates{type="eds"} counts them',
      ),
      configEventsPerSecond: field(
        eventsPerSecond,
        0,
        'Writes to unrelated VirtualServices and DestinationRules, half each.',
        'a calm cluster; set your own, pilot_inbound_updates{type="config"} counts them',
      ),
    },
    'Events that have nothing to do with the change. They extend the debounce.',
  );
}

export function faultsField() {
  const none = 'nothing breaks unless you say so';
  return section(
    {
      slowProxies: field(
        z.record(proxyId, milliseconds),
        {},
        'Proxy → ms that its link holds each response, one after another.',
        none,
      ),
      partitions: field(
        z.array(z.strictObject({ proxies, ...span }).refine(isSpan, notASpan)),
        [],
        'Proxies that can neither hear nor reach istiod for a while.',
        none,
      ),
      streamResets: field(
        z.array(z.strictObject({ proxies, atMs: milliseconds.describe('Counted from the first write.') })),
        [],
        'Moments at which the streams of proxies break. Messages under way are lost; the proxies connect anew.',
        none,
      ),
      istiodRestarts: field(
        z.array(
          z.strictObject({
            replica: z.int().min(1).default(1).describe('Which istiod, from 1. Default 1.'),
            atMs: distribution.describe('When it dies, counted from the first write.'),
            downMs: distribution.describe('Until it, or what replaces it, has synced and takes connections.'),
          }),
        ),
        [],
        'An istiod dies and comes back.',
        none,
      ),
      nacks: field(
        z.array(
          z
            .strictObject({ proxies, types: z.array(z.enum(['CDS', 'EDS', 'LDS', 'RDS'])).min(1), ...span })
            .refine(isSpan, notASpan),
        ),
        [],
        'Proxies that reject responses of these types for a while and keep what they have.',
        none,
      ),
    },
    'What breaks during the rollout.',
  );
}

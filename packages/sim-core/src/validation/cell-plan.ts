/** A measured cell as a rollout plan: each write at its own time, with the API server's share left out, as the lab did. */
import { fail, ok, type Result, type UserError } from '../errors.js';
import type { Distribution } from '../kernel/distribution.js';
import type { ManifestSet, ServiceObject } from '../manifest/types.js';
import type { PlannedWrite, RolloutPlan, WriteGroup } from '../rollout/plan.js';
import type { Cell } from './cell.js';
import { CellEndpoints } from './cell-endpoints.js';
import type { CellWrite } from './cell-writes.js';

export function newCellPlan(cell: Cell): Result<RolloutPlan> {
  const { before } = cell;
  const endpoints = new CellEndpoints(cell);
  const errors: UserError[] = [];
  const groups: WriteGroup[] = [];
  inTimeOrder(cell.writes).forEach((write, index) => {
    const writes = plannedWrites(write, endpoints, `write ${index + 1}`);
    if (writes === undefined) errors.push(notModelled(write));
    else groups.push({ label: `write ${index + 1}`, start: { atMs: write.atMs }, order: 'given', writes });
  });
  if (errors.length > 0) return fail(...errors);
  return ok({
    strategy: cell.name,
    initial: {
      virtualServices: before.virtualServices,
      destinationRules: before.destinationRules,
      gateways: before.gateways,
      sidecars: before.sidecars,
      peerAuthentications: before.peerAuthentications,
      services: [...before.services, ...otherServices(cell)],
      endpoints: endpoints.initial,
    },
    groups,
    readiness: [],
    serverChanges: endpoints.serverChanges,
  });
}

/** The services that `before.yaml` does not write out: `d<i>.lab.internal` on port 80 (the lab's README). */
function otherServices({ before, mesh }: Cell): readonly ServiceObject[] {
  const [own] = before.services;
  if (own === undefined) return [];
  return Array.from({ length: Math.max(0, mesh.services - before.services.length) }, (_, at) => {
    const name = `d${at + 1}`;
    return {
      type: 'ServiceEntry',
      meta: { ...own.meta, key: `ServiceEntry/${own.meta.namespace}/${name}`, name },
      hosts: [`${name}.lab.internal`],
      exportTo: ['*'],
      ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
      resolution: 'STATIC',
      endpoints: [],
    };
  });
}

/** Latest time at which a cell writes, in ms. */
export function lastWriteMs(cell: Cell): number {
  return Math.max(0, ...cell.writes.map(({ atMs }) => range(atMs)[1]));
}

/** What a write changes depends on the writes before it, so that they are planned in the order of their times. */
function inTimeOrder(writes: readonly CellWrite[]): readonly CellWrite[] {
  return [...writes].sort((a, b) => range(a.atMs)[0] - range(b.atMs)[0]);
}

/** Earliest and latest value of the distributions that a cell can give. */
function range(delay: Distribution): readonly [number, number] {
  if (typeof delay === 'number') return [delay, delay];
  if ('constant' in delay) return [delay.constant, delay.constant];
  if ('uniform' in delay) return delay.uniform;
  if ('quantiles' in delay) return [delay.quantiles[0][1], delay.quantiles[delay.quantiles.length - 1][1]];
  throw new Error(`a cell has no ${JSON.stringify(delay)}`);
}

function plannedWrites(
  { action, object }: CellWrite,
  endpoints: CellEndpoints,
  revision: string,
): readonly PlannedWrite[] | undefined {
  const { virtualServices, destinationRules, gateways, sidecars, peerAuthentications } = object;
  const [config] = [...virtualServices, ...destinationRules, ...gateways, ...sidecars, ...peerAuthentications];
  if (config !== undefined) return [{ action, kind: config.meta.kind, key: config.meta.key, object: config, revision }];
  const [service] = object.services;
  if (service !== undefined) {
    const steps = endpoints.stepsOfService(action, service);
    return [{ action, kind: service.meta.kind, key: service.meta.key, object: service, endpoints: steps, revision }];
  }
  const [workload] = object.workloads;
  return workload === undefined ? undefined : endpoints.writesOfWorkload(action, workload);
}

function notModelled({ object }: CellWrite): UserError {
  const [meta] = object.others;
  return {
    code: 'XDS-CELL-WRITE',
    message: `a write of ${meta?.key ?? 'this object'} is not simulated`,
    position: meta?.position ?? firstPosition(object),
    hint: 'Cells may write VirtualService, DestinationRule, Gateway, Sidecar, ServiceEntry, Service and workloads.',
  };
}

function firstPosition({ files }: ManifestSet): UserError['position'] {
  return files.length === 0 ? undefined : { file: files[0].path, line: 1, column: 1 };
}

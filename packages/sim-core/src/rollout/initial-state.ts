/**
 * What is applied and settled when the first write is sent. Changed workloads and Services are: a rollout of routes
 * starts when its pods are there. Where the scenario gives readiness times, endpoints that only after has come later;
 * where it rolls workloads out with the change, they stand as before.
 */
import type { Warning } from '../errors.js';
import { rolloutEndpoints } from './endpoints.js';
import type { HostEndpoint, InitialState, PlannedReadiness } from './plan.js';
import { endpointsReadyLater } from './readiness.js';
import type { PlanInput } from './strategy.js';
import { isReplicated, type WorkloadWrites, workloadWrites } from './workload-rollouts.js';

const NO_WORKLOADS: WorkloadWrites = { growing: [], shrinking: [] };

export interface Start {
  readonly initial: InitialState;
  readonly readiness: readonly PlannedReadiness[];
  readonly deletedEndpoints: readonly HostEndpoint[];
  readonly workloads: WorkloadWrites;
  readonly warnings: readonly Warning[];
}

export function startOf({ before, after, changes, scenario }: PlanInput<unknown>): Start {
  const rolledOut = new Set(
    scenario.workloads.rollout === 'with-change'
      ? changes.changes.filter(({ before: old, after: now }) => isReplicated(now ?? old)).map(({ key }) => key)
      : [],
  );
  const endpoints = rolloutEndpoints(before, after, changes, rolledOut);
  const replaced = [...rolledOut].flatMap((key) => endpoints.podsOf(key).before);
  const { now, later } = endpointsReadyLater(endpoints.added, scenario.readinessMs);
  const newServices = new Map(
    after.services.filter(({ type }) => type === 'Service').map((service) => [service.meta.key, service]),
  );
  const kept = before.services.map((service) => newServices.get(service.meta.key) ?? service);
  const keptKeys = new Set(kept.map((service) => service.meta.key));
  const created = [...newServices.values()].filter((service) => !keptKeys.has(service.meta.key));
  return {
    initial: {
      virtualServices: before.virtualServices,
      destinationRules: before.destinationRules,
      gateways: before.gateways,
      sidecars: before.sidecars,
      peerAuthentications: before.peerAuthentications,
      services: [...kept, ...created],
      endpoints: [...endpoints.standing, ...now, ...endpoints.deleted, ...replaced],
    },
    readiness: later,
    deletedEndpoints: endpoints.deleted,
    workloads: rolledOut.size === 0 ? NO_WORKLOADS : workloadWrites(changes, endpoints.podsOf),
    warnings: endpoints.warnings,
  };
}

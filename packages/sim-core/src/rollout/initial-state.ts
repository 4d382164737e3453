/**
 * What is applied and settled when the first write is sent. Changed workloads and Services are: a rollout of routes
 * starts when its pods are there. Where the scenario gives readiness times, endpoints that only after has come later.
 */
import type { Warning } from '../errors.js';
import { rolloutEndpoints } from './endpoints.js';
import type { HostEndpoint, InitialState, PlannedReadiness } from './plan.js';
import { endpointsReadyLater } from './readiness.js';
import type { PlanInput } from './strategy.js';

export interface Start {
  readonly initial: InitialState;
  readonly readiness: readonly PlannedReadiness[];
  readonly deletedEndpoints: readonly HostEndpoint[];
  readonly warnings: readonly Warning[];
}

export function startOf({ before, after, changes, scenario }: PlanInput<unknown>): Start {
  const endpoints = rolloutEndpoints(before, after, changes);
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
      endpoints: [...endpoints.standing, ...now, ...endpoints.deleted],
    },
    readiness: later,
    deletedEndpoints: endpoints.deleted,
    warnings: endpoints.warnings,
  };
}

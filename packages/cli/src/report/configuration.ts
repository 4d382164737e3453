/** What a run is about to compute, said before it starts: every value that matters, and which of them nobody has set. */
import type { Scenario, Study } from '@xdsim/sim-core';
import { formatPosition } from '../errors.js';
import { printable } from '../text-width.js';
import { TOOL, typed } from '../tool.js';
import { counted, formatDuration, formatNumber } from './numbers.js';

const LABEL_WIDTH = 11;

/** @param set paths that options of the command line have set (`seed`, `trials`) */
export function renderConfiguration(study: Study, set: ReadonlySet<string>): string {
  const { scenario } = study;
  const mark = marker(scenario, set);
  const lines = [
    ['scenario', scenario.file ?? study.source],
    ['seed', `${scenario.seed}${mark('seed')}, ${counted(scenario.trials, 'trial')}${mark('trials')}`],
    ['istio', istioOf(scenario, mark)],
    ['mesh', meshOf(scenario, mark)],
    ['traffic', trafficOf(scenario, mark)],
    ['readiness', readinessOf(scenario)],
    ['strategies', study.strategies.map(({ name }) => name).join(', ')],
    ['horizon', `${formatDuration(study.horizonMs)}${mark('horizonMs')}`],
    ...study.changes.changes.map(({ action, key, details, position }) => [
      action,
      `${key}${details.length > 0 ? `: ${details.join('; ')}` : ''} (${formatPosition(position)})`,
    ]),
  ];
  const [head, ...rest] = [
    `${TOOL.name} ${TOOL.version}`,
    ...lines.map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)}${printable(text)}`),
  ];
  return `${head}\n${rest.join('\n')}\n  * a default; \`${typed('xdsim init')}\` spells out all of them\n`;
}

type Mark = (path: string) => string;

function marker(scenario: Scenario, set: ReadonlySet<string>): Mark {
  return (path) => (scenario.userSet.has(path) || set.has(path) ? '' : '*');
}

function istioOf({ mesh, debounce }: Scenario, mark: Mark): string {
  return [
    `${mesh.istio}${mark('mesh.istio')}`,
    `${counted(mesh.istiodReplicas, 'istiod')}${mark('mesh.istiodReplicas')} × ${counted(mesh.istiodCores, 'core')}${mark('mesh.istiodCores')}`,
    `push throttle ${mesh.pushThrottle}${mark('mesh.pushThrottle')}`,
    `debounce ${formatDuration(debounce.afterMs)}${mark('debounce.afterMs')} up to ${formatDuration(debounce.maxMs)}${mark('debounce.maxMs')}`,
  ].join(', ');
}

function meshOf({ mesh }: Scenario, mark: Mark): string {
  const size = mesh.size === undefined ? '' : `${mesh.size}: `;
  return [
    `${size}${counted(mesh.sidecars, 'sidecar')}${mark('mesh.sidecars')}`,
    `${counted(mesh.gateways, 'gateway')}${mark('mesh.gateways')}`,
    `${counted(mesh.services, 'service')}${mark('mesh.services')}`,
    `${counted(mesh.workersPerProxy, 'worker')}${mark('mesh.workersPerProxy')} per proxy`,
  ].join(', ');
}

function trafficOf({ traffic }: Scenario, mark: Mark): string {
  return `${formatNumber(traffic.requestsPerSecond)} requests/s${mark('traffic.requestsPerSecond')}`;
}

function readinessOf({ readinessMs }: Scenario): string {
  if (readinessMs === undefined) return 'new version ready before the rollout*';
  return `new version, each endpoint after ${JSON.stringify(readinessMs)} ms`;
}

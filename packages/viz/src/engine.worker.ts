/** The engine, beside the page: the same source as the command line's. */
import { newStudy, runStudyTrial, type Study } from '@xdsim/sim-core';
import { bundledCase } from './bundled-case.js';
import type { CaseFacts, EngineMessage, RunRequest } from './engine-messages.js';
import { newRolloutTimeline } from './rollout-timeline.js';

function say(message: EngineMessage): void {
  self.postMessage(message);
}

function factsOf(study: Study): CaseFacts {
  const { mesh, traffic, debounce, seed, name } = study.scenario;
  return {
    name,
    source: study.source,
    seed,
    strategies: study.strategies.map((strategy) => ({ name: strategy.name, label: strategy.label })),
    assumptions: [
      `Istio ${mesh.istio}; ${mesh.sidecars} sidecars and ${mesh.gateways} gateways with ${mesh.workersPerProxy} worker threads each; ${mesh.services} services`,
      `${mesh.istiodReplicas} istiod with ${mesh.istiodCores} cores; debounce ${debounce.afterMs} ms after the last event, at most ${debounce.maxMs / 1000} s`,
      `${traffic.requestsPerSecond} requests per second in total, spread evenly over the proxies`,
      ...study.warnings.map(({ message }) => message),
    ],
  };
}

const study = newStudy(bundledCase());
if (study.ok) {
  self.addEventListener('message', ({ data }: MessageEvent<RunRequest>) => {
    const { id, strategy, trial } = data;
    const timeline = newRolloutTimeline(study.value, strategy, trial);
    say({ type: 'run', answer: { id, timeline, result: runStudyTrial(study.value, strategy, trial) } });
  });
  say({ type: 'ready', facts: factsOf(study.value) });
} else {
  say({ type: 'refused', errors: study.errors });
}

/** The engine beside the page: the same source as the command line's. */
import './no-eval.js';
import { decode, NOT_MODELLED, newInspectReport, type Study } from '@xdsim/sim-core';
import { changeLine } from './change-line.js';
import type { Answers, Asked, CaseFiles, StudyFacts, Told } from './protocol.js';
import { filesOf, Refusal, rolloutOf, studyOf } from './studies.js';

const TOOL = { name: 'xdsim', version: __XDSIM_VERSION__ };
const NS_PER_MS = 1e6;

/** The comparison that is wanted; an earlier one stops. */
let comparing = 0;

self.addEventListener('message', async ({ data: asked }: MessageEvent<Asked>) => {
  try {
    say({ id: asked.id, type: 'answer', answer: await answerTo(asked) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say({ id: asked.id, type: 'refused', errors: error.errors });
  }
});

function say(told: Told): void {
  self.postMessage(told);
}

async function answerTo(asked: Asked): Promise<Answers[keyof Answers]> {
  switch (asked.kind) {
    case 'study':
      return factsOf(await studyOf(asked.choice), await filesOf(asked.choice.source));
    case 'rollout':
      return (await rolloutOf(asked.choice)).picture;
    case 'event': {
      const { recording, dictionary } = (await rolloutOf(asked.choice)).rollout;
      return asked.index >= 0 && asked.index < recording.length
        ? decode(recording, asked.index, dictionary)
        : undefined;
    }
    case 'inspect': {
      const { rollout, states } = await rolloutOf(asked.choice);
      return newInspectReport(rollout, states, { proxy: asked.proxy, why: '' }, asked.atNs / NS_PER_MS, TOOL);
    }
    case 'compare': {
      // What the first lesson does not need is loaded when it is asked for.
      const { compare } = await import('./comparison.js');
      comparing = asked.id;
      const { id, trials } = asked;
      const tell = (answer: Answers['compare']) => say({ id, type: 'partial', answer });
      return compare(await studyOf(asked.choice), trials, tell, () => comparing === id) as Promise<Answers['compare']>;
    }
    case 'files':
      return filesOf(asked.source);
    case 'template':
      return (await import('./scenario-text.js')).template();
    case 'scenario':
      return (await import('./scenario-text.js')).scenarioText(asked.choice, await filesOf(asked.choice.source));
    case 'parameters':
      return (await import('./scenario-text.js')).parameters(asked.choice, await filesOf(asked.choice.source));
    case 'stop':
      comparing = 0;
      return undefined;
  }
}

function factsOf(study: Study, files: CaseFiles | undefined): StudyFacts {
  const { mesh, traffic, debounce, churn, latencies, readinessMs, seed, name, trials } = study.scenario;
  return {
    name,
    source: study.source,
    seed,
    trials,
    strategies: study.strategies.map((strategy) => ({ name: strategy.name, label: strategy.label })),
    mesh: {
      istio: mesh.istio,
      sidecars: mesh.sidecars,
      gateways: mesh.gateways,
      services: mesh.services,
      istiodReplicas: mesh.istiodReplicas,
      istiodCores: mesh.istiodCores,
      workersPerProxy: mesh.workersPerProxy,
    },
    requestsPerSecond: traffic.requestsPerSecond,
    debounceMs: debounce.afterMs,
    horizonMs: study.horizonMs,
    values: onlyNumbers({
      'churn.endpointEventsPerSecond': churn.endpointEventsPerSecond,
      'readiness.newVersionMs': readinessMs,
      'traffic.callers.retries': traffic.callers.retries,
      'latencies.xdsOneWayMs': latencies.xdsOneWayMs,
    }),
    changes: study.changes.changes.map(changeLine),
    warnings: study.warnings.map(({ code, message }) => ({ code, message })),
    notModelled: NOT_MODELLED,
    files:
      files === undefined
        ? []
        : [...(files.scenarioFile === undefined ? [] : [files.scenarioFile]), ...files.before, ...files.after],
  };
}

/** A distribution is not one place on a slider. */
function onlyNumbers(values: Readonly<Record<string, unknown>>): Record<string, number> {
  const entries = Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return Object.fromEntries(entries);
}

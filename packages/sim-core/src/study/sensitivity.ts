/** Which of the values that nobody set decide the answer. */
import type { Scenario } from '../scenario/types.js';
import type { Cause } from '../traffic/causes.js';
import type { StrategyReport } from './report-schema.js';

export interface Sensitivity {
  readonly parameter: string;
  readonly why: string;
}

/** The parameters behind each cause of failure, most important first. */
const BEHIND: Readonly<Partial<Record<Cause, readonly Sensitivity[]>>> = {
  'eds-late': [
    { parameter: 'latencies.xdsOneWayMs', why: 'a new cluster serves only after a subscribe round trip to istiod' },
  ],
  'rds-late': [
    {
      parameter: 'mesh.services',
      why: 'endpoints of every service stand between the removed cluster and the new route',
    },
    { parameter: 'costs.envoy.edsPerClusterUs', why: 'Envoy works through them before it reads the routes' },
    { parameter: 'mesh.istiodCores', why: 'with many proxies istiod makes them more slowly than Envoy reads them' },
  ],
  'slow-answer': [{ parameter: 'traffic.requestDurationMs', why: 'a timeout cuts what takes longer' }],
  'cds-late': [
    {
      parameter: 'debounce.afterMs',
      why: 'writes closer than this share a push; farther apart they fail for the whole gap',
    },
  ],
};

/** Defaults that dominate the answer: behind the causes that make up most of the errors of any strategy. */
export function sensitivities(scenario: Scenario, strategies: readonly StrategyReport[]): Sensitivity[] {
  const causes = new Set(
    strategies.flatMap(({ errors }) =>
      errors.byCause
        .filter(({ perRollout }) => perRollout.mean > 0.1 * errors.perRollout.mean)
        .map(({ cause }) => cause),
    ),
  );
  const found: Sensitivity[] = [
    { parameter: 'traffic.requestsPerSecond', why: 'every count of errors is proportional to it' },
    ...strategies
      .filter(({ errors }) => errors.byCause.some(({ cause }) => cause === 'cds-late'))
      .filter(({ name }) => 'gapMs' in (scenario.strategies[name] ?? {}))
      .map(({ name }) => ({ parameter: `strategies.${name}.gapMs`, why: 'routes fail until their cluster follows' })),
    ...[...causes].flatMap((cause) => BEHIND[cause as Cause] ?? []),
  ];
  return found.filter(({ parameter }) => !scenario.userSet.has(parameter));
}

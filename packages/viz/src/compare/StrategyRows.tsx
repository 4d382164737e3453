/** One row a strategy: a small picture of the distribution of each quantity, all on the same scale. */
import type { Report } from '@xdsim/sim-core';
import type { ComparisonState } from '../engine/protocol.js';
import { countInWords, estimateInWords } from '../rollout/figures.js';
import { address, go } from '../state/store.js';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { DotPlot } from './DotPlot.js';

type StrategyReport = Report['strategies'][number];

export function StrategyRows({ state }: { readonly state: ComparisonState }) {
  const t = words().compare;
  const { report, samples } = state;
  const { strategy: first } = address.value;
  const groups = report.ranking.flatMap(({ group, names }) => names.map((name) => ({ group, name })));
  const all = Object.values(samples);
  const most = {
    errors: Math.max(1e-9, ...all.flatMap(({ errors }) => [...errors])),
    failing: Math.max(1e-9, ...all.flatMap(({ failingMs }) => [...failingMs])),
    complete: Math.max(1e-9, ...all.flatMap(({ completeMs }) => [...completeMs].filter((ms) => !Number.isNaN(ms)))),
  };
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={t.title}>
      <table class="strategies">
        <thead>
          <tr>
            <th scope="col" title={t.groupMeaning}>
              #
            </th>
            <th scope="col">{t.strategy}</th>
            <th scope="col">
              {t.errors} <small>{t.scale(countInWords(most.errors))}</small>
            </th>
            <th scope="col">
              {t.failing} <small>{t.scale(duration(most.failing * 1e6))}</small>
            </th>
            <th scope="col">
              {t.complete} <small>{t.scale(duration(most.complete * 1e6))}</small>
            </th>
            <th scope="col">{t.any}</th>
            <th scope="col">{t.flag}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {groups.map(({ group, name }) => {
            const strategy = report.strategies.find((one) => one.name === name) as StrategyReport;
            const own = samples[name];
            const { perRollout, anyProbability, byFlag } = strategy.errors;
            const [flag] = Object.entries(byFlag).sort(([, a], [, b]) => b.mean - a.mean);
            return (
              <tr key={name} data-strategy={name}>
                <td>{group}</td>
                <th scope="row">{name}</th>
                <td data-label={t.errors}>
                  <DotPlot values={own.errors} most={most.errors} mean={perRollout.mean} interval={perRollout.ci95} />
                  <Estimate value={perRollout} />
                </td>
                <td data-label={t.failing}>
                  <Window values={own.failingMs} most={most.failing} distribution={strategy.window.failingMs} />
                </td>
                <td data-label={t.complete}>
                  <Window values={own.completeMs} most={most.complete} distribution={strategy.completeMs} />
                </td>
                <td class="number" data-label={t.any}>
                  {probability(anyProbability)}
                </td>
                <td data-label={t.flag}>{flag === undefined || flag[1].mean === 0 ? '–' : flag[0]}</td>
                <td>
                  <button
                    type="button"
                    onClick={() => go({ room: 'explore', strategy: name, trial: strategy.worst.trial, atNs: 0 })}
                    title={`trial ${strategy.worst.trial}`}
                  >
                    {t.show}
                  </button>{' '}
                  {name === first ? (
                    <span class="soft">{t.besideThis}</span>
                  ) : (
                    <button
                      type="button"
                      onClick={() =>
                        go({ room: 'explore', other: { strategy: name, sets: address.peek().sets }, atNs: 0 })
                      }
                    >
                      {t.beside(first)}
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Estimate({ value }: { readonly value: StrategyReport['errors']['perRollout'] }) {
  const t = words().compare;
  const { mean, ci95, noneSeen } = value;
  const [low, high] = ci95;
  if (noneSeen) return <data value={mean}>{t.none(countInWords(high))}</data>;
  return (
    <data value={mean} title={t.interval(countInWords(low), countInWords(high))}>
      {estimateInWords(mean, ci95)}
    </data>
  );
}

interface WindowProps {
  readonly values: ArrayLike<number>;
  readonly most: number;
  readonly distribution: StrategyReport['completeMs'];
}

/** A time over trials: its p95, and between what that is with 95 % confidence. */
function Window({ values, most, distribution }: WindowProps) {
  const t = words().compare;
  const { p50, p95, ci95 } = distribution;
  if (p50 === null || p95 === null) return <span class="soft">–</span>;
  const [low, high] = ci95.p95;
  // A few trials do not bound a p95 from above.
  const interval = low === null || high === null ? undefined : ([low, high] as const);
  const [from, to] = (interval ?? []).map((ms) => duration(ms * 1e6));
  const range = t.range(duration(p50 * 1e6), duration(p95 * 1e6));
  return (
    <>
      <DotPlot values={values} most={most} mean={p95} interval={interval} />
      <data value={p95} title={interval === undefined ? range : `${range}; ${t.interval(from, to)}`}>
        {duration(p95 * 1e6)}
        {from !== to && (
          <span class="soft">
            {' '}
            {from} – {to}
          </span>
        )}
      </data>
    </>
  );
}

function probability({ mean, ci95, noneSeen }: StrategyReport['errors']['anyProbability']): string {
  if (noneSeen) return `≤ ${percent(ci95[1])}`;
  return mean > 0.999 ? '> 99.9 %' : percent(mean);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

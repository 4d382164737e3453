/** One row a strategy: a small picture of the distribution of each quantity, all on the same scale. */
import type { Report } from '@xdsim/sim-core';
import type { ComparisonState } from '../engine/protocol.js';
import { countInWords } from '../rollout/figures.js';
import { address, go } from '../state/store.js';
import { words } from '../strings/index.js';
import { duration } from '../timeline/frame.js';
import { DotPlot } from './DotPlot.js';

type StrategyReport = Report['strategies'][number];

export function StrategyRows({ state }: { readonly state: ComparisonState }) {
  const t = words().compare;
  const { report, samples } = state;
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
            <th scope="col">{t.errors}</th>
            <th scope="col">{t.failing}</th>
            <th scope="col">{t.complete}</th>
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
                <td>
                  <DotPlot values={own.errors} most={most.errors} mean={perRollout.mean} interval={perRollout.ci95} />
                  <Estimate value={perRollout} />
                </td>
                <td>
                  <DotPlot values={own.failingMs} most={most.failing} />
                  <Range distribution={strategy.window.failingMs} />
                </td>
                <td>
                  <DotPlot values={own.completeMs} most={most.complete} />
                  <Range distribution={strategy.completeMs} />
                </td>
                <td class="number">{probability(anyProbability)}</td>
                <td>{flag === undefined || flag[1].mean === 0 ? '–' : flag[0]}</td>
                <td>
                  <button
                    type="button"
                    onClick={() => go({ room: 'explore', strategy: name, trial: strategy.worst.trial, atNs: 0 })}
                    title={`trial ${strategy.worst.trial}`}
                  >
                    {t.show}
                  </button>
                  <button
                    type="button"
                    disabled={name === address.value.strategy}
                    onClick={() =>
                      go({ room: 'explore', other: { strategy: name, sets: address.peek().sets }, atNs: 0 })
                    }
                  >
                    {t.sideBySide}
                  </button>
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
      {countInWords(mean)} ± {countInWords((high - low) / 2)}
    </data>
  );
}

function Range({ distribution }: { readonly distribution: StrategyReport['completeMs'] }) {
  const t = words().compare;
  const { p50, p95 } = distribution;
  if (p50 === null || p95 === null) return <span class="soft">–</span>;
  return (
    <data value={p95} title={t.range(duration(p50 * 1e6), duration(p95 * 1e6))}>
      {duration(p95 * 1e6)}
    </data>
  );
}

function probability({ mean, ci95, noneSeen }: StrategyReport['errors']['anyProbability']): string {
  if (noneSeen) return `≤ ${percent(ci95[1])}`;
  return mean > 0.999 ? '> 99.9 %' : percent(mean);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** One strategy and one sentence: what an operator should do with the table. */
import { cutsMore, type RankedGroup } from './ranking.js';
import type { Report, StrategyReport } from './report-schema.js';
import type { TrialResult } from './trial.js';

/** The first of the ranking that does the whole change; where all of those fail for good, the first at all. */
export function recommend(
  strategies: readonly StrategyReport[],
  ranking: readonly RankedGroup[],
  results: ReadonlyMap<string, readonly TrialResult[]>,
): Report['recommended'] {
  const byName = new Map(strategies.map((strategy) => [strategy.name, strategy]));
  const ranked = ranking.flatMap(({ names }) => names.map((name) => byName.get(name) as StrategyReport));
  const [first] = ranked;
  if (first === undefined) return { strategy: '', why: 'no trial was finished' };
  const heals = ({ name }: StrategyReport): boolean => {
    const trials = results.get(name) ?? [];
    return trials.filter(({ errsAtEnd }) => errsAtEnd).length < trials.length / 2;
  };
  const sound = ranked.find((strategy) => isSettled(strategy) && heals(strategy));
  if (sound !== undefined) return { strategy: sound.name, why: reason(sound, strategies, ranking, results) };
  const causes = [...new Set(ranked.flatMap(({ errors }) => errors.byCause.slice(0, 1).map(({ cause }) => cause)))];
  const lasting = `whatever completes the change fails for good (${causes.join(', ')}): mend the manifests first`;
  const why = isSettled(first)
    ? `only the least bad, nothing is safe: ${lasting}`
    : `it stops before the switch, which is the best that can happen; ${lasting}`;
  return { strategy: first.name, why };
}

function isSettled(strategy: StrategyReport): boolean {
  return strategy.unsettledShare.mean < 0.5;
}

function reason(
  chosen: StrategyReport,
  strategies: readonly StrategyReport[],
  ranking: readonly RankedGroup[],
  results: ReadonlyMap<string, readonly TrialResult[]>,
): string {
  const { perRollout } = chosen.errors;
  const expected = perRollout.noneSeen ? 'no 5xx in any trial' : `${count(perRollout.mean)} expected 5xx per rollout`;
  const worst = strategies.reduce((a, b) => (b.errors.perRollout.mean > a.errors.perRollout.mean ? b : a));
  const isWorse = worst.errors.perRollout.mean > perRollout.mean;
  const against = !isWorse ? '' : `, against ${count(worst.errors.perRollout.mean)} with ${worst.name}`;
  const group = ranking.find(({ names }) => names.includes(chosen.name))?.names ?? [];
  const peers = group.filter((name) => name !== chosen.name);
  const cutting = peers.filter((name) => cutsMore(results, name, chosen.name));
  const cuts = cutting.length === 0 ? '' : `; ${cutsInWords(chosen, cutting, strategies)}`;
  const alone = strategies.length === 1 ? 'the only strategy compared: ' : '';
  const slower = peers.filter((name) => !cutting.includes(name));
  const tie = slower.length === 0 ? '' : `; no worse but slower: ${slower.join(', ')}`;
  return `${alone}${expected}${against}${cuts}; complete within ${seconds(chosen.completeMs.p95)} (p95)${tie}`;
}

/** What decides among strategies that are equal in 5xx. */
function cutsInWords(
  chosen: StrategyReport,
  cutting: readonly string[],
  strategies: readonly StrategyReport[],
): string {
  const others = strategies.filter(({ name }) => cutting.includes(name));
  const cuts = others.map(({ name, connections }) => `${count(connections.cut.mean)} with ${name}`);
  return `${count(chosen.connections.cut.mean)} connections cut, against ${cuts.join(', ')}`;
}

/** Three significant digits without an exponent. */
function count(value: number): string {
  if (value >= 100) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
  return String(Number(value.toPrecision(3)));
}

function seconds(ms: number | null): string {
  return ms === null ? 'an unknown time' : `${count(ms / 1000)} s`;
}

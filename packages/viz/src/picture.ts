/** The timeline as a picture that stands alone: a handful of proxies, a heading, the result in words. */
import type { Scenario, TrialResult } from '@xdsim/sim-core';
import type { RolloutTimeline } from './rollout-timeline.js';
import { causeInWords, errorsByCause, expectedWords, storyOf } from './story.js';
import { duration } from './timeline/frame.js';
import { timelineSvg, wholeRange } from './timeline.js';

const WIDTH_PX = 800;
const LANES = 6;
const ROW_PX = 9;

export function pictureSvg(scenario: Scenario, run: RolloutTimeline, result: TrialResult): string {
  const { mesh, traffic, name } = scenario;
  const size = `${mesh.sidecars} sidecars, ${mesh.gateways} gateways, ${traffic.requestsPerSecond} requests/s`;
  const label = `Timeline of ${name}, ${run.strategy}. ${storyOf(run, result).join(' ')}`;
  const heading = { title: `${name}, ${run.strategy}: ${resultInWords(result)}`, lines: [...reason(result), size] };
  return `${timelineSvg(run, { width: WIDTH_PX, range: wholeRange(run), lanes: LANES, rowPx: ROW_PX, tooltips: false, label, heading })}\n`;
}

function resultInWords({ errors, failingMs }: TrialResult): string {
  if (errors === 0) return 'no request fails';
  return `${expectedWords(errors)} requests are expected to fail in ${duration(failingMs * 1e6)}`;
}

function reason(result: TrialResult): string[] {
  const [first] = errorsByCause(result);
  return first === undefined ? [] : [`${first.code} ${first.flag}: ${causeInWords(first.cause)}.`];
}

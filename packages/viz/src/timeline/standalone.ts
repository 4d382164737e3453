/** The timeline as a picture that stands alone: a handful of proxies, a heading, the result in words. */
import type { RolloutPicture } from '../rollout/picture.js';
import { drawTimeline, wholeRange } from './timeline-svg.js';
import type { TimelineWords } from './words.js';

export interface StandaloneWords {
  readonly timeline: TimelineWords;
  /** What came of it, then one line a fact. */
  readonly lines: (run: RolloutPicture) => readonly string[];
}

export interface StandaloneOptions {
  readonly width: number;
  readonly lanes: number;
  readonly isLog?: boolean;
  readonly range?: { readonly fromNs: number; readonly toNs: number };
}

const ROW_PX = 9;

export function standaloneSvg(run: RolloutPicture, words: StandaloneWords, options: StandaloneOptions): string {
  const [result, ...lines] = words.lines(run);
  const drawn = drawTimeline(run, {
    width: options.width,
    range: options.range ?? wholeRange(run),
    isLog: options.isLog ?? false,
    lanes: options.lanes,
    rowPx: ROW_PX,
    tooltips: false,
    words: words.timeline,
    label: `${run.scenario}, ${run.strategy}: ${[result, ...lines].join(' ')}`,
    heading: { title: `${run.scenario}, ${run.strategy}: ${result}`, lines },
  });
  return `${drawn.svg}\n`;
}

/** How a window opens and closes, as lines of a timeline. */
import { answerOf, type RolloutWindow, type TimelineEntry } from '@xdsim/sim-core';
import { formatDuration } from './numbers.js';

/** `of` proxies are in the mesh; one alone needs no count. */
export function windowEntries(window: RolloutWindow, of: number | undefined): TimelineEntry[] {
  const { state, fromMs, toMs, openAtHorizon, proxies, firstProxy, firstFailure, mainFailure, why } = window;
  const counted = of === undefined || proxies === null ? null : { reached: proxies, of };
  const inIt = counted === null ? '' : `; ${proxies} of ${of} proxies were in it`;
  const where = counted === null ? '' : ` at ${firstProxy}`;
  if (fromMs === toMs) {
    const moment = `window of a moment${where}: ${why}${inIt}`;
    return [{ kind: 'window-opens', fromMs, toMs, who: state, text: moment, proxies: counted }];
  }
  const mostly =
    mainFailure === null || mainFailure.cause === firstFailure?.cause
      ? ''
      : `; mostly ${answerOf(mainFailure.code, mainFailure.flag)}: ${mainFailure.why}`;
  const text = openAtHorizon
    ? `window still open at the horizon${inIt}${mostly}`
    : `window closes after ${formatDuration(toMs - fromMs)}${inIt}${mostly}`;
  return [
    { kind: 'window-opens', fromMs, toMs: fromMs, who: state, text: `window opens${where}: ${why}`, proxies: null },
    { kind: 'window-closes', fromMs: toMs, toMs, who: state, text, proxies: counted },
  ];
}

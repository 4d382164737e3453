/** What came of a rollout, a line a fact. */
import { countInWords, errorsByCause } from '../rollout/figures.js';
import type { RolloutPicture } from '../rollout/picture.js';
import type { Strings } from '../strings/en.js';
import { duration } from '../timeline/frame.js';

export function resultLines({ result, proxies, requestsPerSecond }: RolloutPicture, t: Strings): string[] {
  const gateways = proxies.filter(({ kind }) => kind === 'gateway').length;
  const [first] = errorsByCause(result);
  return [
    result.errors === 0
      ? t.figures.noFailure
      : t.figures.expected(countInWords(result.errors), duration(result.failingMs * 1e6)),
    ...(first === undefined ? [] : [`${first.code} ${first.flag}: ${t.causes[first.cause]}.`]),
    t.figures.mesh(proxies.length - gateways, gateways, requestsPerSecond),
  ];
}

/** What of a class's requests would end as it does without the rollout too. */
import { type Cause, GOES_ON_ANYWAY } from './causes.js';

interface End {
  readonly flag: string;
  readonly cause: Cause;
  readonly share: number;
}

/** Parts each end into what was there before, which is noise, and the rest. */
export function splitNoise<E extends End>(ends: readonly E[], before: readonly End[]): (E & { noise: boolean })[] {
  const left = new Map<string, number>();
  const keyOf = ({ flag, cause }: End): string => `${flag} ${cause}`;
  for (const end of before) {
    if (GOES_ON_ANYWAY.has(end.cause)) left.set(keyOf(end), (left.get(keyOf(end)) ?? 0) + end.share);
  }
  return ends.flatMap((end) => {
    const noise = Math.min(end.share, left.get(keyOf(end)) ?? 0);
    left.set(keyOf(end), (left.get(keyOf(end)) ?? 0) - noise);
    return [
      { ...end, share: noise, noise: true },
      { ...end, share: end.share - noise, noise: false },
    ];
  });
}

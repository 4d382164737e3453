/** How long requests waited for a connection, in steps of a twentieth; most of them not at all. */
import { exp, log } from '../../kernel/elementary.js';

const FIRST_NS = 1e3;
const STEP = 0.05;
/** Up to 1,000 s. */
const STEPS = Math.ceil(20.8 / STEP);

export class WaitHistogram {
  private readonly counts = new Float64Array(STEPS + 1);
  private total = 0;

  add(waitNs: number, weight = 1): void {
    const step = waitNs < FIRST_NS ? 0 : 1 + Math.min(STEPS - 1, Math.floor(log(waitNs / FIRST_NS) / STEP));
    this.counts[step] += weight;
    this.total += weight;
  }

  /** In ns, at most a twentieth off; 0 where nobody waited, or nobody was there. */
  quantile(p: number): number {
    let rest = p * this.total;
    for (let step = 0; step < this.counts.length; step++) {
      rest -= this.counts[step];
      if (rest <= 0) return step === 0 ? 0 : FIRST_NS * exp((step - 0.5) * STEP);
    }
    return 0;
  }
}

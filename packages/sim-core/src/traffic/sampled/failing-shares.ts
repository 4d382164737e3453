/** The form in which a sampled proxy's failures go to those who retry: by request class, over time. */
import type { Bucket } from '../outcomes.js';
import type { Span } from '../time-bins.js';

/** First tries of a class that fail, evenly over a time. */
export interface FirstFailures extends Span {
  readonly bucket: Bucket;
  /** At the proxy. */
  readonly count: number;
}

/** A time in which a share of a class's requests would fail, whoever they are from. */
export interface FailingShare extends Span {
  readonly bucket: Bucket;
  readonly share: number;
}

/** Of one class at one sampled proxy. */
interface ClassFailures {
  readonly first: readonly FirstFailures[];
  /** Lists of different origin, which may overlap; the last of what holds at the horizon goes on for ever. */
  readonly again: readonly (readonly FailingShare[])[];
}

export interface ProxyFailures {
  readonly proxy: number;
  /** How many proxies it stands for. */
  readonly weight: number;
  /** By number of the class in its group. */
  readonly classes: readonly ClassFailures[];
}

/** Why requests end as they do: which message was late, or what is missing. */
export type Cause =
  | 'served'
  | 'eds-late'
  | 'cds-late'
  | 'rds-late'
  | 'subset-undefined'
  | 'no-ready-endpoints'
  | 'endpoint-refuses'
  | 'server-expects-tls'
  | 'server-expects-plaintext'
  | 'slow-answer'
  | 'endpoint-errors'
  | 'endpoint-overloaded'
  | 'queued-too-long'
  | 'pod-killed'
  | 'pool-overflow'
  | 'all-ejected'
  | 'background-reset'
  | 'no-route'
  | 'answered-by-route';

/** They go on whatever is rolled out: what there is of them before the rollout is noise, and not its doing. */
export const GOES_ON_ANYWAY: ReadonlySet<Cause> = new Set<Cause>([
  'slow-answer',
  'background-reset',
  'endpoint-errors',
  'endpoint-overloaded',
  'queued-too-long',
  'pool-overflow',
]);

/** They depend on when a request is sent, and no view shows them (in-flight/). */
export const OF_MOMENTS: ReadonlySet<Cause> = new Set<Cause>(['endpoint-overloaded', 'queued-too-long', 'pod-killed']);

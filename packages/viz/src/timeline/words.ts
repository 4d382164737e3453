/** What a timeline says; strings/ has it in each language. */
export interface TimelineWords {
  readonly time: string;
  readonly apiServer: string;
  readonly responses: string;
  readonly inconsistent: string;
  readonly failing: string;
  readonly never: string;
  readonly windows: (count: number) => string;
  readonly debounce: (wait: string, events: number) => readonly string[];
  readonly push: (push: number, proxies: number) => readonly string[];
  readonly context: (push: number, time: string) => string;
  readonly write: (write: { action: string; object: string; revision: string; sent: string; stored: string }) => string;
  readonly fails: (proxy: string, flag: string, from: string, to: string) => string;
  readonly sampled: (proxy: string, flag: string, share: string) => string;
  readonly offline: string;
  readonly others: (count: number) => string;
  readonly message: (message: {
    proxy: string;
    type: string;
    resources: number;
    removed: number;
    isAnswer: boolean;
    sent: string;
    lost: string | undefined;
    started: string | undefined;
    applied: string | undefined;
  }) => string;
  readonly converged: (at: string) => string;
  readonly rate: readonly [string, string];
  readonly noFailure: string;
  readonly peak: (perSecond: string, at: string) => string;
  readonly ready: string;
  /** Name of the lane, in two lines. */
  readonly connections: readonly [string, string];
  readonly requestsCut: (count: string, at: string) => string;
  readonly open: (count: string) => string;
  readonly cut: (count: string) => string;
  readonly cutAt: (count: string, at: string) => string;
  readonly drains: (proxy: string, count: string, from: string, to: string, cut: string) => string;
  readonly legend: Readonly<
    Record<
      | 'CDS'
      | 'EDS'
      | 'LDS'
      | 'RDS'
      | 'answer'
      | 'waits'
      | 'applies'
      | 'done'
      | 'lost'
      | 'drains'
      | 'sampled'
      | 'cut'
      | 'old'
      | 'new',
      string
    >
  >;
  readonly causes: Readonly<Record<'rds-late' | 'cds-late' | 'eds-late' | 'other', string>>;
}

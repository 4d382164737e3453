/** What a word of the tool or of Envoy means. Texts are plain sentences; `code` stands in backquotes. */
export interface Explanation {
  readonly word: string;
  readonly kind: ExplainedKind;
  readonly meaning: string;
  /** Facts of its own kind, each under a heading. */
  readonly facts: readonly (readonly [heading: string, text: string])[];
  /** Other words that say more. */
  readonly see: readonly string[];
}

export const EXPLAINED_KINDS = {
  flag: 'response flag',
  cause: 'cause of failures in reports',
  field: 'field of a DestinationRule',
  error: 'error: the command stops with exit code 2',
  warning: 'warning: the run goes on',
} as const;

export type ExplainedKind = keyof typeof EXPLAINED_KINDS;

/** Codes of one kind of trouble, as docs/errors.md groups them. */
export interface CodeGroup {
  readonly title: string;
  /** Code → what it says, and what to do. */
  readonly codes: Readonly<Record<string, readonly [meaning: string, helps: string]>>;
}

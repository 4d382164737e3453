/** How the process ends. Findings are not crashes: a threshold that is not met has its own code, as in k6. */
export const ExitCode = {
  Fine: 0,
  /** A defect of ours. */
  Defect: 1,
  /** The user's input: arguments, files, manifests. */
  UserInput: 2,
  /** A threshold or a validation is not met. */
  NotMet: 99,
  /** Ctrl-C: 128 + SIGINT, as shells have it. */
  Interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

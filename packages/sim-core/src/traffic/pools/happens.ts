/** Kinds of events of one proxy's cluster. */
export const Happens = { Arrival: 0, Connected: 1, Answered: 2, Retried: 3, Tick: 4 } as const;

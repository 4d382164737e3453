/** What the answer leaves out, said with every result. */
export const NOT_MODELLED: readonly string[] = [
  'active health checks, and load that ejections pass on to the next locality',
  'requests that take longer than the drain time of a listener which is replaced',
  'proxies of more than one control plane revision',
];

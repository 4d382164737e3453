/** What the answer leaves out, said with every result. */
export const NOT_MODELLED: readonly string[] = [
  'localities of endpoints, active health checks',
  'proxies of more than one control plane revision',
];

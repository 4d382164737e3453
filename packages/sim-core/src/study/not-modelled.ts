/** What the answer leaves out, said with every result. */
export const NOT_MODELLED: readonly string[] = [
  'connections: resets, drains, handshakes and pool limits after a policy change',
  'outlier ejection, load on the endpoints and their capacity',
  'requests in flight in a pod that is killed',
  'proxies of more than one control plane revision',
];

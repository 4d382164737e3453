/** What the answer leaves out, said with every result. */
export const NOT_MODELLED: readonly string[] = [
  'connections: resets, drains, handshakes and pool limits after a policy change',
  'TLS modes that disagree between client and server',
  'outlier ejection, load on the endpoints and their capacity',
  'termination of pods: requests in flight, and connections to a pod that is gone until EDS says so',
  'proxies of more than one control plane revision',
];

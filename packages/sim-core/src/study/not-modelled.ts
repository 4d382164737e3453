/** What the answer leaves out, said with every result. */
export const NOT_MODELLED: readonly string[] = [
  'connections: resets, drains, handshakes and pool limits after a policy change',
  'TLS modes that disagree between client and server',
  'outlier ejection, load on the endpoints and their capacity',
  'termination of pods: requests in flight, and connections to a pod that is gone until EDS says so',
  'background churn of the cluster that would lengthen the debounce',
  'istiod restarts, reconnects, NACKs and partitions',
  'retries by callers, and hops behind the first proxy',
];

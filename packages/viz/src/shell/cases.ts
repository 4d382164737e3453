/** The bundled cases that the lists offer, in the order in which they are best met. */
export const CASES = [
  'blue-green',
  'one-gateway',
  'case-a-vs-first',
  'canary-weights',
  'late-readiness',
  'zero-endpoints-at-switch',
  'missing-subset',
  'label-not-on-pods',
  'many-gateways',
  'slow-proxy',
  'churn',
  'istiod-restart',
] as const;

/** The setting of a rollout's clusters: policies from the manifests, the rest from the scenario. */
import { newSampler } from '../../kernel/distribution.js';
import { Takes } from '../../rollout/connection-kinds.js';
import { istioBehaviour } from '../../scenario/istio-versions.js';
import { connectionEnd } from '../endpoint-kinds.js';
import type { Outcomes } from '../outcomes.js';
import { HashTables } from '../pools/hash-table.js';
import { type ClusterSetting, Connect } from '../pools/setting.js';
import { isRetried, type RetryRules, retryRules } from '../retries.js';
import type { ClusterLoads } from './cluster-loads.js';

export function newModelSetting({ model, upstreams }: Outcomes, loads: ClusterLoads): ClusterSetting {
  const { mesh, latencies } = model.scenario;
  const istio = istioBehaviour(mesh.istio);
  const rulesOf: RetryRules[] = [];
  return {
    workers: mesh.workersPerProxy,
    upstreams,
    tcpHandshakeMs: newSampler(latencies.tcpHandshakeMs),
    tlsHandshakeMs: newSampler(latencies.tlsHandshakeMs),
    isEvenlySpaced: false,
    hashTables: new HashTables(),
    policyOf: (spec) => model.clusters.policyOf(spec),
    connect(spec, endpoint, conditions) {
      const isPlaintext = model.connectionKind(spec, endpoint) === Takes.Plaintext;
      switch (connectionEnd(model, spec, endpoint, conditions).ending) {
        case 'served':
          return isPlaintext ? Connect.Plaintext : Connect.Tls;
        case 'connection-refused':
          return Connect.Refused;
        case 'handshake-failed':
          return Connect.TlsFails;
        case 'connection-cut':
          return Connect.Cut;
      }
    },
    attempts(source, ending) {
      // Where retries go is the balancer's, by what the cluster hashes.
      rulesOf[source] ??= retryRules(loads.sources[source].retries, istio, false);
      const rules = rulesOf[source];
      return isRetried(ending, rules) ? 1 + rules.retries : 1;
    },
  };
}

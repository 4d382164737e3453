/** The setting of a rollout's clusters: policies from the manifests, the rest from the scenario. */
import { newSampler } from '../../kernel/distribution.js';
import type { MeshModel } from '../../mesh/model.js';
import { Takes } from '../../rollout/connection-kinds.js';
import type { ClusterLoads } from './cluster-loads.js';
import { HashTables } from './hash-table.js';
import { attemptsAfter } from './retry-rule.js';
import { type ClusterSetting, Connect } from './setting.js';
import { upstreamsOf } from './upstreams.js';

export function newModelSetting(model: MeshModel, loads: ClusterLoads): ClusterSetting {
  const { mesh, latencies } = model.scenario;
  return {
    workers: mesh.workersPerProxy,
    upstreams: upstreamsOf(model),
    tcpHandshakeMs: newSampler(latencies.tcpHandshakeMs),
    tlsHandshakeMs: newSampler(latencies.tlsHandshakeMs),
    isEvenlySpaced: false,
    hashTables: new HashTables(),
    policyOf: (spec) => model.clusters.policyOf(spec),
    connect: (spec, endpoint, conditions) => connectOf(model, spec, endpoint, conditions),
    attempts: (source, failure, code) => attemptsAfter(loads.sources[source].retries, failure, code),
  };
}

/** What the client sends, held against what the server takes (envoy.md 7.2). */
function connectOf(model: MeshModel, spec: number, endpoint: number, conditions: number): number {
  const takes = model.conditions.takes(conditions, endpoint);
  const sent = model.connectionKind(spec, endpoint);
  const isPlaintext = sent === Takes.Plaintext;
  if ((takes & sent) !== 0) return isPlaintext ? Connect.Plaintext : Connect.Tls;
  if (takes === Takes.Nothing) return Connect.Refused;
  return isPlaintext ? Connect.Cut : Connect.TlsFails;
}

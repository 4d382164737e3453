/** The mesh at one instant as `xdsim.inspect/v1`. */
import type { DestinationRule, VirtualService } from '../manifest/types.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { StateAt } from '../mesh/state-at.js';
import { NOT_MODELLED } from '../study/not-modelled.js';
import { istiodName } from '../trace/decode.js';
import { XdsType } from '../trace/events.js';
import type { InspectReport } from '../trace/inspect-report.js';
import { byName, podsOf } from './inspect-pods.js';
import { proxyConfig } from './inspect-proxy.js';
import type { Focus, Rollout } from './rollout.js';

const NS_PER_MS = 1e6;
/** istioctl's name of the cluster that a proxy runs in, where nothing else is configured. */
const CLUSTER = 'Kubernetes';

/** @param states of the rollout's recording; whoever looks at many instants keeps it */
export function newInspectReport(
  rollout: Rollout,
  states: StateAt,
  focus: Focus,
  atMs: number,
  tool: InspectReport['tool'],
): InspectReport {
  const { study, strategy, trial, dictionary } = rollout;
  const { scenario } = study;
  const state = states.seek(Math.round(atMs * NS_PER_MS));
  const { id, kind } = dictionary.proxies[focus.proxy];
  return {
    schema: 'xdsim.inspect/v1',
    tool: { ...tool },
    scenario: { name: scenario.name, file: scenario.file ?? null, seed: scenario.seed },
    strategy: strategy.name,
    trial,
    atMs,
    proxyStatus: dictionary.proxies.map((proxy, p) => ({
      name: proxy.id,
      kind: proxy.kind,
      cluster: CLUSTER,
      cds: state.syncStatus(p, XdsType.CDS),
      lds: state.syncStatus(p, XdsType.LDS),
      eds: state.syncStatus(p, XdsType.EDS),
      rds: state.syncStatus(p, XdsType.RDS),
      // Nothing here configures extensions: istiod has never sent any.
      ecds: 'NOT SENT',
      istiod: state.istiods.replicaOf[p] < 0 ? null : istiodName(state.istiods.replicaOf[p]),
      version: scenario.mesh.istio,
    })),
    istiods: istiodsOf(state, rollout),
    virtualServices: objectsOf<VirtualService>(state, rollout, 'VirtualService').map(({ content, ...object }) => ({
      ...object,
      gateways: namesIn(content.meta.raw, 'gateways'),
      hosts: namesIn(content.meta.raw, 'hosts'),
    })),
    destinationRules: objectsOf<DestinationRule>(state, rollout, 'DestinationRule').map(({ content, ...object }) => ({
      ...object,
      host: String(specOf(content.meta.raw).host ?? content.host),
      subsets: content.subsets.map(({ name, labels }) => ({ name, labels: { ...labels } })),
    })),
    pods: podsOf(state, rollout),
    proxy: { id, kind, why: focus.why, ...proxyConfig(state, rollout, focus.proxy) },
    notModelled: [...NOT_MODELLED],
  };
}

function istiodsOf({ istiods }: MeshState, { strategy, dictionary }: Rollout): InspectReport['istiods'] {
  const { model } = strategy.prepared;
  const before = model.snapshotId(model.objects.map(() => 0));
  return Array.from({ length: istiods.count }, (_, replica) => {
    const events = istiods.debouncing[replica];
    const push = istiods.preparing[replica];
    const snapshot = istiods.snapshot[replica];
    return {
      name: istiodName(replica),
      up: istiods.isUp[replica] === 1,
      debounce: {
        state: events > 0 ? ('counting' as const) : ('quiet' as const),
        events,
        sinceMs: events > 0 ? istiods.debounceStartNs[replica] / NS_PER_MS : null,
        quietSinceMs: events > 0 ? istiods.lastEventNs[replica] / NS_PER_MS : null,
      },
      preparingPush: push < 0 ? null : push,
      queueLength: istiods.queueLength(replica),
      pushesInProgress: istiods.pushesInProgress(replica),
      revisions: { ...dictionary.snapshot(snapshot < 0 ? before : snapshot) },
    };
  });
}

interface ApiObject<T> {
  readonly namespace: string;
  readonly name: string;
  readonly revision: string;
  readonly createdMs: number | null;
  readonly content: T;
}

/** Objects of a kind that exist at the moment, sorted by name as kubectl lists them. */
function objectsOf<T extends VirtualService | DestinationRule>(
  state: MeshState,
  { strategy }: Rollout,
  kind: T['type'],
): ApiObject<T>[] {
  return strategy.prepared.model.objects
    .flatMap((object, index) => {
      const content = object.revisions[state.revisions[index]] as T | undefined;
      if (object.kind !== kind || content === undefined) return [];
      const { namespace, name } = content.meta;
      const createdNs = state.createdNs[index];
      const createdMs = Number.isNaN(createdNs) ? null : createdNs / NS_PER_MS;
      return [{ namespace, name, revision: object.revisionNames[state.revisions[index]], createdMs, content }];
    })
    .sort(byName);
}

function specOf(raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return (raw.spec ?? {}) as Readonly<Record<string, unknown>>;
}

/** A list of the object as the user has written it, which is what kubectl prints. */
function namesIn(raw: Readonly<Record<string, unknown>>, field: string): string[] {
  const names = specOf(raw)[field];
  return Array.isArray(names) ? names.map(String) : [];
}

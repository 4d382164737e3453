/** Ready endpoints per subset, as the API server has them, over a rollout. */
import { Presence, type Rollout, type StateAt, TraceKind } from '@xdsim/sim-core';
import type { SubsetLine } from './picture.js';

export function subsetLines({ strategy, recording }: Rollout, states: StateAt): SubsetLine[] {
  const { model } = strategy.prepared;
  const times = [0];
  recording.replay({
    emit(kind, timeNs, _proxy, a) {
      const isEndpoint =
        kind === TraceKind.EndpointChanged ||
        (kind === TraceKind.WriteCommitted && (model.writes[a]?.endpoints.length ?? 0) > 0);
      if (isEndpoint && times.at(-1) !== timeNs) times.push(timeNs);
    },
  });
  const moments = times.map((atNs) => ({ atNs, presence: states.seek(atNs).presence }));
  return subsetsOf(strategy.prepared.model).map(({ host, subset, labels }) => {
    const counts = moments.map(({ atNs, presence }) => {
      const selected = [...presence.keys()].filter(
        (e) => presence[e] === Presence.Ready && model.endpoints.isSelected(e, host, labels),
      );
      return { atNs, ready: selected.length };
    });
    return { host, subset, steps: counts.filter(({ ready }, i) => i === 0 || ready !== counts[i - 1].ready) };
  });
}

interface LabelledSubset {
  readonly host: string;
  readonly subset: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Every subset that some DestinationRule of the rollout defines; a host without any stands for itself. */
function subsetsOf(model: Rollout['strategy']['prepared']['model']): LabelledSubset[] {
  const { clusters } = model;
  const seen = new Map<string, LabelledSubset>();
  for (const state of model.snapshots.clusterStates) {
    clusters.clusters.forEach(({ host: h, subset }, k) => {
      if (subset === '' || state.spec[k] === 0) return;
      const host = clusters.hosts[h];
      seen.set(`${host} ${subset}`, { host, subset, labels: clusters.labelsOf(state.selector[k]) });
    });
  }
  const bare = clusters.hosts.filter((host) => ![...seen.values()].some((known) => known.host === host));
  const all = [...seen.values(), ...bare.map((host) => ({ host, subset: '', labels: {} }))];
  return all.sort((a, b) => (`${a.host} ${a.subset}` < `${b.host} ${b.subset}` ? -1 : 1));
}

/**
 * The state of the mesh at any moment of a recorded run (time travel as in RaftScope): checkpoints along the trace, and
 * from the nearest one before it the events up to the moment.
 */
import { TraceKind } from '../trace/events.js';
import type { Recording } from '../trace/recording.js';
import type { PushContents } from './istiod/push-content.js';
import { MeshState } from './mesh-state.js';
import type { MeshModel } from './model.js';

/** Fewer events than this are replayed faster than a checkpoint pays for. */
const MIN_EVENTS_BETWEEN = 1024;
/** So many numbers of a checkpoint per event at most: checkpoints stay smaller than the recording. */
const NUMBERS_PER_EVENT = 4;

export class StateAt {
  /** proxy → replica that it is connected to; −1 where the trace does not tell. */
  readonly replicaOf: Int16Array;
  private readonly checkpoints: MeshState[] = [];
  private readonly between: number;

  constructor(
    model: MeshModel,
    contents: PushContents,
    private readonly recording: Recording,
    minEventsBetween = MIN_EVENTS_BETWEEN,
  ) {
    this.replicaOf = replicasOf(recording, model);
    const state = new MeshState(model, contents, this.replicaOf);
    this.between = Math.max(minEventsBetween, Math.ceil(state.size / NUMBERS_PER_EVENT));
    for (let from = 0; from === 0 || from < recording.length; from += this.between) {
      this.checkpoints.push(state.copy());
      recording.replay(state, from, Math.min(from + this.between, recording.length));
    }
  }

  /** The state when everything up to and at a moment has happened; the caller's own. */
  seek(timeNs: number): MeshState {
    const to = this.recording.seek(timeNs);
    const checkpoint = Math.min(Math.floor(to / this.between), this.checkpoints.length - 1);
    const state = this.checkpoints[checkpoint].copy();
    this.recording.replay(state, checkpoint * this.between, to);
    state.timeNs = timeNs;
    return state;
  }
}

/** Which istiod made the pushes of a proxy; where nothing was pushed, only a single istiod is certain. */
function replicasOf(recording: Recording, model: MeshModel): Int16Array {
  const onlyOne = model.scenario.mesh.istiodReplicas === 1;
  const replicaOf = new Int16Array(model.proxies.count).fill(onlyOne ? 0 : -1);
  if (onlyOne) return replicaOf;
  const replicaOfPush: number[] = [];
  recording.replay({
    emit(kind, _timeNs, proxy, a, _b, c) {
      if (kind === TraceKind.PushQueued) replicaOfPush[a] = c;
      else if (kind === TraceKind.PushDequeued) replicaOf[proxy] = replicaOfPush[a];
    },
  });
  return replicaOf;
}

/**
 * The state of the mesh at any moment of a recorded run (time travel as in RaftScope): checkpoints along the trace, and
 * from the nearest one before it the events up to the moment.
 */
import type { Recording } from '../trace/recording.js';
import type { PushContents } from './istiod/push-content.js';
import { MeshState } from './mesh-state.js';
import type { MeshModel } from './model.js';

/** Fewer events than this are replayed faster than a checkpoint pays for. */
const MIN_EVENTS_BETWEEN = 1024;
/** So many numbers of a checkpoint per event at most: checkpoints stay smaller than the recording. */
const NUMBERS_PER_EVENT = 4;

export class StateAt {
  private readonly checkpoints: MeshState[] = [];
  private readonly between: number;

  constructor(
    model: MeshModel,
    contents: PushContents,
    private readonly recording: Recording,
    minEventsBetween = MIN_EVENTS_BETWEEN,
  ) {
    const state = new MeshState(model, contents);
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

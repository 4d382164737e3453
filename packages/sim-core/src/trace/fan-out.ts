/** One trace, several readers, each told of every event in the order given. */
import type { TraceKind, TraceSink } from './events.js';

export class FanOut implements TraceSink {
  constructor(private readonly sinks: readonly TraceSink[]) {}

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    for (const sink of this.sinks) sink.emit(kind, timeNs, proxy, a, b, c);
  }
}

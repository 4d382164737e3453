/** One trace, several readers, each told in the order given of every event of the kinds that it looks at. */
import { TraceKind, type TraceSink } from './events.js';

export class FanOut implements TraceSink {
  /** TraceKind → its readers: most events concern few of them. */
  private readonly readers: readonly (readonly TraceSink[])[];

  constructor(sinks: readonly TraceSink[]) {
    const kinds = Object.values(TraceKind);
    this.readers = kinds.map((kind) => sinks.filter((sink) => sink.watches?.includes(kind) ?? true));
  }

  emit(kind: TraceKind, timeNs: number, proxy: number, a: number, b: number, c: number): void {
    for (const sink of this.readers[kind]) sink.emit(kind, timeNs, proxy, a, b, c);
  }
}

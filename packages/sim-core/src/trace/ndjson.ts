/** A trace as lines of JSON: a header, then one event a line (`xdsim.trace/v1`). */
import { z } from 'zod';
import { decode } from './decode.js';
import type { TraceDictionary } from './events.js';
import type { Recording } from './recording.js';
import { type TraceHeader, traceEvent, traceHeader } from './trace-event.js';

/** What every line of a trace is. */
export const traceLineSchema = z
  .union([traceHeader, traceEvent])
  .describe('One line of a trace: first the header, then events.');

/** The lines without their line ends, one at a time: a trace of a large mesh does not fit into one string. */
export function* encodeNdjson(
  header: TraceHeader,
  recording: Recording,
  dictionary: TraceDictionary,
): IterableIterator<string> {
  yield JSON.stringify(header);
  for (let i = 0; i < recording.length; i++) yield JSON.stringify(decode(recording, i, dictionary));
}

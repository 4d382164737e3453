/** The contract `xdsim.run/v1`: one rollout told as a timeline. */
import { z } from 'zod';
import { overrides } from './trace-event.js';

const count = z.int().min(0);
const ms = z.number();

const entry = z.strictObject({
  kind: z.string().describe('The kind of TraceEvent that it tells of, or window-opens, window-closes.'),
  fromMs: ms,
  toMs: ms.describe('The last of the events that the entry sums up; fromMs where there is one.'),
  who: z.string(),
  text: z.string(),
  proxies: z
    .strictObject({ reached: count, of: count })
    .nullable()
    .describe('How many proxies the entry sums up; null where it is not about proxies.'),
});

export type TimelineEntry = z.infer<typeof entry>;

const failure = z.strictObject({
  code: count,
  flag: z.string().describe('Envoy response flag; - for none.'),
  cause: z.string(),
  why: z.string(),
  host: z.string(),
  destination: z.string(),
  subset: z.string(),
  proxyKind: z.enum(['sidecar', 'gateway']),
});

const rolloutWindow = z.strictObject({
  state: z
    .enum(['failing', 'inconsistent'])
    .describe(
      'failing: a request to some proxy would fail; inconsistent: proxies disagree, or one contradicts itself.',
    ),
  fromMs: ms,
  toMs: ms,
  openAtHorizon: z.boolean(),
  why: z.string().describe('What holds when it opens.'),
  proxies: count.nullable().describe('Proxies that would fail at some moment of the window; null for inconsistent.'),
  firstProxy: z.string().nullable().describe('The first that would fail.'),
  firstFailure: failure.nullable().describe('What most failing requests to the first proxy would meet.'),
  mainFailure: failure.nullable().describe('What most failing requests of the whole window would meet.'),
});

export type RolloutWindow = z.infer<typeof rolloutWindow>;

const connections = z.strictObject({
  openAtStart: z.number(),
  opened: z.number().describe('From the first write on, those that were opened anew among them.'),
  ended: z.number().describe('By those who use them, on filter chains in force.'),
  drained: z.number().describe('The same, while their filter chain drained.'),
  closedIdle: z.number().describe('By the idle timeout of the TCP proxy.'),
  expired: z.number().describe('At the greatest age that a DestinationRule allows.'),
  cut: z.number().describe('When the drain time of their filter chain was over.'),
  cutByServer: z.number().describe("The same at the server's sidecar."),
  openAtEnd: z.number(),
});

const longLived = z
  .strictObject({
    tcp: connections,
    streams: connections,
    handshakes: z.number().describe('Opened anew because theirs had been cut.'),
    peakHandshakesPerUpstream: z.number().describe('The most of these at one endpoint within one second.'),
    refused: z.array(
      z.strictObject({
        flag: z.string(),
        code: z.literal(0),
        cause: z.string(),
        why: z.string(),
        host: z.string(),
        destination: z.string(),
        subset: z.string(),
        proxyKind: z.enum(['sidecar', 'gateway']),
        expected: z.number(),
      }),
    ),
  })
  .describe('Expected numbers of TCP connections and HTTP streams; every connection has one end.');

const summary = z.strictObject({
  completeMs: ms
    .nullable()
    .describe('First write sent → last proxy acts on the last revision; null: not by the horizon.'),
  unsettledShare: z.number(),
  propagationMs: ms,
  skewMs: ms,
  inconsistentMs: ms,
  failingMs: ms,
  failingFromMs: ms.nullable(),
  failingToMs: ms.nullable(),
  failingProxies: count.describe('Proxies that would fail a request at some moment.'),
  failures: z.number().describe('Expected requests that are no success, 404 included.'),
  errors: z.number().describe('Expected 5xx.'),
  requests: z.number().describe('Expected requests until the horizon.'),
  byCause: z.array(failure.extend({ expected: z.number() })),
  longLived: longLived.optional(),
});

export const runReportSchema = z.strictObject({
  schema: z.literal('xdsim.run/v1'),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  scenario: z.strictObject({
    name: z.string(),
    file: z.string().nullable(),
    seed: z.string(),
    overrides,
    istio: z.string(),
    proxies: z.strictObject({ sidecar: count, gateway: count }),
    requestsPerSecond: z.number(),
    horizonMs: ms,
  }),
  strategy: z.strictObject({ name: z.string(), label: z.string() }),
  trial: count,
  timeline: z.array(entry),
  windows: z.array(rolloutWindow),
  proxy: z
    .strictObject({
      id: z.string(),
      kind: z.enum(['sidecar', 'gateway']),
      why: z.string(),
      failingMs: ms.describe('Time in which it would fail requests, as a mean over its workers.'),
      timeline: z.array(entry),
    })
    .describe('One proxy in full.'),
  summary,
  notModelled: z.array(z.string()),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
});

export type RunReport = z.infer<typeof runReportSchema>;

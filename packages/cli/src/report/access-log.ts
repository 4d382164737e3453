/**
 * Requests as Istio's default access log prints them (meshConfig.accessLogFormat unset, TEXT), with a comment behind each
 * line: which proxy wrote it, what the client read, and why. Time 0 of the simulation is 1970-01-01T00:00:00Z; what the
 * simulation does not know is `-`.
 */
import {
  addressOf,
  bodyOf,
  endingOf,
  grpcStatusOf,
  type LoggedRequest,
  type Report,
  type Study,
  type StudyStrategy,
  sampleRequests,
} from '@xdsim/sim-core';
import { typed } from '../tool.js';

type Prepared = StudyStrategy['prepared'];

const NS_PER_MS = 1e6;

/** @param lines how many requests there are at most */
export function newAccessLog(study: Study, { prepared }: StudyStrategy, trial: number, lines: number): string {
  const isGrpc = study.scenario.traffic.callers.protocol === 'grpc';
  return sampleRequests(prepared, study.root, trial, study.horizonMs * NS_PER_MS, lines)
    .map((request) => `${logLine(request, prepared, isGrpc)}  ${comment(request, prepared)}\n`)
    .join('');
}

/** The worst trial of each strategy, in ranking order. */
export function newAccessLogs(study: Study, { ranking, strategies }: Report, lines: number): string {
  const order = ranking.flatMap(({ names }) => names);
  return strategies
    .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .flatMap(({ name, worst: { trial, command } }) => {
      const strategy = study.strategies.find((each) => each.name === name);
      return strategy === undefined
        ? []
        : [`# ${name}: ${typed(command)}\n${newAccessLog(study, strategy, trial, lines)}`];
    })
    .join('\n');
}

function logLine(request: LoggedRequest, prepared: Prepared, isGrpc: boolean): string {
  const { flag, ending, durationMs, id } = request;
  const { details, transportFailure } = endingOf(ending);
  const example = classOf(request, prepared).request;
  const upstream = upstreamOf(request, prepared);
  const isServed = ending === 'served';
  const tookMs = Math.round(durationMs);
  return [
    `[${new Date(request.atNs / NS_PER_MS).toISOString()}]`,
    quoted(`${request.method} ${example.path} ${isGrpc ? 'HTTP/2' : 'HTTP/1.1'}`),
    codeOf(request, isGrpc),
    flag,
    details,
    '-',
    quoted(transportFailure ?? '-'),
    0,
    // The size of an answer from upstream is not simulated.
    isServed ? '-' : bodyOf(ending, request.tries).length,
    tookMs,
    isServed ? tookMs : '-',
    quoted('-'),
    quoted('-'),
    quoted(id),
    quoted(example.authority),
    quoted(upstream.host),
    upstream.cluster,
    '-',
    '-',
    '-',
    '-',
    classOf(request, prepared).routeName ?? '-',
  ].join(' ');
}

/** Envoy's own answers to gRPC requests are 200; the status is in a header of its own. */
function codeOf({ code, ending }: LoggedRequest, isGrpc: boolean): number {
  return isGrpc && ending !== 'served' && grpcStatusOf(code) !== 0 ? 200 : code;
}

function upstreamOf({ ending, cluster, endpoint, destination, subset, ...request }: LoggedRequest, prepared: Prepared) {
  const { model } = prepared;
  if (destination === '' || ending === 'no-cluster') return { host: '-', cluster: '-' };
  if (cluster < 0) {
    const { port } = classOf(request, prepared).request;
    return { host: '-', cluster: `outbound|${port}|${subset}|${destination}` };
  }
  const { name, port } = model.clusters.clusters[cluster];
  return { host: endpoint < 0 ? '-' : `${addressOf(model, endpoint)}:${port}`, cluster: name };
}

function comment(request: LoggedRequest, { model }: Prepared): string {
  const { ending, cause, code, tries } = request;
  const proxy = model.proxies.ids[request.proxy].id;
  if (code < 400) return `# ${proxy}`;
  // Where the body is empty, the details say it; which cluster it was, no access log does.
  const said = bodyOf(ending, tries) || endingOf(ending).details.replaceAll('_', ' ');
  const which = ending === 'no-cluster' ? `: ${model.clusters.clusters[request.cluster].name}` : '';
  return `# ${proxy}, ${cause}: ${said}${which}`;
}

function classOf({ proxy, index }: Pick<LoggedRequest, 'proxy' | 'index'>, { model, outcomes }: Prepared) {
  return outcomes.classes[model.proxies.groupOf[proxy]][index];
}

function quoted(text: string): string {
  return `"${text}"`;
}

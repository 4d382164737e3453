import type { z } from 'zod';
import { inlineEndpoints } from './endpoint.js';
import { exportToOf, resolveHost } from './hosts.js';
import type { gatewayShape, serviceEntryShape, serviceShape, sidecarShape } from './other-shapes.js';
import type { Gateway, ObjectMeta, ServiceObject, SidecarResource } from './types.js';

/** Prefixes of a port name that choose a protocol (`http-web`); any other leaves the choice to Istio's detection. */
const PROTOCOL_PREFIXES = new Set([
  ...['http', 'http2', 'https', 'grpc', 'grpc-web', 'tcp', 'tls'],
  ...['udp', 'mongo', 'mysql', 'redis'],
]);

/** A Kubernetes Service has no field for it. */
const EXPORT_TO = 'networking.istio.io/exportTo';

export function newService(meta: ObjectMeta, { spec }: z.infer<typeof serviceShape>): ServiceObject {
  const hasSelector = Object.keys(spec.selector ?? {}).length > 0;
  return {
    type: 'Service',
    meta,
    hosts: [resolveHost(meta.name, meta.namespace)],
    exportTo: exportToOf(meta.annotations[EXPORT_TO]?.split(',').map((namespace) => namespace.trim())),
    ports: (spec.ports ?? []).map((port) => ({
      name: port.name ?? '',
      number: port.port,
      protocol: (port.appProtocol ?? prefixProtocol(port.name) ?? transportOf(port.protocol)).toUpperCase(),
      targetPort: typeof port.targetPort === 'number' ? port.targetPort : undefined,
    })),
    selector: hasSelector ? spec.selector : undefined,
    resolution: spec.type === 'ExternalName' ? 'DNS' : spec.clusterIP === 'None' ? 'NONE' : 'EDS',
    endpoints: [],
  };
}

/** TCP says only how bytes travel: whether they are HTTP the proxy has to find out. */
function transportOf(written = 'TCP'): string {
  return written === 'TCP' ? 'AUTO' : written;
}

function prefixProtocol(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (name.startsWith('grpc-web')) return 'grpc-web';
  const [prefix] = name.split('-');
  return PROTOCOL_PREFIXES.has(prefix) ? prefix : undefined;
}

export function newServiceEntry(meta: ObjectMeta, { spec }: z.infer<typeof serviceEntryShape>): ServiceObject {
  return {
    type: 'ServiceEntry',
    meta,
    hosts: spec.hosts,
    exportTo: exportToOf(spec.exportTo),
    ports: (spec.ports ?? []).map(({ name, number, protocol, targetPort }) => ({
      name,
      number,
      protocol: (protocol || 'TCP').toUpperCase(),
      targetPort,
    })),
    selector: spec.workloadSelector?.labels,
    resolution: spec.resolution ?? 'NONE',
    endpoints: inlineEndpoints(meta, spec.endpoints ?? []),
  };
}

export function newGateway(meta: ObjectMeta, { spec }: z.infer<typeof gatewayShape>): Gateway {
  return {
    type: 'Gateway',
    meta,
    selector: spec.selector ?? {},
    servers: (spec.servers ?? []).map(({ port, hosts, bind, tls }) => ({
      port: port.number,
      portName: port.name ?? '',
      protocol: port.protocol.toUpperCase(),
      hosts,
      bind,
      tls,
    })),
  };
}

export function newSidecar(meta: ObjectMeta, { spec }: z.infer<typeof sidecarShape>): SidecarResource {
  const egressHosts = (spec?.egress ?? []).flatMap((listener) => listener.hosts);
  return {
    type: 'Sidecar',
    meta,
    workloadSelector: spec?.workloadSelector?.labels,
    // Without egress listeners everything is imported, as without the resource (Istio API reference, Sidecar).
    egressHosts: egressHosts.length === 0 ? ['*/*'] : egressHosts,
  };
}

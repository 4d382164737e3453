/**
 * The endpoints of a cell: those that its services have before, and what each write does to them. An endpoint of which
 * anything changes is another one to a load balancer, so it leaves under its name and comes back under a new.
 */
import { endpointsOfService } from '../manifest/hosts.js';
import { fieldOf, listOf } from '../manifest/object-source.js';
import { labelsContain } from '../manifest/service-endpoints.js';
import type { EndpointObject, ServiceObject, Workload } from '../manifest/types.js';
import { Takes } from '../rollout/connection-kinds.js';
import type { EndpointStep, HostEndpoint, PlannedWrite, RolloutPlan } from '../rollout/plan.js';
import type { Cell, Servers } from './cell.js';
import type { ServerMode } from './cell-shape.js';

const TAKES_OF_MODE: Readonly<Record<ServerMode, number>> = {
  plain: Takes.Plaintext,
  tls: Takes.Tls,
  permissive: Takes.Plaintext | Takes.Tls,
};

export class CellEndpoints {
  readonly initial: readonly HostEndpoint[];
  private readonly services: readonly ServiceObject[];
  private readonly closed: string | undefined;
  private readonly servers: Servers | undefined;
  /** Endpoints that `servers` means. */
  private readonly serverIds = new Set<string>();
  /** Identity in the manifests → the endpoint as it stands, and as it was written. */
  private readonly standing = new Map<string, HostEndpoint>();
  private readonly written = new Map<string, string>();
  private replaced = 0;

  constructor(cell: Cell) {
    const { services, workloads } = cell.before;
    const later = cell.writes.flatMap(({ object }) => object.services);
    this.services = [...services, ...later];
    this.closed = cell.mesh.closedEndpoint;
    this.servers = cell.servers;
    // Workloads that a later service selects are there from the start; what is written inside it comes with it.
    for (const service of [...services, ...later.map((each) => ({ ...each, endpoints: [] }))]) {
      for (const endpoint of endpointsOfService(cell.before, service)) {
        const workload = workloads.find(({ meta }) => meta.key === endpoint.id);
        const hosts = [...(this.standing.get(endpoint.id)?.hosts ?? []), ...service.hosts];
        this.standing.set(endpoint.id, this.target(endpoint, [...new Set(hosts)], portsOf(workload)));
      }
      service.endpoints.forEach((endpoint, at) => {
        this.written.set(endpoint.id, contentOf(endpoint, inlineOf(service)[at]));
      });
    }
    for (const { meta, endpoints } of workloads) {
      for (const endpoint of endpoints) this.written.set(endpoint.id, contentOf(endpoint, meta.raw.spec));
    }
    this.initial = [...this.standing.values()];
  }

  /** Of those that were there and those that writes have brought. */
  get serverChanges(): NonNullable<RolloutPlan['serverChanges']> {
    return (this.servers?.changes ?? []).flatMap(({ atMs, mode }) =>
      [...this.serverIds].map((endpoint) => ({ endpoint, takes: TAKES_OF_MODE[mode], atMs })),
    );
  }

  /** None where nothing changes. */
  writesOfWorkload(action: 'apply' | 'delete', workload: Workload): PlannedWrite[] {
    const { key, raw } = workload.meta;
    const before = [...this.standing.keys()].filter((id) => workload.endpoints.some((endpoint) => endpoint.id === id));
    const after = action === 'delete' ? [] : workload.endpoints;
    const hostsOf = (endpoint: EndpointObject): readonly string[] =>
      this.services.filter((service) => selects(service, endpoint)).flatMap(({ hosts }) => hosts);
    const written = after.map(() => raw.spec);
    const [first, ...endpoints] = this.change(before, after, written, hostsOf, portsOf(workload));
    if (first === undefined) return [];
    const object = { type: 'Endpoint' as const, ...first.target };
    return [{ action: first.action, kind: workload.type, key, object, endpoints, revision: 'after' }];
  }

  /** Those written inside it. */
  stepsOfService(action: 'apply' | 'delete', service: ServiceObject): EndpointStep[] {
    const before = [...this.standing.keys()].filter((id) => id.startsWith(`${service.meta.key}#`));
    const after = action === 'delete' ? [] : service.endpoints;
    return this.change(before, after, inlineOf(service), () => service.hosts, []);
  }

  /** @param written each of `after` as its manifest has it */
  private change(
    before: readonly string[],
    after: readonly EndpointObject[],
    written: readonly unknown[],
    hostsOf: (endpoint: EndpointObject) => readonly string[],
    ports: readonly number[],
  ): EndpointStep[] {
    const steps: EndpointStep[] = [];
    const kept = new Set<string>();
    after.forEach((endpoint, at) => {
      const old = this.standing.get(endpoint.id);
      const content = contentOf(endpoint, written[at]);
      if (old !== undefined && this.written.get(endpoint.id) === content) {
        kept.add(endpoint.id);
        return;
      }
      const hosts = hostsOf(endpoint);
      if (hosts.length === 0) return;
      const id = old === undefined ? endpoint.id : `${endpoint.id}@${++this.replaced}`;
      if (old !== undefined) steps.push({ action: 'delete', target: old });
      const target = this.target({ ...endpoint, id }, hosts, ports);
      this.standing.set(endpoint.id, target);
      this.written.set(endpoint.id, content);
      kept.add(endpoint.id);
      steps.push({ action: 'apply', target });
    });
    for (const id of before) {
      if (kept.has(id)) continue;
      steps.push({ action: 'delete', target: this.standing.get(id) as HostEndpoint });
      this.standing.delete(id);
    }
    return steps;
  }

  private target(endpoint: EndpointObject, hosts: readonly string[], ports: readonly number[]): HostEndpoint {
    if (this.isClosed(endpoint, ports)) return { hosts, endpoint, takes: Takes.Nothing };
    const { servers } = this;
    if (servers === undefined || (servers.version ?? endpoint.labels.version) !== endpoint.labels.version)
      // The lab's servers are no sidecars, and speak no TLS unless the cell says so.
      return { hosts, endpoint, takes: Takes.Plaintext };
    this.serverIds.add(endpoint.id);
    return { hosts, endpoint, takes: TAKES_OF_MODE[servers.before] };
  }

  /** `closedEndpoint` is `ip:port`, or an address with all its ports; an endpoint that names no port has the service's. */
  private isClosed(endpoint: EndpointObject, ports: readonly number[]): boolean {
    if (this.closed === endpoint.address) return true;
    const [, address, port] = /^(.*):(\d+)$/.exec(this.closed ?? '') ?? [];
    return address === endpoint.address && (ports.length === 0 || ports.includes(Number(port)));
  }
}

function selects(service: ServiceObject, endpoint: EndpointObject): boolean {
  const { selector, meta } = service;
  return selector !== undefined && meta.namespace === endpoint.namespace && labelsContain(endpoint.labels, selector);
}

function inlineOf({ meta }: ServiceObject): readonly unknown[] {
  return listOf(fieldOf(meta.raw.spec, 'endpoints'));
}

/** The labels of a WorkloadEntry are in its metadata too. */
function contentOf({ labels, ready }: EndpointObject, written: unknown): string {
  return JSON.stringify([written, ready, Object.entries(labels).sort()]);
}

function portsOf(workload: Workload | undefined): readonly number[] {
  const spec = workload?.meta.raw.spec as { ports?: Readonly<Record<string, number>> } | undefined;
  return Object.values(spec?.ports ?? {});
}

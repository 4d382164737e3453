/**
 * The endpoints of a cell: those that its services have before, and what each write does to them. An endpoint whose
 * labels or address change is another one to a load balancer, so it leaves under its name and comes back under a new.
 */
import { endpointsOfService } from '../manifest/hosts.js';
import { labelsContain } from '../manifest/service-endpoints.js';
import type { EndpointObject, ServiceObject, Workload } from '../manifest/types.js';
import type { HostEndpoint, PlannedWrite } from '../rollout/plan.js';
import type { Cell } from './cell.js';

export class CellEndpoints {
  readonly initial: readonly HostEndpoint[];
  private readonly services: readonly ServiceObject[];
  private readonly closed: string | undefined;
  /** Identity in the manifests → the endpoint as it stands. */
  private readonly standing = new Map<string, HostEndpoint>();
  private replaced = 0;

  constructor(cell: Cell) {
    // Services that appear during the rollout have their hosts from the start: only their endpoints come and go.
    this.services = [...cell.before.services, ...cell.writes.flatMap(({ object }) => object.services)];
    this.closed = cell.mesh.closedEndpoint;
    for (const service of cell.before.services) {
      for (const endpoint of endpointsOfService(cell.before, service)) {
        const workload = cell.before.workloads.find(({ meta }) => meta.key === endpoint.id);
        const hosts = [...(this.standing.get(endpoint.id)?.hosts ?? []), ...service.hosts];
        this.standing.set(endpoint.id, this.target(endpoint, [...new Set(hosts)], portsOf(workload)));
      }
    }
    this.initial = [...this.standing.values()];
  }

  writesOfWorkload(action: 'apply' | 'delete', workload: Workload): PlannedWrite[] {
    const before = [...this.standing.keys()].filter((id) => workload.endpoints.some((endpoint) => endpoint.id === id));
    const after = action === 'delete' ? [] : workload.endpoints;
    return this.change(workload.meta.key, workload.type, before, after, portsOf(workload), (endpoint) =>
      this.services.filter((service) => selects(service, endpoint)).flatMap(({ hosts }) => hosts),
    );
  }

  /** Inline endpoints; istiod reports an update of a ServiceEntry as an event of the service and one of its endpoints. */
  writesOfService(action: 'apply' | 'delete', service: ServiceObject): PlannedWrite[] {
    const before = [...this.standing.keys()].filter((id) => id.startsWith(`${service.meta.key}#`));
    const after = action === 'delete' ? [] : service.endpoints;
    return this.change(service.meta.key, 'EndpointSlice', before, after, [], () => service.hosts);
  }

  private change(
    key: string,
    kind: string,
    before: readonly string[],
    after: readonly EndpointObject[],
    ports: readonly number[],
    hostsOf: (endpoint: EndpointObject) => readonly string[],
  ): PlannedWrite[] {
    const writes: PlannedWrite[] = [];
    const write = (action: 'apply' | 'delete', target: HostEndpoint): void => {
      writes.push({ action, kind, key, object: { type: 'Endpoint', ...target }, revision: 'after' });
    };
    const kept = new Set<string>();
    for (const endpoint of after) {
      const old = this.standing.get(endpoint.id);
      if (old !== undefined && isSame(old.endpoint, endpoint)) {
        kept.add(endpoint.id);
        continue;
      }
      const hosts = hostsOf(endpoint);
      if (hosts.length === 0) continue;
      const id = old === undefined ? endpoint.id : `${endpoint.id}@${++this.replaced}`;
      if (old !== undefined) write('delete', old);
      const target = this.target({ ...endpoint, id }, hosts, ports);
      this.standing.set(endpoint.id, target);
      kept.add(endpoint.id);
      write('apply', target);
    }
    for (const id of before) {
      if (kept.has(id)) continue;
      write('delete', this.standing.get(id) as HostEndpoint);
      this.standing.delete(id);
    }
    return writes;
  }

  private target(endpoint: EndpointObject, hosts: readonly string[], ports: readonly number[]): HostEndpoint {
    return { hosts, endpoint, refuses: this.isClosed(endpoint, ports) };
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

function isSame(left: EndpointObject, right: EndpointObject): boolean {
  const key = ({ address, ready, labels }: EndpointObject): string =>
    JSON.stringify([address, ready, Object.entries(labels).sort()]);
  return key(left) === key(right);
}

function portsOf(workload: Workload | undefined): readonly number[] {
  const spec = workload?.meta.raw.spec as { ports?: Readonly<Record<string, number>> } | undefined;
  return Object.values(spec?.ports ?? {});
}

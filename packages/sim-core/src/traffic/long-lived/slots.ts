/** Numbers of the kinds of connections at each worker of each proxy, one after the other: a slot is a flow at a worker. */
import type { MeshModel } from '../../mesh/model.js';
import type { Flow } from './flows.js';

export class Slots {
  private readonly workers: number;
  /** proxy → first of its slots. */
  private readonly first: Int32Array;

  constructor(
    private readonly model: MeshModel,
    private readonly flows: readonly (readonly Flow[])[],
  ) {
    const { count } = model.proxies;
    this.workers = model.scenario.mesh.workersPerProxy;
    this.first = new Int32Array(count + 1);
    for (let p = 0; p < count; p++) this.first[p + 1] = this.first[p] + this.flowsOf(p).length * this.workers;
  }

  get count(): number {
    return this.first[this.model.proxies.count];
  }

  flowsOf(p: number): readonly Flow[] {
    return this.flows[this.model.proxies.groupOf[p]];
  }

  of(p: number, worker: number, flow: number): number {
    return this.first[p] + worker * this.flowsOf(p).length + flow;
  }

  forEachOf(p: number, visit: (slot: number, p: number, flow: number) => void): void {
    const flows = this.flowsOf(p).length;
    for (let slot = this.first[p]; slot < this.first[p + 1]; slot++) visit(slot, p, (slot - this.first[p]) % flows);
  }

  forEach(visit: (slot: number, p: number, flow: number) => void): void {
    for (let p = 0; p < this.model.proxies.count; p++) this.forEachOf(p, visit);
  }
}

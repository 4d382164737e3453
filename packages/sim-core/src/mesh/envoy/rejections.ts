/** Responses that some proxies reject for a while, keeping what they have (istiod.md 3.5). */
import { msToNs } from '../../kernel/time.js';
import { XDS_TYPE_NAMES, type XdsType } from '../../trace/events.js';
import type { MeshModel } from '../model.js';

interface Rejection {
  readonly proxies: ReadonlySet<number>;
  readonly types: readonly number[];
  readonly fromNs: number;
  readonly toNs: number;
}

export class Rejections {
  private readonly rejections: readonly Rejection[];

  constructor({ proxies, scenario }: MeshModel) {
    this.rejections = scenario.faults.nacks.map(({ proxies: names, types, fromMs, toMs }) => ({
      proxies: new Set(proxies.indexesOf(names)),
      types: types.map((type) => XDS_TYPE_NAMES.indexOf(type)),
      fromNs: msToNs(fromMs),
      toNs: msToNs(toMs),
    }));
  }

  isRejected(p: number, type: XdsType, nowNs: number): boolean {
    for (const { proxies, types, fromNs, toNs } of this.rejections) {
      if (proxies.has(p) && types.includes(type) && nowNs >= fromNs && nowNs < toNs) return true;
    }
    return false;
  }
}

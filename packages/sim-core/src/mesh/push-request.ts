/**
 * What a batch of events asks of a push (istiod.md 2, 4.3): the kinds that changed, as flags, and the hosts whose
 * clusters or endpoints are affected. Requests merge by union.
 */
export const Changed = {
  /** A VirtualService bound to gateways: no dependency of sidecars (istiod.md 4.6). */
  VirtualService: 1,
  /** A VirtualService bound to the mesh, in this revision or the one before. */
  MeshVirtualService: 2,
  DestinationRule: 4,
  Service: 8,
  Gateway: 16,
  Endpoints: 32,
} as const;

const SIDECAR_MASK = Changed.MeshVirtualService | Changed.DestinationRule | Changed.Service | Changed.Endpoints;

const VIRTUAL_SERVICES = Changed.VirtualService | Changed.MeshVirtualService;

/** Flags of a request that matter to a proxy of the given kind; 0: it is skipped, but its turn has been taken. */
export function relevantTo(kind: 'sidecar' | 'gateway', flags: number): number {
  return kind === 'gateway' ? flags : flags & SIDECAR_MASK;
}

export function sendsCds(flags: number): boolean {
  return (flags & ~Changed.Endpoints) !== 0;
}

/** Only the affected services' clusters; a Gateway change sends all of them (istiod.md 4.3). */
export function sendsFullCds(flags: number): boolean {
  return (flags & Changed.Gateway) !== 0;
}

/** A VirtualService or Gateway alone sends no EDS. */
export function sendsEds(flags: number): boolean {
  return (flags & ~(VIRTUAL_SERVICES | Changed.Gateway)) !== 0;
}

/** Merged with anything that sends EDS, a VirtualService makes it cover every subscribed cluster (since Istio 1.30). */
export function sendsFullEds(flags: number): boolean {
  return sendsEds(flags) && (flags & (VIRTUAL_SERVICES | Changed.Gateway)) !== 0;
}

export function sendsListenersAndRoutes(flags: number): boolean {
  return (flags & ~Changed.Endpoints) !== 0;
}

/** The kinds whose index the push context rebuilds; the others stay as they were (istiod.md 3.2). */
export function rebuilds(flags: number, changed: number): boolean {
  return (flags & changed) !== 0;
}

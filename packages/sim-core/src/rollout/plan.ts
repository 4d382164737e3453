/**
 * A rollout plan: the ordered, timed API writes of one strategy, and the gates between them. It is all that the mesh
 * learns of a strategy.
 */

import type { Warning } from '../errors.js';
import type { Distribution } from '../kernel/distribution.js';
import type { PodTiming, RolloutLimits } from '../manifest/pod-template.js';
import type {
  DestinationRule,
  EndpointObject,
  Gateway,
  PeerAuthentication,
  ServiceObject,
  SidecarResource,
  VirtualService,
} from '../manifest/types.js';

/** What a write leaves in the API server; undefined stands for deletion. */
export type WrittenObject =
  | VirtualService
  | DestinationRule
  | Gateway
  | SidecarResource
  | PeerAuthentication
  | ServiceObject
  | EndpointChange
  | WorkloadRollout;

/** Endpoints that appear or vanish with one API event (a WorkloadEntry, an EndpointSlice update). */
interface EndpointChange extends HostEndpoint {
  readonly type: 'Endpoint';
}

/** A Deployment or StatefulSet whose pods change: its controller replaces them within its limits. */
export interface WorkloadRollout extends RolloutLimits {
  readonly type: 'Rollout';
  readonly removed: readonly HostEndpoint[];
  readonly added: readonly HostEndpoint[];
  /** Number of pods that stay. */
  readonly kept: number;
  readonly timing: PodTiming;
}

/** An endpoint and the fully qualified hosts that it serves. */
export interface HostEndpoint {
  readonly hosts: readonly string[];
  readonly endpoint: EndpointObject;
  /** Bits of Takes; undefined: what its sidecar lets in, and without one what clients send it before the rollout. */
  readonly takes?: number;
}

/** An endpoint that comes or goes. */
export interface EndpointStep {
  readonly action: 'apply' | 'delete';
  readonly target: HostEndpoint;
}

export interface PlannedWrite {
  readonly action: 'apply' | 'delete';
  readonly kind: string;
  /** `Kind/namespace/name`. */
  readonly key: string;
  /** The object's content after the write; for a delete, its content before. */
  readonly object: WrittenObject;
  /** What else comes and goes with it: istiod hears of all of it at once. */
  readonly endpoints?: readonly EndpointStep[];
  /** Revision in the user's words: `after`, `expanded`, `10%` … */
  readonly revision: string;
}

/** Writes that a tool sends one after another, each when the one before has been answered. */
export interface WriteGroup {
  readonly label: string;
  /**
   * When the group starts: so long after the last answer of the group before (the first group starts at 0), or at an
   * absolute time, drawn per trial.
   */
  readonly start: { readonly afterPreviousMs: number } | { readonly atMs: Distribution };
  /** `random` draws the order of the writes per trial. */
  readonly order: 'given' | 'random';
  readonly writes: readonly PlannedWrite[];
  /** Checked before the group starts; the rollout ends there when it is given up. */
  readonly gate?: ReadinessGate;
}

/** Holds a group until every named subset of a host has only ready endpoints, and at least one. */
export interface ReadinessGate {
  readonly type: 'endpoints-ready';
  readonly subsets: readonly { readonly host: string; readonly labels: Readonly<Record<string, string>> }[];
  readonly pollMs: number;
  readonly timeoutMs: number;
}

/** A pod of the new version that becomes ready during the rollout. */
export interface PlannedReadiness {
  readonly target: HostEndpoint;
  readonly atMs: Distribution;
}

/** A server, not a sidecar of the mesh, that takes other connections from a moment on. */
interface PlannedServerChange {
  readonly endpoint: string;
  /** Bits of Takes. */
  readonly takes: number;
  readonly atMs: Distribution;
}

/** What is applied and settled when the first write is sent. */
export interface InitialState {
  readonly virtualServices: readonly VirtualService[];
  readonly destinationRules: readonly DestinationRule[];
  readonly gateways: readonly Gateway[];
  readonly sidecars: readonly SidecarResource[];
  readonly peerAuthentications: readonly PeerAuthentication[];
  readonly services: readonly ServiceObject[];
  readonly endpoints: readonly HostEndpoint[];
}

export interface RolloutPlan {
  readonly strategy: string;
  readonly initial: InitialState;
  readonly groups: readonly WriteGroup[];
  readonly readiness: readonly PlannedReadiness[];
  readonly serverChanges?: readonly PlannedServerChange[];
  /** What the planner had to assume, or could not do as the strategy means it. */
  readonly warnings?: readonly Warning[];
}

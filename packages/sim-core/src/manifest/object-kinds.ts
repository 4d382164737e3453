/** Which kinds are interpreted, under which API versions, and how each is made of its fields. */
import type { z } from 'zod';
import type { UserError } from '../errors.js';
import { checkShape } from './check-shape.js';
import { checkDestinationRule, newDestinationRule } from './destination-rule.js';
import { destinationRuleShape } from './destination-rule-shape.js';
import { newEndpointSlice, newPod, newReplicatedWorkload, newWorkloadEntry } from './endpoint.js';
import type { ObjectSource } from './object-source.js';
import * as shapes from './other-shapes.js';
import { newPeerAuthentication, peerAuthenticationShape } from './peer-authentication-shape.js';
import { newGateway, newService, newServiceEntry, newSidecar } from './service.js';
import type { InterpretedObject, ObjectMeta } from './types.js';
import { newVirtualService } from './virtual-service.js';
import { checkVirtualService } from './virtual-service-rules.js';
import { virtualServiceShape } from './virtual-service-shape.js';

type Interpreted = { readonly object: InterpretedObject } | { readonly errors: readonly UserError[] };

interface ObjectKind {
  readonly group: string;
  readonly versions: readonly string[];
  readonly interpret: (source: ObjectSource, meta: ObjectMeta) => Interpreted;
}

const ISTIO = { group: 'networking.istio.io', versions: ['v1', 'v1beta1', 'v1alpha3'] };
const SECURITY = { group: 'security.istio.io', versions: ['v1', 'v1beta1'] };
const CORE = { group: '', versions: ['v1'] };
const APPS = { group: 'apps', versions: ['v1', 'v1beta2', 'v1beta1'] };
const DISCOVERY = { group: 'discovery.k8s.io', versions: ['v1', 'v1beta1'] };

const noRules = (): UserError[] => [];

function by<T>(
  shape: z.ZodType<T>,
  make: (meta: ObjectMeta, fields: T) => InterpretedObject,
  check: (source: ObjectSource) => UserError[] = noRules,
): ObjectKind['interpret'] {
  return (source, meta) => {
    const checked = checkShape(shape, source);
    const errors = [...('errors' in checked ? checked.errors : []), ...check(source)];
    return 'value' in checked && errors.length === 0 ? { object: make(meta, checked.value) } : { errors };
  };
}

const KINDS: Readonly<Record<string, ObjectKind>> = {
  VirtualService: { ...ISTIO, interpret: by(virtualServiceShape, newVirtualService, checkVirtualService) },
  DestinationRule: { ...ISTIO, interpret: by(destinationRuleShape, newDestinationRule, checkDestinationRule) },
  Gateway: { ...ISTIO, interpret: by(shapes.gatewayShape, newGateway) },
  Sidecar: { ...ISTIO, interpret: by(shapes.sidecarShape, newSidecar) },
  ServiceEntry: { ...ISTIO, interpret: by(shapes.serviceEntryShape, newServiceEntry) },
  WorkloadEntry: { ...ISTIO, interpret: by(shapes.workloadEntryShape, newWorkloadEntry) },
  PeerAuthentication: { ...SECURITY, interpret: by(peerAuthenticationShape, newPeerAuthentication) },
  Service: { ...CORE, interpret: by(shapes.serviceShape, newService) },
  Pod: { ...CORE, interpret: by(shapes.podShape, newPod) },
  Deployment: {
    ...APPS,
    interpret: by(shapes.replicatedShape, (meta, fields) => newReplicatedWorkload('Deployment', meta, fields)),
  },
  StatefulSet: {
    ...APPS,
    interpret: by(shapes.replicatedShape, (meta, fields) => newReplicatedWorkload('StatefulSet', meta, fields)),
  },
  EndpointSlice: { ...DISCOVERY, interpret: by(shapes.endpointSliceShape, newEndpointSlice) },
};

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

export function isInterpretedKind(kind: string): boolean {
  return Object.hasOwn(KINDS, kind);
}

/** undefined: an object of somebody else's. */
export function kindOf(apiVersion: string, kind: string): ObjectKind | undefined {
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  // `networking.istio.io` alone names the group and forgets the version: it is meant, and answered as such.
  return known !== undefined && (known.group === groupOf(apiVersion) || known.group === apiVersion) ? known : undefined;
}

export function checkVersion(kind: ObjectKind, source: ObjectSource, meta: ObjectMeta): UserError[] {
  const prefix = kind.group === '' ? '' : `${kind.group}/`;
  const accepted = kind.versions.map((version) => `${prefix}${version}`);
  if (accepted.includes(meta.apiVersion)) return [];
  const message = `${meta.kind} has no API version ${meta.apiVersion}`;
  return [source.problem('XDS-MANIFEST-API-VERSION', ['apiVersion'], message, `Use ${accepted.join(', ')}.`)];
}

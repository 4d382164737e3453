import type { UserError } from '../../packages/sim-core/src/errors.js';
import { parseManifests } from '../../packages/sim-core/src/manifest/parse-manifests.js';
import type { ManifestSet } from '../../packages/sim-core/src/manifest/types.js';

/** The set that a text gives; a text that is wrong fails the test with all its errors. */
export function manifests(text: string, path = 'a.yaml'): ManifestSet {
  const result = parseManifests([{ path, text }]);
  if (!result.ok) throw new Error(JSON.stringify(result.errors, null, 2));
  return result.value;
}

export function errorsIn(text: string, path = 'a.yaml'): readonly UserError[] {
  const result = parseManifests([{ path, text }]);
  return result.ok ? [] : result.errors;
}

/** `CODE line:column`, the part of an error that a test pins down. */
export function places(errors: readonly UserError[]): string[] {
  return errors.map(({ code, position }) => `${code} ${position?.line}:${position?.column}`);
}

export interface Route {
  readonly host?: string;
  readonly subset?: string;
  readonly weight?: number;
}

export function virtualService(routes: readonly Route[], extra: Record<string, unknown> = {}): string {
  const route = routes.map(({ host = 'reviews', subset, weight }) => ({ destination: { host, subset }, weight }));
  return JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'reviews', namespace: 'shop' },
    spec: { hosts: ['reviews'], http: [{ route }], ...extra },
  });
}

export function destinationRule(subsets: Record<string, string>, extra: Record<string, unknown> = {}): string {
  return JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'reviews', namespace: 'shop' },
    spec: {
      host: 'reviews',
      subsets: Object.entries(subsets).map(([name, version]) => ({ name, labels: { version } })),
      ...extra,
    },
  });
}

export function object(apiVersion: string, kind: string, name: string, rest: Record<string, unknown> = {}): string {
  const { labels, annotations, ...fields } = rest;
  return JSON.stringify({ apiVersion, kind, metadata: { name, namespace: 'shop', labels, annotations }, ...fields });
}

export function deployment(name: string, labels: Record<string, string>, replicas = 1): string {
  return object('apps/v1', 'Deployment', name, { spec: { replicas, template: { metadata: { labels } } } });
}

export function together(...documents: readonly string[]): string {
  return documents.join('\n---\n');
}

/**
 * Meshes by their size: defaults of the fields that say how large a mesh is. How fast its machines are is another
 * question, and that of the presets (presets.ts) and of calibration.
 */
import type { MeshSize, MeshSizeName } from './types.js';

type SizeField = 'sidecars' | 'gateways' | 'services' | 'istiodReplicas' | 'istiodCores';

interface MeshSizePreset {
  readonly values: Pick<MeshSize, SizeField>;
  /** Where each number comes from. */
  readonly sources: Readonly<Record<SizeField, string>>;
}

export const MESH_SIZES: Readonly<Record<MeshSizeName, MeshSizePreset>> = {
  laptop: {
    values: { sidecars: 5, gateways: 1, services: 12, istiodReplicas: 1, istiodCores: 2 },
    sources: {
      ...sameSource('assumption: Bookinfo in a cluster on a laptop'),
      services: 'assumption: Bookinfo, what came with the cluster, and its add-ons; test/lab has 11',
      istiodReplicas: 'Istio chart',
      istiodCores: 'test/lab; assumption for others',
    },
  },
  small: {
    values: { sidecars: 50, gateways: 2, services: 200, istiodReplicas: 1, istiodCores: 4 },
    sources: {
      ...sameSource('assumption: a small production mesh'),
      istiodReplicas: 'Istio chart',
      istiodCores: 'assumption: cores of its node',
    },
  },
  medium: {
    values: { sidecars: 500, gateways: 4, services: 500, istiodReplicas: 2, istiodCores: 4 },
    sources: {
      ...sameSource('assumption: one cluster of a company, a few pods per service'),
      istiodReplicas: 'assumption: one more than needed, so that upgrades go unnoticed',
      istiodCores: 'assumption: cores of its node',
    },
  },
  large: {
    values: { sidecars: 5000, gateways: 12, services: 2000, istiodReplicas: 5, istiodCores: 8 },
    sources: {
      ...sameSource('assumption: ten times medium in proxies, four times in services'),
      gateways: 'assumption: a few gateways of several pods each',
      istiodReplicas: 'Istio chart: autoscaleMax',
      istiodCores: 'assumption: cores of its node',
    },
  },
};

/** The size of a mesh whose scenario names none. */
export const DEFAULT_SIZE: MeshSizeName = 'small';

export const SIZE_FIELDS = Object.keys(MESH_SIZES.small.values) as SizeField[];

/** What each size stands for, for help and schema. */
export function meshSizesText(): string {
  return Object.entries(MESH_SIZES)
    .map(([name, { values }]) => `${name} (${SIZE_FIELDS.map((field) => values[field]).join(', ')})`)
    .join(', ');
}

function sameSource(source: string): Readonly<Record<SizeField, string>> {
  return { sidecars: source, gateways: source, services: source, istiodReplicas: source, istiodCores: source };
}

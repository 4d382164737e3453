/** Codes of warnings: what they say, and what to do. docs/errors.md shows them in the same words. */
import type { CodeGroup } from './explanation.js';

export const WARNING_GROUPS: readonly CodeGroup[] = [
  {
    title: 'Warnings: what your manifests will do',
    codes: {
      'XDS-SUBSET-UNDEFINED': [
        'A route names a subset that no DestinationRule of the new state defines: these requests get 503 NC for good.',
        'Define it, or correct the name.',
      ],
      'XDS-SUBSET-EMPTY': [
        'A subset selects none of the workloads in the folders: 503 UH.',
        'Compare its labels with those of the pods.',
      ],
      'XDS-SUBSET-RELABELLED': [
        'A subset keeps its name and selects other pods: its endpoints are exchanged under running traffic.',
        'A new name makes the change safe to stage.',
      ],
      'XDS-NO-UNION': [
        'A strategy that expands first cannot hold both states: labels change under one name, or the rule moves to another host.',
        'As above: use a new subset name.',
      ],
      'XDS-GATE-SUBSET-UNDEFINED': ['`readiness-gated` cannot wait for a subset that nothing defines.', 'Define it.'],
      'XDS-ENDPOINTS-ASSUMED': [
        'No workload of a host is in the folders: two ready endpoints are assumed per subset.',
        'Add its Deployments or Pods if readiness matters.',
      ],
      'XDS-ENDPOINT-LABELS-UNKNOWN': [
        'EndpointSlices do not carry the labels of pods, so subsets cannot be told apart.',
        'Add the Pods or Deployments.',
      ],
      'XDS-TRAFFIC-NAME': [
        'A name under `traffic` receives no requests here.',
        'Correct it; the message lists the names that exist.',
      ],
      'XDS-MANIFEST-NOT-INTERPRETED': ['Objects of other kinds, counted.', 'Nothing.'],
    },
  },
  {
    title: 'Warnings: what is not simulated',
    codes: {
      'XDS-UNMODELLED-CHANGE': [
        'Changes of kinds that are not simulated, with their pushes.',
        'Roll them out on their own, before or after.',
      ],
      'XDS-UNMODELLED-SEVERAL-VS': [
        'Several VirtualServices for one host: a sidecar takes the oldest, a gateway merges them from the oldest on. The manifests do not say which that is.',
        'Take the manifests from the cluster, with their `creationTimestamp`.',
      ],
      'XDS-UNMODELLED-DELEGATE': [
        'A VirtualService without hosts to which nothing delegates: it routes nothing.',
        'Add the VirtualService that delegates to it.',
      ],
      'XDS-UNMODELLED-LOCALITY': ['Weights between localities, labels as localities, zone-aware routing.', '–'],
      'XDS-UNMODELLED-EXPORT-TO': [
        'The object is not for every proxy. Only those of the namespaces that see it are pushed it; all sidecars live in one namespace unless `mesh.namespaces` says otherwise.',
        'Set `mesh.namespaces`.',
      ],
      'XDS-UNMODELLED-SIDECAR': [
        'A Sidecar with a `workloadSelector`: it narrows no scope here. Others do.',
        'Lower `mesh.services` to what a sidecar sees.',
      ],
      'XDS-UNMODELLED-ENVOY-FILTER': ['Patches of EnvoyFilters.', '–'],
      'XDS-UNMODELLED-HTTP-ROUTE': ['Routes of the Gateway API.', '–'],
      'XDS-UNMODELLED-WAYPOINT': ['Waypoints: requests go from proxy to pod here.', '–'],
      'XDS-UNMODELLED-SOURCE-LABELS': [
        'A TCP or TLS route for sidecars with certain labels: no sidecar is taken to have them.',
        'Leave the labels out, and set `mesh.sidecars` to the sidecars that have them.',
      ],
      'XDS-UNMODELLED-FAULT': ['Injected faults; they are not counted as errors.', '–'],
      'XDS-UNMODELLED-MIRROR': ['Mirrored requests.', '–'],
      'XDS-UNMODELLED-DNS': ['A host whose endpoints the proxy finds by DNS: it gets them by EDS here.', '–'],
      'XDS-UNMODELLED-SERVICE': [
        'A Service changes: it is as in after from the start, its ports and endpoints too.',
        'Roll Services out before or after routes and rules, not with them.',
      ],
      'XDS-UNMODELLED-HEADLESS': ['A headless service: it gets endpoints by EDS here.', '–'],
    },
  },
];

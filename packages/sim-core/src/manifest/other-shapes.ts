/**
 * Gateway, ServiceEntry and WorkloadEntry with every legal field; of the Kubernetes kinds only the fields that are
 * read, since their API servers have checked the rest.
 */
import { z } from 'zod';
import { count, flag, nonEmptyText, portNumber, text, textMap, texts } from './istio-shapes.js';

const tlsVersion = z.enum(['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3']);
const certificateFiles = {
  serverCertificate: text.optional(),
  privateKey: text.optional(),
  caCertificates: text.optional(),
};

const serverTls = z.strictObject({
  ...certificateFiles,
  httpsRedirect: flag.optional(),
  mode: z.enum(['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL']).optional(),
  caCrl: text.optional(),
  credentialName: text.optional(),
  credentialNames: texts.optional(),
  caCertCredentialName: text.optional(),
  tlsCertificates: z.array(z.strictObject(certificateFiles)).optional(),
  subjectAltNames: texts.optional(),
  verifyCertificateSpki: texts.optional(),
  verifyCertificateHash: texts.optional(),
  minProtocolVersion: tlsVersion.optional(),
  maxProtocolVersion: tlsVersion.optional(),
  cipherSuites: texts.optional(),
  insecureSkipVerify: flag.optional(),
});

export type ServerTlsFields = z.infer<typeof serverTls>;

export const gatewayShape = z.looseObject({
  spec: z.strictObject({
    selector: textMap.optional(),
    servers: z
      .array(
        z.strictObject({
          port: z.strictObject({
            number: portNumber,
            protocol: nonEmptyText,
            name: text.optional(),
            targetPort: count.optional(),
          }),
          hosts: z.array(nonEmptyText),
          bind: text.optional(),
          tls: serverTls.optional(),
          defaultEndpoint: text.optional(),
          name: text.optional(),
        }),
      )
      .optional(),
  }),
});

/** `namespace/host`, where the namespace may be `*`, `.` or `~`. */
const importedHost = z.string().regex(/^[^/]+\/[^/]+$/, 'is not namespace/host');

/** What it says of listeners and limits is not modelled, and not checked. */
export const sidecarShape = z.looseObject({
  spec: z
    .looseObject({
      workloadSelector: z.strictObject({ labels: textMap.optional() }).optional(),
      egress: z.array(z.looseObject({ hosts: z.array(importedHost).min(1) })).optional(),
    })
    .optional(),
});

const endpointFields = z.strictObject({
  address: text.optional(),
  ports: z.record(z.string(), count).optional(),
  labels: textMap.optional(),
  network: text.optional(),
  locality: text.optional(),
  weight: count.optional(),
  serviceAccount: text.optional(),
});

export const workloadEntryShape = z.looseObject({ spec: endpointFields });

export const serviceEntryShape = z.looseObject({
  spec: z.strictObject({
    hosts: z.array(nonEmptyText).min(1),
    addresses: texts.optional(),
    ports: z
      .array(
        z.strictObject({
          number: portNumber,
          name: text,
          protocol: text.optional(),
          targetPort: count.optional(),
        }),
      )
      .optional(),
    location: z.enum(['MESH_EXTERNAL', 'MESH_INTERNAL']).optional(),
    resolution: z.enum(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS']).optional(),
    endpoints: z.array(endpointFields).optional(),
    workloadSelector: z.strictObject({ labels: textMap.optional() }).optional(),
    exportTo: texts.optional(),
    subjectAltNames: texts.optional(),
  }),
});

export const serviceShape = z.looseObject({
  spec: z.looseObject({
    type: text.optional(),
    clusterIP: text.optional(),
    externalName: text.optional(),
    selector: textMap.optional(),
    ports: z
      .array(
        z.looseObject({
          name: text.optional(),
          port: portNumber,
          protocol: text.optional(),
          appProtocol: text.optional(),
        }),
      )
      .optional(),
  }),
});

const wholeSeconds = z.int().min(0);

/** Kubernetes refuses a period of 0. */
const probe = z.looseObject({
  initialDelaySeconds: wholeSeconds.optional(),
  periodSeconds: z.int().min(1).optional(),
  successThreshold: z.int().min(1).optional(),
});

const container = z.looseObject({
  readinessProbe: probe.optional(),
  startupProbe: probe.optional(),
  lifecycle: z
    .looseObject({
      preStop: z.looseObject({ sleep: z.looseObject({ seconds: wholeSeconds }).optional() }).optional(),
    })
    .optional(),
});

const podSpec = z.looseObject({
  serviceAccountName: text.optional(),
  terminationGracePeriodSeconds: wholeSeconds.optional(),
  containers: z.array(container).optional(),
});

const countOrPercent = z.union([z.int().min(0), z.string().regex(/^\d+%$/, 'must be a count or a percentage')]);

/** One endpoint a replica: a number beyond this is a slip of the keyboard, and would fill the memory. */
const REPLICAS_MAX = 100_000;

export const replicatedShape = z.looseObject({
  spec: z.looseObject({
    replicas: z.int().min(0).max(REPLICAS_MAX).optional(),
    minReadySeconds: wholeSeconds.optional(),
    strategy: z
      .looseObject({
        type: z.enum(['RollingUpdate', 'Recreate']).optional(),
        rollingUpdate: z
          .looseObject({ maxSurge: countOrPercent.optional(), maxUnavailable: countOrPercent.optional() })
          .optional(),
      })
      .optional(),
    template: z
      .looseObject({
        metadata: z.looseObject({ labels: textMap.optional(), annotations: textMap.optional() }).optional(),
        spec: podSpec.optional(),
      })
      .optional(),
  }),
  status: z.looseObject({ replicas: count.optional(), readyReplicas: count.optional() }).optional(),
});

export const podShape = z.looseObject({
  spec: podSpec.optional(),
  status: z
    .looseObject({
      phase: text.optional(),
      podIP: text.optional(),
      conditions: z.array(z.looseObject({ type: text, status: text })).optional(),
    })
    .optional(),
});

export const endpointSliceShape = z.looseObject({
  endpoints: z
    .array(
      z.looseObject({
        addresses: texts.optional(),
        conditions: z.looseObject({ ready: flag.optional() }).optional(),
        zone: text.optional(),
        targetRef: z
          .looseObject({ kind: text.optional(), namespace: text.optional(), name: text.optional() })
          .optional(),
      }),
    )
    .optional(),
});

export const metadataShape = z.looseObject({
  apiVersion: nonEmptyText,
  kind: nonEmptyText,
  metadata: z.looseObject({
    name: nonEmptyText,
    namespace: nonEmptyText.optional(),
    labels: textMap.optional(),
    annotations: textMap.optional(),
  }),
});

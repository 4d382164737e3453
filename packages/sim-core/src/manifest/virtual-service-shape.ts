import { z } from 'zod';
import {
  count,
  destination,
  duration,
  flag,
  nonEmptyText,
  percentage,
  portNumber,
  stringMatch,
  text,
  textMap,
  texts,
  whole,
} from './istio-shapes.js';

const headerChange = z.strictObject({ set: textMap.optional(), add: textMap.optional(), remove: texts.optional() });
const headerChanges = z.strictObject({ request: headerChange.optional(), response: headerChange.optional() });

const httpMatch = z.strictObject({
  name: text.optional(),
  uri: stringMatch.optional(),
  scheme: stringMatch.optional(),
  method: stringMatch.optional(),
  authority: stringMatch.optional(),
  headers: z.record(z.string(), stringMatch).optional(),
  port: portNumber.optional(),
  sourceLabels: textMap.optional(),
  gateways: z.array(nonEmptyText).optional(),
  queryParams: z.record(z.string(), stringMatch).optional(),
  ignoreUriCase: flag.optional(),
  withoutHeaders: z.record(z.string(), stringMatch).optional(),
  sourceNamespace: text.optional(),
  statPrefix: text.optional(),
});

const retries = z.strictObject({
  attempts: count.optional(),
  perTryTimeout: duration.optional(),
  retryOn: text.optional(),
  retryRemoteLocalities: flag.optional(),
  retryIgnorePreviousHosts: flag.optional(),
  backoff: text.optional(),
});

const fault = z.strictObject({
  delay: z
    .strictObject({
      percent: whole.optional(),
      percentage: percentage.optional(),
      fixedDelay: text.optional(),
      exponentialDelay: text.optional(),
    })
    .optional(),
  abort: z
    .strictObject({
      percent: whole.optional(),
      percentage: percentage.optional(),
      httpStatus: whole.optional(),
      grpcStatus: text.optional(),
      http2Error: text.optional(),
    })
    .optional(),
});

const corsPolicy = z.strictObject({
  allowOrigin: texts.optional(),
  allowOrigins: z.array(stringMatch).optional(),
  allowMethods: texts.optional(),
  allowHeaders: texts.optional(),
  exposeHeaders: texts.optional(),
  maxAge: text.optional(),
  allowCredentials: flag.optional(),
  unmatchedPreflights: z.enum(['UNSPECIFIED', 'FORWARD', 'IGNORE']).optional(),
});

const redirect = z.strictObject({
  uri: text.optional(),
  authority: text.optional(),
  port: count.optional(),
  derivePort: z.enum(['FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT']).optional(),
  scheme: text.optional(),
  redirectCode: count.optional(),
  prefixRewrite: text.optional(),
});

const rewrite = z.strictObject({
  uri: text.optional(),
  authority: text.optional(),
  uriRegexRewrite: z.strictObject({ match: text.optional(), rewrite: text.optional() }).optional(),
});

const httpRoute = z.strictObject({
  name: text.optional(),
  match: z.array(httpMatch).optional(),
  route: z
    .array(z.strictObject({ destination, weight: whole.optional(), headers: headerChanges.optional() }))
    .optional(),
  redirect: redirect.optional(),
  directResponse: z
    .strictObject({
      status: count,
      body: z.strictObject({ string: text.optional(), bytes: text.optional() }).optional(),
    })
    .optional(),
  delegate: z.strictObject({ name: text.optional(), namespace: text.optional() }).optional(),
  rewrite: rewrite.optional(),
  timeout: duration.optional(),
  retries: retries.optional(),
  fault: fault.optional(),
  mirror: destination.optional(),
  mirrors: z.array(z.strictObject({ destination, percentage: percentage.optional() })).optional(),
  mirrorPercent: count.optional(),
  mirror_percent: count.optional(),
  mirrorPercentage: percentage.optional(),
  corsPolicy: corsPolicy.optional(),
  headers: headerChanges.optional(),
});

/** What a TCP match may name; a TLS match adds the server names. */
const layer4Match = {
  destinationSubnets: texts.optional(),
  port: portNumber.optional(),
  sourceLabels: textMap.optional(),
  gateways: texts.optional(),
  sourceNamespace: text.optional(),
  sourceSubnet: text.optional(),
};
const layer4Destinations = z.array(z.strictObject({ destination, weight: whole.optional() })).optional();
const tlsRoute = z.strictObject({
  match: z.array(z.strictObject({ sniHosts: texts, ...layer4Match })),
  route: layer4Destinations,
});
const tcpRoute = z.strictObject({
  match: z.array(z.strictObject(layer4Match)).optional(),
  route: layer4Destinations,
});

export const virtualServiceShape = z.looseObject({
  spec: z.strictObject({
    hosts: z.array(nonEmptyText).optional(),
    gateways: z.array(nonEmptyText).optional(),
    http: z.array(httpRoute).optional(),
    tls: z.array(tlsRoute).optional(),
    tcp: z.array(tcpRoute).optional(),
    exportTo: texts.optional(),
  }),
});

export type VirtualServiceFields = z.infer<typeof virtualServiceShape>;
export type HttpRouteFields = z.infer<typeof httpRoute>;
/** Both kinds: a TCP route has no server names. */
export type Layer4RouteFields = Pick<z.infer<typeof tcpRoute>, 'route'> & {
  readonly match?: readonly (NonNullable<z.infer<typeof tcpRoute>['match']>[number] & {
    sniHosts?: readonly string[];
  })[];
};
export type HttpMatchFields = z.infer<typeof httpMatch>;

/** A request as Envoy logs it in Istio's default format, with what is known of it. */
import type { Bucket } from '@xdsim/sim-core';

/** Response code details by flag (envoy.md 16). */
const BY_CAUSE: Readonly<Partial<Record<Bucket['cause'], string>>> = {
  'server-expects-plaintext':
    'upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end}',
};

const DETAILS: Readonly<Record<string, string>> = {
  NC: 'cluster_not_found',
  NR: 'route_not_found',
  UH: 'no_healthy_upstream',
  UF: 'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}',
  UC: 'upstream_reset_before_response_started{connection_termination}',
  UO: 'upstream_reset_before_response_started{overflow}',
  UT: 'upstream_response_timeout',
};

/** Bytes that Envoy's own body has: none for NC and NR. */
const BODY_BYTES: Readonly<Record<string, number>> = { UH: 19, UT: 24, UC: 95, UO: 81, UF: 190 };

/** Of a request that has used up its tries the flag of the last one tells. */
export function detailsOf({ flag, cause }: Bucket): string {
  return BY_CAUSE[cause] ?? DETAILS[flag.split(',')[0]] ?? 'via_upstream';
}

/** @param startNs since the first write was sent; what day it was is not known */
export function accessLogLine(bucket: Bucket, startNs: number): string {
  const { flag, code, host, destination, subset } = bucket;
  const seconds = new Date(Math.floor(startNs / 1e6)).toISOString().slice(11, 23);
  const cluster = flag === 'NR' || flag === 'NC' ? '-' : `outbound|80|${subset}|${destination}`;
  return (
    `[…T${seconds}Z] "GET / HTTP/1.1" ${code} ${flag} ${detailsOf(bucket)} - "-" 0 ${BODY_BYTES[flag.split(',')[0]] ?? 0} 0 - ` +
    `"-" "-" "-" "${host}" "-" ${cluster} - - - - -`
  );
}

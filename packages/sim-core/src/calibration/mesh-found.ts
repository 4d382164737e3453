/** The size of a mesh, its version and its churn, as istiod's gauges and counters show them (istiod.md 10). */
import { ISTIO_VERSIONS, istioVersionOf } from '../scenario/istio-versions.js';
import type { Scenario } from '../scenario/types.js';
import { type Findings, rounded } from './findings.js';
import type { Metrics } from './scrape.js';

const SERVICES_MAX = 100_000;

/** The scenario with the mesh that was found; where nothing was, as given. */
export function withMeshFound(scenario: Scenario, metrics: Metrics, findings: Findings): Scenario {
  const mesh = {
    ...scenario.mesh,
    ...sidecarsIn(metrics, scenario.mesh.gateways, findings),
    ...servicesIn(metrics, findings),
    ...replicasIn(metrics, findings),
    ...versionIn(metrics, findings),
  };
  return {
    ...scenario,
    mesh: { ...mesh, ...setIn(scenario.mesh, findings) },
    churn: churnIn(scenario, metrics, findings),
  };
}

/** What the user says of the mesh goes over what was found. */
function setIn(mesh: Scenario['mesh'], findings: Findings): Partial<Scenario['mesh']> {
  return Object.fromEntries(Object.entries(mesh).filter(([name]) => findings.isSet(`mesh.${name}`)));
}

/** Each istiod counts its own proxies. */
function sidecarsIn(metrics: Metrics, gateways: number, findings: Findings): { sidecars?: number } {
  const proxies = metrics.sum('pilot_xds');
  if (proxies === undefined || proxies < 1) {
    findings.leave('mesh.sidecars', 'no proxy is connected (pilot_xds)');
    return {};
  }
  const sidecars = Math.max(0, Math.round(proxies) - gateways);
  findings.take('mesh.sidecars', sidecars, 'pilot_xds');
  findings.leave('mesh.gateways', 'pilot_xds counts sidecars and gateways together: all others are taken as sidecars');
  return { sidecars };
}

/** Each istiod knows all services. */
function servicesIn(metrics: Metrics, findings: Findings): { services?: number } {
  const found = metrics.largest('pilot_services');
  if (found === undefined || found < 1) {
    findings.leave('mesh.services', 'pilot_services is missing or 0');
    return {};
  }
  const services = Math.min(SERVICES_MAX, Math.round(found));
  findings.take('mesh.services', services, 'pilot_services');
  return { services };
}

function replicasIn({ span }: Metrics, findings: Findings): { istiodReplicas?: number } {
  if (span.istiods === 1) {
    findings.leave('mesh.istiodReplicas', 'the metrics of one istiod do not tell of others');
    return {};
  }
  findings.take('mesh.istiodReplicas', span.istiods, 'istiods that the metrics are of');
  return { istiodReplicas: span.istiods };
}

function versionIn(metrics: Metrics, findings: Findings): { istio?: string } {
  const versions = metrics.labelValues('pilot_xds', 'version');
  const [istio] = versions.filter((version) => istioVersionOf(version) !== undefined);
  if (versions.length === 1 && istio !== undefined) {
    findings.take('mesh.istio', istio, 'pilot_xds{version}');
    return { istio };
  }
  const why =
    versions.length > 1
      ? `proxies are of several versions (${versions.join(', ')}), and one is modelled`
      : `no version from ${ISTIO_VERSIONS[0].version} on in pilot_xds{version}`;
  findings.leave('mesh.istio', why);
  return {};
}

/** Events per second, from what has come in between two scrapes. Each istiod counts all of them. */
function churnIn({ churn }: Scenario, metrics: Metrics, findings: Findings): Scenario['churn'] {
  const { seconds, istiods } = metrics.span;
  const kinds = { endpointEventsPerSecond: 'eds', configEventsPerSecond: 'config' } as const;
  const found: Partial<Record<keyof typeof kinds, number>> = {};
  for (const [name, type] of Object.entries(kinds) as [keyof typeof kinds, string][]) {
    const field = `churn.${name}`;
    const from = `pilot_inbound_updates{type="${type}"}`;
    const events = metrics.sum('pilot_inbound_updates', { type });
    if (findings.isSet(field)) continue;
    if (seconds === undefined || seconds <= 0) {
      findings.leave(field, 'the time over which events were counted is not known: only a range query has it');
    } else if (events === undefined) findings.leave(field, `${from} is missing`);
    else {
      found[name] = rounded(events / istiods / seconds);
      findings.take(field, found[name], from);
    }
  }
  return { ...churn, ...found };
}

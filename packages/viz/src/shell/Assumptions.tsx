/** What the numbers rest on: the mesh, what is not modelled, and every parameter with its source. */
import { useSignal } from '@preact/signals';
import { branches } from '../state/branches.js';
import { stageEngine } from '../state/engines.js';
import { words } from '../strings/index.js';
import { Said, Warnings } from './Said.js';

export function Assumptions() {
  const t = words().assumptions;
  const facts = branches[0].facts.value;
  const template = useSignal('');
  if (facts === undefined) return null;
  const { mesh, requestsPerSecond, debounceMs, warnings, notModelled } = facts;
  const load = async () => {
    if (template.value !== '') return;
    const answer = await stageEngine.ask({ kind: 'template' });
    if (answer.ok) template.value = answer.value;
  };
  return (
    <section class="assumptions">
      <h2>{t.title}</h2>
      <ul>
        <li>{t.mesh(mesh.istio, mesh.sidecars, mesh.gateways, mesh.workersPerProxy, mesh.services)}</li>
        <li>{t.istiod(mesh.istiodReplicas, mesh.istiodCores, debounceMs)}</li>
        <li>{t.traffic(requestsPerSecond)}</li>
      </ul>
      {warnings.length > 0 && (
        <details>
          <summary>{t.warnings}</summary>
          <Warnings warnings={warnings} />
        </details>
      )}
      <details>
        <summary>{t.notModelled}</summary>
        <ul>
          {notModelled.map((line) => (
            <li key={line}>
              <Said text={line} />
            </li>
          ))}
        </ul>
      </details>
      <details onToggle={(event) => event.currentTarget.open && void load()}>
        <summary>{t.parameters}</summary>
        <p class="soft">{t.parametersIntro}</p>
        <pre lang="en" tabIndex={0}>
          {template}
        </pre>
      </details>
    </section>
  );
}

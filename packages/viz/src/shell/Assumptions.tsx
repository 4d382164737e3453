/** What the numbers rest on: the mesh, what is not modelled, and every parameter with its source. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { branches } from '../state/branches.js';
import { stageEngine } from '../state/engines.js';
import { words } from '../strings/index.js';
import { Said, Warnings } from './Said.js';

export function Assumptions() {
  const t = words().assumptions;
  const facts = branches[0].facts.value;
  const choice = branches[0].choice.value;
  const parameters = useSignal('');
  const isOpen = useSignal(false);
  useEffect(() => {
    if (!isOpen.value || choice === undefined) return;
    let isWanted = true;
    void stageEngine.ask({ kind: 'parameters', choice }).then((answer) => {
      if (isWanted && answer.ok) parameters.value = answer.value;
    });
    return () => {
      isWanted = false;
    };
  }, [choice, isOpen.value]);
  if (facts === undefined) return null;
  const { mesh, requestsPerSecond, debounceMs, warnings, notModelled } = facts;
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
      <details
        onToggle={(event) => {
          isOpen.value = event.currentTarget.open;
        }}
      >
        <summary>{t.parameters}</summary>
        <p class="soft">{t.parametersIntro}</p>
        <pre lang="en" tabIndex={0}>
          {parameters}
        </pre>
      </details>
    </section>
  );
}

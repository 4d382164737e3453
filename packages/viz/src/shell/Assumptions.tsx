/** What the numbers rest on: the mesh, what is not modelled, and every parameter with its source. */
import { useSignal } from '@preact/signals';
import { branches } from '../state/branches.js';
import { stageEngine } from '../state/engines.js';
import { words } from '../strings/index.js';

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
      {t.engineLanguage !== '' && <p class="soft">{t.engineLanguage}</p>}
      {warnings.length > 0 && <Folded title={t.warnings} lines={warnings} />}
      <Folded title={t.notModelled} lines={notModelled} />
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

function Folded({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  return (
    <details>
      <summary>{title}</summary>
      <ul lang="en">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
}

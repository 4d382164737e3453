/** What of the URL could not be read. */

import { OWN } from '../state/address.js';
import { address, addressProblems, go, goToLesson, ownCase } from '../state/store.js';
import { words } from '../strings/index.js';

export function AddressProblems() {
  const { problem: t, rooms } = words();
  const problems = addressProblems.value;
  const { room, case: name } = address.value;
  const lacksFiles = name === OWN && ownCase.value === undefined && room !== 'own' && room !== 'lesson';
  if (problems.length === 0 && !lacksFiles) return null;
  return (
    <section class="problem" role="alert">
      <h2>{t.address}</h2>
      {problems.length > 0 && <p>{t.addressIntro}</p>}
      <ul>
        {problems.map(({ name: part, value, expected }) => (
          <li key={part}>
            <code>{t.addressPart(part, value)}</code> {t.expected[expected]}
          </li>
        ))}
        {lacksFiles && (
          <li>
            {t.noOwnFiles}{' '}
            <button type="button" class="link" onClick={() => go({ room: 'own' })}>
              {rooms.own}
            </button>
          </li>
        )}
      </ul>
      <button type="button" onClick={() => goToLesson(1)}>
        {t.startOver}
      </button>
    </section>
  );
}

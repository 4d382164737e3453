/** User errors as the command line words them, each with its place. */
import type { UserError } from '@xdsim/sim-core';
import { words } from '../strings/index.js';
import { Coded } from './Said.js';

export function Errors({
  errors,
  onPlace,
}: {
  readonly errors: readonly UserError[];
  readonly onPlace?: (error: UserError) => void;
}) {
  const t = words();
  return (
    <section class="problem" role="alert">
      <h2>{t.problem.title}</h2>
      <ul>
        {errors.map((error) => {
          const { code, message, position, hint } = error;
          const place = position === undefined ? '' : `${position.file}:${position.line}:${position.column}`;
          return (
            <li key={`${code} ${place} ${message}`}>
              <code>{code}</code>{' '}
              {place !== '' &&
                (onPlace === undefined ? (
                  <code>{place}</code>
                ) : (
                  <button type="button" class="link" onClick={() => onPlace(error)}>
                    {place}
                  </button>
                ))}{' '}
              <Coded code={code} message={message} hint={hint} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

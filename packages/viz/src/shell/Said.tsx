/** What the engine words: in the language of the page as far as it has words for it, else as it is. */
import type { StudyFacts } from '../engine/protocol.js';
import { words } from '../strings/index.js';

export function Said({ text }: { readonly text: string }) {
  const said = words().engine.say(text);
  return <span lang={said === undefined ? 'en' : undefined}>{said ?? text}</span>;
}

/** What changes, object by object. */
export function Changes({ changes }: Pick<StudyFacts, 'changes'>) {
  return (
    <ul>
      {changes.map((change) => (
        <li key={change}>
          <code>
            <Said text={change} />
          </code>
        </li>
      ))}
    </ul>
  );
}

export function Warnings({ warnings }: Pick<StudyFacts, 'warnings'>) {
  return (
    <ul>
      {warnings.map(({ code, message }) => (
        <li key={message}>
          <Coded code={code} message={message} />
        </li>
      ))}
    </ul>
  );
}

/** Where the engine's own words are in another language, the meaning of their code stands before them. */
export function Coded({ code, message, hint = '' }: { code: string; message: string; hint?: string }) {
  const meaning = words().engine.code(code);
  return (
    <>
      {meaning?.join(' ') ?? <span lang="en">{message}</span>}
      <span class="soft hint" lang="en">
        {meaning === undefined ? hint : `${message}. ${hint}`}
      </span>
    </>
  );
}

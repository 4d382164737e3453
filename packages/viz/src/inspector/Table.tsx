/** A table as a command prints it: the command is its caption. */
interface Props {
  readonly command?: string;
  readonly title?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | preact.ComponentChild)[])[];
  readonly none: string;
  /** What the command does not print, below it. */
  readonly notes?: readonly string[];
}

export function Table({ command, title, columns, rows, none, notes = [] }: Props) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={title ?? command}>
      <table class="cli">
        <caption>{title ?? <code>$ {command}</code>}</caption>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length} class="soft">
                {none}
              </td>
            </tr>
          )}
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, k) => (
                <td key={columns[k]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {notes.map((note) => (
        <p key={note} class="soft note">
          # {note}
        </p>
      ))}
    </div>
  );
}

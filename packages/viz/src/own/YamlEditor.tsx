/** A plain text field at once; an editor with marks at the lines as soon as it has been loaded. */
import { useSignal } from '@preact/signals';
import type { SourceFile, UserError } from '@xdsim/sim-core';
import { useEffect, useRef } from 'preact/hooks';
import type { Editor } from './editor.js';

interface Props {
  readonly file: SourceFile;
  readonly errors: readonly UserError[];
  readonly onEdit: (text: string) => void;
  readonly label: string;
}

export function YamlEditor({ file, errors, onEdit, label }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  /** Editors that have been made: the marks of a file go to its own. */
  const editors = useSignal(0);
  useEffect(() => {
    let isWanted = true;
    void import('./editor.js').then(({ newEditor }) => {
      if (!isWanted || holder.current === null) return;
      editor.current = newEditor(holder.current, file.text, label, (text) => onEdit(text));
      editors.value += 1;
    });
    return () => {
      isWanted = false;
      editor.current?.close();
    };
  }, [file.path]);
  useEffect(() => {
    editor.current?.mark(errors);
  }, [errors, editors.value]);
  return (
    <div class="editor">
      <div ref={holder} key={file.path} />
      {editors.value === 0 && (
        <textarea
          aria-label={label}
          rows={16}
          spellcheck={false}
          value={file.text}
          onInput={(event) => onEdit(event.currentTarget.value)}
        />
      )}
    </div>
  );
}

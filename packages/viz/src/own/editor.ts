/**
 * CodeMirror, loaded when somebody edits. It lives in a shadow root: there its styles are constructed sheets, which a
 * strict Content-Security-Policy allows.
 */
import { yaml } from '@codemirror/lang-yaml';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import type { UserError } from '@xdsim/sim-core';
import { basicSetup, EditorView } from 'codemirror';

export interface Editor {
  mark(errors: readonly UserError[]): void;
  close(): void;
}

const LOOK = EditorView.theme({
  '&': { fontSize: '13px', maxHeight: '26rem', color: 'inherit', backgroundColor: 'transparent' },
  '.cm-scroller': { overflow: 'auto', minHeight: '18rem', fontFamily: 'ui-monospace, monospace' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'inherit', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '.cm-content': { caretColor: 'currentcolor' },
  '.cm-cursor': { borderLeftColor: 'currentcolor' },
});

export function newEditor(holder: HTMLElement, text: string, label: string, onEdit: (text: string) => void): Editor {
  const root = holder.shadowRoot ?? holder.attachShadow({ mode: 'open' });
  const view = new EditorView({
    doc: text,
    root,
    parent: root,
    extensions: [
      basicSetup,
      yaml(),
      LOOK,
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) onEdit(state.doc.toString());
      }),
    ],
  });
  return {
    mark: (errors) => {
      view.dispatch(
        setDiagnostics(
          view.state,
          errors.flatMap((error) => diagnosticOf(view, error) ?? []),
        ),
      );
      const [first] = errors;
      if (first?.position === undefined) return;
      const line = view.state.doc.line(Math.min(first.position.line, view.state.doc.lines));
      view.dispatch({ effects: EditorView.scrollIntoView(line.from, { y: 'center' }) });
    },
    close: () => view.destroy(),
  };
}

function diagnosticOf({ state }: EditorView, { position, message, hint, code }: UserError): Diagnostic | undefined {
  if (position === undefined) return undefined;
  const line = state.doc.line(Math.max(1, Math.min(position.line, state.doc.lines)));
  const from = Math.min(line.to, line.from + position.column - 1);
  return { from, to: line.to, severity: 'error', source: code, message: `${message}. ${hint}` };
}

import { json } from '@codemirror/lang-json';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';

const look = EditorView.theme({
  '&': { fontSize: '12.5px', color: 'var(--el-text-color-primary)' },
  '.cm-content, .cm-gutters': { fontFamily: 'var(--coffer-mono)' },
  '.cm-gutters': { background: 'transparent', color: 'var(--el-text-color-secondary)', border: '0' },
  '.cm-changedLine, &.cm-merge-b .cm-changedLine': { background: 'var(--coffer-success-bg)' },
  '.cm-deletedChunk': { background: 'var(--coffer-danger-bg)', color: 'var(--coffer-danger-text)' },
  '.cm-changedText, &.cm-merge-b .cm-changedText, .cm-deletedText, .cm-deletedChunk .cm-deletedText': {
    background: 'none',
    textDecoration: 'underline',
  },
});

/** Shows `after` with what was taken from `before` between its lines. Returns what ends it. */
export const showDiff = (host: HTMLElement, before: string, after: string, label: string): (() => void) => {
  const root = host.attachShadow({ mode: 'open' });
  const language: Extension = /^\s*[{[]/.test(after) ? json() : [];
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: after,
      extensions: [
        lineNumbers(),
        EditorView.lineWrapping,
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        unifiedMergeView({ original: before, mergeControls: false, highlightChanges: true, gutter: true }),
        language,
        look,
      ],
    }),
  });
  return () => view.destroy();
};

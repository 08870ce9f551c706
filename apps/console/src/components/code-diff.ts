import { unifiedMergeView } from '@codemirror/merge';
import { EditorState, Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { appearance, languageOf, shadowIn } from './code-mirror.js';

const look = EditorView.theme({
  '.cm-changedLine, &.cm-merge-b .cm-changedLine': { background: 'var(--coffer-success-bg)' },
  '.cm-deletedChunk': { background: 'var(--coffer-danger-bg)', color: 'var(--coffer-danger-text)' },
  '.cm-changedText, &.cm-merge-b .cm-changedText, .cm-deletedText, .cm-deletedChunk .cm-deletedText': {
    background: 'none',
    textDecoration: 'underline',
  },
});

export interface DiffTexts {
  readonly label: string;
  readonly controlCharacter: string;
}

/** Shows `after` with what was taken from `before` between its lines. Returns what ends it. */
export const showDiff = (parent: HTMLElement, before: string, after: string, texts: DiffTexts): (() => void) => {
  const { root, remove } = shadowIn(parent);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: after,
      extensions: [
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ 'aria-label': texts.label, tabindex: '0' }),
        appearance(texts.controlCharacter),
        // A string would be split at carriage returns as well.
        unifiedMergeView({ original: Text.of(before.split('\n')), mergeControls: false }),
        languageOf(after),
        look,
      ],
    }),
  });
  return () => {
    view.destroy();
    remove();
  };
};

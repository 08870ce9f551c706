import { history, historyKeymap, indentLess, indentMore, insertNewline, standardKeymap } from '@codemirror/commands';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { appearance, languageOf, shadowIn } from './code-mirror.js';

const look = EditorView.theme({
  '&': { minHeight: '168px', maxHeight: '44vh' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { lineHeight: '1.5', overflow: 'auto' },
});

export interface EditorOptions {
  /** The accessible name. */
  readonly label: string;
  /** How a screen reader names a control character. */
  readonly controlCharacter: string;
  /** Whether it is what a dialog is typed into first. */
  readonly first: boolean;
  /** Called with the whole text after each change. */
  readonly changed: (text: string) => void;
  readonly fileDropped: (file: File) => void;
}

export interface CodeEditor {
  readonly focus: () => void;
  /** Replaces the text where it is another. */
  readonly setText: (text: string) => void;
  readonly setInvalid: (isInvalid: boolean) => void;
  /** Ends the editor; nothing references its text and its history of changes any more. */
  readonly destroy: () => void;
}

/** As much of a text as says whether it begins like JSON. */
const PEEK_CHARS = 256;

/** CodeMirror remembers, for the life of the page, a line that is copied without a selection: so none is. */
const hasNoSelection = (_event: Event, { state }: EditorView): boolean =>
  state.selection.ranges.every((range) => range.empty);

/**
 * An editor of one value. Tab leaves it like any field, and Enter adds a line feed and nothing else: what is typed is what is
 * saved.
 */
export const openEditor = (parent: HTMLElement, text: string, options: EditorOptions): CodeEditor => {
  const { host, root, remove } = shadowIn(parent);
  host.autofocus = options.first;
  const [language, validity] = [new Compartment(), new Compartment()];
  const validityOf = (isInvalid: boolean) => EditorView.contentAttributes.of({ 'aria-invalid': String(isInvalid) });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        appearance(options.controlCharacter),
        EditorView.contentAttributes.of({ 'aria-label': options.label, 'aria-required': 'true', tabindex: '0' }),
        validity.of(validityOf(false)),
        history(),
        keymap.of([
          { key: 'Enter', run: insertNewline, shift: insertNewline },
          { key: 'Mod-[', run: indentLess },
          { key: 'Mod-]', run: indentMore },
          ...historyKeymap,
          ...standardKeymap,
        ]),
        // As any text field does with what is pasted; a file is taken as it is.
        EditorView.clipboardInputFilter.of((pasted) => pasted.replace(/\r\n?/g, '\n')),
        EditorView.domEventHandlers({
          ...{ copy: hasNoSelection, cut: hasNoSelection },
          drop: (event) => {
            const file = event.dataTransfer?.files[0];
            if (file !== undefined) options.fileDropped(file);
            return file !== undefined;
          },
        }),
        language.of(languageOf(text)),
        // Colours come and go with what a text begins like.
        EditorState.transactionExtender.of(({ docChanged, startState, newDoc }) => {
          const wanted = docChanged ? languageOf(newDoc.sliceString(0, PEEK_CHARS)) : language.get(startState);
          return wanted === language.get(startState) ? null : { effects: language.reconfigure(wanted ?? []) };
        }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) options.changed(state.doc.toString());
        }),
        look,
      ],
    }),
  });
  return {
    focus: () => view.focus(),
    setText: (wanted) => {
      const { doc } = view.state;
      if (doc.toString() !== wanted) view.dispatch({ changes: { from: 0, to: doc.length, insert: wanted } });
    },
    setInvalid: (isInvalid) => view.dispatch({ effects: validity.reconfigure(validityOf(isInvalid)) }),
    destroy: () => {
      view.destroy();
      remove();
    },
  };
};

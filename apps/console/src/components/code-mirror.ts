import { json } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, highlightSpecialChars, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const look = EditorView.theme({
  '&': { fontSize: '12.5px', color: 'var(--el-text-color-primary)' },
  '.cm-content, .cm-gutters': { fontFamily: 'var(--coffer-mono)' },
  '.cm-content': { caretColor: 'currentColor' },
  '.cm-gutters': { background: 'transparent', color: 'var(--el-text-color-secondary)', border: '0' },
  '.cm-specialChar': { color: 'var(--coffer-danger-text)' },
});

const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.propertyName, color: 'var(--coffer-accent-text)' },
    { tag: tags.string, color: 'var(--coffer-success-text)' },
    { tag: [tags.number, tags.bool, tags.null], color: 'var(--coffer-warning-text)' },
  ]),
);

const JSON_LANGUAGE = json();
const NO_LANGUAGE: Extension = [];

/** JSON where a text begins like it; the same extension for the same answer. */
export const languageOf = (text: string): Extension => (/^\s*[{[]/.test(text) ? JSON_LANGUAGE : NO_LANGUAGE);

/**
 * A shadow tree in an element of its own below `parent`: there CodeMirror's styles are adopted sheets, which the pages' policy
 * allows. CodeMirror keeps the range that it measured last, and by it this tree, for the life of the page: `remove` cuts it
 * off from all others, whose values would stay in memory with it.
 */
export const shadowIn = (parent: HTMLElement): { host: HTMLElement; root: ShadowRoot; remove: () => void } => {
  const host = document.createElement('div');
  parent.append(host);
  return { host, root: host.attachShadow({ mode: 'open', delegatesFocus: true }), remove: () => host.remove() };
};

/**
 * What editor and diff have in common. Only a line feed ends a line: a carriage return is a character like any other, is
 * shown as what it is, and stays in a value that is saved.
 */
export const appearance = (controlCharacter: string): Extension => [
  lineNumbers(),
  EditorView.lineWrapping,
  highlightSpecialChars(),
  EditorState.lineSeparator.of('\n'),
  EditorState.phrases.of({ 'Control character': controlCharacter }),
  colours,
  look,
];

import {
  isCollection,
  isMap,
  isSeq,
  visit,
  type Document,
  type LineCounter,
  type Node,
  type ToStringOptions,
} from 'yaml';

const DEFAULT_INDENT = 2;

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];

/** How a document is laid out, so that what is added looks like the rest and the rest stays as it was. */
export const layoutOf = (document: Document.Parsed, text: string, lines: LineCounter): ToStringOptions => {
  const columnOf = (offset: number): number => lines.linePos(offset).col;
  let indent: number | undefined;
  let indentSeq: boolean | undefined;
  let flowCollectionPadding: boolean | undefined;
  visit(document, {
    Collection(_key, node) {
      const start = startOf(node);
      if (start === undefined || !isCollection(node) || node.flow !== true || node.items.length === 0) return;
      flowCollectionPadding ??= /\s/.test(text.charAt(start + 1));
    },
    Pair(_key, { key, value }) {
      const [outer, inner] = [startOf(key), startOf(value)];
      // What was added stands nowhere yet.
      if (outer === undefined || inner === undefined) return;
      const columns = columnOf(inner) - columnOf(outer);
      if (isMap(value) && value.flow !== true && columns > 0) indent ??= columns;
      if (isSeq(value) && value.flow !== true) indentSeq ??= columns > 0;
    },
  });
  return {
    ...{ indent: indent ?? DEFAULT_INDENT, indentSeq: indentSeq ?? true, lineWidth: 0 },
    flowCollectionPadding: flowCollectionPadding ?? true,
  };
};

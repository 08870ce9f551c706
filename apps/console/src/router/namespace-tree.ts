import type { NamespaceSummary } from '../api/types.js';

/** A namespace in the tree, at its depth among those that are there. */
export interface TreeRow {
  summary: NamespaceSummary;
  /** The part of its name below its parent in the tree. */
  label: string;
  depth: number;
  hasChildren: boolean;
  isOpen: boolean;
}

const parentOf = (namespace: string, known: ReadonlySet<string>): string | undefined => {
  for (let dot = namespace.lastIndexOf('.'); dot > 0; dot = namespace.lastIndexOf('.', dot - 1)) {
    const parent = namespace.slice(0, dot);
    if (known.has(parent)) return parent;
  }
  return undefined;
};

/**
 * The rows to show, parents before their children. A search shows what it matches with its parents, opened; else a
 * namespace is shown when all above it are open.
 */
export const treeRows = (
  all: readonly NamespaceSummary[],
  open: ReadonlySet<string>,
  search: string,
): readonly TreeRow[] => {
  const known = new Set(all.map(({ namespace }) => namespace));
  const parents = new Map(all.map(({ namespace }) => [namespace, parentOf(namespace, known)]));
  const withChildren = new Set([...parents.values()].filter((parent) => parent !== undefined));
  const sought = search.trim().toLowerCase();
  const matched = new Set<string>();
  if (sought !== '') {
    for (const { namespace } of all) {
      if (!namespace.toLowerCase().includes(sought)) continue;
      for (let at: string | undefined = namespace; at !== undefined; at = parents.get(at)) matched.add(at);
    }
  }
  const depths = new Map<string, number>();
  const shown = new Set<string>();
  const rows: TreeRow[] = [];
  for (const summary of [...all].sort((a, b) => compareNames(a.namespace, b.namespace))) {
    const { namespace } = summary;
    const parent = parents.get(namespace);
    const depth = parent === undefined ? 0 : (depths.get(parent) ?? 0) + 1;
    depths.set(namespace, depth);
    const isShown =
      sought === '' ? parent === undefined || (shown.has(parent) && open.has(parent)) : matched.has(namespace);
    if (!isShown) continue;
    shown.add(namespace);
    rows.push({
      ...{ summary, depth },
      label: parent === undefined ? namespace : namespace.slice(parent.length + 1),
      hasChildren: withChildren.has(namespace),
      isOpen: sought !== '' || open.has(namespace),
    });
  }
  return rows;
};

/** By segments, so that `a.b` follows `a` before `a-b` does. */
const compareNames = (a: string, b: string): number => {
  const [left, right] = [a.split('.'), b.split('.')];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const [one = '', other = ''] = [left[at], right[at]];
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
};

/** Those above a namespace, so that it can be shown. */
export const ancestorsOf = (namespace: string): string[] => {
  const parts = namespace.split('.');
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('.'));
};

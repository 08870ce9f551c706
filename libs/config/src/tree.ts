import type { Step } from './key-case.js';

/** A configuration before its types are known: texts, lists and groups, keys as the schema writes them. */
export type Tree = { [key: string]: unknown };

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);

/** `later` wins; groups are merged key by key, lists and texts replaced. Neither argument is changed. */
export const merge = (earlier: unknown, later: unknown): unknown => {
  if (!isTree(earlier) || !isTree(later)) return later === undefined ? earlier : later;
  const merged = new Map(Object.entries(earlier));
  for (const [key, value] of Object.entries(later)) merged.set(key, merge(merged.get(key), value));
  return Object.fromEntries(merged);
};

/** A copy with `leaf` at `path`; whatever was in the way is replaced. An index past a list's end appends. */
export const withLeaf = (tree: unknown, path: readonly Step[], leaf: unknown): unknown => {
  const [step, ...rest] = path;
  if (step === undefined) return leaf;
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(tree) ? [...(tree as unknown[])] : [];
    const at = Math.min(step, list.length);
    list[at] = withLeaf(list[at], rest, leaf);
    return list;
  }
  const group = isTree(tree) ? tree : {};
  const inner = Object.hasOwn(group, step) ? group[step] : undefined;
  return merge({ ...group, [step]: undefined }, { [step]: withLeaf(inner, rest, leaf) });
};

/** What lies at `path`, or `undefined`. */
export const at = (tree: unknown, path: readonly PropertyKey[]): unknown => {
  let here: unknown = tree;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<PropertyKey, unknown>)[step];
  }
  return here;
};

export const treeAt = (tree: unknown, path: readonly PropertyKey[]): Tree | undefined => {
  const found = at(tree, path);
  return isTree(found) ? found : undefined;
};

import { isTree, type Tree } from './tree.js';

/** What a process uses; nothing of the rest is resolved, so that it can go without the rest's secrets. */
export interface Needs {
  /** The stores themselves, with their credentials and databases. */
  readonly stores: boolean;
  readonly redis: boolean;
  /** Defaults to what `stores` and `redis` say together: only a gateway needs both. */
  readonly webhooks?: boolean;
}

export const EVERYTHING: Needs = { stores: true, redis: true };

const without = (tree: unknown, ...names: readonly string[]): unknown =>
  isTree(tree) ? Object.fromEntries(Object.entries(tree).filter(([name]) => !names.includes(name))) : tree;

const only = (tree: unknown, ...names: readonly string[]): unknown =>
  isTree(tree) ? Object.fromEntries(Object.entries(tree).filter(([name]) => names.includes(name))) : tree;

/** How stores are cached stays: Redis is asked for as long as any of them. */
const withoutStores = (tree: Tree): Tree => {
  const { kestra, coffer } = tree;
  const secret = isTree(kestra) ? kestra['secret'] : undefined;
  const bare = without(kestra, 'secret', 'elasticsearch');
  return {
    ...tree,
    ...(isTree(bare)
      ? { kestra: { ...bare, ...(secret !== undefined && { secret: only(secret, 'readOnly', 'cache') }) } }
      : {}),
    ...(coffer === undefined ? {} : { coffer: without(coffer, 'datasource', 'elasticsearch') }),
    datasources: {},
  };
};

/** The settings, keys as the schema writes them, that a process with these needs looks at. */
export const neededOf = (tree: Tree, { stores, redis, webhooks = stores && redis }: Needs): Tree => {
  const rest = stores ? tree : withoutStores(tree);
  const unneeded = [...(redis ? [] : ['redis']), ...(webhooks ? [] : ['webhooks'])];
  return isTree(rest['coffer']) ? { ...rest, coffer: without(rest['coffer'], ...unneeded) } : rest;
};

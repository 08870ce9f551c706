import { showKey, showPath, type Step } from '../key-case.js';
import type { LoadContext } from '../load-context.js';
import { at, treeAt, withLeaf } from '../tree.js';

/** A group of Kestra's settings and the names that Coffer reads in it. */
export type ReadGroup = readonly [group: readonly string[], names: readonly string[]];

/** Words of settings that would decide where Coffer connects and as whom, did it know them. */
const DECISIVE =
  /ssl|tls|cert|trust|auth|user|pass|key|token|sign|aws|proxy|host|node|url|path|header|sasl|secur|jaas|server|broker|propert/i;

/**
 * The settings at `path` without the keys that Coffer does not read: those that may decide where it connects, or as whom, are
 * errors, others are warned of.
 */
export const readOfKestra = (
  path: readonly Step[],
  groups: readonly ReadGroup[],
  { tree, errors, warnings }: LoadContext,
): unknown => {
  let known = at(tree, path);
  for (const [group, names] of groups) {
    const given = treeAt(known, group);
    if (given === undefined) continue;
    for (const name of Object.keys(given).filter((key) => !names.includes(key))) {
      const here = [...path, ...group, showKey(name)];
      if (DECISIVE.test(name)) errors.add(here, 'is not supported, and may decide where or as whom Coffer connects');
      else warnings.push(`${showPath(here)} is not used`);
    }
    const rest = Object.fromEntries(Object.entries(given).filter(([key]) => names.includes(key)));
    known = withLeaf(known, group, rest);
  }
  return known;
};

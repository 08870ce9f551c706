import { compareCodePoints, namespaceAndParents } from '@coffer/secrets';
import { Pace } from '../event-loop/pace.js';
import type { ListService } from './list-service.js';
import type { Unlisted } from './listed-sections.js';

/** A namespace that holds secrets, or below which there are some. */
export interface NamespaceNode {
  readonly namespace: string;
  readonly secrets: number;
  /** The number of its secrets and of those of every namespace below it. */
  readonly withChildren: number;
}

export interface NamespaceTree {
  /** In the order of code points: a parent comes before what is below it. */
  readonly nodes: readonly NamespaceNode[];
  /** Stores whose secrets are not counted, and whose namespaces may be missing. */
  readonly unlisted: readonly Unlisted[];
  readonly stalenessMs?: number;
}

/**
 * The namespaces of a tenant that `visible` allows, with their secrets counted, their parents, and `named`, which are in it
 * whether or not they hold anything. Throws what a store throws at its first listing only where none can be listed.
 */
export const namespaceTree = async (
  lists: Pick<ListService, 'sections'>,
  tenant: string,
  visible: (namespace: string) => boolean,
  named: readonly string[] = [],
): Promise<NamespaceTree> => {
  const {
    content: { sources, unlisted },
    stalenessMs,
  } = await lists.sections(tenant);
  const pace = new Pace();
  const own = new Map<string, number>(named.map((namespace) => [namespace, 0]));
  for (const { section } of sources) {
    // A copy: the section changes while this function waits.
    for (const { namespace } of section.list().slice()) {
      if (pace.due()) await pace.rest();
      own.set(namespace, (own.get(namespace) ?? 0) + 1);
    }
  }
  const nodes = new Map<string, { secrets: number; withChildren: number }>();
  for (const [namespace, secrets] of own) {
    if (pace.due()) await pace.rest();
    if (secrets > 0 && !visible(namespace) && !named.includes(namespace)) continue;
    const seen = visible(namespace) ? secrets : 0;
    for (const level of namespaceAndParents(namespace)) {
      const node = nodes.get(level) ?? { secrets: 0, withChildren: 0 };
      if (level === namespace) node.secrets = seen;
      node.withChildren += seen;
      nodes.set(level, node);
    }
  }
  const sorted = [...nodes].map(([namespace, counts]) => ({ namespace, ...counts }));
  sorted.sort((a, b) => compareCodePoints(a.namespace, b.namespace));
  return { nodes: sorted, unlisted, ...(stalenessMs === undefined ? {} : { stalenessMs }) };
};

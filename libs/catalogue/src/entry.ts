import { compareCodePoints, type Tag } from '@coffer/secrets';

/** A secret without its value. A class, so that all of them have one compact shape; never changed. */
export class CatalogueEntry {
  constructor(
    readonly namespace: string,
    readonly key: string,
    readonly description: string | undefined,
    readonly tags: readonly Tag[],
    readonly version: string,
    /** See `StoredSecret`. */
    readonly revision: number,
    /** When Coffer wrote this version, as far as that is known; milliseconds since the Unix epoch, by the log's clock. */
    readonly changedAt?: number,
  ) {}
}

/** Where an entry stands in a list. */
export type Place = Pick<CatalogueEntry, 'namespace' | 'key'>;

/** The order of lists: namespace, then key, by code points. */
export const byPlace = (a: Place, b: Place): number =>
  a.namespace === b.namespace
    ? compareCodePoints(a.key, b.key)
    : compareCodePoints(a.namespace, b.namespace) || compareCodePoints(a.key, b.key);

const sameTags = (a: readonly Tag[], b: readonly Tag[]): boolean =>
  a === b || (a.length === b.length && a.every(({ key, value }, at) => key === b[at]?.key && value === b[at].value));

/** Whether two entries of one place say the same. */
export const sameEntry = (a: CatalogueEntry, b: CatalogueEntry): boolean =>
  a.version === b.version && a.description === b.description && sameTags(a.tags, b.tags);

import type { CataloguedStore } from '@coffer/catalogue';
import { CofferError, type ErrorCode } from '@coffer/secrets';
import type { CatalogueService } from './catalogue-service.js';
import type { RowSource } from './secret-rows.js';

/** A store that could not be listed, so that its secrets are missing. */
export interface Unlisted {
  readonly store: string;
  readonly code: ErrorCode;
}

export interface ListedSections {
  readonly sources: readonly RowSource[];
  readonly unlisted: readonly Unlisted[];
}

/**
 * The sections of the stores that are listed, once they are, and the stores that cannot be. Throws what a store throws at its
 * first listing only where none can be listed.
 */
export const listedSections = async (
  catalogue: Pick<CatalogueService, 'section'>,
  tenant: string,
  stores: readonly (CataloguedStore & { readonly readOnly: boolean })[],
): Promise<ListedSections> => {
  const settled = await Promise.allSettled(stores.map((store) => catalogue.section(tenant, store)));
  const sources: RowSource[] = [];
  const unlisted: Unlisted[] = [];
  for (const [at, result] of settled.entries()) {
    const store = stores[at] as (typeof stores)[number];
    if (result.status === 'fulfilled') sources.push({ store, section: result.value });
    else if (stores.length === 1 || !CofferError.is(result.reason)) throw result.reason;
    else unlisted.push({ store: store.name, code: result.reason.code });
  }
  const [failed] = settled;
  if (sources.length === 0 && failed?.status === 'rejected') throw failed.reason;
  return { sources, unlisted };
};

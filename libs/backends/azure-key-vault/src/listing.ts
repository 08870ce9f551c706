import type { ListScope, SecretEntry } from '@coffer/backend-contract';
import type { VaultClient } from './client.js';
import type { Listing } from './external-names.js';
import { labelsOf, describedBy } from './layout.js';

/** The vault's own pages, less what is not of the scope. Their secrets are added to the listing, which ends with them. */
export async function* pagesOf(
  client: VaultClient,
  listing: Listing,
  prefix: string,
  { tenant, namespace }: ListScope,
  signal: AbortSignal,
): AsyncGenerator<readonly SecretEntry[]> {
  const seen = new Set<string>();
  for await (const page of client.pages(signal)) {
    const entries: SecretEntry[] = [];
    for (const secret of page) {
      const path = listing.add(secret);
      if (path?.tenant !== tenant || (namespace !== undefined && path.namespace !== namespace)) continue;
      if (seen.has(path.toString())) continue;
      seen.add(path.toString());
      entries.push({ path, ...describedBy(secret, labelsOf(prefix, secret.tags)) });
    }
    yield entries;
  }
  listing.finish();
}

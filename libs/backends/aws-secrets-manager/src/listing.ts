import type { ListScope, SecretEntry } from '@coffer/backend-contract';
import type { SecretPath } from '@coffer/secrets';
import { isLive, revisionOfState } from './secret-state.js';
import { filtersFor } from './locator.js';
import type { SecretsApi } from './client.js';
import { metadataOf } from './user-tags.js';

/**
 * Lists, a call a page. They lag behind by up to five minutes, as the service says of itself. What they show twice is
 * remembered, so that reads and writes of that path look for both.
 */
export class SecretListing {
  /** Paths of which the last list that saw them saw several secrets. */
  readonly #ambiguous = new Set<string>();

  constructor(
    private readonly api: SecretsApi,
    private readonly prefix: string,
  ) {}

  isAmbiguous(path: SecretPath): boolean {
    return this.#ambiguous.has(path.toString());
  }

  /** The store has been asked, and there is one. */
  settle(path: SecretPath): void {
    this.#ambiguous.delete(path.toString());
  }

  async *pages({ tenant, namespace }: ListScope, signal: AbortSignal): AsyncGenerator<readonly SecretEntry[]> {
    const filters = filtersFor(...(namespace === undefined ? [] : [namespace]), this.prefix);
    const seen = new Set<string>();
    let next: string | undefined;
    do {
      const page = await this.api.page(filters, next, signal);
      next = page.next;
      const entries: SecretEntry[] = [];
      for (const state of page.states) {
        const { identity, current } = state;
        if (identity === undefined || identity.prefix !== this.prefix || !isLive(state)) continue;
        const { path } = identity;
        if (path.tenant !== tenant || (namespace !== undefined && path.namespace !== namespace)) continue;
        const text = path.toString();
        if (seen.has(text)) this.#ambiguous.add(text);
        else
          entries.push({ path, metadata: metadataOf(state), version: current ?? '', revision: revisionOfState(state) });
        seen.add(text);
      }
      yield entries;
    } while (next !== undefined);
  }
}

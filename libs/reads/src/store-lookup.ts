import type { Backend } from '@coffer/backend-contract';
import type { SecretPath } from '@coffer/secrets';
import { cachedSecretOf, type Lookup, type LookupResult } from './lookup.js';

/** Asks the store itself, each time: as fresh as the store, and as slow. */
export class StoreLookup implements Lookup {
  constructor(
    private readonly stores: {
      forNamespace(tenant: string, namespace?: string): { readonly backend: Pick<Backend, 'read'> };
    },
  ) {}

  cached(): undefined {
    return undefined;
  }

  async read(path: SecretPath): Promise<LookupResult> {
    const { backend } = this.stores.forNamespace(path.tenant, path.namespace);
    // A signal of its own, since what listens to a signal stays with it; the facade's deadline is the one that counts.
    const stored = await backend.read(path, { signal: new AbortController().signal });
    return { secret: cachedSecretOf(stored), source: 'store', forward: 'bypass' };
  }
}

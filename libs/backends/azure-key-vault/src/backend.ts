import type {
  ApplyOptions,
  Backend,
  CallOptions,
  ListScope,
  SecretEntry,
  StoredSecret,
  StoreMutation,
} from '@coffer/backend-contract';
import { SecretValue, type Outcome, type SecretPath } from '@coffer/secrets';
import { capabilities } from './capabilities.js';
import type { VaultClient } from './client.js';
import { ExternalNames, type ListingTiming } from './external-names.js';
import { describedBy } from './layout.js';
import { pagesOf } from './listing.js';
import { SecretLocator } from './locator.js';
import { SecretWriter } from './writer.js';

/** Secrets of one vault, values as they are. */
export class AzureKeyVaultBackend implements Backend {
  readonly capabilities = capabilities;
  readonly #externals: ExternalNames;
  readonly #locator: SecretLocator;
  readonly #writer: SecretWriter;

  constructor(
    private readonly client: VaultClient,
    private readonly prefix: string,
    listings: ListingTiming,
  ) {
    this.#externals = new ExternalNames(client, prefix, listings);
    this.#locator = new SecretLocator(client, this.#externals, prefix);
    this.#writer = new SecretWriter(client, this.#locator, this.#externals, prefix);
  }

  async read(path: SecretPath, { signal }: CallOptions): Promise<StoredSecret | undefined> {
    const live = await this.#locator.live(path, signal);
    if (live === undefined) return undefined;
    const { secret, labels } = live;
    const { fence } = labels;
    const value = new SecretValue(secret.value ?? '');
    return { value, ...describedBy(secret, labels), ...(fence === undefined ? {} : { fence }) };
  }

  apply(mutation: StoreMutation, options: ApplyOptions): Promise<Outcome> {
    return this.#writer.apply(mutation, options);
  }

  list(scope: ListScope, { signal }: CallOptions): AsyncIterable<readonly SecretEntry[]> {
    return pagesOf(this.client, this.#externals.begin(), this.prefix, scope, signal);
  }

  async check({ signal }: CallOptions): Promise<void> {
    for await (const _page of this.client.pages(signal, 1)) return;
  }

  async close(): Promise<void> {
    this.#externals.close();
    this.client.close();
  }
}

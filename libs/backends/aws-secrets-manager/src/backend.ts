import {
  KeyedMutex,
  type ApplyOptions,
  type Backend,
  type CallOptions,
  type Capabilities,
  type ListScope,
  type SecretEntry,
  type StoredSecret,
  type StoreMutation,
} from '@coffer/backend-contract';
import type { Outcome, SecretPath } from '@coffer/secrets';
import { capabilitiesOf } from './capabilities.js';
import { failure } from './errors.js';
import { SecretListing } from './listing.js';
import { SecretReader } from './reader.js';
import type { SecretsApi } from './client.js';
import { SecretLocator } from './locator.js';
import { SecretWriter } from './writer.js';
import { VersionWriter } from './version-writer.js';
import { unusedNameOf } from './layout.js';

export interface BackendSettings {
  readonly prefix: string;
  /** Asks for nothing but GetSecretValue and ListSecrets. */
  readonly readOnly: boolean;
}

/**
 * Secrets of AWS Secrets Manager, each a secret of its own there. The fence of a write is in the id of the version that
 * it makes; a delete makes a version that is a tombstone and schedules the deletion.
 */
export class AwsSecretsManagerBackend implements Backend {
  readonly #mutex = new KeyedMutex(() => failure('timeout', 'other changes of the secret took all of the time'));
  readonly #listing: SecretListing;
  readonly #reader: SecretReader;
  readonly #writer: SecretWriter;
  readonly #versions: VersionWriter;

  constructor(
    private readonly api: SecretsApi,
    private readonly settings: BackendSettings,
  ) {
    const { prefix, readOnly } = settings;
    const search = new SecretLocator(api, !readOnly);
    this.#versions = new VersionWriter(api, unusedNameOf(prefix));
    this.#listing = new SecretListing(api, prefix);
    this.#reader = new SecretReader(api, search, this.#listing, settings);
    this.#writer = new SecretWriter(api, search, this.#versions, this.#listing, prefix);
  }

  /** `checked` until the first check or write has found out that writes are `atomic`. */
  get capabilities(): Capabilities {
    return capabilitiesOf(this.#versions.mode);
  }

  read(path: SecretPath, { signal }: CallOptions): Promise<StoredSecret | undefined> {
    return this.#reader.read(path, signal);
  }

  apply(mutation: StoreMutation, options: ApplyOptions): Promise<Outcome> {
    return this.#mutex.run(mutation.path.toString(), options.signal, () => this.#writer.apply(mutation, options));
  }

  list(scope: ListScope, { signal }: CallOptions): AsyncIterable<readonly SecretEntry[]> {
    return this.#listing.pages(scope, signal);
  }

  async check({ signal }: CallOptions): Promise<void> {
    await this.api.page([], undefined, signal, { maxResults: 1 });
    if (!this.settings.readOnly) await this.#versions.settle(signal);
  }

  async close(): Promise<void> {
    this.api.close();
  }
}

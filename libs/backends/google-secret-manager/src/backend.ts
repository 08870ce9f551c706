import type {
  ApplyOptions,
  Backend,
  CallOptions,
  Capabilities,
  ListScope,
  SecretEntry,
  StoredSecret,
  StoreMutation,
} from '@coffer/backend-contract';
import { SecretValue, type Outcome, type SecretPath } from '@coffer/secrets';
import { capabilitiesOf } from './capabilities.js';
import type { SecretsApi, Version } from './client.js';
import { Failure, storeError, withCofferErrors } from './errors.js';
import { scopeFilter, secretIdOf } from './identity.js';
import { ALIAS, describedBy, versionText, type SecretState } from './layout.js';
import { SecretListing } from './listing.js';
import { SecretLocator } from './locator.js';
import { SecretWriter } from './writer.js';

/** Looks at a secret whose version went while it was read, before giving way. */
const MAX_ATTEMPTS = 4;
/** The id of a secret that nobody has; asking for its value needs the right to read values and nothing else. */
const PROBE = 'coffer-check';

const textOf = ({ bytes }: Version): SecretValue => {
  try {
    return new SecretValue(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw storeError('corrupt', 'the value is not text in UTF-8');
  }
};

/** Secrets in Google Secret Manager: the value in a version, everything else in the secret's labels and annotations. */
export class GoogleSecretManagerBackend implements Backend {
  readonly #locator: SecretLocator;
  readonly #listing: SecretListing;
  readonly #writer: SecretWriter;

  constructor(
    private readonly api: SecretsApi,
    private readonly prefix: string,
    /** Values are answered without their metadata where the credentials may not see those. */
    private readonly valuesAlone: boolean,
  ) {
    this.#locator = new SecretLocator(api, prefix);
    this.#listing = new SecretListing(api, this.#locator);
    this.#writer = new SecretWriter(this.#locator, api);
  }

  get capabilities(): Capabilities {
    return capabilitiesOf(this.api.etags ? 'atomic' : 'checked');
  }

  read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    return withCofferErrors(() =>
      this.#unlessDenied(
        () => this.#read(path, call),
        () => this.#readValue(path, call),
      ),
    );
  }

  apply(mutation: StoreMutation, options: ApplyOptions): Promise<Outcome> {
    return withCofferErrors(() => this.#writer.apply(mutation, options));
  }

  list(scope: ListScope, call: CallOptions): AsyncIterable<readonly SecretEntry[]> {
    return this.#listing.pages(scope, call);
  }

  check(call: CallOptions): Promise<void> {
    const list = async (): Promise<void> => {
      const project = await this.api.service.project(call);
      await this.api.listSecrets(project, { filter: scopeFilter(this.prefix, 'main'), pageSize: 1 }, call);
    };
    const probe = async (): Promise<void> => {
      const project = await this.api.service.project(call);
      await this.#orAbsent(() => this.api.accessVersion(this.api.nameOf(project, PROBE), 1, call));
    };
    return withCofferErrors(() => this.#unlessDenied(list, probe));
  }

  close(): Promise<void> {
    return this.api.service.close();
  }

  async #read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    let before: string | undefined;
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      const { living } = await this.#locator.find(path, false, call);
      if (living === undefined) return undefined;
      try {
        return await this.#stored(living, call);
      } catch (thrown) {
        if (!(thrown instanceof Failure && thrown.is('FAILED_PRECONDITION', 'NOT_FOUND'))) throw thrown;
        if (living.kind === 'outside') return this.#unreadable(thrown);
        // A write has destroyed the version meanwhile; where nothing was written, somebody else did.
        const now = `${living.etag} ${versionText(living)}`;
        if (before === now) {
          throw storeError('corrupt', 'the version that the secret names is disabled or destroyed');
        }
        before = now;
      }
    }
    throw storeError('unavailable', 'the secret changes under every attempt to read it');
  }

  async #stored(living: SecretState, call: CallOptions): Promise<StoredSecret> {
    const { kind, fence } = living;
    const version = await this.api.accessVersion(living.name, kind === 'outside' ? 'latest' : living.version, call);
    const stored = { value: textOf(version), ...describedBy(living) };
    return fence === undefined ? stored : { ...stored, fence };
  }

  /** A secret that was made outside and has no version yet is absent; one whose newest version is off is not. */
  #unreadable(failure: Failure): undefined {
    if (failure.is('NOT_FOUND')) return undefined;
    throw storeError('denied', 'the newest version of a secret that was made outside is disabled or destroyed');
  }

  /** Reads the value through the alias, which needs no other right than to access versions. */
  async #readValue(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    const project = await this.api.service.project(call);
    const name = this.api.nameOf(project, secretIdOf(this.prefix, path));
    const version = await this.#orAbsent(() => this.api.accessVersion(name, ALIAS, call));
    if (version === undefined) return undefined;
    const { number } = version;
    return { value: textOf(version), metadata: { tags: [] }, version: `v${number}`, revision: number };
  }

  async #unlessDenied<T>(run: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
    if (!this.valuesAlone) return run();
    try {
      return await run();
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.is('PERMISSION_DENIED')) return otherwise();
      throw thrown;
    }
  }

  async #orAbsent<T>(run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.is('NOT_FOUND')) return undefined;
      throw thrown;
    }
  }
}

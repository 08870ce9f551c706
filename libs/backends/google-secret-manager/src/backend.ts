import type {
  ApplyOptions,
  Backend,
  CallOptions,
  Capabilities,
  ListScope,
  Mutation,
  SecretEntry,
  StoredSecret,
  WriteOutcome,
} from '@coffer/backend-contract';
import { SecretValue, type SecretPath } from '@coffer/secrets';
import { capabilitiesOf } from './capabilities.js';
import { Failure, storeError } from './errors.js';
import { scopeFilter, secretIdOf } from './identity.js';
import { ALIAS, stateOf, versionText, type Resource, type SecretState } from './layout.js';
import { SecretWriter } from './writer.js';
import type { SecretsApi, Version } from './client.js';
import { SecretLocator } from './locator.js';

const PAGE = 500;
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

const readable = (resource: Resource): SecretState | undefined => {
  try {
    return stateOf(resource);
  } catch {
    return undefined;
  }
};

/** Secrets in Google Secret Manager: the value in a version, everything else in the secret's labels and annotations. */
export class GoogleSecretManagerBackend implements Backend {
  readonly #locator: SecretLocator;
  readonly #writer: SecretWriter;

  constructor(
    private readonly api: SecretsApi,
    private readonly prefix: string,
    /** Values are answered without their metadata where the credentials may not see those. */
    private readonly valuesAlone: boolean,
  ) {
    this.#locator = new SecretLocator(api, prefix);
    this.#writer = new SecretWriter(this.#locator, api);
  }

  get capabilities(): Capabilities {
    return capabilitiesOf(this.api.etags ? 'atomic' : 'checked');
  }

  read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    return this.#withCofferErrors(() =>
      this.#unlessDenied(
        () => this.#read(path, call),
        () => this.#readValue(path, call),
      ),
    );
  }

  apply(mutation: Mutation, options: ApplyOptions): Promise<WriteOutcome> {
    return this.#withCofferErrors(() => this.#writer.apply(mutation, options));
  }

  async *list({ tenant, namespace }: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    const filter = scopeFilter(this.prefix, tenant, namespace);
    const seen = new Set<string>();
    let pageToken: string | undefined;
    do {
      const request = { filter, pageSize: PAGE, ...(pageToken === undefined ? {} : { pageToken }) };
      const page = await this.#withCofferErrors(async () =>
        this.api.listSecrets(await this.api.service.project(call), request, call),
      );
      yield page.secrets.flatMap((secret) => this.#entry(secret, { tenant, ...(namespace && { namespace }) }, seen));
      pageToken = page.next;
    } while (pageToken !== undefined);
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
    return this.#withCofferErrors(() => this.#unlessDenied(list, probe));
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
    const { kind, metadata, fence } = living;
    const version = await this.api.accessVersion(living.name, kind === 'outside' ? 'latest' : living.version, call);
    const stored = { value: textOf(version), metadata, version: versionText(living) };
    return fence === undefined ? stored : { ...stored, fence };
  }

  /** A secret that was made outside and has no version yet is absent; one whose newest version is off is not. */
  #unreadable(failure: Failure): undefined {
    if (failure.is('NOT_FOUND')) return undefined;
    throw storeError('denied', 'the newest version of a secret that was made outside is disabled or destroyed');
  }

  /** By the alias, which needs no other right than to access versions. */
  async #readValue(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    const project = await this.api.service.project(call);
    const name = this.api.nameOf(project, secretIdOf(this.prefix, path));
    const version = await this.#orAbsent(() => this.api.accessVersion(name, ALIAS, call));
    return version && { value: textOf(version), metadata: { tags: [] }, version: `v${version.number}` };
  }

  #entry(secret: Resource, { tenant, namespace }: ListScope, seen: Set<string>): SecretEntry[] {
    const state = readable(secret);
    if (state?.identity === undefined || state.identity.prefix !== this.prefix) return [];
    const { path } = state.identity;
    if (path.tenant !== tenant || (namespace !== undefined && path.namespace !== namespace)) return [];
    if (state.kind !== 'written' && state.kind !== 'outside') return [];
    this.#locator.noteOutside(state, path);
    if (seen.has(path.toString())) return [];
    seen.add(path.toString());
    return [{ path, metadata: state.metadata, version: versionText(state) }];
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

  async #withCofferErrors<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      throw thrown instanceof Failure ? thrown.error : thrown;
    }
  }
}

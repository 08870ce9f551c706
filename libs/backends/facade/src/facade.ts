import type {
  ApplyOptions,
  Backend,
  CallOptions,
  Capabilities,
  ListScope,
  SealedRecords,
  SecretEntry,
  StoredSecret,
  StoreMutation,
} from '@coffer/backend-contract';
import {
  CofferError,
  parseTags,
  withDefaultTags,
  type Outcome,
  type SecretMetadata,
  type SecretPath,
  type Tag,
} from '@coffer/secrets';
import type { BreakerListener } from './breaker.js';
import { CallPolicy } from './call-policy.js';
import { pagesOf } from './listing.js';
import type { FacadeOperation } from './metrics.js';
import type { FacadeOptions } from './options.js';
import { StoreRules } from './validation.js';
import { Visibility } from './visibility.js';

/** The names of mutations in the published metrics. */
const OPERATIONS = { put: 'write', patch: 'annotate', delete: 'delete' } as const satisfies Record<
  StoreMutation['kind'],
  FacadeOperation
>;

/**
 * A backend with everything that no adapter does by itself: deadlines, retries of reads, a rate limit, a circuit
 * breaker, validation, default tags, read-only, filters and figures. Whatever the adapter throws, callers get a
 * `CofferError`; the detail `reached: false` says that the store certainly was not asked.
 *
 * Filters say what is seen. A write goes by its path alone, also where it makes a secret that is then not seen.
 */
export class BackendFacade implements Backend {
  readonly readOnly: boolean;
  readonly #policy: CallPolicy;
  readonly #rules: StoreRules;
  readonly #visibility: Visibility;
  readonly #defaultTags: readonly Tag[];

  /** Throws `invalid` or `too-large` for default tags that no secret of this store may carry. */
  constructor(
    private readonly inner: Backend,
    options: FacadeOptions = {},
  ) {
    const { store, limits, rates } = inner.capabilities;
    this.readOnly = options.readOnly ?? false;
    this.#policy = new CallPolicy(store, options, rates);
    this.#rules = new StoreRules(store, limits);
    this.#visibility = new Visibility(options);
    this.#defaultTags = parseTags(options.defaultTags ?? []);
    this.#rules.assertTags(this.#defaultTags);
  }

  get capabilities(): Capabilities {
    return this.inner.capabilities;
  }

  /** Those of the store itself: no filter hides a record, and no deadline is put on a call. */
  get sealed(): SealedRecords | undefined {
    return this.inner.sealed;
  }

  /** While true, calls fail with `unavailable` at once, but for one from time to time, which `check` can be. */
  get breakerOpen(): boolean {
    return this.#policy.breaker.open;
  }

  /**
   * Calls the listener at each opening and closing, with the store's latest failure, until the answer is called. Only
   * calls to the store move the breaker.
   */
  onBreakerChange(listener: BreakerListener): () => void {
    return this.#policy.breaker.onChange(listener);
  }

  /** Throws what the store would refuse: `read-only`, `invalid`, `too-large`. Asks the store nothing. */
  validate(mutation: StoreMutation): void {
    if (this.readOnly) {
      const { store } = this.capabilities;
      throw new CofferError('read-only', `${store}: secrets are read-only by configuration`, { store });
    }
    this.#visibility.writable(mutation.path);
    if (mutation.kind === 'delete') return;
    if (mutation.kind === 'put') this.#rules.assertValue(mutation.value);
    const { description, tags } = mutation.metadata;
    if (description !== undefined) this.#rules.assertDescription(description);
    if (tags !== undefined) this.#rules.assertTags(withDefaultTags(tags, this.#defaultTags));
  }

  /** Whether callers see a secret with this metadata, as far as tags decide; paths are those that callers use. */
  shows(secret: { readonly metadata: SecretMetadata }): boolean {
    return this.#visibility.shows(secret);
  }

  async read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    const at = this.#visibility.stored(path);
    if (at === undefined) return undefined;
    const stored = await this.#policy.repeat('read', call.signal, (signal) => this.inner.read(at, { signal }));
    return stored !== undefined && this.#visibility.shows(stored) ? stored : undefined;
  }

  async apply(mutation: StoreMutation, { signal: caller, ...place }: ApplyOptions): Promise<Outcome> {
    this.validate(mutation);
    const stored = this.#stored(mutation);
    return this.#policy.once(OPERATIONS[mutation.kind], caller, (signal) =>
      this.inner.apply(stored, { ...place, signal }),
    );
  }

  async *list(scope: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    for await (const page of pagesOf(this.inner, scope, call, this.#policy)) {
      const shown = page.flatMap((entry) => this.#shown(entry));
      if (shown.length > 0) yield shown;
    }
  }

  check(call: CallOptions): Promise<void> {
    return this.#policy.repeat('check', call.signal, (signal) => this.inner.check({ signal }));
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  /** The mutation as the store gets it: under the stored path, with the default tags. */
  #stored(mutation: StoreMutation): StoreMutation {
    const path = this.#visibility.writable(mutation.path);
    if (mutation.kind === 'delete') return { ...mutation, path };
    if (mutation.kind === 'put') return { ...mutation, path, metadata: this.#tagged(mutation.metadata) };
    const { tags, ...patch } = mutation.metadata;
    return { ...mutation, path, metadata: tags === undefined ? patch : this.#tagged({ ...patch, tags }) };
  }

  #tagged(metadata: SecretMetadata): SecretMetadata {
    return { ...metadata, tags: withDefaultTags(metadata.tags, this.#defaultTags) };
  }

  #shown(entry: SecretEntry): SecretEntry[] {
    const path = this.#visibility.shows(entry) ? this.#visibility.shown(entry.path) : undefined;
    return path === undefined ? [] : [{ ...entry, path }];
  }
}

export const withFacade = (backend: Backend, options: FacadeOptions = {}): BackendFacade =>
  new BackendFacade(backend, options);

import type {
  Backend,
  CallOptions,
  Capabilities,
  ListScope,
  SecretEntry,
  StoredSecret,
  WriteOutcome,
} from '@coffer/backend-contract';
import {
  CofferError,
  parseTags,
  withDefaultTags,
  type Fence,
  type MetadataPatch,
  type SecretMetadata,
  type SecretPath,
  type SecretValue,
  type Tag,
} from '@coffer/secrets';
import { CallPolicy } from './call-policy.js';
import type { FacadeOptions } from './options.js';
import { SecretRules } from './secret-rules.js';
import { Visibility } from './visibility.js';

/** What is about to be written; absent parts are not checked. A delete has neither. */
export interface Intent {
  readonly value?: SecretValue;
  readonly metadata?: MetadataPatch;
}

/**
 * A backend with everything that no adapter does by itself: deadlines, retries of reads, a rate limit, a circuit
 * breaker, validation, default tags, read-only, filters and figures. Errors are `CofferError`s whatever the adapter throws.
 */
export class BackendFacade implements Backend {
  readonly readOnly: boolean;
  readonly #policy: CallPolicy;
  readonly #rules: SecretRules;
  readonly #visibility: Visibility;
  readonly #defaultTags: readonly Tag[];

  /** Throws `invalid` for default tags that no secret may carry. */
  constructor(
    private readonly inner: Backend,
    options: FacadeOptions = {},
  ) {
    const { store, limits } = inner.capabilities;
    this.readOnly = options.readOnly ?? false;
    this.#policy = new CallPolicy(store, options);
    this.#rules = new SecretRules(store, limits);
    this.#visibility = new Visibility(options);
    this.#defaultTags = parseTags(options.defaultTags ?? []);
    this.#rules.assertMetadata({ tags: this.#defaultTags });
  }

  get capabilities(): Capabilities {
    return this.inner.capabilities;
  }

  /**
   * While true, calls fail with `unavailable` at once, but for one from time to time: whoever has to know when the
   * store is back calls `check` by a timer.
   */
  get breakerOpen(): boolean {
    return this.#policy.circuit.open;
  }

  /** Told at each opening and closing, until the answer is called. */
  onBreakerChange(listener: (open: boolean) => void): () => void {
    return this.#policy.circuit.onChange(listener);
  }

  /** Throws what the store would refuse: `read-only`, `invalid`, `too-large`. Asks the store nothing. */
  validate(path: SecretPath, { value, metadata }: Intent = {}): void {
    if (this.readOnly) {
      const { store } = this.capabilities;
      throw new CofferError('read-only', `${store}: secrets are read-only by configuration`, { store });
    }
    this.#visibility.writable(path);
    if (value !== undefined) this.#rules.assertValue(value);
    if (metadata !== undefined) {
      if (metadata.tags !== undefined) parseTags(metadata.tags);
      this.#rules.assertMetadata(this.#tagged(metadata));
    }
  }

  async read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    const at = this.#visibility.stored(path);
    if (at === undefined) return undefined;
    const stored = await this.#policy.repeat('read', call.signal, (signal) => this.inner.read(at, { signal }));
    return stored !== undefined && this.#visibility.shows(stored.metadata) ? stored : undefined;
  }

  async write(
    path: SecretPath,
    value: SecretValue,
    metadata: SecretMetadata,
    fence: Fence,
    call: CallOptions,
  ): Promise<WriteOutcome> {
    this.validate(path, { value, metadata });
    const at = this.#visibility.writable(path);
    const tagged = { ...metadata, tags: withDefaultTags(metadata.tags, this.#defaultTags) };
    return this.#policy.once('write', call.signal, (signal) => this.inner.write(at, value, tagged, fence, { signal }));
  }

  async annotate(path: SecretPath, patch: MetadataPatch, fence: Fence, call: CallOptions): Promise<WriteOutcome> {
    this.validate(path, { metadata: patch });
    const at = this.#visibility.writable(path);
    const tagged = this.#tagged(patch);
    return this.#policy.once('annotate', call.signal, (signal) => this.inner.annotate(at, tagged, fence, { signal }));
  }

  async delete(path: SecretPath, fence: Fence, call: CallOptions): Promise<WriteOutcome> {
    this.validate(path);
    const at = this.#visibility.writable(path);
    return this.#policy.once('delete', call.signal, (signal) => this.inner.delete(at, fence, { signal }));
  }

  /** Retries only for the first page: after it, what a new listing shows would not go on where this one stopped. */
  async *list(scope: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    const aborter = new AbortController();
    const abort = (): void => aborter.abort();
    if (call.signal.aborted) abort();
    call.signal.addEventListener('abort', abort, { once: true });
    let pages: AsyncIterator<readonly SecretEntry[]> | undefined;
    const first = async (): Promise<IteratorResult<readonly SecretEntry[]>> => {
      pages = this.inner.list(scope, { signal: aborter.signal })[Symbol.asyncIterator]();
      return pages.next();
    };
    try {
      let page = await this.#policy.repeat('list', call.signal, first);
      while (page.done !== true) {
        const shown = page.value.flatMap((entry) => this.#shown(entry));
        if (shown.length > 0) yield shown;
        page = await this.#policy.once('list', call.signal, () => pages!.next());
      }
    } finally {
      call.signal.removeEventListener('abort', abort);
      abort();
      // Not awaited: a page that hangs would hang here as well.
      void pages?.return?.()?.catch(() => undefined);
    }
  }

  check(call: CallOptions): Promise<void> {
    return this.#policy.repeat('check', call.signal, (signal) => this.inner.check({ signal }));
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  #tagged(patch: MetadataPatch): MetadataPatch {
    return patch.tags === undefined ? patch : { ...patch, tags: withDefaultTags(patch.tags, this.#defaultTags) };
  }

  #shown(entry: SecretEntry): SecretEntry[] {
    const path = this.#visibility.shows(entry.metadata) ? this.#visibility.shown(entry.path) : undefined;
    return path === undefined ? [] : [{ ...entry, path }];
  }
}

export const withFacade = (backend: Backend, options: FacadeOptions = {}): BackendFacade =>
  new BackendFacade(backend, options);

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
import {
  applyPatch,
  CofferError,
  compareCodePoints,
  type MetadataPatch,
  type Outcome,
  type SecretPath,
} from '@coffer/secrets';
import { MemoryStore, type MemoryRow } from './memory-store.js';

export interface MemoryBackendOptions {
  /** Shared by every backend that shall see the same secrets. Defaults to a store of its own. */
  readonly store?: MemoryStore;
  /** Defaults to none. */
  readonly prefix?: string;
}

const PAGE = 500;

/** The same numbers as the SQL adapter's, so that what passes in tests over memory passes there. */
const CAPABILITIES: Capabilities = {
  store: 'memory',
  conditionalWrites: 'atomic',
  strongReads: true,
  tombstones: true,
  externalSecrets: false,
  prefixes: true,
  limits: { valueBytes: 524_288, descriptionBytes: 16_384, tags: { count: 64, keyLength: 128, valueLength: 256 } },
};

const byPath = (a: MemoryRow, b: MemoryRow): number =>
  compareCodePoints(a.path.namespace, b.path.namespace) || compareCodePoints(a.path.key, b.path.key);

const described = ({ fence, metadata, revision, changed }: MemoryRow) => ({
  version: fence.toString(),
  metadata,
  revision,
  ...(changed === undefined ? {} : { changed }),
});

const applied = (row: MemoryRow): Outcome => ({ outcome: 'applied', ...described(row) });

/** A row as a mutation asks for it. Without a revision it counts as one more than what is there. */
type NewRow = Omit<MemoryRow, 'revision'> & { readonly revision?: number };

/** The reference adapter: what every other one does, in the fewest words. Each call is one synchronous step. */
class MemoryBackend implements Backend {
  readonly capabilities = CAPABILITIES;
  #closed = false;

  constructor(
    private readonly store: MemoryStore,
    private readonly prefix: string,
  ) {}

  async read(path: SecretPath, call: CallOptions): Promise<StoredSecret | undefined> {
    this.#assertReady(call);
    const row = this.store.get(this.prefix, path);
    if (row?.value === undefined) return undefined;
    return { value: row.value, fence: row.fence, ...described(row) };
  }

  async apply(mutation: StoreMutation, { signal, ...mark }: ApplyOptions): Promise<Outcome> {
    this.#assertReady({ signal });
    const { path } = mutation;
    const place = { path, prefix: this.prefix, ...mark };
    switch (mutation.kind) {
      case 'put':
        return this.#replace({
          ...place,
          value: mutation.value,
          metadata: applyPatch({ tags: [] }, mutation.metadata),
        });
      case 'patch':
        return this.#patch(path, mutation.metadata, mark);
      case 'delete':
        return this.#replace({ ...place, metadata: { tags: [] } });
    }
  }

  async *list(scope: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    this.#assertReady(call);
    const rows = this.store
      .rows(this.prefix, scope.tenant)
      .filter((row) => row.value !== undefined)
      .filter((row) => scope.namespace === undefined || row.path.namespace === scope.namespace)
      .sort(byPath);
    for (let start = 0; start < rows.length; start += PAGE) {
      this.#assertReady(call);
      yield rows.slice(start, start + PAGE).map((row) => ({ path: row.path, ...described(row) }));
    }
  }

  async check(call: CallOptions): Promise<void> {
    this.#assertReady(call);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #patch(path: SecretPath, patch: MetadataPatch, mark: Omit<ApplyOptions, 'signal'>): Outcome {
    const row = this.store.get(this.prefix, path);
    if (row !== undefined && row.fence > mark.fence) return { outcome: 'superseded', storedFence: row.fence };
    if (row?.value === undefined) throw new CofferError('not-found', 'there is no such secret');
    const { changed: _, ...kept } = row;
    return this.#replace({ ...kept, ...mark, metadata: applyPatch(row.metadata, patch) });
  }

  #replace(change: NewRow): Outcome {
    const { revision } = change;
    const stored = this.store.get(this.prefix, change.path);
    if (stored !== undefined && stored.fence > change.fence)
      return { outcome: 'superseded', storedFence: stored.fence };
    if (stored !== undefined && stored.fence === change.fence) return applied(stored);
    const row = { ...change, revision: revision ?? (stored?.revision ?? 0) + 1 };
    this.store.put(row);
    return applied(row);
  }

  #assertReady(call: CallOptions): void {
    if (this.#closed) throw new CofferError('unavailable', 'the store is closed');
    if (call.signal.aborted) throw new CofferError('timeout', 'the store did not answer in time');
  }
}

export const openMemoryBackend = (options: MemoryBackendOptions = {}): Backend =>
  new MemoryBackend(options.store ?? new MemoryStore(), options.prefix ?? '');

import type { SecretPath, SecretValue, Tag } from '@coffer/secrets';
import type { Served } from './cache/found.js';

export interface ResolvedSecret {
  /** Where the secret was found: the namespace asked for, or a parent of it. */
  readonly path: SecretPath;
  readonly value: SecretValue;
  readonly version: string;
  /** Where the answer came from; absent: from the store, without a cache. */
  readonly served?: Served;
}

export interface ResolveRequest {
  readonly path: SecretPath;
  /** Whether parent namespaces are asked where the namespace itself has no such key. */
  readonly inherit: boolean;
  /** A field of a value that is a JSON object; the answer's value is then that field's text (JSON for non-strings). */
  readonly subkey?: string;
  /** Which of the levels the caller may see; others are passed over as if they were empty. */
  readonly visible: (namespace: string) => boolean;
  /** Whether the stores are asked whatever is cached; default false. */
  readonly refresh?: boolean;
}

export interface ListedSecret {
  readonly key: string;
  readonly namespace: string;
  readonly description?: string | undefined;
  readonly tags: readonly Tag[];
}

/** What is known, and how old it may be. */
export interface Aged<T> {
  readonly content: T;
  /** Milliseconds; absent: it has every write that was answered before the call. */
  readonly age?: number;
}

/** Answers values. Errors are `CofferError`s. */
export interface ReadService {
  /**
   * Throws, or rejects with, `not-found` naming the key and the namespaces tried; `invalid` when a subkey is asked of what
   * is not a JSON object with it. What is at hand is answered at once: no promise without something to wait for.
   */
  resolve(request: ResolveRequest): ResolvedSecret | Promise<ResolvedSecret>;
  /**
   * What `resolve` would answer, if that is in memory. `undefined` says nothing: `resolve` must then be asked. No store is
   * asked, and nothing is thrown.
   */
  atHand(request: Pick<ResolveRequest, 'path' | 'inherit' | 'visible'>): ResolvedSecret | undefined;
}

/** What there is, without values. Errors are `CofferError`s. */
export interface ListService {
  /** Every secret of the tenant, or of one namespace, in the order of namespace and key. To be used at once: later changes show in it. */
  list(tenant: string, namespace?: string): Promise<Aged<readonly ListedSecret[]>>;
  /** The keys of the namespace and of each of its parents, by namespace; an entry for each level, also an empty one. */
  inherited(tenant: string, namespace: string): Promise<Aged<ReadonlyMap<string, readonly string[]>>>;
  /** Whether the manager of the namespace (absent: the tenant's default one) refuses writes. */
  readOnly(tenant: string, namespace?: string): boolean;
}

import { ALL_RULES, type Rules } from '@coffer/coherence';
import { CofferError, type SecretPath, type SecretValue } from '@coffer/secrets';
import { slowest, type CacheStatus } from './cache-status.js';
import type { Lookup, LookupResult } from './lookup.js';
import { subkeyOf } from './subkey.js';

export interface ResolvedSecret {
  /** Where the secret was found: the namespace asked for, or a parent of it. */
  readonly path: SecretPath;
  readonly value: SecretValue;
  readonly version: string;
  /** How often the secret was written and deleted; see `StoredSecret`. */
  readonly revision: number;
  /** When the latest change was accepted, in milliseconds since the Unix epoch; `undefined` where that is not known. */
  readonly changed?: number | undefined;
  /** The slowest source that was asked. */
  readonly cacheStatus: CacheStatus;
}

export interface ResolveRequest {
  readonly path: SecretPath;
  /** Whether parent namespaces are asked where the namespace itself has no such key. */
  readonly inherit: boolean;
  /** A field of a value that is a JSON object; the answer's value is then that field's text (JSON for non-strings). */
  readonly subkey?: string;
  /** Which of the levels the caller may see; others are passed over as if they were empty. */
  readonly visible: (namespace: string) => boolean;
  /** Whether the stores are asked whatever is cached. Defaults to false. */
  readonly refresh?: boolean;
}

/** What one level has; `undefined` ends the walk without an answer. */
type LevelLookup = (path: SecretPath) => LookupResult | Promise<LookupResult> | 'absent' | undefined;

const levelsOf = ({ path, inherit }: ResolveRequest): readonly SecretPath[] => (inherit ? path.levels : [path]);

const answerOf = (
  { subkey }: ResolveRequest,
  path: SecretPath,
  { secret }: LookupResult,
  cacheStatus: CacheStatus,
): ResolvedSecret | undefined => {
  if (secret === undefined) return undefined;
  const value = subkey === undefined ? secret.value : subkeyOf(secret.value, subkey);
  const { version, revision, changed } = secret;
  return { path, value, version, revision, changed, cacheStatus };
};

const notFound = (request: ResolveRequest): CofferError => {
  const { key } = request.path;
  const namespaces = levelsOf(request)
    .map(({ namespace }) => namespace)
    .filter(request.visible);
  return new CofferError('not-found', `there is no secret '${key}' in ${namespaces.join(', ')}`, { key, namespaces });
};

/**
 * Reads values. Levels of an inherited read are asked one after the other, the child first; a level that fails is an
 * error, never an absence. Errors are `CofferError`s.
 */
export class ReadService {
  readonly #cached: LevelLookup = (path) => this.lookup.cached(path);
  // A hit comes before an absence, which a scan may have found before somebody had the store asked again.
  readonly #read: LevelLookup = (path) => this.lookup.cached(path) ?? this.lookup.read(path, false);
  readonly #refresh: LevelLookup = (path) => this.lookup.read(path, true);

  /** `protocolRules`: for tests, which rules of the protocol are obeyed. */
  constructor(
    private readonly lookup: Lookup,
    private readonly protocolRules: Pick<Rules, 'levels'> = ALL_RULES,
  ) {}

  /**
   * Throws, or rejects with, `not-found` naming the key and the namespaces tried; `invalid` when a subkey is asked of what
   * is not a JSON object with it. What is cached is answered at once: no promise without something to wait for.
   */
  resolve(request: ResolveRequest): ResolvedSecret | Promise<ResolvedSecret> {
    const lookup = request.refresh === true ? this.#refresh : this.#read;
    const found = this.#walk(request, lookup, levelsOf(request), 0, undefined);
    if (found instanceof Promise) {
      return found.then((answer) => {
        if (answer === undefined) throw notFound(request);
        return answer;
      });
    }
    if (found === undefined) throw notFound(request);
    return found;
  }

  /**
   * What `resolve` would answer, if that is in memory. `undefined` means unknown; call `resolve`. No store is asked, and
   * nothing is thrown.
   */
  cached(request: Pick<ResolveRequest, 'path' | 'inherit' | 'visible'>): ResolvedSecret | undefined {
    const found = this.#walk(request, this.#cached, levelsOf(request), 0, undefined);
    return found instanceof Promise ? undefined : found;
  }

  /** The only walk over the levels, from the level `first` on; `status` is that of the levels before. */
  #walk(
    request: ResolveRequest,
    lookup: LevelLookup,
    levels: readonly SecretPath[],
    first: number,
    status: CacheStatus | undefined,
  ): ResolvedSecret | Promise<ResolvedSecret | undefined> | undefined {
    let slowestStatus = status;
    for (let level = first; level < levels.length; level += 1) {
      const path = levels[level] as SecretPath;
      if (!request.visible(path.namespace)) continue;
      const found = lookup(path);
      if (found === undefined && this.protocolRules.levels) return undefined;
      if (found === 'absent' || found === undefined) continue;
      if (found instanceof Promise) {
        return found.then((result) => {
          const reached = slowest(slowestStatus, result);
          return answerOf(request, path, result, reached) ?? this.#walk(request, lookup, levels, level + 1, reached);
        });
      }
      slowestStatus = slowest(slowestStatus, found);
      const answer = answerOf(request, path, found, slowestStatus);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}

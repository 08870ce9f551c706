import { CofferError, namespaceAndParents, SecretPath } from '@coffer/secrets';
import type { ReadService, ResolvedSecret, ResolveRequest } from '../read-service.js';
import { subkeyOf } from '../subkey.js';
import type { CoherentReads } from './coherent-reads.js';
import { fartherOf, type Found, type Served } from './found.js';

/** What is known to be absent, and since when on the clock of the readers. */
export type AbsenceOf = (path: SecretPath) => { readonly tag: bigint; readonly since: number } | undefined;

const farther = (before: Served | undefined, found: Found): Served =>
  before === undefined ? found : fartherOf(before, found);

const levelOf = (path: SecretPath, namespace: string): SecretPath =>
  namespace === path.namespace ? path : SecretPath.of(path.tenant, namespace, path.key);

const answerOf = (
  { subkey }: ResolveRequest,
  path: SecretPath,
  { secret }: Found,
  served: Served,
): ResolvedSecret | undefined => {
  if (secret === undefined) return undefined;
  const value = subkey === undefined ? secret.value : subkeyOf(secret.value, subkey);
  return { path, value, version: secret.version, served };
};

/** Answers from the caches where they may, level by level, the child first; a level that fails is an error. */
export class CachedReadService implements ReadService {
  /** `absenceOf`: a path that is known to hold nothing is passed over where a hit would be served. */
  constructor(
    private readonly reads: Pick<CoherentReads, 'read' | 'hit' | 'admits'>,
    private readonly absenceOf: AbsenceOf = () => undefined,
  ) {}

  resolve(request: ResolveRequest): ResolvedSecret | Promise<ResolvedSecret> {
    const { path, inherit, visible } = request;
    const levels = inherit ? namespaceAndParents(path.namespace) : [path.namespace];
    return this.#search(request, levels.filter(visible), 0, undefined);
  }

  atHand({ path, inherit, visible }: ResolveRequest): ResolvedSecret | undefined {
    const levels = inherit ? namespaceAndParents(path.namespace) : [path.namespace];
    for (const namespace of levels) {
      if (!visible(namespace)) continue;
      const at = levelOf(path, namespace);
      const hit = this.reads.hit(at);
      if (hit !== undefined) return { path: at, value: hit.secret.value, version: hit.secret.version, served: hit };
      if (!this.#absent(at)) return undefined;
    }
    return undefined;
  }

  /** From that level on; `served`: where the absence of those before came from. */
  #search(
    request: ResolveRequest,
    levels: readonly string[],
    first: number,
    served: Served | undefined,
  ): ResolvedSecret | Promise<ResolvedSecret> {
    const { path, refresh = false } = request;
    for (let level = first; level < levels.length; level += 1) {
      const namespace = levels[level] as string;
      const at = levelOf(path, namespace);
      // Before the absence, which a scan may have found before somebody had the store asked again.
      const hit = refresh ? undefined : this.reads.hit(at);
      if (hit === undefined && !refresh && this.#absent(at)) continue;
      const read = hit ?? this.reads.read(at, refresh);
      if (read instanceof Promise) {
        return read.then((found) => {
          const from = farther(served, found);
          return answerOf(request, at, found, from) ?? this.#search(request, levels, level + 1, from);
        });
      }
      served = farther(served, read);
      const answer = answerOf(request, at, read, served);
      if (answer !== undefined) return answer;
    }
    throw new CofferError('not-found', `there is no secret '${path.key}' in ${levels.join(', ')}`, {
      key: path.key,
      namespaces: levels,
    });
  }

  #absent(path: SecretPath): boolean {
    const absence = this.absenceOf(path);
    return absence !== undefined && this.reads.admits(path, absence);
  }
}

import { CofferError, namespaceAndParents, SecretPath } from '@coffer/secrets';
import type { ReadService, ResolvedSecret, ResolveRequest } from '../reads/read-service.js';
import { subkeyOf } from '../reads/subkey.js';
import type { CoherentReads } from './coherent-reads.js';
import { fartherOf, type Served } from './found.js';

/** What is known to be absent, and since when on the clock of the readers. */
export type AbsenceOf = (path: SecretPath) => { readonly tag: bigint; readonly since: number } | undefined;

/** Answers from the caches where they may, level by level, the child first; a level that fails is an error. */
export class CachedReadService implements ReadService {
  /** `absenceOf`: a path that is known to hold nothing is passed over where a hit would be served. */
  constructor(
    private readonly reads: Pick<CoherentReads, 'read' | 'admits'>,
    private readonly absenceOf: AbsenceOf = () => undefined,
  ) {}

  async resolve({ path, inherit, subkey, visible, refresh = false }: ResolveRequest): Promise<ResolvedSecret> {
    const levels = inherit ? namespaceAndParents(path.namespace) : [path.namespace];
    const tried = levels.filter(visible);
    let served: Served | undefined;
    for (const namespace of tried) {
      const at = namespace === path.namespace ? path : SecretPath.of(path.tenant, namespace, path.key);
      if (!refresh && this.#absent(at)) continue;
      const found = this.reads.read(at, refresh);
      const level = found instanceof Promise ? await found : found;
      served = served === undefined ? level : fartherOf(served, level);
      const { secret } = level;
      if (secret === undefined) continue;
      const value = subkey === undefined ? secret.value : subkeyOf(secret.value, subkey);
      return { path: at, value, version: secret.version, served };
    }
    throw new CofferError('not-found', `there is no secret '${path.key}' in ${tried.join(', ')}`, {
      key: path.key,
      namespaces: tried,
    });
  }

  #absent(path: SecretPath): boolean {
    const absence = this.absenceOf(path);
    return absence !== undefined && this.reads.admits(path, absence);
  }
}

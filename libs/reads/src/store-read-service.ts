import type { Backend, CallOptions } from '@coffer/backend-contract';
import { CofferError, SecretPath, namespaceAndParents } from '@coffer/secrets';
import type { ReadService, ResolvedSecret, ResolveRequest } from './read-service.js';
import { subkeyOf } from './subkey.js';

/** One per call, since what listens to a signal stays with it; the facade's deadline is the one that counts. */
const newCall = (): CallOptions => ({ signal: new AbortController().signal });

/**
 * Answers from the stores themselves, each time: as fresh as the store, and as slow. Levels of an inherited resolve are
 * asked one after the other, the child first; a level that fails is an error, never an absence.
 */
export class StoreReadService implements ReadService {
  /** `absent`: whether a path is known to hold nothing, so that its store need not be asked; default: never. */
  constructor(
    private readonly managers: {
      managerFor(tenant: string, namespace?: string): { readonly backend: Pick<Backend, 'read'> };
    },
    private readonly absent: (path: SecretPath) => boolean = () => false,
  ) {}

  async resolve({ path, inherit, subkey, visible }: ResolveRequest): Promise<ResolvedSecret> {
    const levels = inherit ? namespaceAndParents(path.namespace) : [path.namespace];
    const tried = levels.filter(visible);
    for (const namespace of tried) {
      const at = namespace === path.namespace ? path : SecretPath.of(path.tenant, namespace, path.key);
      if (this.absent(at)) continue;
      const found = await this.managers.managerFor(path.tenant, namespace).backend.read(at, newCall());
      if (found === undefined) continue;
      const value = subkey === undefined ? found.value : subkeyOf(found.value, subkey);
      return { path: at, value, version: found.version };
    }
    throw new CofferError('not-found', `there is no secret '${path.key}' in ${tried.join(', ')}`, {
      key: path.key,
      namespaces: tried,
    });
  }

  atHand(): undefined {
    return undefined;
  }
}

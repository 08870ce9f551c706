import type { CallOptions } from '@coffer/backend-contract';
import { CofferError, type Fence, type SecretPath } from '@coffer/secrets';
import { STORE } from './capabilities.js';
import { Failure } from './errors.js';
import { scopeFilter, secretIdOf } from './identity.js';
import { stateOf, type SecretState } from './layout.js';
import type { SecretsApi } from './client.js';

/**
 * Secrets that may share the labels of one path, all at once where they fit: the most that Google takes
 * (https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/list). While a project changes, a secret
 * may be on two pages.
 */
const PAGE = 25_000;

/** Everything that the store holds of one path. */
export interface SecretLocations {
  /** Under the id that Coffer gives; a tombstone and an empty one among them. */
  readonly own: SecretState | undefined;
  /** The secret that shows: Coffer's own or one that was made outside. */
  readonly living: SecretState | undefined;
  /** The highest fence that any of them carries. */
  readonly fence: Fence | undefined;
}

const isLiving = (state: SecretState | undefined): state is SecretState =>
  state?.kind === 'written' || state?.kind === 'outside';

export const idOf = ({ name }: { readonly name: string }): string => name.split('/').at(-1) ?? '';

const duplicatesError = (path: SecretPath, states: readonly SecretState[]): CofferError => {
  const names = states.map(idOf).sort();
  return new CofferError('conflict', `${STORE}: ${names.join(' and ')} carry the same identity; remove one of them`, {
    store: STORE,
    path: path.toString(),
    secrets: names,
  });
};

/** Finds the secrets of a path: by the id that Coffer gives, and by labels and annotations. */
export class SecretLocator {
  /** Ids of paths that a list has shown to have a secret made outside. */
  readonly #outside = new Set<string>();

  constructor(
    readonly api: SecretsApi,
    readonly prefix: string,
  ) {}

  belongs(state: SecretState, path: SecretPath): boolean {
    return state.identity?.prefix === this.prefix && state.identity.path.equals(path);
  }

  /** Whether this is not the secret that Coffer would have made; remembered for the path. */
  noteOutside(state: SecretState, path: SecretPath): void {
    const id = secretIdOf(this.prefix, path);
    if (idOf(state) !== id) this.#outside.add(id);
  }

  async own(project: string, path: SecretPath, call: CallOptions): Promise<SecretState | undefined> {
    const name = this.api.nameOf(project, secretIdOf(this.prefix, path));
    try {
      return stateOf(await this.api.getSecret(name, call));
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.is('NOT_FOUND')) return undefined;
      throw thrown;
    }
  }

  /**
   * One call where Coffer's own secret shows and no other is known of, else two; `thorough`: always two. Throws `conflict`
   * when two secrets show.
   */
  async find(path: SecretPath, thorough: boolean, call: CallOptions): Promise<SecretLocations> {
    const project = await this.api.service.project(call);
    const id = secretIdOf(this.prefix, path);
    const own = await this.own(project, path, call);
    const sure = isLiving(own) && !thorough && !this.#outside.has(id);
    const others = sure ? [] : await this.#others(project, path, id, call);
    if (!sure && others.length === 0) this.#outside.delete(id);
    const living = [own, ...others].filter(isLiving);
    if (living.length > 1) throw duplicatesError(path, living);
    const fences = [own, ...others].flatMap((state) => (state?.fence === undefined ? [] : [state.fence]));
    const fence = fences.reduce<Fence | undefined>(
      (high, one) => (high === undefined || one > high ? one : high),
      undefined,
    );
    return { own, living: living[0], fence };
  }

  async #others(project: string, path: SecretPath, id: string, call: CallOptions): Promise<SecretState[]> {
    const filter = scopeFilter(this.prefix, path.tenant, path.namespace, path.key);
    const found = new Map<string, SecretState>();
    let pageToken: string | undefined;
    do {
      const request = { filter, pageSize: PAGE, ...(pageToken === undefined ? {} : { pageToken }) };
      const page = await this.api.listSecrets(project, request, call);
      const states = page.secrets.filter((secret) => idOf(secret) !== id).map(stateOf);
      for (const state of states) if (isLiving(state) && this.belongs(state, path)) found.set(state.name, state);
      pageToken = page.next;
    } while (pageToken !== undefined);
    return [...found.values()];
  }
}

import type { CallOptions, ListScope, SecretEntry } from '@coffer/backend-contract';
import type { SecretsApi } from './client.js';
import { withCofferErrors } from './errors.js';
import { scopeFilter } from './identity.js';
import { describedBy, stateOf, type Resource, type SecretState } from './layout.js';
import type { SecretLocator } from './locator.js';

const PAGE_SIZE = 500;

const readable = (resource: Resource): SecretState | undefined => {
  try {
    return stateOf(resource);
  } catch {
    return undefined;
  }
};

/** The service's own pages. Secrets made outside that they show are remembered, so that reads and writes look for them. */
export class SecretListing {
  constructor(
    private readonly api: SecretsApi,
    private readonly locator: SecretLocator,
  ) {}

  async *pages(scope: ListScope, call: CallOptions): AsyncGenerator<readonly SecretEntry[]> {
    const filter = scopeFilter(this.locator.prefix, scope.tenant, scope.namespace);
    const seen = new Set<string>();
    let pageToken: string | undefined;
    do {
      const request = { filter, pageSize: PAGE_SIZE, ...(pageToken === undefined ? {} : { pageToken }) };
      const page = await withCofferErrors(async () =>
        this.api.listSecrets(await this.api.service.project(call), request, call),
      );
      yield page.secrets.flatMap((secret) => this.#entry(secret, scope, seen));
      pageToken = page.next;
    } while (pageToken !== undefined);
  }

  #entry(secret: Resource, { tenant, namespace }: ListScope, seen: Set<string>): SecretEntry[] {
    const state = readable(secret);
    if (state?.identity === undefined || state.identity.prefix !== this.locator.prefix) return [];
    const { path } = state.identity;
    if (path.tenant !== tenant || (namespace !== undefined && path.namespace !== namespace)) return [];
    if (state.kind !== 'written' && state.kind !== 'outside') return [];
    this.locator.noteOutside(state, path);
    if (seen.has(path.toString())) return [];
    seen.add(path.toString());
    return [{ path, ...describedBy(state) }];
  }
}

import { CatalogueService } from '@coffer/reads';
import { CofferError, SecretPath } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../../http/endpoint/endpoint.js';
import { ignoreDrift, regardDrift } from './tables.endpoints.js';

type Place = Pick<SecretPath, 'tenant' | 'namespace' | 'key'>;

/** Decides which of the secrets that were changed in their store without Coffer lists show as such. */
@Controller()
export class DriftController {
  constructor(@Inject(CatalogueService) private readonly catalogue: Pick<CatalogueService, 'ignoreDrift'>) {}

  @Endpoint(ignoreDrift)
  async ignore(call: Call<typeof ignoreDrift>): Promise<Answer<typeof ignoreDrift>> {
    this.#set(call, true);
    return { status: 204, body: undefined };
  }

  @Endpoint(regardDrift)
  async regard(call: Call<typeof regardDrift>): Promise<Answer<typeof regardDrift>> {
    this.#set(call, false);
    return { status: 204, body: undefined };
  }

  #set({ tenant, namespace, key }: Place, ignored: boolean): void {
    const path = SecretPath.of(tenant, namespace, key);
    if (this.catalogue.ignoreDrift(tenant, path, ignored)) return;
    throw new CofferError('not-found', 'this gateway knows of no change of that secret without Coffer');
  }
}

import { SecretPath } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { HTTP_DEPENDENCIES, type HttpDependencies } from '../http/dependencies.js';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { traceparentOf } from '../http/request/write-headers.js';
import { dropCached } from './endpoints.js';

/** After a change in a store without Coffer. */
@Controller()
export class CacheController {
  constructor(@Inject(HTTP_DEPENDENCIES) private readonly dependencies: HttpDependencies) {}

  @Endpoint(dropCached)
  async drop(call: Call<typeof dropCached>): Promise<Answer<typeof dropCached>> {
    const { tenant, namespace, key, principal, headers } = call;
    const traceparent = traceparentOf(headers);
    await this.dependencies.writes.write(
      { kind: 'drop', path: SecretPath.of(tenant, namespace, key) },
      { principal: principal.id, ...(traceparent === undefined ? {} : { traceparent }) },
    );
    return { status: 204, body: undefined };
  }
}

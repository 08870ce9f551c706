import { SecretPath } from '@coffer/secrets';
import { MutationWriter, type WriteService } from '@coffer/writes';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { traceparentOf } from '../http/request/write-headers.js';
import { dropCached } from './values.endpoints.js';

/** After a change in a store without Coffer. */
@Controller()
export class CacheController {
  constructor(@Inject(MutationWriter) private readonly writes: Pick<WriteService, 'write'>) {}

  @Endpoint(dropCached)
  async drop(call: Call<typeof dropCached>): Promise<Answer<typeof dropCached>> {
    const { tenant, namespace, key, principal, headers } = call;
    const traceparent = traceparentOf(headers);
    await this.writes.write(
      { kind: 'drop', path: SecretPath.of(tenant, namespace, key) },
      { principal: principal.id, ...(traceparent === undefined ? {} : { traceparent }) },
    );
    return { status: 204, body: undefined };
  }
}

import { CofferError } from '@coffer/secrets';
import { MutationWriter, type WriteService } from '@coffer/writes';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { getOperation } from './operations.endpoints.js';

const OPERATION = /^[0-9A-Za-z_-]{1,128}$/;

/** What became of writes; whoever has any permission in the tenant may ask. */
@Controller()
export class OperationsController {
  constructor(@Inject(MutationWriter) private readonly writes: Pick<WriteService, 'operation'>) {}

  @Endpoint(getOperation)
  async get(call: Call<typeof getOperation>): Promise<Answer<typeof getOperation>> {
    if (!OPERATION.test(call.id)) {
      throw new CofferError('invalid', 'invalid operation id: it is the one that a write was answered with');
    }
    const found = this.writes.operation(call.tenant, call.id);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { id: call.id, state: found.state, ...(found.state === 'failed' ? { code: found.code } : {}) },
    };
  }
}

import { SecretPath, SecretValue } from '@coffer/secrets';
import { MutationWriter, type WriteService } from '@coffer/writes';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { preconditionOf, textTagOf } from '../http/request/entity-tags.js';
import { wantsAsync } from '../http/request/write-headers.js';
import { addressingHeaders } from '../secrets/addressing.js';
import { auditedWriteOf, queueWrite, writeOptionsOf, writtenTagOf } from '../writes/write-call.js';
import { deleteValue, putValue } from './values.endpoints.js';

/** Writing a value alone, and deleting, where it is read. */
@Controller()
export class ValueWritesController {
  constructor(@Inject(MutationWriter) private readonly writes: Pick<WriteService, 'write' | 'submit'>) {}

  /** Who sends a value alone knows nothing of description and tags, and repeats it (`PushSecret`, each hour). */
  @Endpoint(putValue)
  async put(call: Call<typeof putValue>): Promise<Answer<typeof putValue>> {
    const mutation = {
      kind: 'put',
      path: SecretPath.of(call.tenant, call.namespace, call.key),
      value: new SecretValue(call.body),
      metadata: { tags: [] },
      keepsMetadata: true,
      ...preconditionOf(call.headers),
    } as const;
    const headers = addressingHeaders(call.key);
    if (wantsAsync(call.headers)) {
      const queued = await queueWrite(this.writes, mutation, call);
      return { ...queued, headers: { ...queued.headers, ...headers } };
    }
    const result = await this.writes.write(mutation, writeOptionsOf(call));
    const etag = writtenTagOf(result);
    return {
      status: 204,
      headers: { ...headers, ...(etag === undefined ? {} : { etag: textTagOf(etag) }) },
      audited: [{ ...auditedWriteOf(result), value: mutation.value }],
      body: undefined,
    };
  }

  @Endpoint(deleteValue)
  async delete(call: Call<typeof deleteValue>): Promise<Answer<typeof deleteValue>> {
    const path = SecretPath.of(call.tenant, call.namespace, call.key);
    const mutation = { kind: 'delete', path, ...preconditionOf(call.headers) } as const;
    if (wantsAsync(call.headers)) return queueWrite(this.writes, mutation, call);
    const result = await this.writes.write(mutation, writeOptionsOf(call));
    return { status: 204, audited: [auditedWriteOf(result)], body: undefined };
  }
}

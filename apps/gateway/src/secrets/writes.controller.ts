import { CofferError, parseTags, SecretPath, SecretValue, type Mutation, type SecretMetadata } from '@coffer/secrets';
import { MutationWriter, type WriteResult, type WriteService } from '@coffer/writes';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { preconditionOf } from '../http/request/entity-tags.js';
import { wantsAsync } from '../http/request/write-headers.js';
import { auditedWriteOf, queueWrite, writeOptionsOf, writtenTagOf } from '../writes/write-call.js';
import { addressingHeaders } from './addressing.js';
import { deleteSecret, patchSecret, postSecret, putSecret } from './secrets.endpoints.js';

const mustEqualPath = (what: 'namespace' | 'key', given: string | null | undefined, path: string): void => {
  if (given != null && given !== path) {
    throw new CofferError('invalid', `invalid body: the ${what} must be the one of the path, or absent`);
  }
};

const rowOf = (path: SecretPath, { metadata }: WriteResult, fallback: SecretMetadata = { tags: [] }) => {
  const { description, tags } = metadata ?? fallback;
  return {
    key: path.key,
    namespace: path.namespace,
    ...(description === undefined ? {} : { description }),
    tags: tags.map(({ key, value }) => ({ key, value })),
  };
};

const etagOf = (result: WriteResult): Readonly<Record<string, string>> => {
  const etag = writtenTagOf(result);
  return etag === undefined ? {} : { etag };
};

/** Creating, changing and deleting on Kestra's face. */
@Controller()
export class WritesController {
  constructor(@Inject(MutationWriter) private readonly writes: Pick<WriteService, 'write' | 'submit'>) {}

  @Endpoint(putSecret)
  async put(call: Call<typeof putSecret>): Promise<Answer<typeof putSecret>> {
    return this.replace(call);
  }

  @Endpoint(postSecret)
  async post(call: Call<typeof postSecret>): Promise<Answer<typeof postSecret>> {
    return this.replace(call);
  }

  @Endpoint(patchSecret)
  async patch(call: Call<typeof patchSecret>): Promise<Answer<typeof patchSecret>> {
    const { description, tags } = call.body;
    mustEqualPath('namespace', call.body.namespace, call.namespace);
    mustEqualPath('key', call.body.key, call.key);
    const path = SecretPath.of(call.tenant, call.namespace, call.key);
    const metadata = {
      ...(description == null ? {} : { description }),
      ...(tags == null ? {} : { tags: parseTags(tags) }),
    };
    const mutation: Mutation = { kind: 'patch', path, metadata, ...preconditionOf(call.headers) };
    if (wantsAsync(call.headers)) return queueWrite(this.writes, mutation, call);
    const result = await this.writes.write(mutation, writeOptionsOf(call));
    return { status: 200, headers: etagOf(result), audited: [auditedWriteOf(result)], body: [rowOf(path, result)] };
  }

  @Endpoint(deleteSecret)
  async delete(call: Call<typeof deleteSecret>): Promise<Answer<typeof deleteSecret>> {
    const path = SecretPath.of(call.tenant, call.namespace, call.key);
    const mutation: Mutation = { kind: 'delete', path, ...preconditionOf(call.headers) };
    if (wantsAsync(call.headers)) return queueWrite(this.writes, mutation, call);
    const result = await this.writes.write(mutation, writeOptionsOf(call));
    return { status: 204, audited: [auditedWriteOf(result)], body: undefined };
  }

  private async replace(call: Omit<Call<typeof putSecret>, never>): Promise<Answer<typeof putSecret>> {
    const { key, value, description, tags, namespace } = call.body;
    mustEqualPath('namespace', namespace, call.namespace);
    const path = SecretPath.of(call.tenant, call.namespace, key);
    const metadata: SecretMetadata = {
      ...(description == null || description === '' ? {} : { description }),
      tags: parseTags(tags ?? []),
    };
    const precondition = preconditionOf(call.headers);
    const mutation = { kind: 'put', path, value: new SecretValue(value), metadata, ...precondition } as const;
    const headers = addressingHeaders(key);
    if (wantsAsync(call.headers)) {
      const queued = await queueWrite(this.writes, mutation, call);
      return { ...queued, headers: { ...queued.headers, ...headers } };
    }
    const result = await this.writes.write(mutation, writeOptionsOf(call));
    return {
      status: 200,
      headers: { ...headers, ...etagOf(result) },
      audited: [{ ...auditedWriteOf(result), value: mutation.value }],
      body: [rowOf(path, result, metadata)],
    };
  }
}

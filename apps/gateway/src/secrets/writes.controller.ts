import { CofferError, parseTags, SecretPath, SecretValue, type Mutation, type SecretMetadata } from '@coffer/secrets';
import { MutationWriter, type WriteOptions, type WriteResult, type WriteService } from '@coffer/writes';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { entityTagOf, preconditionOf } from '../http/request/entity-tags.js';
import { traceparentOf, wantsAsync } from '../http/request/write-headers.js';
import { addressingHeaders } from './addressing.js';
import { deleteSecret, patchSecret, postSecret, putSecret } from './endpoints.js';

type WriteCall = Pick<Call<typeof deleteSecret>, 'tenant' | 'principal' | 'headers'>;

const mustEqualPath = (what: 'namespace' | 'key', given: string | null | undefined, path: string): void => {
  if (given != null && given !== path) {
    throw new CofferError('invalid', `invalid body: the ${what} must be the one of the path, or absent`);
  }
};

const optionsOf = ({ principal, headers }: WriteCall): WriteOptions => {
  const idempotencyKey = headers['idempotency-key'];
  const traceparent = traceparentOf(headers);
  return {
    principal: principal.id,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
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

const etagOf = ({ version }: WriteResult): Readonly<Record<string, string>> =>
  version === undefined ? {} : { etag: entityTagOf(version) };

const auditedOf = ({ operation, version }: WriteResult) => ({
  operation,
  ...(version === undefined ? {} : { version }),
});

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
    if (wantsAsync(call.headers)) return this.queue(mutation, call);
    const result = await this.writes.write(mutation, optionsOf(call));
    return { status: 200, headers: etagOf(result), audited: [auditedOf(result)], body: [rowOf(path, result)] };
  }

  @Endpoint(deleteSecret)
  async delete(call: Call<typeof deleteSecret>): Promise<Answer<typeof deleteSecret>> {
    const path = SecretPath.of(call.tenant, call.namespace, call.key);
    const mutation: Mutation = { kind: 'delete', path, ...preconditionOf(call.headers) };
    if (wantsAsync(call.headers)) return this.queue(mutation, call);
    const result = await this.writes.write(mutation, optionsOf(call));
    return { status: 204, audited: [auditedOf(result)], body: undefined };
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
      const queued = await this.queue(mutation, call);
      return { ...queued, headers: { ...queued.headers, ...headers } };
    }
    const result = await this.writes.write(mutation, optionsOf(call));
    return {
      status: 200,
      headers: { ...headers, ...etagOf(result) },
      audited: [{ ...auditedOf(result), value: mutation.value }],
      body: [rowOf(path, result, metadata)],
    };
  }

  private async queue(mutation: Mutation, call: WriteCall) {
    const id = await this.writes.submit(mutation, optionsOf(call));
    return {
      status: 202,
      headers: {
        location: `/coffer/v1/${call.tenant}/operations/${encodeURIComponent(id)}`,
        'preference-applied': 'respond-async',
      },
      audited: [{ operation: id }],
      body: { id, state: 'pending' },
    } as const;
  }
}

import type { Principal } from '@coffer/access';
import type { Mutation } from '@coffer/secrets';
import type { WriteOptions, WriteResult, WriteService } from '@coffer/writes';
import { entityTagOf } from '../http/request/entity-tags.js';
import { traceparentOf, type WriteHeaders } from '../http/request/write-headers.js';

/** What every write that is asked for by HTTP says beside its mutation. */
export interface WriteCall {
  readonly tenant: string;
  readonly principal: Principal;
  readonly headers: WriteHeaders;
}

export const writeOptionsOf = ({ principal, headers }: WriteCall): WriteOptions => {
  const idempotencyKey = headers['idempotency-key'];
  const traceparent = traceparentOf(headers);
  return {
    principal: principal.id,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
};

/** The entity tag of what was written, where it is known. */
export const writtenTagOf = ({ version }: WriteResult): string | undefined =>
  version === undefined ? undefined : entityTagOf(version);

/** What the record of a write that was answered says. */
export const auditedWriteOf = ({ operation, version }: WriteResult) => ({
  operation,
  ...(version === undefined ? {} : { version }),
});

/** Queues the mutation, and answers as `Prefer: respond-async` asks. */
export const queueWrite = async (writes: Pick<WriteService, 'submit'>, mutation: Mutation, call: WriteCall) => {
  const id = await writes.submit(mutation, writeOptionsOf(call));
  return {
    status: 202,
    headers: {
      location: `/coffer/v1/${call.tenant}/operations/${encodeURIComponent(id)}`,
      'preference-applied': 'respond-async',
    },
    audited: [{ operation: id }],
    body: { id, state: 'pending' },
  } as const;
};

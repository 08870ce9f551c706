import { may, type Principal } from '@coffer/access';
import type { SecretPath, SecretValue } from '@coffer/secrets';
import type { WriteOptions, WriteResult } from '@coffer/writes';
import { traceparentOf } from '../http/request/write-headers.js';
import { customMetadataOf } from './custom-metadata.js';
import { answerOf, ignoredWarnings, NO_STORE, timeText } from './answers.js';
import { writeBody } from './schemas.js';

interface WriteCall {
  readonly principal: Principal;
  readonly requestId: string;
  readonly headers: { readonly traceparent?: string | undefined };
  readonly body: object;
}

export const writeOptionsOf = ({ principal, headers }: Pick<WriteCall, 'principal' | 'headers'>): WriteOptions => {
  const traceparent = traceparentOf(headers);
  return { principal: principal.id, ...(traceparent === undefined ? {} : { traceparent }) };
};

/** What the record of a write says beside the call. */
export const auditedOf = ({ operation, version, value }: WriteResult & { readonly value?: SecretValue }) => ({
  operation,
  ...(version === undefined ? {} : { version }),
  ...(value && { value }),
});

/** The answer to a write of data. Whoever may not list does not learn what else the secret has. */
export const writtenOf = (
  { principal, requestId, body }: WriteCall,
  { tenant, namespace }: SecretPath,
  result: WriteResult & { readonly value: SecretValue; readonly revision: number },
) => ({
  status: 200 as const,
  headers: NO_STORE,
  audited: [auditedOf(result)],
  body: answerOf(
    requestId,
    {
      created_time: timeText(result.changed),
      custom_metadata:
        result.metadata !== undefined && may(principal, 'list', tenant, namespace)
          ? customMetadataOf(result.metadata)
          : null,
      deletion_time: '' as const,
      destroyed: false as const,
      version: result.revision,
    },
    ignoredWarnings(body, writeBody),
  ),
});

import type { IHeaders, Message } from 'kafkajs';
import type { MutationKind } from '@coffer/coherence';
import type { MutationRecord } from '../contract/mutation-queue.js';

const KINDS: ReadonlySet<string> = new Set<MutationKind>(['put', 'patch', 'delete']);
const SCHEMA = '1';

export const encodeMutation = (record: MutationRecord): Message => ({
  key: record.path,
  value: Buffer.from(record.body),
  headers: {
    schema: SCHEMA,
    operation: record.operation,
    kind: record.kind,
    path: record.path,
    fingerprint: record.fingerprint,
    ...(record.traceparent === undefined ? {} : { traceparent: record.traceparent }),
  },
});

const textOf = (headers: IHeaders | undefined, name: string): string => {
  const header = headers?.[name];
  return (Array.isArray(header) ? header[0] : header)?.toString() ?? '';
};

/**
 * Whatever somebody put into the topic becomes a record: one that is not ours has a body that does not open, and ends as
 * a dead letter. Its place makes an operation id for a record that names none.
 */
export const decodeMutation = (
  { key, value, headers }: Pick<Message, 'key' | 'value' | 'headers'>,
  place: string,
): MutationRecord => {
  const kind = textOf(headers, 'kind');
  const traceparent = textOf(headers, 'traceparent');
  const known = textOf(headers, 'schema') === SCHEMA && KINDS.has(kind);
  return {
    schema: 1,
    operation: textOf(headers, 'operation') || place,
    kind: known ? (kind as MutationKind) : 'put',
    path: textOf(headers, 'path') || key?.toString() || place,
    fingerprint: textOf(headers, 'fingerprint'),
    ...(traceparent === '' ? {} : { traceparent }),
    body: known && value instanceof Uint8Array ? value : new Uint8Array(),
  };
};

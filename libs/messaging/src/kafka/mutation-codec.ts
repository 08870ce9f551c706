import type { IHeaders, Message } from 'kafkajs';
import type { MutationKind } from '@coffer/coherence';
import type { MutationRecord } from '../contract/mutation-queue.js';

const KINDS: ReadonlySet<string> = new Set<MutationKind>(['put', 'patch', 'delete', 'drop']);

/** Of what no Coffer wrote. */
const NO_SCHEMA = 0;

export const encodeMutation = (record: MutationRecord): Message => ({
  key: record.path,
  value: Buffer.from(record.body),
  headers: {
    schema: String(record.schema),
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
 * Whatever somebody put into the topic becomes a record: one that is not ours has a schema that nobody knows, and ends as
 * a dead letter. Its place makes an operation id for a record that names none.
 */
export const decodeMutation = (
  { key, value, headers }: Pick<Message, 'key' | 'value' | 'headers'>,
  place: string,
): MutationRecord => {
  const kind = textOf(headers, 'kind');
  const traceparent = textOf(headers, 'traceparent');
  return {
    schema: KINDS.has(kind) ? Number(textOf(headers, 'schema')) || NO_SCHEMA : NO_SCHEMA,
    operation: textOf(headers, 'operation') || place,
    kind: KINDS.has(kind) ? (kind as MutationKind) : 'put',
    path: textOf(headers, 'path') || key?.toString() || place,
    fingerprint: textOf(headers, 'fingerprint'),
    ...(traceparent === '' ? {} : { traceparent }),
    body: value instanceof Uint8Array ? value : new Uint8Array(),
  };
};

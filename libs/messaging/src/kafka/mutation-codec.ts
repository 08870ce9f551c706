import type { IHeaders, Message } from 'kafkajs';
import { MUTATION_KINDS, type MutationKind } from '@coffer/secrets';
import type { SealedMutation } from '../contract/mutation-queue.js';

const KINDS: ReadonlySet<string> = new Set(MUTATION_KINDS);

/** Schema version of what no Coffer wrote. */
const NO_SCHEMA = 0;

export const encodeMutation = (mutation: SealedMutation): Message => ({
  key: mutation.path,
  value: Buffer.from(mutation.body),
  headers: {
    schema: String(mutation.schema),
    operation: mutation.operation,
    kind: mutation.kind,
    path: mutation.path,
    fingerprint: mutation.fingerprint,
    'sent-at': String(mutation.sentAt),
    ...(mutation.traceparent === undefined ? {} : { traceparent: mutation.traceparent }),
  },
});

/** Longest texts of a mutation, in characters: what is longer is none of Coffer's, and goes into no record of the log. */
const MAX_LENGTHS = { path: 4_096, other: 256 };

/** Empty for one that is absent or too long. */
const textOf = (headers: IHeaders | undefined, name: string, maxLength = MAX_LENGTHS.other): string => {
  const header = headers?.[name];
  const text = (Array.isArray(header) ? header[0] : header)?.toString() ?? '';
  return text.length > maxLength ? '' : text;
};

/** 0, which is stale, for what is no time. */
const timeOf = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : 0);

const keyOf = (key: Message['key']): string => {
  const text = key?.toString() ?? '';
  return text.length > MAX_LENGTHS.path ? '' : text;
};

/**
 * Whatever somebody put into the topic becomes a record: one that is not ours has a schema that nobody knows, and ends as
 * a dead letter. Its place makes an operation id for a record that names none.
 */
export const decodeMutation = (
  { key, value, headers }: Pick<Message, 'key' | 'value' | 'headers'>,
  place: string,
): SealedMutation => {
  const kind = textOf(headers, 'kind');
  const traceparent = textOf(headers, 'traceparent');
  return {
    schema: KINDS.has(kind) ? Number(textOf(headers, 'schema')) || NO_SCHEMA : NO_SCHEMA,
    operation: textOf(headers, 'operation') || place,
    kind: KINDS.has(kind) ? (kind as MutationKind) : 'put',
    path: textOf(headers, 'path', MAX_LENGTHS.path) || keyOf(key) || place,
    fingerprint: textOf(headers, 'fingerprint'),
    sentAt: timeOf(textOf(headers, 'sent-at')),
    ...(traceparent === '' ? {} : { traceparent }),
    body: value instanceof Uint8Array ? value : new Uint8Array(),
  };
};

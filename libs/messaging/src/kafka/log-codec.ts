import { z } from 'zod';
import { CofferError, isErrorCode, MUTATION_KINDS, parseFence } from '@coffer/secrets';
import type { LogRecord } from '@coffer/coherence';

/** Raised when a record changes its meaning; an older process must not pass over what it cannot understand. */
const SCHEMA = 2;

const offset = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform((text) => BigInt(text));
/** What a transformation throws is no wrong record to the parser: it would end the process. */
const isFence = (text: string): boolean => /^\d{1,19}$/.test(text) && BigInt(text) < 1n << 63n;
const fence = z
  .string()
  .refine(isFence)
  .transform((text) => parseFence(text));
const bytes = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const owned = { partition: z.int(), owner: offset, path: z.string(), fence, operation: z.string() };
const ended = { ...owned, kind: z.enum(MUTATION_KINDS), fingerprint: z.string() };

const record = z.discriminatedUnion('type', [
  z.object({ type: z.literal('EPOCH'), claim: z.string() }),
  z.object({
    type: z.literal('GRANT'),
    epoch: offset,
    leases: z.array(z.object({ instance: z.string(), nonce: z.int() })),
  }),
  z.object({
    type: z.literal('HANDOVER'),
    epoch: offset,
    leases: z.array(z.object({ instance: z.string(), remaining: z.number() })),
  }),
  z.object({ type: z.literal('OWNER'), partition: z.int(), claim: z.string() }),
  z.object({ type: z.literal('PREPARE'), ...owned, prepareNumber: z.int() }),
  z.object({ type: z.literal('CLEARED'), epoch: offset, prepareOffset: offset }),
  z.object({ type: z.literal('COMMIT'), ...ended, outcome: z.enum(['applied', 'superseded']), sealed: bytes }),
  z.object({
    type: z.literal('ABORT'),
    ...ended,
    code: z.string().refine(isErrorCode),
    prepareOffset: offset.optional(),
    seal: z.string().optional(),
    claimed: z.literal(true).optional(),
  }),
]);

const stated = z.object({ schema: z.int() });

/** JSON; offsets and fences as text, for they outgrow 2^53. */
export const encodeLogRecord = (value: LogRecord): string => {
  const sealed = value.type === 'COMMIT' ? { sealed: Buffer.from(value.sealed).toString('base64') } : {};
  return JSON.stringify({ schema: SCHEMA, ...value, ...sealed }, (_, inner: unknown) =>
    typeof inner === 'bigint' ? inner.toString() : inner,
  );
};

/**
 * `undefined` for what no Coffer wrote, which changes nothing. Throws `configuration` for a record of a newer version:
 * whoever passes over it could serve what is not true any more. So it must be known to be genuine.
 */
export const decodeLogRecord = (value: Buffer): LogRecord | undefined => {
  let json: unknown;
  try {
    json = JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
  const { success, data } = stated.safeParse(json);
  if (!success) return undefined;
  if (data.schema > SCHEMA) {
    throw new CofferError(
      'configuration',
      'the coherence log holds records of a newer version of Coffer; upgrade this process',
    );
  }
  const parsed = record.safeParse(json);
  return parsed.success ? (parsed.data as LogRecord) : undefined;
};

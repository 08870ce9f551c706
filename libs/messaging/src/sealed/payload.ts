import { SecretValue, type Applied, type MetadataPatch, type Mutation } from '@coffer/secrets';
import { z } from 'zod';

const tags = z.array(z.strictObject({ key: z.string(), value: z.string() }));
const metadata = z.strictObject({ description: z.string().exactOptional(), tags });

/** A mutation without its path, which is in the envelope's context. */
export const mutationPayload = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('put'),
    value: z.string().transform((text) => new SecretValue(text)),
    metadata,
  }),
  z.strictObject({ kind: z.literal('patch'), metadata: metadata.exactPartial() }),
  z.strictObject({ kind: z.literal('delete') }),
  z.strictObject({ kind: z.literal('drop') }),
]);

/** What the store holds after a mutation. */
export const outcomePayload = z.strictObject({ version: z.string(), metadata });

/** JSON leaves out what is undefined. */
const fieldsOf = ({ description, tags }: MetadataPatch): object => ({
  description,
  tags: tags?.map(({ key, value }) => ({ key, value })),
});

/** A mutation as it is sealed, and the one place where it leaves a value's wrapping. Equal for equal mutations of one path. */
export const plaintextOf = (mutation: Mutation): string => {
  const { kind } = mutation;
  if (kind === 'delete' || kind === 'drop') return JSON.stringify({ kind });
  const metadata = fieldsOf(mutation.metadata);
  return JSON.stringify(kind === 'put' ? { kind, value: mutation.value.reveal(), metadata } : { kind, metadata });
};

export const plaintextOfOutcome = ({ version, metadata }: Omit<Applied, 'outcome'>): string =>
  JSON.stringify({ version, metadata: fieldsOf(metadata) });

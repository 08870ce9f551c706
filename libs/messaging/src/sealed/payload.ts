import { SecretValue, type Applied, type MetadataPatch, type Mutation } from '@coffer/secrets';
import { z } from 'zod';

const tags = z.array(z.strictObject({ key: z.string(), value: z.string() }));
const metadata = z.strictObject({ description: z.string().exactOptional(), tags });

const precondition = z
  .union([
    z.literal('absent'),
    z.literal('present'),
    z.strictObject({ versions: z.array(z.string()) }),
    z.strictObject({ revision: z.int().nonnegative() }),
  ])
  .exactOptional();

/** A mutation without its path, which is in the envelope's context. */
export const mutationPayload = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('put'),
    value: z.string().transform((text) => new SecretValue(text)),
    metadata,
    keepsMetadata: z.literal(true).exactOptional(),
    precondition,
  }),
  z.strictObject({ kind: z.literal('patch'), metadata: metadata.exactPartial(), precondition }),
  z.strictObject({ kind: z.literal('delete'), precondition }),
  z.strictObject({ kind: z.literal('drop') }),
]);

/** What the store holds after a mutation. */
export const outcomePayload = z.strictObject({
  version: z.string(),
  revision: z.int().nonnegative(),
  changed: z.number().exactOptional(),
  metadata,
});

/** JSON leaves out what is undefined. */
const fieldsOf = ({ description, tags }: MetadataPatch): object => ({
  description,
  tags: tags?.map(({ key, value }) => ({ key, value })),
});

/** A mutation as it is sealed, and the one place where it leaves a value's wrapping. Equal for equal mutations of one path. */
export const plaintextOf = (mutation: Mutation): string => {
  const { kind } = mutation;
  if (kind === 'drop') return JSON.stringify({ kind });
  const { precondition } = mutation;
  if (kind === 'delete') return JSON.stringify({ kind, precondition });
  const metadata = fieldsOf(mutation.metadata);
  if (kind === 'patch') return JSON.stringify({ kind, metadata, precondition });
  const { value, keepsMetadata } = mutation;
  return JSON.stringify({ kind, value: value.reveal(), metadata, keepsMetadata, precondition });
};

export const plaintextOfOutcome = ({ version, revision, changed, metadata }: Omit<Applied, 'outcome'>): string =>
  JSON.stringify({ version, revision, changed, metadata: fieldsOf(metadata) });

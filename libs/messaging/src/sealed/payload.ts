import { z } from 'zod';

const tag = z.strictObject({ key: z.string(), value: z.string() });

/** What a mutation does, by kind; the path and the operation are in the envelope's context. */
export const mutationPayload = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('put'),
    value: z.string(),
    description: z.string().optional(),
    tags: z.array(tag),
  }),
  z.strictObject({ kind: z.literal('patch'), description: z.string().optional(), tags: z.array(tag).optional() }),
  z.strictObject({ kind: z.literal('delete') }),
  /** Writes nothing: when it ends, no cache serves what was there before. */
  z.strictObject({ kind: z.literal('drop') }),
]);

/** What the store holds after a mutation, as a COMMIT carries it. */
export const outcomePayload = z.strictObject({
  version: z.string(),
  description: z.string().optional(),
  tags: z.array(tag),
});

export type MutationPayload = z.infer<typeof mutationPayload>;
export type OutcomePayload = z.infer<typeof outcomePayload>;

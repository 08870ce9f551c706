import { z } from 'zod';

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What every write may carry. */
export const writeHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'must be 1 to 255 printable ASCII characters')
    .optional()
    .meta({
      description: 'A repeat with the same key finds the first one’s outcome; another payload with it is refused.',
    }),
  prefer: z.string().optional().meta({ description: '`respond-async`: answer 202 as soon as the write is queued.' }),
  'if-match': z.string().optional().meta({
    description:
      '`"VERSION"`: the write is 412 unless the secret is at this version when its turn comes; `*`: unless it exists.',
  }),
  'if-none-match': z
    .string()
    .optional()
    .meta({ description: '`*`: the write is 412 if the secret exists when its turn comes.' }),
  traceparent: z.string().optional().meta({ description: 'W3C trace context; ignored when malformed.' }),
});

export type WriteHeaders = z.output<typeof writeHeaders>;

export const wantsAsync = ({ prefer }: WriteHeaders): boolean =>
  (prefer ?? '').split(',').some((preference) => preference.trim().toLowerCase() === 'respond-async');

export const traceparentOf = ({ traceparent }: WriteHeaders): string | undefined =>
  traceparent !== undefined && TRACEPARENT.test(traceparent) ? traceparent : undefined;

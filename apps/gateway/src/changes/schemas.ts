import { z } from 'zod';
import { problem } from '../http/errors/error-body.js';
import { flag } from '../http/request/flag.js';

export const MAX_CHANGES = 500;
/** More than any store keeps. */
const MAX_TAGS = 256;

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');
const storableText = () =>
  z.string().refine(isStorable, { error: 'must be well-formed Unicode without NUL characters' });
const tags = z
  .array(z.strictObject({ key: storableText().min(1, 'must not be empty'), value: storableText() }))
  .max(MAX_TAGS);

const place = { namespace: z.string(), key: z.string() };
const conditions = {
  ifMatch: z.string().optional().meta({ description: 'The version that the target must have.' }),
  ifNoneMatch: z.literal('*').optional().meta({ description: 'The target must not exist.' }),
};
const from = z.strictObject(place).meta({ description: 'The source; it needs `resolve`, and for a move `delete`.' });

export const changeItem = z
  .discriminatedUnion('action', [
    z.strictObject({
      action: z.literal('put'),
      ...place,
      value: z
        .string()
        .min(1, 'must not be empty')
        .refine((text) => text.isWellFormed(), {
          error: 'must be well-formed Unicode, without lone surrogates',
        }),
      description: storableText().optional(),
      tags: tags.optional(),
      keepsMetadata: z.boolean().optional().meta({
        description: 'Description and tags that are absent here are kept of a secret that is there, and not cleared.',
      }),
      ...conditions,
    }),
    z.strictObject({
      action: z.literal('patch'),
      ...place,
      description: storableText().optional().meta({ description: 'Kept where absent; empty clears it.' }),
      tags: tags.optional().meta({ description: 'Kept where absent; [] clears them.' }),
      ...conditions,
    }),
    z.strictObject({
      action: z.literal('tag'),
      ...place,
      add: tags.optional(),
      remove: z.array(z.string()).max(MAX_TAGS).optional(),
      ...conditions,
    }),
    z.strictObject({ action: z.literal('copy'), from, ...place, ...conditions }),
    z.strictObject({ action: z.literal('move'), from, ...place, ...conditions }),
    z.strictObject({ action: z.literal('delete'), ...place, ...conditions }),
  ])
  .meta({ id: 'ChangeItem' });

export type ChangeItem = z.output<typeof changeItem>;

export const changesBody = z
  .strictObject({
    items: z
      .array(changeItem)
      .min(1, `must have 1 to ${MAX_CHANGES} items`)
      .max(MAX_CHANGES, `must have 1 to ${MAX_CHANGES} items`),
  })
  .meta({ id: 'Changes' });

export const changesQuery = z.strictObject({
  dryRun: flag(true, 'Whether it is only said what would happen.'),
});

/** `write`: the caller may not list there, so it is not said whether it creates or changes. */
export const EFFECTS = ['create', 'change', 'same', 'delete', 'write', 'refused'] as const;
export const RESULTS = ['applied', 'unchanged', 'failed', 'pending', 'refused'] as const;

export const itemResult = z
  .strictObject({
    action: z.enum(['put', 'patch', 'tag', 'copy', 'move', 'delete']),
    ...place,
    effect: z.enum(EFFECTS),
    result: z.enum(RESULTS).optional().meta({ description: 'What became of it; a plan has none.' }),
    version: z.string().optional().meta({ description: 'The version that a plan found, or that a change wrote.' }),
    operation: z
      .string()
      .optional()
      .meta({ description: 'Ask `GET …/operations/{id}` what became of one that is pending.' }),
    error: problem.meta({ id: 'ChangeProblem' }).optional(),
  })
  .meta({ id: 'ChangeResult' });

export const changesAnswer = z
  .strictObject({
    dryRun: z.boolean(),
    counts: z.strictObject(
      Object.fromEntries(EFFECTS.map((effect) => [effect, z.int()])) as Record<(typeof EFFECTS)[number], z.ZodInt>,
    ),
    items: z.array(itemResult).meta({ description: 'In the order of the request.' }),
  })
  .meta({ id: 'ChangesAnswer' });

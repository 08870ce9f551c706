import { z } from 'zod';
import { pageQuery } from '../http/request/paging.js';

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000');

/** Text that every store keeps as it is: no lone surrogates, no NUL. */
const storableText = () =>
  z.string().refine(isStorable, { error: 'must be well-formed Unicode without NUL characters' });

/** A value: as `storableText`, never empty. NUL is allowed, since values are sealed or sent as bytes. */
export const valueText = () =>
  z
    .string()
    .min(1, 'must not be empty')
    .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode, without lone surrogates' });

const tag = z.strictObject({ key: storableText().min(1, 'must not be empty'), value: storableText() });

/** More than any store keeps; without a bound, a body of tags that are all wrong takes seconds to be judged. */
const MAX_TAGS = 256;

export const tagList = z
  .array(tag)
  .max(MAX_TAGS, `must have at most ${MAX_TAGS} tags`)
  .meta({ description: 'Keys are distinct; namespace, key, prefix, tenant, coffer* are reserved.' });

export const putBody = z
  .strictObject({
    namespace: z.string().nullish().meta({ description: 'If given, the one of the path.' }),
    key: z.string().meta({ description: '1 to 256 characters, no control characters; its case counts.' }),
    value: valueText().meta({ description: 'The secret; JSON if its fields are to be read as subkeys.' }),
    description: storableText().nullish(),
    tags: tagList.nullish(),
  })
  .meta({ id: 'PutSecret', description: 'Creates or replaces, metadata included.' });

export const patchBody = z
  .strictObject({
    key: z.string().nullish().meta({ description: 'If given, the one of the path.' }),
    namespace: z.string().nullish().meta({ description: 'If given, the one of the path.' }),
    description: storableText().nullish().meta({ description: 'Kept where absent or null; empty clears it.' }),
    tags: tagList.nullish().meta({ description: 'Kept where absent or null; [] clears them.' }),
  })
  .meta({ id: 'PatchSecret', description: 'Changes metadata alone.' });

export const secretRow = z
  .strictObject({
    key: z.string(),
    namespace: z.string(),
    description: z.string().optional(),
    tags: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  })
  .meta({ id: 'Secret', description: 'A secret without its value.' });

export const secretRows = z.array(secretRow);

export const listQuery = pageQuery.extend({
  sort: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description: '`key:asc`; fields key, namespace, description; repeated or joined by commas.' }),
});

export const secretPage = z
  .strictObject({ readOnly: z.boolean(), results: secretRows, total: z.int() })
  .meta({ id: 'SecretPage' });

export const inheritedKeys = z
  .record(z.string(), z.array(z.string()))
  .meta({ id: 'InheritedSecrets', description: 'Keys by namespace: the one asked for and each of its parents.' });

/** The answer to a write that was asked for with `Prefer: respond-async`. */
export const accepted = z.strictObject({ id: z.string(), state: z.literal('pending') }).meta({ id: 'AcceptedWrite' });

import { z } from 'zod';
import { answered, jsonObject } from './answers.js';

/** A whole number, as a number or as its digits, which some clients send. */
const count = z
  .union(
    [
      z.int(),
      z
        .string()
        .regex(/^\d{1,10}$/, 'must be a whole number')
        .transform(Number),
    ],
    { error: 'must be a whole number' },
  )
  .refine((number) => number >= 0 && number <= 2_147_483_647, { error: 'must be from 0 to 2147483647' })
  .meta({ override: { type: 'integer', minimum: 0 } });

const customMetadata = z.record(z.string(), z.string()).nullable();

const versionFields = {
  created_time: z.string().meta({ description: '0001-01-01T00:00:00Z where it is not known.' }),
  custom_metadata: customMetadata.meta({ description: 'The description and the tags, for whoever may list.' }),
  deletion_time: z.literal(''),
  destroyed: z.literal(false),
  version: z.int(),
};

export const versionMetadata = z.strictObject(versionFields);

export const dataAnswer = answered(z.strictObject({ data: jsonObject, metadata: versionMetadata })).meta({
  id: 'VaultData',
});

export const writtenAnswer = answered(versionMetadata).meta({ id: 'VaultWritten' });

/** As Vault reads a flag. */
const TRUE = /^(1|t|true)$/i;
const FLAG = /^(1|t|true|0|f|false|)$/i;
export const isTrue = (flag: string | undefined): boolean => TRUE.test(flag ?? '');
const flag = z.string().regex(FLAG, 'must be true or false');

/** Vault ignores what it does not know, and would answer `A?B` with the secret `A`. */
export const dataQuery = z.strictObject({
  list: flag
    .refine((given) => !isTrue(given), { error: 'names are listed below metadata/, not below data/' })
    .optional()
    .meta({ description: 'Refused, as LIST is: names are below `metadata`.' }),
  version: z
    .string()
    .regex(/^\d{0,10}$/, 'must be a whole number')
    .transform(Number)
    .optional()
    .meta({ description: 'The current one, or 0 for it: earlier ones are not kept.', override: { type: 'integer' } }),
});

/** `null` and an empty text are 0: Vault takes them so, and whoever sends them wants a check. */
const cas = z
  .union([z.null().transform(() => 0), z.literal('').transform(() => 0), count], { error: 'must be a whole number' })
  .meta({
    override: { type: ['integer', 'null'], minimum: 0 },
  });

/** Vault ignores what it does not know. */
export const writeBody = z
  .looseObject({
    data: jsonObject,
    options: z.looseObject({ cas: cas.optional() }, { error: 'must be an object' }).nullish(),
  })
  .meta({ id: 'VaultWrite' });

const SOME = 'must be a list of versions, such as [1, 2]';
const MAX_VERSIONS = 10_000;
const listed = z
  .array(count)
  .min(1, SOME)
  .max(MAX_VERSIONS, `must have at most ${MAX_VERSIONS} versions`)
  .meta({ override: { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: MAX_VERSIONS } });

/** The command line sends one version, or several in one text: `versions=1,2`. */
const splitVersions = (given: unknown): unknown =>
  typeof given === 'string' ? given.split(',').map((part) => part.trim()) : typeof given === 'number' ? [given] : given;

export const versionsBody = z
  .looseObject({ versions: z.preprocess(splitVersions, listed) })
  .meta({ id: 'VaultVersions' });

export const metadataQuery = z.strictObject({
  list: flag.optional().meta({ description: 'true: what is below the path, as LIST, which is the same.' }),
});

const oneVersion = z.strictObject({
  created_time: z.string(),
  deletion_time: z.literal(''),
  destroyed: z.literal(false),
});

export const metadataAnswer = answered(
  z.union([
    z.strictObject({
      cas_required: z.literal(false),
      created_time: z.string(),
      current_version: z.int(),
      custom_metadata: customMetadata,
      delete_version_after: z.literal('0s'),
      max_versions: z.literal(1),
      oldest_version: z.int(),
      updated_time: z.string(),
      versions: z.record(z.string(), oneVersion),
    }),
    z.strictObject({ keys: z.array(z.string()) }),
  ]),
).meta({ id: 'VaultMetadata' });

/** A duration as Go writes it, of nothing. */
const NO_TIME = /^(?:0+(?:\.0*)?(?:ns|us|µs|ms|s|m|h))*0*$/;
const MAX_DURATION_LENGTH = 64;

const CAS_NOT_REQUIRED = 'must be false: writes without cas are taken';
const NO_DELETION = 'must be 0s: nothing is deleted by time';
const NOT_KEPT = 'Coffer keeps one version of a secret, and nothing of it once it is deleted';

/** What has no effect where it is as Coffer is, and is refused where it is not. */
const settings = {
  max_versions: count.refine((versions) => versions <= 1, { error: `must be 0 or 1: ${NOT_KEPT}` }).nullish(),
  cas_required: z
    .union([z.literal(false), z.literal(0), z.string().regex(/^(0|f|false)$/i, CAS_NOT_REQUIRED)], {
      error: CAS_NOT_REQUIRED,
    })
    .nullish(),
  delete_version_after: z
    .union([z.literal(0), z.string().max(MAX_DURATION_LENGTH, NO_DELETION).regex(NO_TIME, NO_DELETION)], {
      error: NO_DELETION,
    })
    .nullish(),
};

/** Vault makes texts of numbers and flags: of `true` the text 1. */
const customText = z.union(
  [z.string(), z.number().transform(String), z.boolean().transform((flag) => String(Number(flag)))],
  {
    error: 'must be a text',
  },
);
const MAX_CUSTOM = 256;

const few = (custom: object | null | undefined): boolean => Object.keys(custom ?? {}).length <= MAX_CUSTOM;
const tooMany = { error: `must have at most ${MAX_CUSTOM} names` };

export const metadataBody = z
  .looseObject({ custom_metadata: z.record(z.string(), customText).nullish().refine(few, tooMany), ...settings })
  .meta({ id: 'VaultMetadataWrite' });

export const metadataPatchBody = z
  .looseObject({
    custom_metadata: z.record(z.string(), customText.nullable()).nullish().refine(few, tooMany),
    ...settings,
  })
  .meta({ id: 'VaultMetadataPatch' });

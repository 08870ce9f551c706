import { PERMISSIONS } from '@coffer/access';
import { ROW_FIELDS, ROW_STATES } from '@coffer/reads';
import { isErrorCode } from '@coffer/secrets';
import { z } from 'zod';
import { flag } from '../../http/request/flag.js';
import { wholeNumber } from '../../http/request/paging.js';

export const MAX_ROWS = 500;
const DEFAULT_ROWS = 100;
const MAX_OFFSET = 1_000_000_000;

const texts = (description: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .meta({ description });

const offset = z
  .string()
  .regex(/^\d{1,10}$/, 'must be a whole number')
  .transform(Number)
  .refine((number) => number <= MAX_OFFSET, { error: `must be from 0 to ${MAX_OFFSET}` })
  .optional()
  .meta({
    description: 'Rows that are left out at the beginning; not with `cursor`.',
    override: { type: 'integer', minimum: 0, maximum: MAX_OFFSET },
  });

export const searchQuery = z.strictObject({
  namespace: z.string().optional().meta({ description: 'Defaults to every namespace.' }),
  children: flag(false, 'Whether those below `namespace` are searched as well.'),
  inherit: flag(false, 'Whether the secrets are added that `namespace` sees in its parents.'),
  key: z.string().max(1_000).optional().meta({ description: 'The whole key, as it is written.' }),
  q: z
    .string()
    .max(1_000)
    .optional()
    .meta({ description: 'A part of the key, the description or a tag, in any case.' }),
  tag: texts('`KEY` or `KEY=VALUE`; of several, every one.'),
  state: texts(`${ROW_STATES.join(', ')}; of several, any.`),
  sort: texts(`\`FIELD:asc\` or \`FIELD:desc\`; fields ${ROW_FIELDS.join(', ')}; repeated or joined by commas.`),
  limit: wholeNumber(MAX_ROWS, DEFAULT_ROWS, 'Rows of a page.'),
  cursor: z
    .string()
    .max(8_000)
    .optional()
    .meta({ description: '`next` of the page before, asked with the same order.' }),
  offset,
});

const store = z
  .strictObject({
    name: z.string(),
    type: z.string().meta({ description: 'As `PostgreSQL`.' }),
    readOnly: z.boolean(),
  })
  .meta({ id: 'StoreSummary' });

const tags = z.array(z.strictObject({ key: z.string(), value: z.string() }));

export const secretRow = z
  .strictObject({
    key: z.string(),
    namespace: z.string(),
    origin: z.strictObject({
      kind: z.enum(['here', 'child', 'inherited']),
      shadows: z.string().optional().meta({ description: 'The nearest parent that has the key as well.' }),
    }),
    description: z.string().optional(),
    tags,
    store,
    changed: z.iso.datetime().optional().meta({ description: 'When Coffer wrote this version, where that is known.' }),
    version: z.string().optional().meta({ description: 'Absent where the secret is missing in its store.' }),
    states: z.array(z.enum(ROW_STATES)),
  })
  .meta({ id: 'SecretRow', description: 'A secret without its value.' });

const unlisted = z
  .array(z.strictObject({ store: z.string(), code: z.string().refine(isErrorCode) }))
  .meta({ description: 'Stores that could not be listed, so that their secrets are missing.' });

export const searchAnswer = z
  .strictObject({
    secrets: z.array(secretRow),
    total: z.int(),
    next: z.string().optional().meta({ description: '`cursor` of the next page; absent on the last one.' }),
    readOnly: z.boolean().meta({ description: 'Whether the store of the namespace refuses writes.' }),
    unlisted,
  })
  .meta({ id: 'SecretSearch' });

export const namespaceNodes = z
  .strictObject({
    namespaces: z.array(
      z
        .strictObject({
          namespace: z.string(),
          secrets: z.int().optional().meta({ description: 'Absent where the caller may not list.' }),
          withChildren: z.int().optional(),
          permissions: z.array(z.enum(PERMISSIONS)),
          store: store.optional().meta({ description: 'Absent without any permission.' }),
        })
        .meta({ id: 'NamespaceNode' }),
    ),
    unlisted,
  })
  .meta({ id: 'NamespaceTree' });

const limits = z
  .strictObject({
    valueBytes: z.int(),
    descriptionBytes: z.int(),
    tags: z.strictObject({
      count: z.int(),
      keyLength: z.int().meta({ description: 'In code points, as that of values.' }),
      valueLength: z.int(),
    }),
  })
  .meta({ id: 'StoreLimits', description: 'What the store takes; bytes are those of UTF-8.' });

export const namespaceDescription = z
  .strictObject({
    namespace: z.string(),
    permissions: z.array(z.enum(PERMISSIONS)),
    store: store.extend({ limits }).optional().meta({ description: 'Absent without any permission.' }),
  })
  .meta({ id: 'NamespaceDescription' });

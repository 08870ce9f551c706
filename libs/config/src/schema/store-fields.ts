import { isReservedTag } from '@coffer/secrets';
import { z } from 'zod';
import { isTree } from '../tree.js';
import { flag, text, textMap } from './scalars.js';

const defaultTags = textMap.default({}).superRefine((tags, context) => {
  for (const key of Object.keys(tags)) {
    if (key === '') context.addIssue({ code: 'custom', message: 'must not have an empty name' });
    if (!isReservedTag(key)) continue;
    context.addIssue({
      code: 'custom',
      path: [key],
      message: 'is a reserved name (namespace, key, prefix, tenant, coffer*); choose another',
    });
  }
});

/** A filter that names nothing would filter nothing. */
const someTags = textMap.superRefine((tags, context) => {
  const names = Object.keys(tags);
  if (names.length === 0) context.addIssue({ code: 'custom', message: 'must name at least one tag; else remove it' });
  if (names.includes('')) context.addIssue({ code: 'custom', message: 'must not have an empty name' });
  for (const name of names) {
    if (tags[name] !== '') continue;
    context.addIssue({ code: 'custom', path: [name], message: 'is empty; give it a value, or remove it' });
  }
});

/** Kestra writes such filters as a map, and as a map below `tags`. */
const tagFilter = z.preprocess((value) => {
  if (!isTree(value)) return value;
  const [only, ...others] = Object.keys(value);
  return only === 'tags' && others.length === 0 && isTree(value['tags']) ? value['tags'] : value;
}, someTags.default({}));

/** Settings that every type of store has. */
export const storeFields = {
  /** Wins over `kestra.secret.readOnly`. */
  readOnly: flag.optional().describe('Refuses writes to this store; wins over the one beside `type`.'),
  /** Put on every secret created or updated; a user's own tag of the same name wins. */
  tags: defaultTags.describe(
    'Put on every secret created or updated; a tag of the same name that the caller gives wins.',
  ),
  /** Only secrets that carry all of these are seen. */
  filterOnTags: tagFilter.describe('Only secrets that carry all of these are seen.'),
  /** Secrets that carry any of these are not seen. */
  excludedTags: tagFilter.describe('Secrets that carry any of these are not seen.'),
  /** Only secrets whose name begins so are seen; the prefix stays part of the key, or does not. */
  filterOnPrefix: z
    .strictObject({
      prefix: text.describe('Only secrets whose key begins so are seen.'),
      keepPrefix: flag.default(true).describe('Whether the prefix stays part of the key that callers use.'),
    })
    .optional(),
};

/** Names a settings group's type and says whether writes are refused. */
export type StoreOf<Type extends string, Section extends z.ZodType> = Omit<z.output<Section>, 'readOnly'> & {
  readonly type: Type;
  readonly readOnly: boolean;
};

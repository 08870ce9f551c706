import { z } from 'zod';
import { parseNamespaceTemplate } from '../namespace-template.js';
import { anyTenant, grantsOf, permissions } from './grant.js';
import { parsed } from './scalars.js';

const MAX_PATTERN_LENGTH = 512;
const MAX_PATTERNS = 100;

const pattern = z
  .string({ error: 'must be a text, or a list of texts' })
  .min(1, { error: 'must not be empty' })
  .max(MAX_PATTERN_LENGTH, { error: `must have at most ${MAX_PATTERN_LENGTH} characters` });

const TOO_MANY = { error: `must be a text, or a list of 1 to ${MAX_PATTERNS} texts` };

/** One text stands for a list of it; commas belong to it. */
const patterns = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(pattern, TOO_MANY).min(1, TOO_MANY).max(MAX_PATTERNS, TOO_MANY),
);

const when = z
  .record(z.string(), patterns, { error: 'must be a map of claims to texts' })
  .refine((claims) => Object.keys(claims).length > 0, {
    message: "must name at least one claim; sub: '**' is for every caller of this issuer",
  })
  .refine((claims) => !Object.hasOwn(claims, ''), { message: 'must not have a claim of an empty name' })
  .transform((claims) => Object.entries(claims).map(([claim, all]) => ({ claim, patterns: all })))
  .meta({ type: 'map of claims to texts or lists' });

const template = parsed(
  'must be a namespace, * for all, or a namespace with {{claims.NAME}}, {{claims.NAME | path}} or {{claims.NAME | slashPath}} in it',
  (value) => (value === '*' ? { text: value, parts: [value] } : parseNamespaceTemplate(value)),
).meta({ type: 'namespace with claims in it, or * for all' });

const grant = z.strictObject({
  tenant: anyTenant.describe('The tenant, or `*` for all.'),
  namespace: template.describe(
    'The namespace with its children, or `*` for all. `{{claims.NAME}}` stands for one segment, with `| path` or `| slashPath` for several.',
  ),
  permissions,
});

/** Which callers, known by what somebody else says of them, get which grants. */
export const bindings = z
  .array(
    z.strictObject({
      when: when.describe(
        'Claims, all of which must match: a text, or a list of which one must. `*` stands for anything without a slash, `**` for anything. `a/b` is the claim `b` within `a`.',
      ),
      grants: grantsOf(grant),
    }),
    { error: 'must be a list' },
  )
  .refine((all) => all.length > 0, { message: 'must hold at least one binding' });

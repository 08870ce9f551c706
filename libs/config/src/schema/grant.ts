import { CofferError, parseNamespace, parseTenant } from '@coffer/secrets';
import { z } from 'zod';
import { choice, listOf, parsed } from './scalars.js';

/** The text, if `parse` takes it. */
const accepted = (value: string, parse: (text: string) => string): string | undefined => {
  try {
    return parse(value);
  } catch (error) {
    if (CofferError.is(error, 'invalid')) return undefined;
    throw error;
  }
};

const NAMESPACE = 'must be a namespace: lower-case letters, digits, -, _ and single dots between them';

export const tenant = parsed('must be a tenant: lower-case letters, digits, - and _', (value) =>
  accepted(value, parseTenant),
);
export const namespace = parsed(NAMESPACE, (value) => accepted(value, parseNamespace));

export const anyTenant = parsed('must be a tenant, or * for all', (value) =>
  value === '*' ? value : accepted(value, parseTenant),
);
export const anyNamespace = parsed(`${NAMESPACE}; or * for all`, (value) =>
  value === '*' ? value : accepted(value, parseNamespace),
).meta({ type: 'namespace, or * for all' });

export const permissions = listOf(choice(['list', 'resolve', 'write', 'delete', 'admin']))
  .refine((all) => all.length > 0, {
    message: 'must name at least one of list, resolve, write, delete, admin',
  })
  .describe('What may be done there.');

const grant = z.strictObject({
  tenant: anyTenant.describe('The tenant, or `*` for all.'),
  /** With its children. */
  namespace: anyNamespace.describe('The namespace with its children, or `*` for all.'),
  permissions,
});

/** Nothing is granted by leaving something out. */
export const grantsOf = <S extends z.ZodType>(item: S) =>
  z
    .array(item, { error: 'must be a list' })
    .refine((all) => all.length > 0, { message: 'must hold at least one grant' });

export const grants = grantsOf(grant);

/** A list in which no two entries have the same name. */
export const distinct = <S extends z.ZodType>(
  item: S,
  name: (item: z.output<S>) => string,
  message = 'has the same name as an entry before it',
) =>
  z.array(item, { error: 'must be a list' }).superRefine((all, context) => {
    all.forEach((entry, index) => {
      if (all.findIndex((other) => name(other) === name(entry)) === index) return;
      context.addIssue({ code: 'custom', path: [index], message });
    });
  });

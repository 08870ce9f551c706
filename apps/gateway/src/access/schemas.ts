import { PERMISSIONS } from '@coffer/access';
import { z } from 'zod';
import { namespace } from '../http/request/namespace.js';
import { pageQuery } from '../http/request/paging.js';

/** Any origin will do: it is only compared with itself. */
const BASE = 'http://here.invalid';

/**
 * A path below `/ui`, as browsers read it, query and fragment included; `undefined` for what leads anywhere else, or would do so
 * with a browser that reads it otherwise.
 */
const pagePath = (text: string): string | undefined => {
  if (!/^\/ui(?:[/?#]|$)/.test(text) || /[\\\u0000-\u0020\u007f]/.test(text)) return undefined;
  const url = URL.parse(text, BASE);
  if (url?.origin !== BASE || !/^\/ui(?:\/|$)/.test(url.pathname)) return undefined;
  return `${url.pathname}${url.search}${url.hash}`;
};

/** Each value is matched with every pattern of an issuer's bindings. */
const MAX_CLAIMS_LENGTH = 12_288;

const isShort = (claims: object): boolean => {
  try {
    return JSON.stringify(claims).length <= MAX_CLAIMS_LENGTH;
  } catch (error) {
    // Nested deeper than the stack goes, which so short a text cannot be.
    if (error instanceof RangeError) return false;
    throw error;
  }
};

const grant = z
  .strictObject({
    tenant: z.string(),
    namespace: z.string(),
    permissions: z.array(z.enum(PERMISSIONS)),
    origin: z.string().describe('The place in the configuration, below the credential.'),
  })
  .meta({ id: 'Grant' });

const sessionTimes = z
  .strictObject({
    until: z.iso.datetime().describe('When it ends in any case.'),
    idleUntil: z.iso.datetime().describe('When it ends unless there is another request.'),
  })
  .meta({ id: 'SessionTimes' });

export const whoamiAnswer = z
  .strictObject({
    principal: z.string(),
    credential: z.string().optional().describe('Which of the principal’s credentials was presented.'),
    grants: z.array(grant).describe('Those that count in the tenant.'),
    session: sessionTimes.optional().describe('Times of a browser’s session, whose id is `credential`.'),
  })
  .meta({ id: 'WhoAmI' });

export const explainBody = z
  .strictObject({
    permission: z.enum(PERMISSIONS),
    namespace,
    principal: z.string().max(1_024).optional().describe('`token:ID`, `user:NAME` or `role:ID`; absent: the caller.'),
    issuer: z.string().max(64).optional().describe('An issuer of the configuration, with `claims` of a caller of its.'),
    claims: z
      .record(z.string(), z.unknown())
      .refine(isShort, { message: `must have at most ${MAX_CLAIMS_LENGTH} characters as JSON` })
      .optional()
      .describe(`At most ${MAX_CLAIMS_LENGTH} characters as JSON.`),
  })
  .refine(({ issuer, claims }) => (issuer === undefined) === (claims === undefined), {
    path: ['claims'],
    message: 'must be given with issuer, and issuer with claims',
  })
  .refine(({ issuer, principal }) => issuer === undefined || principal === undefined, {
    path: ['principal'],
    message: 'must not be given beside issuer',
  });

/** Why a grant does or does not allow what is asked about. */
export const VERDICTS = [
  'allows',
  'other-tenant',
  'other-namespace',
  'other-permissions',
  'no-credential',
  'no-subject',
  'no-binding',
] as const;

export const explainAnswer = z
  .strictObject({
    allowed: z.boolean(),
    principal: z.string(),
    grants: z.array(grant.extend({ verdict: z.enum(VERDICTS) }).meta({ id: 'ExplainedGrant' })),
  })
  .meta({ id: 'Explanation' });

export const givenGrantsQuery = pageQuery.extend({
  principal: z
    .string()
    .max(1_024)
    .optional()
    .meta({ description: 'A part of the name of whom it is given to, in any case.' }),
  namespace: namespace.optional().meta({ description: 'Grants that cover it, or may by a claim; defaults to any.' }),
  permission: z.enum(PERMISSIONS).optional().meta({ description: 'Grants that give it; defaults to any.' }),
});

const givenGrant = z
  .strictObject({
    kind: z.enum(['token', 'user', 'role', 'issuer', 'certificate', 'breakGlass']),
    principal: z.string().describe('As records name them; `jwt:ID:*` stands for all of whom an issuer says `when`.'),
    tenant: z.string(),
    namespace: z.string().describe('May have claims in it, as `ci.{{claims.repository | path}}`.'),
    permissions: z.array(z.enum(PERMISSIONS)),
    origin: z.string().describe('The place in the configuration.'),
    when: z.string().optional().describe('The claims that a binding asks for.'),
    expires: z.iso.datetime().optional().describe('From when on it does not count.'),
    cidrs: z.array(z.string()).optional().describe('Addresses from which alone it counts.'),
    lastUsed: z.iso.datetime().optional().describe('When this gateway last saw the token.'),
  })
  .meta({ id: 'GivenGrant' });

export const givenGrantPage = z
  .strictObject({ results: z.array(givenGrant), total: z.int() })
  .meta({ id: 'GivenGrantPage' });

export const signInBody = z
  .strictObject({
    token: z.string().max(1_024).optional().describe('An access token; alone.'),
    username: z.string().max(256).optional().describe('Name of a user of the configuration; needs `password`.'),
    password: z.string().max(1_024).optional(),
  })
  .refine(
    ({ token, username, password }) => (token === undefined) !== (username === undefined && password === undefined),
    {
      message: 'must have either token, or username and password',
    },
  )
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    message: 'must have username and password together',
  })
  .meta({ id: 'SignIn' });

export const signedIn = z.strictObject({ principal: z.string(), session: sessionTimes }).meta({ id: 'SignedIn' });

export const signInMethods = z
  .strictObject({
    issuers: z
      .array(z.strictObject({ id: z.string(), label: z.string() }))
      .describe('In the order of the configuration.'),
    token: z.boolean(),
    password: z.boolean(),
  })
  .meta({ id: 'SignInMethods' });

/** Longest path to return to: a cookie must hold it beside what is secret. */
const MAX_DESTINATION_LENGTH = 1_024;

export const startQuery = z.strictObject({
  to: z
    .string()
    .max(MAX_DESTINATION_LENGTH)
    .default('/ui')
    .transform((text, context) => {
      const path = pagePath(text);
      if (path !== undefined) return path;
      context.addIssue({ code: 'custom', message: 'must be a path of this origin that begins with /ui' });
      return z.NEVER;
    })
    .describe('The page to go to in the end, below /ui.'),
});

/** Whatever an issuer adds: which of it counts is for OpenID Connect to say. */
export const callbackQuery = z.looseObject({});

const MAX_ROLE_LENGTH = 64;
const MAX_SECRET_ID_LENGTH = 256;

export const roleLogIn = z
  .strictObject({
    role: z.string().min(1).max(MAX_ROLE_LENGTH).describe('Its id in `coffer.access.roles`.'),
    secretId: z.string().min(1).max(MAX_SECRET_ID_LENGTH).describe('As `coffer role secret-id` shows it.'),
  })
  .meta({ id: 'RoleLogIn' });

export const roleToken = z
  .strictObject({
    token: z.string().describe('To be sent as `Authorization: Bearer`.'),
    tokenType: z.literal('Bearer'),
    expires: z.string().describe('From when on it does not count any more.'),
  })
  .meta({ id: 'RoleToken' });

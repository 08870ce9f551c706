import { z } from 'zod';
import { addressBlock } from './address-block.js';
import { bindings } from './bindings.js';
import { breakGlass } from './break-glass.js';
import { distinct, grants } from './grant.js';
import { issuer } from './issuer.js';
import { role } from './role.js';
import { listOf, plainName, secretWord, text, word } from './scalars.js';
import { time } from './time.js';

/** An entry of `coffer.access.certificates`. */
const certificate = z.strictObject({
  id: plainName.describe('Names the entry in logs and in the names of its callers.'),
  subjectClaim: word
    .default('uri')
    .describe(
      'What the caller is named by: `uri`, `dns`, `email`, `subject`, `subject/CN` and the like; certificates without it are for other entries.',
    ),
  bindings: bindings.describe(
    'Which certificates get which grants, by the same names and `issuer/CN`, `fingerprint`, `authority`; the first entry that grants anything counts.',
  ),
});

/** `coffer.access`: who may do what. Nothing is open by default. */
const fields = z.strictObject({
  tokens: distinct(
    z
      .strictObject({
        id: text.meta({ description: 'Named in logs.', auth: 'token' }),
        hash: word.meta({ description: 'As `npm run coffer -- token create` prints it.', auth: 'token' }),
        grants,
        expires: time.optional().meta({
          description: 'From when on it does not count any more; without it, it does not end.',
          auth: 'token',
        }),
        cidrs: listOf(addressBlock)
          .refine((all) => all.length > 0, { message: 'must name at least one address or block' })
          .optional()
          .meta({
            description:
              'Addresses or blocks from which alone it counts, as `coffer.server.trustedProxies` tells them.',
            auth: 'token',
          }),
      })
      .transform(({ expires, cidrs, ...token }) => ({
        ...token,
        ...(expires === undefined ? {} : { expiresAtMs: expires }),
        ...(cidrs === undefined ? {} : { cidrs }),
      })),
    (token) => token.id,
  )
    .default([])
    .meta({ empty: 'absent' }),
  users: distinct(
    z.strictObject({
      username: text.meta({ description: 'The name to log in with.', auth: 'basic' }),
      passwordHash: secretWord.meta({ description: 'As `npm run coffer -- password hash` prints it.', auth: 'basic' }),
      grants,
    }),
    (user) => user.username,
  )
    .default([])
    .meta({ empty: 'absent' }),
  issuers: distinct(issuer, ({ id }) => id)
    .superRefine((all, context) => {
      all.forEach(({ issuer: name }, index) => {
        if (all.findIndex((other) => other.issuer === name) === index) return;
        const message = 'is that of an entry before it: give one entry several audiences and bindings';
        context.addIssue({ code: 'custom', path: [index, 'issuer'], message });
      });
    })
    .default([])
    .meta({ empty: 'absent' }),
  roles: distinct(role, ({ id }) => id)
    .default([])
    .meta({ empty: 'absent' }),
  breakGlass: distinct(breakGlass, ({ id }) => id)
    .default([])
    .meta({ empty: 'absent' }),
  certificates: distinct(certificate, ({ id }) => id)
    .default([])
    .meta({ empty: 'absent' }),
});

/** One name means one thing where callers are asked about by it. */
export const access = fields.superRefine(({ issuers, certificates }, context) => {
  certificates.forEach(({ id }, index) => {
    if (!issuers.some((issuer) => issuer.id === id)) return;
    context.addIssue({ code: 'custom', path: ['certificates', index, 'id'], message: 'is that of an issuer' });
  });
});

export type AccessConfiguration = z.output<typeof access>;

import { z } from 'zod';
import { readDuration } from '../duration.js';
import { addressBlock } from './address-block.js';
import { distinct, grants } from './grant.js';
import { listOf, parsed, plainName, wholeNumber, word } from './scalars.js';
import { time } from './time.js';

const MAX_TOKEN_TTL_MS = 3_600_000;
const MAX_USES = 1_000_000;

const tokenTtl = parsed('must be a duration such as 15m, from 1s to 1h', (value) => {
  const milliseconds = readDuration(value);
  return milliseconds !== undefined && milliseconds >= 1_000 && milliseconds <= MAX_TOKEN_TTL_MS
    ? milliseconds
    : undefined;
}).meta({ type: 'duration' });

const secretId = z
  .strictObject({
    id: plainName.describe('Named in the audit, not a secret.'),
    hash: word.describe('As `npm run coffer -- role secret-id` writes it.'),
    expires: time
      .optional()
      .describe('From when on neither it nor a token of it counts any more; without it, it does not end.'),
    uses: wholeNumber(1, MAX_USES)
      .optional()
      .describe(
        'How often it lets in. Counted by Coffer in one process alone; gateways that run distributed refuse it.',
      ),
    cidrs: listOf(addressBlock)
      .refine((all) => all.length > 0, { message: 'must name at least one address or block' })
      .optional()
      .describe('Addresses or blocks from which alone it and its tokens count.'),
  })
  .transform(({ expires, uses, cidrs, ...secret }) => ({
    ...secret,
    ...(expires === undefined ? {} : { expiresAtMs: expires }),
    ...(uses === undefined ? {} : { uses }),
    ...(cidrs === undefined ? {} : { cidrs }),
  }));

/** An entry of `coffer.access.roles`: whoever has one of its secret ids is given a token for a while. */
export const role = z
  .strictObject({
    id: plainName.describe('The role’s name, by which one logs in.'),
    grants,
    tokenTtl: tokenTtl.default(MAX_TOKEN_TTL_MS).describe('How long a token counts that a log-in gives; at most 1h.'),
    secretIds: distinct(secretId, ({ id }) => id).default([]),
  })
  .transform(({ tokenTtl: tokenTtlMs, ...rest }) => ({ ...rest, tokenTtlMs }));

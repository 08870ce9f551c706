import { z } from 'zod';
import { grants } from './grant.js';
import { parsedWord, text } from './scalars.js';
import { time } from './time.js';

const MAX_REASON_LENGTH = 500;

const principal = parsedWord('must be a principal such as token:ci or user:ann', (value) =>
  /^[a-z]+:.+$/.test(value) ? value : undefined,
);

const reason = text
  .refine((given) => given.length <= MAX_REASON_LENGTH, {
    message: `must have at most ${MAX_REASON_LENGTH} characters`,
  })
  .meta({ type: `text of at most ${MAX_REASON_LENGTH} characters` });

/** An entry of `coffer.access.breakGlass`: grants for a while. */
export const breakGlass = z
  .strictObject({
    id: text.describe('Named in the audit.'),
    to: principal.describe('Whose grants they are, by the name that the audit shows.'),
    reason: reason.describe('Why; the audit has it.'),
    expires: time.describe('From when on they do not count any more.'),
    grants,
  })
  .transform(({ expires, ...entry }) => ({ ...entry, expiresAtMs: expires }));

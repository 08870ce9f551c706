import { z } from 'zod';
import { bindings } from './bindings.js';
import { parsed, word } from './scalars.js';

/** Names a credential in logs and in the names of callers. */
export const credentialId = parsed('must have 1 to 64 letters, digits, ., _ and -', (value) =>
  /^[A-Za-z0-9._-]{1,64}$/.test(value.trim()) ? value.trim() : undefined,
);

/** An entry of `coffer.access.certificates`. */
export const certificate = z.strictObject({
  id: credentialId.describe('Names the entry in logs and in the names of its callers.'),
  subjectClaim: word
    .default('uri')
    .describe(
      'What the caller is named by: `uri`, `dns`, `email`, `subject`, `subject/CN` and the like; certificates without it are for other entries.',
    ),
  bindings: bindings.describe(
    'Which certificates get which grants, by the same names and `issuer/CN`, `fingerprint`, `authority`; the first entry that grants anything counts.',
  ),
});

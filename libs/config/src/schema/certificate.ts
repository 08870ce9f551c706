import { z } from 'zod';
import { bindings } from './bindings.js';
import { plainName, word } from './scalars.js';

/** An entry of `coffer.access.certificates`. */
export const certificate = z.strictObject({
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

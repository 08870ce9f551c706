import { CofferError, parseNamespace } from '@coffer/secrets';
import { z } from 'zod';

/** A namespace that a query or a body names. */
export const namespace = z.string().transform((text, context) => {
  try {
    return parseNamespace(text);
  } catch (error) {
    if (!CofferError.is(error, 'invalid')) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

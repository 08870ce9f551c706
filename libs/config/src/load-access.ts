import { z } from 'zod';
import { type LoadOptions, readSettings } from './load.js';
import { access, type AccessConfiguration } from './schema/access.js';
import { at } from './tree.js';

/** Loads `coffer.access` of a configuration and nothing else. */
const accessSchema = z.object({ coffer: z.object({ access: access.optional() }).optional() });

/**
 * `coffer.access` alone, from the same sources as `loadConfiguration`, for when the rest of them is wrong. `undefined`
 * where they say nothing about it: the name could be what is wrong. Throws `configuration` when it is wrong itself.
 */
export const loadAccess = (options: LoadOptions = {}): AccessConfiguration | undefined => {
  const { tree, errors } = readSettings(accessSchema, options);
  const given = at(tree, ['coffer', 'access']);
  const found = given === undefined ? undefined : errors.check(access, given, ['coffer', 'access']);
  errors.throwIfAny();
  return found;
};

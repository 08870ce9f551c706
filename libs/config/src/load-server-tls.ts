import { z } from 'zod';
import { type LoadOptions, readSettings } from './load.js';
import { resolveServerTls, serverTls, type ServerTlsConfiguration } from './schema/server-tls.js';
import { at } from './tree.js';

/** Loads `coffer.server.tls` of a configuration and nothing else. */
const tlsSchema = z.object({
  coffer: z.object({ server: z.object({ tls: serverTls.optional() }).optional() }).optional(),
});

/**
 * `coffer.server.tls` alone, with what its files hold now, from the same sources as `loadConfiguration`. `undefined` where
 * they say nothing about it. Throws `configuration` when it is wrong.
 */
export const loadServerTls = (options: LoadOptions = {}): ServerTlsConfiguration | undefined => {
  const { tree, errors, context } = readSettings(tlsSchema, options);
  const path = ['coffer', 'server', 'tls'];
  const given = at(tree, path);
  const checked = given === undefined ? undefined : errors.check(serverTls, given, path);
  const found = checked && resolveServerTls(checked, context);
  errors.throwIfAny();
  return found;
};

import { CofferError } from '@coffer/secrets';
import type { Configuration } from './configuration.js';
import type { Environment } from './interpolate.js';
import { loadConfiguration } from './load.js';

/** Loads from files given as texts, relative to `/etc/coffer`; whatever else is read is absent. */
export const loadFiles = (
  files: Readonly<Record<string, string>>,
  env: Environment = {},
  argv: readonly string[] = [],
): Configuration =>
  loadConfiguration({
    argv,
    env,
    cwd: '/etc/coffer',
    readFile: (path) => {
      const text = files[path.replace('/etc/coffer/', '')];
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return text;
    },
  });

/** Loads `./coffer.yml` with this text. */
export const loadText = (text: string, env: Environment = {}): Configuration => loadFiles({ 'coffer.yml': text }, env);

/** The message with which loading refuses; fails when it does not, or refuses by another error. */
export const refusal = (load: () => unknown): string => {
  try {
    load();
  } catch (error) {
    if (CofferError.is(error, 'configuration')) return error.message;
    throw error;
  }
  throw new Error('loading did not refuse');
};

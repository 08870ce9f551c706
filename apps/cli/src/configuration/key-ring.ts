import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import { dataFolderOf } from '../data-folder.js';
import type { Terminal } from '../terminal.js';

/** The id under which Coffer in one process uses the key of its data folder. */
const KEY_ID = 'root';
const KEY_FILE = 'root.key';
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=$/;

/**
 * The key ring of a data folder: `COFFER_DATA_DIR`, else `./data`. Throws `configuration` and says what to do when the
 * folder has no key that can be read.
 */
const ringOfDataFolder = async (env: Terminal['env']): Promise<KeyRing> => {
  const file = join(dataFolderOf(env), KEY_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw unreadable(file, (error as NodeJS.ErrnoException).code);
  }
  if (!BASE64_OF_32_BYTES.test(text)) {
    throw new CofferError('configuration', `${file} does not hold a root key; restore it from a backup`);
  }
  return KeyRing.derive([{ id: KEY_ID, secret: new SecretValue(text), active: true }]);
};

/** Whether this machine has the data folder of a Coffer in one process: `COFFER_DATA_DIR`, else `./data`. */
export const hasDataFolder = ({ env }: Terminal): boolean => existsSync(join(dataFolderOf(env), KEY_FILE));

/**
 * The keys of the Coffer that reads the configuration file: those of its `coffer.encryption`, else the one of the data
 * folder, which counts as well where `COFFER_DATA_DIR` names one and the file is wrong. Throws `configuration`.
 */
export const ringOf = async (file: string | undefined, { env, cwd }: Terminal): Promise<KeyRing> => {
  const { COFFER_DATA_DIR: named } = env;
  const isAlone = named !== undefined && named !== '' && existsSync(join(named, KEY_FILE));
  try {
    const options = { argv: ['--config', file ?? ''], env, cwd, needs: { stores: false, redis: false } };
    const encryption = file === undefined ? undefined : loadConfiguration(options).encryption;
    if (encryption !== undefined) return await KeyRing.derive(encryption.keys);
  } catch (error) {
    if (!isAlone) throw error;
  }
  return ringOfDataFolder(env);
};

/** As `ringOf`; `undefined` where the keys cannot be read, for what needs them only to look twice. */
export const ringIfAny = async (file: string, terminal: Terminal): Promise<KeyRing | undefined> => {
  try {
    return await ringOf(file, terminal);
  } catch (error) {
    if (CofferError.is(error, 'configuration')) return undefined;
    throw error;
  }
};

const unreadable = (file: string, reason: string | undefined): CofferError => {
  if (reason === 'ENOENT') {
    return new CofferError(
      'configuration',
      `there is no root key at ${file}; start Coffer once with \`npm start\`, which makes it, set COFFER_DATA_DIR to its ` +
        'data folder, or name the configuration of a distributed Coffer, which has coffer.encryption.keys, by --config',
    );
  }
  if (reason === 'EACCES' || reason === 'EPERM') {
    return new CofferError(
      'configuration',
      `${file} may not be read by this user; run this as the user that runs Coffer`,
    );
  }
  return new CofferError('configuration', `${file} cannot be read (${reason ?? 'unknown reason'})`);
};

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import { dataFolderOf } from './data-folder.js';
import type { Terminal } from './terminal.js';

/** The id under which Coffer in one process uses the key of its data folder. */
const KEY_ID = 'root';
const KEY_FILE = 'root.key';
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=$/;

/**
 * The key ring of a data folder: `COFFER_DATA_DIR`, else `./data`. Throws `configuration` and says what to do when the
 * folder has no key that can be read.
 */
export const ringOfDataFolder = async (env: Terminal['env']): Promise<KeyRing> => {
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

/** The key ring of a distributed Coffer. Throws `configuration` when the file is wrong or names no keys. */
export const ringOfConfiguration = async (file: string, env: Terminal['env']): Promise<KeyRing> => {
  const { encryption } = loadConfiguration({ argv: ['--config', file], env });
  if (encryption !== undefined) return KeyRing.derive(encryption.keys);
  throw new CofferError(
    'configuration',
    `${file} has no coffer.encryption.keys; without --config the data folder's key is used`,
  );
};

const unreadable = (file: string, reason: string | undefined): CofferError => {
  if (reason === 'ENOENT') {
    return new CofferError(
      'configuration',
      `there is no root key at ${file}; start Coffer once with \`npm start\`, which makes it, ` +
        'or set COFFER_DATA_DIR to the data folder of the Coffer that the token is for',
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

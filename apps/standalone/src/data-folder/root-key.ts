import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { CofferError, SecretValue } from '@coffer/secrets';

const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

const make = (file: string): void => {
  const draft = `${file}.new`;
  const handle = openSync(draft, 'w', 0o600);
  try {
    writeSync(handle, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
  syncFolder(dirname(file));
};

/**
 * The folder's root key, 32 random bytes as base64 in a file that only its owner may read. Made once, durably, before
 * anything is sealed with it; `known` says that it was made before, and a missing file is then an error, never a new key.
 */
export const rootKey = (file: string, known: boolean): SecretValue => {
  if (!existsSync(file)) {
    if (known) {
      throw new CofferError(
        'configuration',
        `the key file ${file} is missing: the secrets of this folder cannot be opened without it; restore it from a backup`,
      );
    }
    make(file);
  }
  return new SecretValue(readFileSync(file, 'utf8').trim());
};

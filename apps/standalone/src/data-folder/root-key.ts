import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import { createPrivateFile } from './private-files.js';

/** The folder is held, so a draft that is there was left by a process that ended while it wrote it. */
const make = (file: string): void => {
  const draft = `${file}.new`;
  rmSync(draft, { force: true });
  createPrivateFile(draft, `${randomBytes(32).toString('base64')}\n`);
  renameSync(draft, file);
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

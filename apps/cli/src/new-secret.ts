import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CofferError, type SecretValue } from '@coffer/secrets';
import { Option } from 'commander';
import type { Terminal } from './terminal.js';

const OUTPUT = '-';

export const secretFileOption = (): Option =>
  new Option(
    '--secret-file <file>',
    'where the secret goes instead of the screen: a new file that its owner alone may read, or - for standard output',
  );

/** Throws `invalid` where a secret would be written to what is neither a screen nor a file of its owner's. */
export const requirePlace = (file: string | undefined, { isScreen }: Terminal): void => {
  if (file !== undefined || isScreen) return;
  throw new CofferError(
    'invalid',
    'standard output is no screen, and what is written there may be kept: name a file for the secret by --secret-file, or say --secret-file - to write it there',
  );
};

const write = (file: string, secret: SecretValue): void => {
  try {
    const handle = openSync(file, 'wx', 0o600);
    try {
      writeFileSync(handle, `${secret.reveal()}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new CofferError('configuration', `${file} cannot be made for the secret (${reason}); name a new file`);
  }
};

/**
 * Hands a new secret over once `accept` has made it count: on the screen, or in a file that is made before and goes again
 * when it does not.
 */
export const handOver = (
  name: string,
  secret: SecretValue,
  place: string | undefined,
  terminal: Terminal,
  accept: () => void,
): void => {
  requirePlace(place, terminal);
  if (place === undefined || place === OUTPUT) {
    accept();
    terminal.out(`${name}: ${secret.reveal()}\n`);
  } else {
    const file = resolve(terminal.cwd, place);
    write(file, secret);
    try {
      accept();
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
    terminal.out(`the ${name} is in ${file}\n`);
  }
  terminal.out('Keep it now: only its hash is kept, and it cannot be shown again.\n');
};

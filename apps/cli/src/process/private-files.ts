import { accessSync, constants, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CofferError } from '@coffer/secrets';
import type { Environment } from './environment.js';

/** In memory where the system has such a place. */
const MEMORY = '/dev/shm';
const MAX_NAME_BYTES = 200;
const FRESH = '.fresh-';

const placeOf = (env: Environment): string => {
  for (const place of [env['XDG_RUNTIME_DIR'], MEMORY]) {
    if (place === undefined || place === '') continue;
    try {
      accessSync(place, constants.W_OK | constants.X_OK);
      return place;
    } catch {
      // The next one.
    }
  }
  return tmpdir();
};

/** Whether a key can be the name of a file in any folder. */
export const isFileName = (key: string): boolean =>
  !/[/\0]/.test(key) && !key.startsWith('.') && Buffer.byteLength(key) <= MAX_NAME_BYTES;

/** A folder that its owner alone may enter, with a file for each value; each is replaced as a whole. */
export class PrivateFiles {
  private constructor(readonly folder: string) {}

  /** Throws `configuration` when there is no place for it. */
  static make(env: Environment): PrivateFiles {
    const place = placeOf(env);
    try {
      return new PrivateFiles(mkdtempSync(join(place, 'coffer-')));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new CofferError('configuration', `no folder can be made in ${place} (${code ?? 'unknown reason'})`);
    }
  }

  /** Makes the folder hold these values and no others; every key must be the name of a file. */
  write(values: ReadonlyMap<string, string>): void {
    for (const [key, value] of values) {
      const fresh = join(this.folder, `${FRESH}${key}`);
      rmSync(fresh, { force: true });
      writeFileSync(fresh, value, { mode: 0o400, flag: 'wx' });
      renameSync(fresh, join(this.folder, key));
    }
    for (const name of readdirSync(this.folder)) if (!values.has(name)) rmSync(join(this.folder, name));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

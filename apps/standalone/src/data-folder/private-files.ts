import { closeSync, fsyncSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CofferError } from '@coffer/secrets';

/** The rights of the group and of all others. */
const OTHERS = 0o077;

/** What a data folder holds that nobody else may read or change, SQLite's files beside a database included. */
const PRIVATE = /^(root\.key|state\.db|secrets\.db|outbox\.db|first-start-token|audit\.jsonl)([.-].*)?$/;

const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;

const isLoose = (path: string): boolean => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS) !== 0;

/**
 * Throws `configuration`, with the command that mends it, for a data folder or a file in it that others than its owner
 * may read or change. Windows knows no such rights and is not asked.
 */
export const refuseLooseModes = (folder: string): void => {
  if (process.platform === 'win32') return;
  if (isLoose(folder)) {
    throw new CofferError(
      'configuration',
      `the data folder ${folder} is open to others than its owner; run: chmod 700 ${quoted(folder)} (where it is the top of ` +
        'a volume whose rights cannot be changed, choose a folder in it with COFFER_DATA_DIR)',
      { folder },
    );
  }
  const loose = readdirSync(folder)
    .filter((name) => PRIVATE.test(name))
    .map((name) => join(folder, name))
    .filter(isLoose);
  if (loose.length === 0) return;
  throw new CofferError(
    'configuration',
    `${loose.join(' and ')} can be read or changed by others than the owner; run: chmod 600 ${loose.map(quoted).join(' ')} ` +
      '(on Kubernetes fsGroup gives those rights at each mount, unless fsGroupChangePolicy is OnRootMismatch)',
    { folder },
  );
};

const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/**
 * Makes a file that only its owner may read, durably. Throws `EEXIST` when there is anything of that name, a link that
 * leads elsewhere included.
 */
export const createPrivateFile = (file: string, text: string): void => {
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncFolder(dirname(file));
};

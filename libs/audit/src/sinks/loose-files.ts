import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CofferError } from '@coffer/secrets';

/** Rights of all others, and the group's to change: a group may read, as collectors of logs do. */
const FOR_OTHERS = 0o027;

/** What follows the name of a file that was rotated: `.1`, `.2.gz`, `-20270131`. */
const ROTATED = /^[.-]\d/;

const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;

const isLoose = (path: string): boolean => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && (stat.mode & FOR_OTHERS) !== 0;
};

/** None of a folder that cannot be listed. */
const rotatedOf = (path: string): readonly string[] => {
  const name = basename(path);
  try {
    return readdirSync(dirname(path))
      .filter((other) => other.startsWith(name) && ROTATED.test(other.slice(name.length)))
      .map((other) => join(dirname(path), other));
  } catch {
    return [];
  }
};

/**
 * Throws `configuration`, with the command that mends it, where all others may read or change an audit file or one that it was
 * rotated to, or its group may change it. Windows knows no such rights and is not asked.
 */
export const refuseLooseAuditFiles = (path: string): void => {
  if (process.platform === 'win32') return;
  const loose = [path, ...rotatedOf(path)].filter(isLoose);
  if (loose.length === 0) return;
  throw new CofferError(
    'configuration',
    `${loose.join(' and ')} can be read or changed by others than the owner; run: chmod g-wx,o= ${loose.map(quoted).join(' ')} ` +
      '(and have what rotates it keep its mode)',
    { files: loose.length },
  );
};

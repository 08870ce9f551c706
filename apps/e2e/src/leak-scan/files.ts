import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

const PIECE = 4 * 2 ** 20;

/** A file's bytes; none when it is gone or not for us to read. */
export function* piecesOf(file: string): Generator<Buffer> {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return;
  }
  try {
    for (;;) {
      const piece = Buffer.alloc(PIECE);
      const length = readSync(handle, piece);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(handle);
  }
}

/** Every file below the folder that was written at `since` (milliseconds since the Unix epoch) or later. */
export const filesBelow = (folder: string, since = 0): string[] => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => writtenSince(file, since));
  } catch {
    return [];
  }
};

const writtenSince = (file: string, since: number): boolean => {
  try {
    return statSync(file).mtimeMs >= since;
  } catch {
    return false;
  }
};

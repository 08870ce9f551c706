import type { Stats } from 'node:fs';
import { statfs } from 'node:fs/promises';

/** File systems of Linux whose writes end in this machine's memory (statfs(2), and each one's own header). */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  ...[0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0xca451a4e], // ext, XFS, Btrfs, F2FS, ZFS, bcachefs
  ...[0x01021994, 0x794c7630], // tmpfs, overlayfs
]);

/**
 * Whether what is open under that path takes lines without waiting for another machine: a pipe, which is open without
 * waiting, or a file on a local disk. False where that is not known.
 */
export const mayWriteNow = async (path: string, stat: Stats): Promise<boolean> => {
  if (stat.isFIFO()) return true;
  if (!stat.isFile() || process.platform !== 'linux') return false;
  try {
    return LOCAL_TYPES.has((await statfs(path)).type);
  } catch {
    return false;
  }
};

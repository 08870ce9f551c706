import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Coffer } from '../../harness/index.js';

/** How the disk of one process is made full, and how it gets room again. */
export interface Disk {
  /** For the start of the process. */
  readonly through: string;
  fill(coffer: Coffer): void;
  makeRoom(coffer: Coffer): void;
}

const SMALL = 'mount -t tmpfs -o size=4m,mode=700 small';
const UNSHARE = ['--map-root-user', '--mount', 'sh', '-c'];

const filler = ({ pid, dataFolder }: Coffer): string => join(`/proc/${pid}/root`, dataFolder, 'filler');

/** The data folder on a small disk of its own, which only the process sees and which goes with it. */
const ownDisk: Disk = {
  through: `mkdir -m 700 "$COFFER_DATA_DIR" && exec unshare ${UNSHARE.join(' ')} '${SMALL} "$COFFER_DATA_DIR" && exec "$@"' sh "$@"`,
  fill: (coffer) => {
    expect(() => writeFileSync(filler(coffer), Buffer.alloc(8 * 1024 * 1024))).toThrow(/ENOSPC/);
  },
  makeRoom: (coffer) => rmSync(filler(coffer)),
};

const limitFiles = ({ pid }: Coffer, bytes: string): void => {
  expect(spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`])).toMatchObject({ status: 0 });
};

/** No file of the process may grow: what is left where a disk cannot be mounted, as in most containers. */
const quota: Disk = {
  through: 'exec "$@"',
  fill: (coffer) => limitFiles(coffer, '4096'),
  makeRoom: (coffer) => limitFiles(coffer, 'unlimited'),
};

const canMount = (): boolean => spawnSync('unshare', [...UNSHARE, `${SMALL} /mnt`]).status === 0;

export const disk = (): Disk => (canMount() ? ownDisk : quota);

import { fstatSync, statSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
/** Where the first process of the machine, or of the container, writes to. */
const INIT_OUTPUT = '/proc/1/fd/1';

const identityOf = ({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string => `${dev}:${ino}`;

const identityAt = (read: () => { readonly dev: bigint; readonly ino: bigint }): string | undefined => {
  try {
    return identityOf(read());
  } catch {
    return undefined;
  }
};

export interface Output {
  readonly isTerminal: boolean;
  /** Device and inode of what standard output leads to; `undefined` where that cannot be told. */
  readonly identity: string | undefined;
  /** The same of the first process's. */
  readonly initIdentity: string | undefined;
  readonly journalStream: string | undefined;
}

/** Standard output of this process. */
export const standardOutput = (): Output => ({
  isTerminal: process.stdout.isTTY,
  identity: identityAt(() => fstatSync(STANDARD_OUTPUT, { bigint: true })),
  initIdentity: identityAt(() => statSync(INIT_OUTPUT, { bigint: true })),
  journalStream: process.env['JOURNAL_STREAM'],
});

/**
 * Whether what is written goes to a log that others keep and read: systemd's journal, which says so in `JOURNAL_STREAM`
 * (systemd.exec(5)), or the log of a container, which is what its first process writes. A terminal, and a pipe or a file
 * that whoever started this process gave it, are theirs.
 */
export const isCollected = ({ isTerminal, identity, initIdentity, journalStream }: Output): boolean =>
  !isTerminal && identity !== undefined && (identity === journalStream || identity === initIdentity);

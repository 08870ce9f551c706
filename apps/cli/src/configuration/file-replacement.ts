import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CofferError } from '@coffer/secrets';

const MODE = 0o7777;
/** A byte order mark is part of the text. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown reason';

const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** Bytes that are no UTF-8 would not stay what they are: `undefined`. */
const textOf = (bytes: Buffer): string | undefined => {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
};

/**
 * A file that is replaced as a whole: whoever reads it, at whatever moment, reads all of the old text or all of the new one. A
 * link is followed; the file's mode and owner are kept, and its text as it was stays beside it. The new text is written to
 * `FILE.new`, which is made first and says that somebody is about to replace the file.
 */
export class FileReplacement {
  /** The text as it is. */
  readonly text: string;
  /** The file, links followed. */
  readonly path: string;
  readonly #handle: number;
  #open = true;

  /** Throws `configuration` when another command is replacing the file, it cannot be read or replaced, or it is not UTF-8. */
  constructor(private readonly name: string) {
    try {
      this.path = realpathSync(name);
    } catch (error) {
      throw this.#failure('cannot be read', error);
    }
    try {
      this.#handle = openSync(this.#new, 'wx', 0o600);
    } catch (error) {
      if (reasonOf(error) !== 'EEXIST') throw this.#failure('cannot be replaced', error);
      throw new CofferError(
        'configuration',
        `${this.#new} is there: another command is changing the file, or one was interrupted; remove it if none is running`,
      );
    }
    let text: string | undefined;
    try {
      text = textOf(readFileSync(this.path));
    } catch (error) {
      this.close();
      throw this.#failure('cannot be read', error);
    }
    if (text === undefined) {
      this.close();
      throw new CofferError(
        'configuration',
        `${name} is not UTF-8, and what is not would not stay as it is: save it as UTF-8 first, or change it by hand`,
      );
    }
    this.text = text;
  }

  /** Where the text as it was stays. */
  get backup(): string {
    return `${this.path}.bak`;
  }

  get #new(): string {
    return `${this.path}.new`;
  }

  /** Durable when it returns. Throws `configuration`, and leaves the file as it was. */
  replace(text: string): void {
    try {
      this.#keepRights(this.#handle);
      writeFileSync(this.#handle, text);
      fsyncSync(this.#handle);
      this.#writeBackup();
      if (textOf(readFileSync(this.path)) !== this.text) {
        throw new CofferError('configuration', `${this.name} was changed by somebody else meanwhile; try again`);
      }
      renameSync(this.#new, this.path);
      this.#open = false;
      closeSync(this.#handle);
      syncFolder(dirname(this.path));
    } catch (error) {
      if (CofferError.is(error)) throw error;
      throw this.#failure('cannot be replaced', error);
    }
  }

  /** Leaves the file as it is, unless it was replaced. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#handle);
    rmSync(this.#new, { force: true });
  }

  #writeBackup(): void {
    const file = `${this.backup}.new`;
    rmSync(file, { force: true });
    const handle = openSync(file, 'wx', 0o600);
    try {
      this.#keepRights(handle);
      writeFileSync(handle, this.text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(file, this.backup);
  }

  #keepRights(handle: number): void {
    const original = openSync(this.path, 'r');
    try {
      const { mode, uid, gid } = fstatSync(original);
      const made = fstatSync(handle);
      if (uid !== made.uid || gid !== made.gid) fchownSync(handle, uid, gid);
      fchmodSync(handle, mode & MODE);
    } finally {
      closeSync(original);
    }
  }

  #failure(what: string, error: unknown): CofferError {
    const reason = reasonOf(error);
    const help =
      reason === 'EBUSY'
        ? '; it is mounted by itself: mount its folder instead'
        : ['EACCES', 'EPERM'].includes(reason)
          ? '; run this as the user that owns it'
          : reason === 'EROFS'
            ? '; change it where it comes from'
            : '';
    return new CofferError('configuration', `the configuration file ${this.name} ${what} (${reason})${help}`);
  }
}

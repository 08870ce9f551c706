import { constants, fstatSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { ChainBeginning } from '../chain/chain-records.js';
import type { AuditDestination } from './audit-destination.js';
import { DescriptorWriter } from './descriptor-writer.js';
import { lastLineOf } from './last-line.js';
import { mayWriteNow } from './local-files.js';
import { WriteSpeed } from './write-speed.js';

const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
/** A pipe without a reader, or a full one, is an error rather than a wait that holds up the process. */
const FLAGS = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK;
/** The owner's alone. */
const MODE = 0o600;

const removed = (): Error => Object.assign(new Error('the file was removed'), { code: 'ENOENT' });
/** How often it is looked whether the file is there still, in milliseconds. A record that is written meanwhile may be lost with it. */
const PRESENCE_CHECK_INTERVAL_MS = 100;
/** After these the same file takes the rest of a line once there is room. */
const PASSING: ReadonlySet<unknown> = new Set(['EAGAIN', 'ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Appends to a file, which is made where there is none and readable by its owner alone. Taken is what the operating system
 * has: it survives the end of this process, but not that of the machine. A named pipe is fine, too. What is written to a file that
 * was removed nobody can read: it must be opened anew.
 */
export class FileDestination implements AuditDestination {
  #file: FileHandle | undefined;
  #writer: DescriptorWriter | undefined;
  /** Whether a write to what is open cannot wait for another machine. */
  #isLocal = false;
  /** Until when the file counts as one that is there; always what had no name to begin with, and a pipe. */
  #presentUntilMs = Infinity;
  readonly #speed = new WriteSpeed();
  /** Whether it was closed in the middle of a line, of which its successor tells. */
  #wasTorn = false;

  constructor(readonly path: string) {}

  async open(): Promise<ChainBeginning> {
    const file = await open(this.path, FLAGS, MODE);
    try {
      const stat = await file.stat();
      const beginning = stat.isFile() ? await this.#ending() : { torn: this.#wasTorn };
      const writer = new DescriptorWriter(file.fd);
      if (beginning.torn === true) await writer.write('\n');
      this.#isLocal = await mayWriteNow(this.path, stat);
      this.#file = file;
      this.#presentUntilMs = stat.isFile() && stat.nlink > 0 ? 0 : Infinity;
      this.#writer = writer;
      const torn = beginning.torn === true || this.#wasTorn;
      this.#wasTorn = false;
      return { ...beginning, torn };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  write(lines: string): Promise<void> {
    if (this.#writer === undefined) return Promise.reject(new Error('the file is not open'));
    if (this.#isRemoved()) return Promise.reject(removed());
    return this.#writer.write(lines);
  }

  /** In the page cache of a local disk, or in a pipe, a write is done before another thread would begin with it. */
  writeNow(lines: string): boolean {
    const writer = this.#writer;
    if (writer === undefined || !this.#isLocal || !this.#speed.isQuick()) return false;
    if (this.#isRemoved()) throw removed();
    return this.#speed.measure(() => writer.writeNow(lines));
  }

  mustReopen(error: unknown): boolean {
    return !PASSING.has((error as NodeJS.ErrnoException).code);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#wasTorn ||= this.#writer?.isTorn === true;
    this.#file = undefined;
    this.#writer = undefined;
    await file?.close().catch(() => undefined);
  }

  /** Looks seldom, and until it is closed each time once it was. */
  #isRemoved(): boolean {
    const now = performance.now();
    if (this.#file === undefined || now < this.#presentUntilMs) return false;
    if (fstatSync(this.#file.fd).nlink === 0) return true;
    this.#presentUntilMs = now + PRESENCE_CHECK_INTERVAL_MS;
    return false;
  }

  async #ending(): Promise<ChainBeginning> {
    const file = await open(this.path, O_RDONLY);
    try {
      return await lastLineOf(file);
    } finally {
      await file.close();
    }
  }
}

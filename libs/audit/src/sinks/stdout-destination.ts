import { fstatSync } from 'node:fs';
import type { ChainBeginning } from '../chain/chain-records.js';
import type { AuditDestination } from './audit-destination.js';
import { DescriptorWriter } from './descriptor-writer.js';

const STANDARD_OUTPUT = 1;

/**
 * Writes to standard output, between the lines of the log. A file there is written to by its descriptor, so that a disk that
 * was full is written to again; a pipe or a terminal through the process's own stream, so that lines stay whole.
 */
export class StdoutDestination implements AuditDestination {
  readonly #writer = new DescriptorWriter(STANDARD_OUTPUT);
  readonly #isFile = fstatSync(STANDARD_OUTPUT).isFile();

  open(): Promise<ChainBeginning> {
    return Promise.resolve({});
  }

  write(lines: string): Promise<void> {
    if (this.#isFile) return this.#writer.write(lines);
    return new Promise((resolve, reject) => {
      process.stdout.write(lines, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

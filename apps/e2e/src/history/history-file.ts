import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { formatOperation, type Operation } from '@coffer/coherence/history';

/** The time of the run's one clock, in whole microseconds; an interval made of both contains what it measures. */
export const startTime = (): number => Math.floor(performance.now() * 1_000);
export const endTime = (): number => Math.ceil(performance.now() * 1_000);

/** Operations as lines of a file, in the order in which they end. */
export class HistoryFile {
  readonly #stream: WriteStream;

  constructor(readonly file: string) {
    this.#stream = createWriteStream(file);
  }

  add(operation: Operation): void {
    this.#stream.write(`${formatOperation(operation)}\n`);
  }

  async close(): Promise<void> {
    this.#stream.end();
    await finished(this.#stream);
  }
}

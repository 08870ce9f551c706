import type { Writable } from 'node:stream';

/** Bytes that may wait for a reader that is slow, or has stopped. */
const MAX_WAITING_BYTES = 1_048_576;

/**
 * Writes lines to a standard stream of this process, whatever becomes of it: a reader that has gone, a full disk. A line
 * that cannot be written, or would wait behind `maxWaitingBytes` of others, is lost and counted. Never waits or throws.
 */
export class LineOutput {
  #lostLines = 0;

  constructor(
    private readonly stream: Writable,
    private readonly maxWaitingBytes = MAX_WAITING_BYTES,
  ) {
    // An error event without a listener ends the process; `write` learns of each by itself.
    stream.on('error', () => undefined);
  }

  get lostLines(): number {
    return this.#lostLines;
  }

  write(line: string): void {
    if (this.stream.writableLength > 0 && this.stream.writableLength + Buffer.byteLength(line) > this.maxWaitingBytes) {
      this.#lostLines += 1;
      return;
    }
    this.stream.write(line, (error) => {
      if (error) this.#lostLines += 1;
    });
  }
}

const opened: { out?: LineOutput; err?: LineOutput } = {};

/** Standard output of this process, for every line that it writes. */
export const standardOut = (): LineOutput => (opened.out ??= new LineOutput(process.stdout));

/** Standard error of this process. */
export const standardErr = (): LineOutput => (opened.err ??= new LineOutput(process.stderr));

/** Lines that were lost by both so far. */
export const lostLines = (): number => (opened.out?.lostLines ?? 0) + (opened.err?.lostLines ?? 0);

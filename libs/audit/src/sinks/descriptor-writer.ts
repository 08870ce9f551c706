import { write, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const FULL = 'EAGAIN';
const FULL_RETRY_DELAY_MS = 1;
/** Without a byte that long, a pipe counts as one that nobody reads. */
const FULL_TIMEOUT_MS = 100;
const LINE_BREAK = 10;
const NOTHING = Buffer.alloc(0);

const isFull = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === FULL;

/**
 * Writes texts to a file descriptor, whole: what a failed write has left of a text is what the next `write` of the same text
 * begins with.
 */
export class DescriptorWriter {
  #text: string | undefined;
  #whole: Buffer = NOTHING;
  #written = 0;

  constructor(private readonly fd: number) {}

  /** Whether the last text was left in the middle of a line. */
  get isTorn(): boolean {
    return this.#written > 0 && this.#written < this.#whole.length && this.#whole[this.#written - 1] !== LINE_BREAK;
  }

  /** One attempt, which holds up the process. Returns whether it took the whole text; throws the error of the system. */
  writeNow(text: string): boolean {
    this.#begin(text);
    this.#written += writeSync(this.fd, this.#whole, this.#written);
    if (this.#written < this.#whole.length) return false;
    this.#end();
    return true;
  }

  /** Rejects with the error of the system, `EAGAIN` for a pipe that nobody reads among them. */
  async write(text: string): Promise<void> {
    this.#begin(text);
    let lastByteAt = performance.now();
    while (this.#written < this.#whole.length) {
      try {
        this.#written += await this.#some();
        lastByteAt = performance.now();
      } catch (error) {
        if (!isFull(error) || performance.now() - lastByteAt > FULL_TIMEOUT_MS) throw error;
        await pause(FULL_RETRY_DELAY_MS);
      }
    }
    this.#end();
  }

  #begin(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#whole = Buffer.from(text, 'utf8');
    this.#written = 0;
  }

  #end(): void {
    this.#text = undefined;
    this.#whole = NOTHING;
    this.#written = 0;
  }

  #some(): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.fd, this.#whole, this.#written, this.#whole.length - this.#written, null, (error, written) => {
        if (error === null) resolve(written);
        else reject(error);
      });
    });
  }
}

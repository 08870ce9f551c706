import { write } from 'node:fs';

/**
 * Writes texts to a file descriptor, whole: what a failed write has left of a text is what the next `write` of the same text
 * begins with.
 */
export class DescriptorWriter {
  #text: string | undefined;
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly fd: number) {}

  /** Rejects with the error of the system, `EAGAIN` for a pipe that nobody reads among them. */
  async write(text: string): Promise<void> {
    if (text !== this.#text) {
      this.#text = text;
      this.#rest = Buffer.from(text, 'utf8');
    }
    while (this.#rest.length > 0) this.#rest = this.#rest.subarray(await this.#some());
    this.#text = undefined;
  }

  #some(): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.fd, this.#rest, 0, this.#rest.length, null, (error, written) => {
        if (error === null) resolve(written);
        else reject(error);
      });
    });
  }
}

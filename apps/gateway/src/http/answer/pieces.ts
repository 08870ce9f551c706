import { Readable } from 'node:stream';

/** Bytes that are handed to a connection at a time. */
export const PIECE_BYTES = 64 * 1024;

/** A long text in pieces, each made when the connection has taken the one before. */
export class Pieces extends Readable {
  readonly #parts: Iterator<string, unknown>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(parts: Iterable<string>) {
    super({ highWaterMark: PIECE_BYTES });
    this.#parts = parts[Symbol.iterator]();
  }

  override _read(): void {
    try {
      if (this.#rest.length === 0) this.#rest = this.#gather();
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    const piece = this.#rest.subarray(0, PIECE_BYTES);
    this.#rest = this.#rest.subarray(PIECE_BYTES);
    this.push(piece.length === 0 ? null : piece);
  }

  /** At least a piece, unless the end is reached. */
  #gather(): Buffer {
    const texts: string[] = [];
    let length = 0;
    while (length < PIECE_BYTES) {
      const next = this.#parts.next();
      if (next.done === true) break;
      texts.push(next.value);
      length += next.value.length;
    }
    return Buffer.from(texts.join(''));
  }
}

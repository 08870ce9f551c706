import { hash, randomBytes } from 'node:crypto';

/** The last line of a chain. */
export interface ChainEnd {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

const ID_BYTES = 12;
/** What stands between a line's text and its hash. */
const HASH_FIELD = ',"hash":"';

/** The hash of a line: SHA-256, base64url, over the hash of the line before it in its chain and its own text. */
export const hashOf = (previousHash: string, text: string): string => hash('sha256', previousHash + text, 'base64url');

/**
 * The part of a line that its hash covers, which is all of it but for the hash, or `undefined` where the line does not end
 * with exactly the place that it was read as: what stands behind the hash is covered by nothing.
 */
export const hashedText = (line: string, { chain, seq, hash }: ChainEnd): string | undefined => {
  const place = `,"chain":"${chain}","seq":${seq}`;
  const tail = `${HASH_FIELD}${hash}"}`;
  return line.endsWith(place + tail) ? line.slice(0, -tail.length) : undefined;
};

/**
 * The lines of one sink from its opening on. Each says its chain, its number in it and a hash over the line before, so that
 * a line that is changed, left out, put in or put elsewhere shows.
 */
export class Chain {
  readonly id = randomBytes(ID_BYTES).toString('base64url');
  readonly #fields = `,"chain":"${this.id}","seq":`;
  #seq = 0;
  #hash = '';

  get end(): ChainEnd | undefined {
    return this.#seq === 0 ? undefined : { chain: this.id, seq: this.#seq, hash: this.#hash };
  }

  /** The next line, with its line break. `body`: JSON of an object without its closing brace. */
  line(body: string): string {
    this.#seq += 1;
    const text = body + this.#fields + String(this.#seq);
    this.#hash = hashOf(this.#hash, text);
    return `${text}${HASH_FIELD}${this.#hash}"}\n`;
  }
}

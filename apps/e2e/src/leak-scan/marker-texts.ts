import { randomBytes } from 'node:crypto';

/** Random, and the same in most notations: letters and digits alone need no escape. */
const newMarker = (): string =>
  randomBytes(24)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 16);

/** Characters that some notation has to escape, of one, two, three and four bytes. */
const AWKWARD = '"\\/\'`<&>%+=;:,?#{}[] \t\n\r$(é€😀)';

/**
 * The texts of one run. Everything secret that a client or an operator gives has one of two random markers in it, at
 * both ends of characters that need escapes, so that a piece of it is found as well as the whole.
 */
export class MarkerTexts {
  /** In every value. */
  readonly value = newMarker();
  /** In every password and token of the tests' own making. */
  readonly credential = newMarker();
  /** In what may be seen by anybody: descriptions, tags, unknown keys. A search that misses it is no search. */
  readonly control = newMarker();
  #number = 0;

  /** Another one each time. */
  secret(): string {
    return this.#text(this.value);
  }

  /** Without characters that HTTP forbids in a header. */
  token(): string {
    return `coffer_${this.credential}${(this.#number += 1)}`;
  }

  password(): string {
    return this.#text(this.credential);
  }

  /** To be put into copies of what was looked through. */
  planted(): string {
    return this.#text(newMarker());
  }

  /** A text of at least so many bytes, full of values. */
  large(bytes: number): string {
    const one = this.secret();
    return one.repeat(Math.ceil(bytes / one.length));
  }

  #text(of: string): string {
    return `${of}-${(this.#number += 1)}-${AWKWARD}-${of}`;
  }
}

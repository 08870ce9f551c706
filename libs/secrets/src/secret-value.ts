import { inspect } from 'node:util';

const PLACEHOLDER = '[secret]';

/**
 * A secret's text. It prints, inspects, serialises and concatenates as a placeholder; the text comes out by `reveal()`
 * alone, so that a search for that word finds every place where a value is in clear.
 */
export class SecretValue {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text in clear. */
  reveal(): string {
    return this.#text;
  }

  /** Length in bytes of UTF-8, the unit in which every store counts. */
  get byteLength(): number {
    return Buffer.byteLength(this.#text);
  }

  equals(other: SecretValue): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return PLACEHOLDER;
  }

  toJSON(): string {
    return PLACEHOLDER;
  }

  [Symbol.toPrimitive](): string {
    return PLACEHOLDER;
  }

  [inspect.custom](): string {
    return PLACEHOLDER;
  }
}

import type { StoreLimits } from '@coffer/backend-contract';
import { CofferError, parseTags, type SecretValue, type Tag } from '@coffer/secrets';

const codePoints = (text: string): number => [...text].length;

/** What a store takes, checked before anything is queued. Messages quote the store's rule, never what was given. */
export class StoreRules {
  constructor(
    private readonly store: string,
    private readonly limits: StoreLimits,
  ) {}

  /** Throws `invalid` or `too-large`. */
  assertValue(value: SecretValue): void {
    const { valueBytes } = this.limits;
    if (value.byteLength === 0) throw this.#error('invalid', 'a value must not be empty');
    if (value.byteLength > valueBytes) {
      const sizes = `at most ${valueBytes} bytes of UTF-8, this one has ${value.byteLength}`;
      throw this.#error('too-large', `a value may have ${sizes}`);
    }
    if (!value.reveal().isWellFormed()) {
      throw this.#error('invalid', 'a value must be well-formed Unicode, without lone surrogates');
    }
  }

  /** Throws `invalid` or `too-large`. */
  assertDescription(description: string): void {
    const { descriptionBytes } = this.limits;
    if (!description.isWellFormed() || description.includes('\0')) {
      throw this.#error('invalid', 'a description must be well-formed Unicode without the character U+0000');
    }
    const bytes = Buffer.byteLength(description, 'utf8');
    if (bytes > descriptionBytes) {
      const sizes = `at most ${descriptionBytes} bytes of UTF-8, this one has ${bytes}`;
      throw this.#error('too-large', `a description may have ${sizes}`);
    }
  }

  /** The secret's own tags and the default ones together. Throws `invalid` or `too-large`. */
  assertTags(tags: readonly Tag[]): void {
    const { count, keyLength, valueLength, brokenRule } = this.limits.tags;
    parseTags(tags);
    if (tags.length > count) {
      const sizes = `at most ${count} tags, default ones included, this one has ${tags.length}`;
      throw this.#error('too-large', `a secret may have ${sizes}`);
    }
    for (const tag of tags) {
      const { key, value } = tag;
      if (![key, value].every((text) => text.isWellFormed() && !text.includes('\0'))) {
        throw this.#error('invalid', 'a tag must be well-formed Unicode without the character U+0000');
      }
      if (codePoints(key) > keyLength) {
        throw this.#error('too-large', `a tag's key may have at most ${keyLength} characters`);
      }
      if (codePoints(value) > valueLength) {
        throw this.#error('too-large', `a tag's value may have at most ${valueLength} characters`);
      }
      const rule = brokenRule?.(tag);
      if (rule !== undefined) throw this.#error('invalid', rule);
    }
  }

  #error(code: 'invalid' | 'too-large', rule: string): CofferError {
    return new CofferError(code, `${this.store}: ${rule}`, { store: this.store });
  }
}

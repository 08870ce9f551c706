import type { SecretValue } from '@coffer/secrets';
import type { AuditedSecret } from '../audit/audited.js';

/** An answer of status 200 from memory. */
export interface CachedAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly audited: readonly AuditedSecret[];
  readonly requestId?: string;
  /** The body as it is sent: JSON, unless the headers name another type. */
  readonly text: string;
  /** Size of the text in UTF-8. */
  readonly bytes: number;
}

/** Longer texts are made for each answer. */
export const MAX_REMEMBERED_BYTES = 1_024;

/**
 * What one call made of a value when it last gave it out, for as long as something else keeps the value: the cache keeps
 * values, within its bounds, or drops them. Takes up `MAX_REMEMBERED_BYTES` for a value at most, and one call has one value at a
 * time.
 */
export class RememberedAnswers<T extends { readonly bytes: number }> {
  readonly #answers = new WeakMap<SecretValue, T>();

  get(value: SecretValue): T | undefined {
    return this.#answers.get(value);
  }

  /** Returns what was made. */
  set(value: SecretValue, made: T): T {
    if (made.bytes <= MAX_REMEMBERED_BYTES) this.#answers.set(value, made);
    return made;
  }
}

import { hash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Principal } from './principal.js';

export interface RememberedToken {
  readonly principal: Principal;
  /** Wall-clock time from which the token does not count any more. */
  readonly expiresAtMs: number;
}

/** Default limit of all tokens that one `RememberedTokens` holds. */
export const MAX_REMEMBERED_BYTES = 16 * 1024 * 1024;
const MAX_TOKEN_BYTES = 64 * 1024;
/** The entry itself, its key and what the collections take for it. */
const OVERHEAD_BYTES = 512;

/** About what it takes in memory. */
const sizeOf = ({ principal }: RememberedToken): number => OVERHEAD_BYTES + 2 * JSON.stringify(principal).length;

/**
 * Who presented which token that was verified, by a digest under a salt of its own; no token is kept in clear. The one that was
 * used least recently goes first. `T` adds what else decides whether the token still counts.
 */
export class RememberedTokens<T extends RememberedToken> {
  readonly #salt = randomBytes(32).toString('base64');
  readonly #tokens: LRUCache<string, T>;
  #evictions = 0;

  constructor(readonly limitBytes = MAX_REMEMBERED_BYTES) {
    this.#tokens = new LRUCache<string, T, unknown>({
      maxSize: limitBytes,
      maxEntrySize: MAX_TOKEN_BYTES,
      sizeCalculation: sizeOf,
      dispose: (_token, _key, reason) => {
        if (reason === 'evict') this.#evictions += 1;
      },
    });
  }

  get bytes(): number {
    return this.#tokens.calculatedSize;
  }

  get evictions(): number {
    return this.#evictions;
  }

  digestOf(token: string): string {
    return hash('sha256', `${this.#salt}${token}`, 'base64');
  }

  get(digest: string): T | undefined {
    return this.#tokens.get(digest);
  }

  set(digest: string, token: T): void {
    this.#tokens.set(digest, token);
  }

  delete(digest: string): void {
    this.#tokens.delete(digest);
  }
}

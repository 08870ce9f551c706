import { raceAbort } from '@coffer/backend-contract';
import type { SecretPath } from '@coffer/secrets';
import { failure } from './errors.js';
import { labelsOf, nameOf } from './layout.js';
import type { VaultClient, VaultSecret } from './client.js';

/** One pass over the vault; what it found counts once it is finished. */
export interface Listing {
  add(secret: VaultSecret): SecretPath | undefined;
  finish(): void;
}

/** In milliseconds. */
export interface ListingTiming {
  /** After which a miss has the vault listed anew. */
  readonly maxAgeMs: number;
  /** After which a page that does not come ends its listing: the next question begins another. */
  readonly pageTimeoutMs: number;
}

/** A listing after another begins no sooner than so many times what it took: it gets a twentieth of the vault's time. */
const LISTING_PAUSE_FACTOR = 20;
const MAX_AWAITED_LISTING_MS = 1_000;

/**
 * Names of the secrets that carry this prefix's tags and that Coffer did not name. The vault cannot be asked for a tag, so
 * they are known from the last whole listing: what came since then is found by the next one, which a question begins when
 * the last is older than `maxAge`, or than 20 times what it took. The first question waits for its listing, and so does
 * whoever is about to make a secret in a vault that is listed within a second, or two would have the
 * identity; a listing goes on when the one who asked gives up.
 */
export class ExternalNames {
  #names: ReadonlyMap<string, readonly string[]> | undefined;
  /** When the listing began, in milliseconds by the monotonic clock. */
  #asOf = 0;
  /** How long the last listing took, in milliseconds. */
  #took = 0;
  #listing: Promise<void> | undefined;
  readonly #end = new AbortController();

  constructor(
    private readonly client: Pick<VaultClient, 'pages'>,
    private readonly prefix: string,
    private readonly timing: ListingTiming,
  ) {}

  /** As far as is known without asking the vault. */
  known(path: SecretPath): readonly string[] {
    return this.#names?.get(path.toString()) ?? [];
  }

  /** Throws what the listing fails with, or `timeout` when the signal fires first. `making`: a secret, where none is. */
  async find(path: SecretPath, signal: AbortSignal, making = false): Promise<readonly string[]> {
    const age = performance.now() - this.#asOf;
    const old = this.#names === undefined || age >= Math.min(this.timing.maxAgeMs, LISTING_PAUSE_FACTOR * this.#took);
    const listing = old ? this.#list() : undefined;
    const waits = this.#names === undefined || (making && this.#took < MAX_AWAITED_LISTING_MS);
    if (waits && listing !== undefined)
      await raceAbort(signal, listing, () => failure('timeout', 'the vault was not listed in time'));
    else listing?.catch(() => undefined);
    return this.known(path);
  }

  /** What was deleted by ourselves. */
  forget(path: SecretPath, name: string): void {
    const left = this.known(path).filter((one) => one !== name);
    this.#names = new Map([...(this.#names ?? []), [path.toString(), left]]);
  }

  /** A listing that somebody else pages through; `add` answers the path of what is to be shown. */
  begin(): Listing {
    const began = performance.now();
    const found = new Map<string, string[]>();
    return {
      add: (secret) => {
        const { path, tombstone } = labelsOf(this.prefix, secret.tags);
        if (path === undefined || tombstone) return undefined;
        if (secret.name.toLowerCase() !== nameOf(this.prefix, path).toLowerCase()) {
          const key = path.toString();
          found.set(key, [...(found.get(key) ?? []), secret.name]);
        }
        return path;
      },
      finish: () => {
        if (this.#names !== undefined && began < this.#asOf) return;
        this.#names = found;
        this.#asOf = began;
        this.#took = performance.now() - began;
      },
    };
  }

  close(): void {
    this.#end.abort();
  }

  #list(): Promise<void> {
    this.#listing ??= this.#pass().finally(() => (this.#listing = undefined));
    return this.#listing;
  }

  /** All questions wait for one listing, so none of them may wait for ever: each page has its time. */
  async #pass(): Promise<void> {
    const listing = this.begin();
    const tooLate = new AbortController();
    const timer = setTimeout(() => tooLate.abort(), this.timing.pageTimeoutMs);
    try {
      for await (const page of this.client.pages(AbortSignal.any([this.#end.signal, tooLate.signal]))) {
        timer.refresh();
        page.forEach((secret) => listing.add(secret));
      }
    } finally {
      clearTimeout(timer);
    }
    listing.finish();
  }
}

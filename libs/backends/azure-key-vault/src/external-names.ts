import type { SecretPath } from '@coffer/secrets';
import { failure } from './failure.js';
import { nameOf } from './names.js';
import { labelsOf } from './tags.js';
import type { VaultClient, VaultSecret } from './vault-client.js';

/** One pass over the vault; what it found counts once it is finished. */
export interface Listing {
  add(secret: VaultSecret): SecretPath | undefined;
  finish(): void;
}

/**
 * Names of the secrets that carry this prefix's tags and that Coffer did not name. The vault cannot be asked for a tag, so
 * they are known from the last whole listing: what came since then is found by the next one, which a question older than
 * `maxAge` begins in the background. Only the first question waits for its listing, and that goes on when the one who
 * asked gives up.
 */
export class ExternalNames {
  #names: ReadonlyMap<string, readonly string[]> | undefined;
  /** By the monotonic clock: when the listing began. */
  #asOf = 0;
  #listing: Promise<void> | undefined;
  readonly #end = new AbortController();

  constructor(
    private readonly client: VaultClient,
    private readonly prefix: string,
    /** Milliseconds. */
    private readonly maxAge: number,
  ) {}

  /** As far as is known without asking the vault. */
  known(path: SecretPath): readonly string[] {
    return this.#names?.get(path.toString()) ?? [];
  }

  /** Throws what the listing fails with, or `timeout` when the signal fires first. */
  async find(path: SecretPath, signal: AbortSignal): Promise<readonly string[]> {
    const old = this.#names === undefined || performance.now() - this.#asOf >= this.maxAge;
    const listing = old ? this.#list() : undefined;
    if (this.#names === undefined && listing !== undefined) await within(listing, signal);
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

  async #pass(): Promise<void> {
    const listing = this.begin();
    for await (const page of this.client.pages(this.#end.signal)) page.forEach((secret) => listing.add(secret));
    listing.finish();
  }
}

const within = (work: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const late = (): void => reject(failure('timeout', 'the vault was not listed in time'));
    if (signal.aborted) late();
    signal.addEventListener('abort', late, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });

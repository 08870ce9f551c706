import { CofferError, type Clock } from '@coffer/secrets';
import type { JWSHeaderParameters } from 'jose';
import type { IssuerCredential, KeyPlace } from '../credentials.js';
import { fetchJson, FetchError, readJson } from './fetch-json.js';
import { KeySet, type VerificationKey } from './key-set.js';

/** Called after each attempt to read an issuer's keys; `failure` says why it failed. */
export type OnKeysRead = (issuer: string, failure: string | undefined) => void;

interface Intervals {
  /** Between two attempts, whatever callers send. */
  readonly leastMs: number;
  /** After which keys are read again, so that one that was taken away does not count for ever. */
  readonly mostMs: number;
}

const INTERVALS: Readonly<Record<KeyPlace['kind'], Intervals>> = {
  discovery: { leastMs: 60_000, mostMs: 600_000 },
  jwks: { leastMs: 60_000, mostMs: 600_000 },
  file: { leastMs: 1_000, mostMs: 1_000 },
};
const LOOPBACK = /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])[:/]/;

/** Throws `FetchError` unless the document is this issuer's and names a safe address of keys. */
const jwksAddressOf = (document: unknown, issuer: string): string => {
  const { issuer: named, jwks_uri: address } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new FetchError('its discovery document is of another issuer');
  if (typeof address !== 'string' || !URL.canParse(address))
    throw new FetchError('its discovery document names no jwks_uri');
  if (!address.startsWith('https://') && !LOOPBACK.test(address)) {
    throw new FetchError('its discovery document names a jwks_uri that does not begin with https://');
  }
  return address;
};

/**
 * The keys of one issuer. They are read when a token needs them: at first, when it names an unknown one, and in the background
 * once they are old; never more often than once in a minute, a file once in a second. Keys that are known go on
 * counting while they cannot be read again.
 */
export class IssuerKeys {
  #set: KeySet | undefined;
  #readAtMs = -Infinity;
  #attemptAtMs = -Infinity;
  #running: Promise<void> | undefined;
  #failure: string | undefined;
  readonly #intervals: Intervals;

  constructor(
    private readonly issuer: Pick<IssuerCredential, 'id' | 'issuer' | 'keys'>,
    private readonly clock: Clock,
    private readonly onRead: OnKeysRead,
  ) {
    this.#intervals = INTERVALS[issuer.keys.kind];
  }

  /** Changes whenever the keys do: what was verified with others must be verified again. */
  get fingerprint(): string | undefined {
    return this.#set?.fingerprint;
  }

  /** Reads old keys again in the background. */
  refreshIfOld(): void {
    if (this.clock.monotonic() - this.#readAtMs >= this.#intervals.mostMs) void this.#refresh();
  }

  /** Throws `unavailable` while no keys are known, and `unauthorized` for a key that is not among them. */
  async find(header: JWSHeaderParameters): Promise<VerificationKey> {
    this.refreshIfOld();
    const known = await this.#set?.find(header);
    if (known !== undefined) return known;
    await this.#refresh();
    const found = await this.#set?.find(header);
    if (found !== undefined) return found;
    const { id } = this.issuer;
    if (this.#set === undefined) {
      const why = this.#failure === undefined ? '' : `: ${this.#failure}`;
      throw new CofferError('unavailable', `the keys of the issuer '${id}' could not be read yet${why}`);
    }
    throw new CofferError('unauthorized', `the JWT is signed with a key that the issuer '${id}' does not publish`);
  }

  /** Resolves after an attempt, or at once where it is too early for one. */
  #refresh(): Promise<void> {
    const now = this.clock.monotonic();
    if (this.#running === undefined && now - this.#attemptAtMs >= this.#intervals.leastMs) {
      this.#attemptAtMs = now;
      this.#running = this.#read().finally(() => (this.#running = undefined));
    }
    return this.#running ?? Promise.resolve();
  }

  async #read(): Promise<void> {
    try {
      this.#set = KeySet.parse(await this.#load());
      this.#readAtMs = this.#attemptAtMs;
      this.#failure = undefined;
    } catch (error) {
      // Nothing that an issuer answers may end the process, which an error that nobody waits for would.
      this.#failure = error instanceof FetchError ? error.message : 'its keys cannot be read';
    }
    this.onRead(this.issuer.id, this.#failure);
  }

  async #load(): Promise<unknown> {
    const { issuer, keys } = this.issuer;
    if (keys.kind === 'file') return readJson(keys.file);
    if (keys.kind === 'jwks') return fetchJson(keys.address, keys.ca);
    return fetchJson(jwksAddressOf(await fetchJson(keys.address, keys.ca), issuer), keys.ca);
  }
}

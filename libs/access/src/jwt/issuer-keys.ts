import { CofferError, type Clock } from '@coffer/secrets';
import type { JWSHeaderParameters } from 'jose';
import type { IssuerCredential, KeyPlace } from '../credentials.js';
import { FetchError } from './bounded-request.js';
import { fetchJson, readJson } from './fetch-json.js';
import { jwksAddressOf } from './jwks-address.js';
import { KeySet, type VerificationKey } from './key-set.js';

/** Called after each attempt to read an issuer's keys; `failure` says why it failed. */
export type OnKeysRead = (issuer: string, failure: string | undefined) => void;

interface Intervals {
  /** Between two attempts, whatever callers send. */
  readonly leastMs: number;
  /** After which keys are read again in the background, so that nobody waits where requests come often. */
  readonly earlyMs: number;
  /** After which keys count only once they were read again, or could not be. */
  readonly mostMs: number;
}

const ADDRESS: Intervals = { leastMs: 60_000, earlyMs: 540_000, mostMs: 600_000 };
const INTERVALS: Readonly<Record<KeyPlace['kind'], Intervals>> = {
  discovery: ADDRESS,
  jwks: ADDRESS,
  file: { leastMs: 900, earlyMs: 900, mostMs: 1_000 },
};

/** A key, and the set that it is of. */
export interface FoundKey {
  readonly key: VerificationKey;
  readonly fingerprint: string;
}

/**
 * The keys of one issuer. They are read when a token needs them: at first, when it names an unknown one, and once they are
 * nearly 10 minutes old, a file nearly a second; never more often than once in a minute, a file once in 0.9 s. Nobody is let in by
 * older keys before an attempt to read them again has ended. Keys that are known go on counting while they cannot be read.
 */
export class IssuerKeys {
  #set: KeySet | undefined;
  #readAtMs = -Infinity;
  #attemptAtMs = -Infinity;
  /** When the last attempt began that has ended. */
  #endedAttemptAtMs = -Infinity;
  #running: Promise<void> | undefined;
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

  /** Whether what was verified with these keys counts without waiting: they, or the attempt to read them again, are recent. */
  get recent(): boolean {
    return this.clock.monotonic() - this.#endedAttemptAtMs < this.#intervals.mostMs;
  }

  /** Reads keys that will soon be too old again, in the background. */
  refreshIfOld(): void {
    if (this.#ageMs >= this.#intervals.earlyMs) void this.#refresh();
  }

  get #ageMs(): number {
    return this.clock.monotonic() - this.#readAtMs;
  }

  /**
   * Waits for an attempt to read keys that are too old. Throws `unavailable` while no keys are known, and `unauthorized` for a key
   * that is not among them. Why they could not be read is for `onRead` alone, and not for whoever asks.
   */
  async find(header: JWSHeaderParameters): Promise<FoundKey> {
    if (this.#ageMs >= this.#intervals.mostMs) await this.#refresh();
    else this.refreshIfOld();
    const known = await this.#look(header);
    if (known !== undefined) return known;
    await this.#refresh();
    const found = await this.#look(header);
    if (found !== undefined) return found;
    const { id } = this.issuer;
    if (this.#set === undefined) {
      throw new CofferError('unavailable', `the keys of the issuer '${id}' could not be read yet`);
    }
    throw new CofferError('unauthorized', `the JWT is signed with a key that the issuer '${id}' does not publish`);
  }

  async #look(header: JWSHeaderParameters): Promise<FoundKey | undefined> {
    // Another set may take its place meanwhile.
    const set = this.#set;
    const key = await set?.find(header);
    return set === undefined || key === undefined ? undefined : { key, fingerprint: set.fingerprint };
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
    let failure: string | undefined;
    try {
      this.#set = KeySet.parse(await this.#load());
      this.#readAtMs = this.#attemptAtMs;
    } catch (error) {
      // Nothing that an issuer answers may end the process, which an error that nobody waits for would.
      failure = error instanceof FetchError ? error.message : 'its keys cannot be read';
    }
    this.#endedAttemptAtMs = this.#attemptAtMs;
    this.onRead(this.issuer.id, failure);
  }

  async #load(): Promise<unknown> {
    const { issuer, keys } = this.issuer;
    if (keys.kind === 'file') return readJson(keys.file);
    if (keys.kind === 'jwks') return fetchJson(keys.address, keys.ca);
    const document = await fetchJson(keys.address, keys.ca);
    return fetchJson(jwksAddressOf(document, { issuer, discovery: keys.address }), keys.ca);
  }
}

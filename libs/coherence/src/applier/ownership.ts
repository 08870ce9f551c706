import type { LogOffset, OwnerRecord } from '../log-record.js';
import type { Identity } from './job.js';

/** Whether this process owns its partition, as far as the log has been read. */
export class Ownership {
  #claim: string | undefined;
  #owner: LogOffset | undefined;
  #sentAt = 0;

  constructor(private readonly partition: number) {}

  get held(): boolean {
    return this.#owner !== undefined;
  }

  /** It was claimed, and has not been lost since. */
  get claimed(): boolean {
    return this.#claim !== undefined;
  }

  /** Whether that owner is this process, now. */
  is(owner: LogOffset): boolean {
    return owner === this.#owner;
  }

  /** The owner in whose name this process writes about the partition's mutations. Throws while it owns nothing. */
  get identity(): Identity {
    if (this.#owner === undefined) throw new Error('only the owner of a partition speaks about its mutations');
    return { partition: this.partition, owner: this.#owner };
  }

  claim(claim: string, now: number): OwnerRecord {
    this.#claim = claim;
    this.#owner = undefined;
    this.#sentAt = now;
    return { type: 'OWNER', partition: this.partition, claim };
  }

  /** The claim once more, when it has not been read back within that time. */
  claimAgain(after: number, now: number): OwnerRecord | undefined {
    const lost = this.#claim !== undefined && now - this.#sentAt >= after;
    return lost ? this.claim(this.#claim ?? '', now) : undefined;
  }

  /** An OWNER of the partition: this process's own, or that of another one, to which it loses what it held. */
  read(claim: string, offset: LogOffset): 'gained' | 'lost' | 'unchanged' {
    if (claim === this.#claim) {
      this.#owner = offset;
      return 'gained';
    }
    return this.held ? 'lost' : 'unchanged';
  }

  forget(): void {
    this.#claim = undefined;
    this.#owner = undefined;
  }
}

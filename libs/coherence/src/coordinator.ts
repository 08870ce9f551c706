import { Authority } from './authority.js';
import type { LogEntry, LogOffset, LogRecord } from './log-record.js';
import type { Timing } from './timing.js';

export type CoordinatorEvent =
  /** This process takes the shard over. `claim` is unique for every take-over. */
  | { readonly type: 'start'; readonly claim: string }
  | { readonly type: 'log'; readonly entry: LogEntry }
  /** Time has passed. Due a few times a second while the coordinator is busy. */
  | { readonly type: 'tick' };

export type CoordinatorEffect =
  | { readonly type: 'append'; readonly record: LogRecord }
  /** Another coordinator has the shard; this one says nothing any more. */
  | { readonly type: 'stopped' };

export interface CoordinatorOptions {
  readonly timing: Pick<Timing, 'lease' | 'clockError' | 'clearedTimeout'>;
  /** No coordinator before this one can have granted a lease that is still alive: a lone process knows. */
  readonly alone: boolean;
}

/**
 * The coordinator of one shard: answers each PREPARE with CLEARED once no cache can serve the key. Pure: time arrives
 * as `now` (milliseconds of any clock that does not go back), and what is to be done leaves as effects.
 *
 * A lost CLEARED, or an append that fails, costs time only: the worker repeats its PREPARE.
 */
export class Coordinator {
  readonly #authority = new Authority();
  #claim: string | undefined;
  #claimSentAt = 0;
  #epoch: LogOffset | undefined;
  #readyAt = Infinity;
  #waiting: LogOffset[] = [];

  constructor(private readonly options: CoordinatorOptions) {}

  /** Whether `tick`s are needed: something is waited for. */
  get busy(): boolean {
    return this.#waiting.length > 0 || (this.#claim !== undefined && this.#epoch === undefined);
  }

  /** Whether this coordinator has its shard. */
  get active(): boolean {
    return this.#epoch !== undefined;
  }

  handle(event: CoordinatorEvent, now: number): CoordinatorEffect[] {
    switch (event.type) {
      case 'start':
        return this.#sendEpoch(event.claim, now);
      case 'log':
        return this.#read(event.entry, now);
      case 'tick':
        return this.#tick(now);
    }
  }

  #sendEpoch(claim: string, now: number): CoordinatorEffect[] {
    this.#claim = claim;
    this.#claimSentAt = now;
    return [{ type: 'append', record: { type: 'EPOCH', claim } }];
  }

  #tick(now: number): CoordinatorEffect[] {
    const lost = this.#epoch === undefined && now - this.#claimSentAt >= this.options.timing.clearedTimeout;
    return this.#claim !== undefined && lost ? this.#sendEpoch(this.#claim, now) : this.#clear(now);
  }

  #read(entry: LogEntry, now: number): CoordinatorEffect[] {
    if (!this.#authority.admit(entry)) return [];
    const { record, offset } = entry;
    if (record.type === 'EPOCH') return this.#epochRead(record.claim, offset, now);
    if (record.type !== 'PREPARE' || this.#epoch === undefined) return [];
    this.#waiting.push(offset);
    return this.#clear(now);
  }

  #epochRead(claim: string, offset: LogOffset, now: number): CoordinatorEffect[] {
    if (claim === this.#claim) {
      this.#epoch = offset;
      this.#readyAt = this.options.alone ? now : now + this.options.timing.lease + this.options.timing.clockError;
      return [];
    }
    const had = this.#claim !== undefined && this.#epoch !== undefined;
    if (!had) return [];
    this.#claim = undefined;
    this.#epoch = undefined;
    this.#readyAt = Infinity;
    this.#waiting = [];
    return [{ type: 'stopped' }];
  }

  #clear(now: number): CoordinatorEffect[] {
    const epoch = this.#epoch;
    if (epoch === undefined || now < this.#readyAt) return [];
    const cleared = this.#waiting;
    this.#waiting = [];
    return cleared.map((prepareOffset) => ({ type: 'append', record: { type: 'CLEARED', epoch, prepareOffset } }));
  }
}

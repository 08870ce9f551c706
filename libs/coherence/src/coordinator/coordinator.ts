import { Authority } from '../authority.js';
import type { HandoverRecord, LogEntry, LogOffset, PrepareRecord } from '../log-record.js';
import { ALL_RULES, type Rules } from '../rules.js';
import type { Timing } from '../timing.js';
import type { CoordinatorEffect, CoordinatorEvent } from './events.js';
import { LeaseTable } from './lease-table.js';
import { Prepares } from './prepares.js';
import { FailureDetector } from './failure-detector.js';

/**
 * How long a patient coordinator waits after the latest sign of life of another one: longer than a
 * process takes that has lost the shard in the group to learn so.
 */
const PREDECESSOR_TIMEOUT_MS = 10_000;

export interface CoordinatorOptions {
  readonly timing: Pick<Timing, 'leaseMs' | 'clockErrorMs' | 'clearedTimeoutMs'>;
  /** No coordinator before this one can have granted a lease that is still alive: a lone process knows. */
  readonly alone: boolean;
  /** Readers are granted leases. Default false: then nothing is cached by the protocol's leave, and nothing waits. */
  readonly leases?: boolean;
  /** There is a Redis to clear. Default false. */
  readonly clears?: boolean;
}

/**
 * The coordinator of one shard: grants leases to readers, and answers each PREPARE with CLEARED once no cache can serve
 * the key (rules 7 to 10 of the protocol). Pure: time arrives as `now` (milliseconds of any clock that does not go
 * back), and what is to be done leaves as effects.
 *
 * A lost CLEARED or GRANT, or an append that fails, costs time only: the worker repeats its PREPARE, a reader asks again.
 */
export class Coordinator {
  readonly #authority: Authority;
  readonly #prepares: Prepares;
  readonly #failureDetector: FailureDetector;
  #leases: LeaseTable;
  #claim: string | undefined;
  /** When the EPOCH is due, for the first time or again. */
  #claimAt = Infinity;
  /** It has sent no EPOCH yet, and waits for the coordinator of the present one. */
  #patient = false;
  #epoch: LogOffset | undefined;
  #readyAt = Infinity;
  #grantAt = -Infinity;
  #leaving = false;
  #handedOver = false;
  /** The coordinator before the present epoch had not handed over, and has not been heard since. */
  #tookForGone = false;
  /** What the coordinator of the present epoch left to its successor. */
  #handover: HandoverRecord | undefined;

  constructor(
    private readonly options: CoordinatorOptions,
    private readonly rules: Rules = ALL_RULES,
  ) {
    this.#authority = new Authority(rules);
    this.#prepares = new Prepares(options.timing);
    this.#failureDetector = new FailureDetector(options.leases === true);
    this.#leases = new LeaseTable(options.timing, rules);
  }

  /** Whether `tick`s are needed. */
  get busy(): boolean {
    if (this.#epoch === undefined) return this.#claim !== undefined;
    return this.#prepares.waiting || this.options.leases === true || (this.#leaving && !this.#handedOver);
  }

  /** Whether this coordinator has its shard. */
  get active(): boolean {
    return this.#epoch !== undefined;
  }

  /** Whether `caught-up` is wanted a few times a second: another process has the shard, and may have fallen silent. */
  suspects(now: number): boolean {
    return this.#standsBy && this.#failureDetector.suspects(now);
  }

  /** How many readers may hold a lease. */
  holders(now: number): number {
    return this.#leases.holders(now).size;
  }

  handle(event: CoordinatorEvent, now: number): CoordinatorEffect[] {
    switch (event.type) {
      case 'start':
        return this.#start(event, now);
      case 'log':
        return this.#read(event.entry, now);
      case 'heartbeat':
        this.#leases.hear(event.heartbeat, now);
        return this.#clear(now);
      case 'clear-done':
        this.#prepares.clearDone(event.prepareOffset);
        return this.#clear(now);
      case 'tick':
        return this.#tick(now);
      case 'caught-up':
        return this.#caughtUp(event.claim, now);
      case 'leave':
        return this.#leave(now);
    }
  }

  get #standsBy(): boolean {
    return this.#claim === undefined || this.#patient;
  }

  #start({ claim, patient = false }: Extract<CoordinatorEvent, { type: 'start' }>, now: number): CoordinatorEffect[] {
    if (this.#claim !== undefined && !this.#leaving) return [];
    const other = this.#epoch === undefined && this.#authority.epoch >= 0n && this.#handover === undefined;
    // What was handed over was complete then: a lease granted now needs an epoch of its own.
    this.#epoch = undefined;
    this.#leaving = false;
    this.#claim = claim;
    this.#patient = patient && other;
    this.#claimAt = now + PREDECESSOR_TIMEOUT_MS;
    return this.#patient ? [] : this.#sendEpoch(claim, now);
  }

  #caughtUp(claim: string, now: number): CoordinatorEffect[] {
    if (!this.#standsBy || !this.#failureDetector.probed(now)) return [];
    this.#claim = claim;
    return [{ type: 'silent' }, ...this.#sendEpoch(claim, now)];
  }

  #sendEpoch(claim: string, now: number): CoordinatorEffect[] {
    this.#patient = false;
    this.#claimAt = now + this.options.timing.clearedTimeoutMs;
    return [{ type: 'append', record: { type: 'EPOCH', claim } }];
  }

  #tick(now: number): CoordinatorEffect[] {
    if (this.#epoch !== undefined) {
      return [...this.#clear(now), ...this.#grant(this.#epoch, now), ...this.#handOver(this.#epoch, now)];
    }
    return this.#claim !== undefined && now >= this.#claimAt ? this.#sendEpoch(this.#claim, now) : [];
  }

  #read(entry: LogEntry, now: number): CoordinatorEffect[] {
    const { record, offset } = entry;
    if (!this.#authority.admit(entry)) return this.#voidRead(record, now);
    switch (record.type) {
      case 'EPOCH':
        this.#tookForGone = this.#handover === undefined;
        this.#failureDetector.graceUntil(this.#handover === undefined ? now + this.#maxLeaseMs : now);
        this.#heard(now);
        return this.#epochRead(record.claim, offset, now);
      case 'HANDOVER':
        this.#handover = record;
        this.#heard(now);
        return this.#patient && this.#claim !== undefined ? this.#sendEpoch(this.#claim, now) : [];
      case 'GRANT':
      case 'CLEARED':
        this.#heard(now);
        return [];
      case 'PREPARE':
        this.#prepares.seen(offset, now);
        this.#failureDetector.expectReply(now);
        return this.active ? this.#prepareRead(record, offset, now) : [];
      default:
        return [];
    }
  }

  /** A coordinator that still speaks in an epoch that is over, without having handed over, was not gone. */
  #voidRead({ type }: LogEntry['record'], now: number): CoordinatorEffect[] {
    if (this.#tookForGone && (type === 'GRANT' || type === 'CLEARED')) {
      this.#tookForGone = false;
      this.#failureDetector.recordMistake(now);
    }
    return [];
  }

  /** The coordinator of the present epoch lives. */
  #heard(now: number): void {
    this.#failureDetector.heard(now);
    if (this.#patient) this.#claimAt = now + PREDECESSOR_TIMEOUT_MS;
  }

  get #maxLeaseMs(): number {
    return this.options.timing.leaseMs + this.options.timing.clockErrorMs;
  }

  #epochRead(claim: string, offset: LogOffset, now: number): CoordinatorEffect[] {
    const handover = this.#handover;
    this.#handover = undefined;
    if (claim === this.#claim) {
      // A repeated EPOCH, after one that seemed lost, changes nothing of what is known.
      if (this.#epoch === undefined) this.#takeOver(handover, now);
      this.#handedOver = false;
      this.#epoch = offset;
      return [];
    }
    if (this.#epoch === undefined) return [];
    if (!this.rules.stop) {
      this.#epoch = offset;
      return [];
    }
    this.#claim = undefined;
    this.#epoch = undefined;
    this.#leaving = false;
    this.#prepares.drop();
    this.#leases = new LeaseTable(this.options.timing, this.rules);
    return [{ type: 'stopped' }];
  }

  /** Rule 7. Leases of earlier epochs are over after T + ε, or they are known one by one. */
  #takeOver(handover: HandoverRecord | undefined, now: number): void {
    const knows = this.options.alone || handover !== undefined || !this.rules.takeOverWait;
    this.#readyAt = knows ? now : now + this.#maxLeaseMs;
    for (const { instance, remaining } of handover?.leases ?? []) {
      this.#leases.hold(instance, now + remaining + this.options.timing.clockErrorMs);
    }
  }

  #prepareRead({ path }: PrepareRecord, offset: LogOffset, now: number): CoordinatorEffect[] {
    const clears = this.options.clears === true;
    this.#prepares.open({ offset, readAt: now, leases: this.#leases.holders(now), clear: !clears });
    return [...(clears ? [{ type: 'clear', path, prepareOffset: offset } as const] : []), ...this.#clear(now)];
  }

  #clear(now: number): CoordinatorEffect[] {
    const epoch = this.#epoch;
    if (epoch === undefined || now < this.#readyAt) return [];
    const cleared = this.#prepares.take(
      ({ leases, offset }) => !this.rules.wait || this.#leases.passed(leases, offset, now),
      now,
    );
    return cleared.map((prepareOffset) => ({ type: 'append', record: { type: 'CLEARED', epoch, prepareOffset } }));
  }

  /**
   * In every T/4, even when there is nothing to grant: the record also tells the epoch. Due at whole multiples of T/4, so
   * that the GRANTs of all shards of a process travel together: each process that reads the log then wakes once for all.
   */
  #grant(epoch: LogOffset, now: number): CoordinatorEffect[] {
    if (this.options.leases !== true || this.#leaving || now < this.#grantAt) return [];
    const interval = this.options.timing.leaseMs / 4;
    this.#grantAt = (Math.floor(now / interval) + 1) * interval;
    const required = this.rules.withhold ? this.#prepares.required(now) : 0n;
    return [{ type: 'append', record: { type: 'GRANT', epoch, leases: this.#leases.grant(required, now) } }];
  }

  #leave(now: number): CoordinatorEffect[] {
    if (this.#patient) this.#claim = undefined;
    this.#patient = false;
    this.#leaving = this.#claim !== undefined;
    return this.#epoch === undefined ? [] : this.#handOver(this.#epoch, now);
  }

  /** Once, and not before its own wait is over: until then it does not know who else may hold a lease. */
  #handOver(epoch: LogOffset, now: number): CoordinatorEffect[] {
    if (!this.#leaving || this.#handedOver || now < this.#readyAt) return [];
    this.#handedOver = true;
    return [{ type: 'append', record: { type: 'HANDOVER', epoch, leases: this.#leases.handover(now) } }];
  }
}

import type { ErrorCode, Fence } from '@coffer/secrets';
import { Authority } from '../authority.js';
import type { AbortRecord, CommitRecord, LogEntry, LogOffset } from '../log-record.js';
import { ALL_RULES, type Rules } from '../rules.js';
import type { Timing } from '../timing.js';
import { RepeatedAborts } from './repeated-aborts.js';
import type { ApplierEffect, ApplierEvent, AttemptResult, Attempt } from './events.js';
import { Job, needsDeadLetter } from './job.js';
import { LogMemory } from './log-memory.js';
import { Ownership } from './ownership.js';
import { PathQueues, type PhaseCounts } from './path-queues.js';

export interface ApplierOptions {
  readonly partition: number;
  readonly timing: Timing;
  /** Bounds what is remembered of the log within the window. Defaults to no limit. */
  readonly memoryMaxBytes?: number;
}

/**
 * The applier of one mutation partition: takes mutations in order per path and concurrently across paths, and changes
 * the store only between CLEARED and the end of the fence (rules 11 to 14 of the protocol). It reads the shard's log
 * also while another process owns the partition, so that it knows what has ended when it takes over.
 *
 * Pure: time arrives as `now` (milliseconds of any clock that does not go back), what is to be done leaves as effects,
 * in the order in which it must be begun.
 */
export class Applier {
  readonly #authority: Authority;
  readonly memory: LogMemory;
  readonly #aborts: RepeatedAborts;
  readonly #queues = new PathQueues();
  /** Managers whose circuit breaker is open. */
  readonly #breakers = new Set<string>();
  readonly #ownership: Ownership;
  #calls = 0;
  #halted = false;

  constructor(
    private readonly options: ApplierOptions,
    private readonly rules: Rules = ALL_RULES,
  ) {
    this.#authority = new Authority(rules);
    this.#ownership = new Ownership(options.partition);
    this.memory = new LogMemory(options.timing.windowMs, options.memoryMaxBytes);
    this.#aborts = new RepeatedAborts(this.memory, options.timing.windowMs);
  }

  /** Whether this process owns the partition and works on it. */
  get active(): boolean {
    return this.#ownership.held && !this.#halted;
  }

  /** Whether the partition has stopped for good: see `fence-ahead`. */
  get halted(): boolean {
    return this.#halted;
  }

  get unfinished(): number {
    return this.#queues.size;
  }

  /** Where the unfinished mutations stand. */
  get phases(): PhaseCounts {
    return this.#queues.phases;
  }

  /** The fence of the earliest unfinished mutation, while there are any and this process owns the partition. */
  get #lowest(): Fence | undefined {
    return this.active ? this.#queues.lowest : undefined;
  }

  /** Whether `tick`s are needed: something is waited for. */
  get busy(): boolean {
    return this.#ownership.claimed && !this.#halted && (!this.#ownership.held || this.#queues.size > 0);
  }

  handle(event: ApplierEvent, now: number): ApplierEffect[] {
    switch (event.type) {
      case 'start':
        return this.#start(event.claim, now);
      case 'stop':
        this.#forgetPartition();
        return [];
      case 'log':
        return this.#read(event.entry, now);
      case 'attempt':
        return this.#enqueue(event.attempt, now);
      case 'result':
        return this.#result(event.fence, event.call, event.result, now);
      case 'dead-lettered':
        return this.#deadLettered(event.fence, now);
      case 'breaker':
        this.#breakers[event.open ? 'add' : 'delete'](event.manager);
        return this.#queues.heads().flatMap((job) => this.#advance(job, now));
      case 'tick':
        return this.#tick(now);
    }
  }

  #start(claim: string, now: number): ApplierEffect[] {
    this.#forgetPartition();
    return [{ type: 'append', record: this.#ownership.claim(claim, now) }];
  }

  #forgetPartition(): void {
    this.#ownership.forget();
    this.#halted = false;
    this.#queues.clear();
  }

  #read(entry: LogEntry, now: number): ApplierEffect[] {
    const epochBefore = this.#authority.epoch;
    if (!this.#authority.admit(entry)) return [];
    const effects = this.#authority.epoch > epochBefore ? this.#epochChanged(now) : [];
    effects.push(...this.#take(entry, now));
    if (!this.#aborts.isEmpty) effects.push(...this.#aborts.due(this.#ownership, this.#lowest, entry.timestamp));
    return effects;
  }

  #take(entry: LogEntry, now: number): ApplierEffect[] {
    const { record, offset } = entry;
    if (record.type === 'CLEARED') return this.#cleared(record.prepareOffset, now);
    if (!('partition' in record) || record.partition !== this.options.partition) return [];
    if (record.type === 'OWNER') return this.#ownerRead(record.claim, offset, now);
    this.memory.read(entry);
    if (record.type === 'ABORT') this.#aborts.read(record, this.#lowest, entry.timestamp);
    if (record.type !== 'PREPARE') return this.#ended(record, now);
    return this.#ownership.is(record.owner) ? this.#prepareRead(record.fence, record.prepareNumber, offset, now) : [];
  }

  #ownerRead(claim: string, offset: LogOffset, now: number): ApplierEffect[] {
    const change = this.#ownership.read(claim, offset);
    if (change === 'gained') return this.#queues.heads().flatMap((job) => this.#advance(job, now));
    if (change === 'unchanged' || !this.rules.owner) return [];
    this.#forgetPartition();
    return [{ type: 'stopped' }];
  }

  /** CLEAREDs of earlier epochs are void: whatever waits for one is prepared again. */
  #epochChanged(now: number): ApplierEffect[] {
    if (!this.active || !this.rules.prepareAgain) return [];
    return this.#queues.heads().flatMap((job) => (job.phase.name === 'preparing' ? this.#prepare(job, now) : []));
  }

  #enqueue(attempt: Attempt, now: number): ApplierEffect[] {
    if (!this.#ownership.claimed) return [];
    if (this.#halted) return !this.#ownership.held ? [] : [this.#refuse(new Job(attempt))];
    // Now: what the log said is forgotten after a window, and a queue may take longer.
    const head = this.#queues.push(attempt, attempt.repeats === true || this.memory.hasEnded(attempt));
    return head === undefined ? [] : this.#advance(head, now);
  }

  /** Moves the head of a path's queue on, if it may. */
  #advance(job: Job, now: number): ApplierEffect[] {
    if (!this.active || job.phase.name !== 'pausing' || now < job.phase.until) return [];
    const { attempt } = job;
    if (job.repeats || this.memory.hasEnded(attempt)) return this.#finish(job, this.#endedBefore(job), now);
    if (job.prepares === 0) job.unresolved = this.memory.wasPrepared(attempt.fence);
    if (attempt.poison !== undefined) return this.#deadLetter(job, attempt.poison);
    if (job.isHeldBy(this.#breakers)) return [];
    return job.begun || this.#queues.hasRoom(attempt.manager) ? this.#prepare(job, now) : [];
  }

  #prepare(job: Job, now: number): ApplierEffect[] {
    job.phase = { name: 'preparing', sentAt: now };
    return this.#sendPrepare(job, now);
  }

  #sendPrepare(job: Job, now: number): ApplierEffect[] {
    return [{ type: 'append', record: job.prepare(this.#ownership.identity, now) }];
  }

  #prepareRead(fence: Fence, prepareNumber: number, offset: LogOffset, now: number): ApplierEffect[] {
    const job = this.#queues.find(fence);
    if (job?.phase.name !== 'preparing' || job.prepares !== prepareNumber) return [];
    job.phase = { ...job.phase, offset };
    return this.rules.cleared ? [] : this.#cleared(offset, now);
  }

  /** Rule 11: only its own PREPARE's CLEARED, of the current epoch, within the apply deadline from before it was sent. */
  #cleared(prepareOffset: LogOffset, now: number): ApplierEffect[] {
    for (const job of this.#queues.heads()) {
      const { phase } = job;
      if (phase.name !== 'preparing' || (phase.offset !== prepareOffset && this.rules.ownPrepare)) continue;
      if (now - phase.sentAt >= this.options.timing.applyDeadlineMs && this.rules.deadline)
        return this.#prepare(job, now);
      job.prepareOffset = prepareOffset;
      // A cache drop is over once every cache has let the key go.
      if (job.attempt.kind === 'drop') return this.#end(job, job.commit(this.#ownership.identity, 'applied'), now);
      job.call = this.#calls += 1;
      job.phase = { name: 'applying' };
      return [{ type: 'apply', attempt: job.attempt, call: job.call, unresolved: job.unresolved }];
    }
    return [];
  }

  #result(fence: Fence, call: number, result: AttemptResult, now: number): ApplierEffect[] {
    const job = this.#queues.find(fence);
    if (job?.phase.name !== 'applying' || job.call !== call) return [];
    switch (result.kind) {
      case 'applied':
        return this.#end(job, job.commit(this.#ownership.identity, 'applied', result.sealed), now);
      case 'superseded':
        return this.#end(job, job.commit(this.#ownership.identity, 'superseded'), now);
      case 'fence-ahead':
        return this.#halt(job, result.storedFence);
      case 'unknown':
        job.unresolved = true;
        if (!this.rules.uncertain) return this.#abort(job, 'timeout', now);
        job.pause(this.options.timing.backoff, now);
        return [];
      case 'refused':
        return this.#refused(job, result, now);
    }
  }

  #refused(job: Job, result: Extract<AttemptResult, { kind: 'refused' }>, now: number): ApplierEffect[] {
    if (job.isFinal(result)) {
      return needsDeadLetter(result.code) ? this.#deadLetter(job, result.code) : this.#abort(job, result.code, now);
    }
    job.pause(this.options.timing.backoff, now);
    return [];
  }

  /**
   * The partition stops. Whoever waits is told; the mutations stay unfinished, so that they are applied under higher
   * fences once the generation is raised. What the store is being asked just now ends as the store says.
   */
  #halt(job: Job, storedFence: Fence): ApplierEffect[] {
    this.#halted = true;
    const refused = [job, ...this.#queues.all().filter(({ untouched }) => untouched)];
    return [{ type: 'halted', attempt: job.attempt, storedFence }, ...refused.map((each) => this.#refuse(each))];
  }

  #refuse(job: Job): ApplierEffect {
    return { type: 'append', record: job.abort(this.#ownership.identity, 'fence-ahead') };
  }

  #deadLetter(job: Job, code: ErrorCode): ApplierEffect[] {
    job.phase = { name: 'dead-lettering', code };
    return [{ type: 'dead-letter', attempt: job.attempt, code }];
  }

  #deadLettered(fence: Fence, now: number): ApplierEffect[] {
    const job = this.#queues.find(fence);
    return job?.phase.name === 'dead-lettering' ? this.#abort(job, job.phase.code, now) : [];
  }

  #abort(job: Job, code: ErrorCode, now: number): ApplierEffect[] {
    return this.#end(job, job.abort(this.#ownership.identity, code), now);
  }

  #end(job: Job, record: CommitRecord | AbortRecord, now: number): ApplierEffect[] {
    job.ending = record;
    job.phase = { name: 'ending', sentAt: now };
    return [{ type: 'append', record }];
  }

  /** The end of what this owner sent was read back: only now may the offset be committed. */
  #ended(record: CommitRecord | AbortRecord, now: number): ApplierEffect[] {
    const job = this.#queues.find(record.fence);
    if (job?.phase.name !== 'ending') return [];
    return this.#finish(job, { type: 'finish', attempt: job.attempt, end: record }, now);
  }

  /** Finishes the head of a path's queue, and whatever behind it has ended before: a hand-over delivers much of that. */
  #finish(job: Job, end: ApplierEffect, now: number): ApplierEffect[] {
    const { over, next } = this.#queues.finish(job, (attempt) => this.memory.hasEnded(attempt));
    const effects = [end, ...over.map((each) => this.#endedBefore(each))];
    return next === undefined ? effects : effects.concat(this.#advance(next, now));
  }

  #endedBefore(job: Job): ApplierEffect {
    return this.#aborts.finish(job, this.#ownership, this.#lowest);
  }

  #tick(now: number): ApplierEffect[] {
    const { clearedTimeoutMs } = this.options.timing;
    if (!this.#ownership.held) {
      const record = this.#ownership.claimAgain(clearedTimeoutMs, now);
      return record === undefined ? [] : [{ type: 'append', record }];
    }
    if (this.#halted) return [];
    return this.#queues.heads().flatMap((job) => this.#repeat(job, now - clearedTimeoutMs, now));
  }

  /** Sends again what seems lost, and moves on what has paused. */
  #repeat(job: Job, overdue: number, now: number): ApplierEffect[] {
    const { phase, ending } = job;
    if (phase.name === 'preparing' && phase.sentAt <= overdue && this.rules.prepareAgain)
      return this.#prepare(job, now);
    if (phase.name === 'ending' && phase.sentAt <= overdue && ending !== undefined) {
      // As the owner that this process is now: a repeated OWNER makes void what was sent under the one before.
      return this.#end(job, { ...ending, ...this.#ownership.identity }, now);
    }
    const fades = job.fades(now, this.options.timing.windowMs / 2) && this.rules.hold;
    return fades ? this.#sendPrepare(job, now) : this.#advance(job, now);
  }
}

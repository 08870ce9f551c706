import type { LimitsConfiguration } from '@coffer/config';
import type { Metrics as AllMetrics } from '@coffer/observability';
import { CofferError } from '@coffer/secrets';
import type { FastifyReply } from 'fastify';

export interface AnswerLimits {
  /** Bytes of one answer. */
  readonly maxBytes: number;
  /** Bytes of all answers that are being made or were not taken by their callers yet. */
  readonly maxBytesInFlight: number;
  /** How long a caller may take to read an answer that is written in pieces. */
  readonly timeoutMs: number;
}

export const answerLimitsOf = ({ answer, answersInFlight, answerTimeout }: LimitsConfiguration): AnswerLimits => ({
  maxBytes: answer,
  maxBytesInFlight: answersInFlight,
  timeoutMs: answerTimeout,
});

type Metrics = Pick<AllMetrics, 'refusals' | 'answerBytes' | 'onScrape'>;

const MIB = 1_048_576;

/** A number of bytes as the configuration writes it. */
export const sizeText = (bytes: number): string =>
  bytes % MIB === 0 ? `${bytes / MIB} MiB` : bytes % 1_024 === 0 ? `${bytes / 1_024} KiB` : `${bytes} bytes`;

/** `reserved`: of answers by which an operator sees what the process does; others cannot use it up. */
export type AnswerShare = 'common' | 'reserved';

/** Limit of one reserved answer, and of all of them together. */
const RESERVED_BYTES = 4 * MIB;

/** Bounds the bytes of answers, each and together, from before they are made until the operating system has them. */
export class AnswerBudget {
  readonly #inFlight = { common: 0, reserved: 0 };

  constructor(
    readonly limits: AnswerLimits,
    private readonly metrics: Metrics,
  ) {
    metrics.onScrape.add(() => metrics.answerBytes.set(this.#inFlight.common + this.#inFlight.reserved));
  }

  /** The allowance of the answer that this response will be; given back when the response ends, however it does. */
  open(response: FastifyReply['raw'], share: AnswerShare = 'common'): AnswerAllowance {
    return new AnswerAllowance(this, response, share);
  }

  /** Bytes that one answer may have. */
  maxBytesOf(share: AnswerShare): number {
    return share === 'reserved' ? RESERVED_BYTES : this.limits.maxBytes;
  }

  /** Whether an answer of so many bytes would be let through in this very step. Refuses and counts nothing. */
  hasRoom(bytes: number): boolean {
    return bytes <= this.limits.maxBytes && this.#inFlight.common + bytes <= this.limits.maxBytesInFlight;
  }

  /** False where it does not fit. What is reserved is given back by `giveBack`. */
  reserve(bytes: number, share: AnswerShare = 'common'): boolean {
    const most = share === 'reserved' ? RESERVED_BYTES : this.limits.maxBytesInFlight;
    if (this.#inFlight[share] + bytes > most) return false;
    this.#inFlight[share] += bytes;
    return true;
  }

  giveBack(bytes: number, share: AnswerShare = 'common'): void {
    this.#inFlight[share] -= bytes;
  }

  /** Reserves the bytes of an answer that waits and has no allowance, until `giveBack`. Throws `overloaded` where they do not fit. */
  hold(bytes: number, share: AnswerShare = 'common'): void {
    if (!this.reserve(bytes, share)) throw this.overloaded();
  }

  /** Counts the refusal and says what would be right. */
  overloaded(): CofferError {
    this.refused('answers-in-flight');
    return new CofferError(
      'overloaded',
      'too many bytes of answers are on their way to their callers (coffer.limits.answersInFlight); try again soon, or ask for less at once',
    );
  }

  refused(budget: 'answer' | 'answers-in-flight' | 'answer-time'): void {
    this.metrics.refusals.inc({ budget });
  }
}

/** What one answer may have of an `AnswerBudget`. */
export class AnswerAllowance {
  #taken = 0;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly budget: AnswerBudget,
    private readonly response: FastifyReply['raw'],
    private readonly share: AnswerShare,
  ) {
    const end = (): void => this.#end();
    response.once('close', end).once('finish', end);
    if (response.closed || response.writableFinished) end();
  }

  /** Bytes that are left of this answer. */
  get left(): number {
    return this.budget.maxBytesOf(this.share) - this.#taken;
  }

  /**
   * Throws `answer-too-large` where this answer may not have so many bytes more, `overloaded` where all answers together
   * may not, and `unavailable` where the caller is gone.
   */
  take(bytes: number): void {
    if (this.#ended) throw new CofferError('unavailable', 'the caller did not wait for the answer');
    if (bytes > this.left) {
      this.budget.refused('answer');
      const most = sizeText(this.budget.maxBytesOf(this.share));
      throw new CofferError(
        'answer-too-large',
        `the answer would have more than ${most} (coffer.limits.answer); ask for less at once: a smaller \`size\` or fewer keys`,
      );
    }
    this.budget.hold(bytes, this.share);
    this.#taken += bytes;
  }

  /** As `take`, for an answer that has so many bytes so far, whatever was taken for them. */
  atLeast(bytes: number): void {
    if (bytes > this.#taken) this.take(bytes - this.#taken);
  }

  /** From here on, a caller who has not read all of it in time is cut. */
  begin(): void {
    if (this.#ended) return;
    this.#timer = setTimeout(() => {
      this.budget.refused('answer-time');
      this.response.destroy();
    }, this.budget.limits.timeoutMs).unref();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.budget.giveBack(this.#taken, this.share);
  }
}

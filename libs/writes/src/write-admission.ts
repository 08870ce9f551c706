import { CofferError } from '@coffer/secrets';
import type { MutationProducer } from '@coffer/messaging';
import type { BudgetReading } from '@coffer/observability';

/** More unfinished mutations than this in a partition: nothing more is queued. */
export const MAX_UNFINISHED = 1_000;

export interface WriteAdmissionOptions {
  readonly producer: Pick<MutationProducer, 'unfinished' | 'backlog'>;
  /** Limit for the mutations that this process has queued and that are not finished. */
  readonly queueMaxBytes: number;
  /** Called for each refusal for want of bytes. */
  readonly refused: () => void;
}

/** Whether one more mutation may be queued. Decided before anything is queued, so that a refusal changes nothing. */
export class WriteAdmission {
  #refusals = 0;

  constructor(private readonly options: WriteAdmissionOptions) {}

  /** What is queued and not finished, of the mutations that this process has queued. */
  get memory(): BudgetReading {
    const { producer, queueMaxBytes } = this.options;
    return { bytes: producer.backlog().bytes, limitBytes: queueMaxBytes };
  }

  /** How many mutations were refused for want of bytes. */
  get refusals(): number {
    return this.#refusals;
  }

  /** Throws `overloaded`. `bytes`: of the mutation, about. */
  require(path: string, bytes: number, details: { readonly operation?: string } = {}): void {
    const { producer, queueMaxBytes, refused } = this.options;
    if (producer.unfinished(path) >= MAX_UNFINISHED) {
      throw new CofferError(
        'overloaded',
        `more than ${MAX_UNFINISHED} writes are waiting; nothing was queued, try again later`,
        details,
      );
    }
    if (producer.backlog().bytes + bytes <= queueMaxBytes) return;
    this.#refusals += 1;
    refused();
    throw new CofferError(
      'overloaded',
      `the writes that are waiting take up all of coffer.limits.queue, ${queueMaxBytes} bytes; nothing was queued, try ` +
        'again later',
      details,
    );
  }
}

import { CofferError, SecretPath, type ErrorCode, type Mutation, type MutationKind } from '@coffer/secrets';
import {
  partitionOf,
  summaryOf,
  type DeadLetterSummary,
  type MessageSealer,
  type Messaging,
  type SealedMutation,
} from '@coffer/messaging';
import { MutationPublisher } from './mutation-publisher.js';
import type { Operations } from './operations.js';
import type { WriteAdmission } from './write-admission.js';

/** A dead letter as people may see it: what it was about, nothing of what it says. */
export interface ListedDeadLetter {
  readonly id: string;
  /** Absent when what the record says is no path. */
  readonly path?: SecretPath;
  readonly kind: MutationKind;
  readonly code: ErrorCode;
  readonly operation: string;
  /** When it became a dead letter, in milliseconds since the Unix epoch. */
  readonly time: number;
}

/** Whether the caller may see the letter and do something about it. */
export type DeadLetterFilter = (deadLetter: ListedDeadLetter) => boolean;

/** What a letter that was replayed or discarded was about. */
export type HandledDeadLetter = Pick<ListedDeadLetter, 'operation' | 'path'>;

/** Throws `forbidden` unless the caller might make the letter's write themselves. */
export type ReplayAuthorization = (deadLetter: ListedDeadLetter) => void;

export interface DeadLetterServiceOptions {
  readonly messaging: Pick<Messaging, 'deadLetters' | 'producer' | 'time'>;
  readonly operations: Operations;
  readonly sealer: MessageSealer;
  readonly admission: WriteAdmission;
  /** Called with who replayed or discarded what. */
  readonly logger: { info(fields: object, message: string): void };
}

const listed = ({ path: text, ...deadLetter }: DeadLetterSummary): ListedDeadLetter => {
  const path = SecretPath.tryParse(text);
  const { id, kind, code, operation, time } = deadLetter;
  return { id, ...(path === undefined ? {} : { path }), kind, code, operation, time };
};

const identityOf = ({ operation, fingerprint, traceparent }: SealedMutation) => ({
  ...{ operation, fingerprint },
  ...(traceparent === undefined ? {} : { traceparent }),
});

const absent = (): CofferError =>
  new CofferError('not-found', 'there is no such dead letter: it was replayed or discarded, or never was');

/** What people do about mutations that failed for good. Throws `unavailable` when the letters cannot be reached. */
export class DeadLetterService {
  readonly #publisher: MutationPublisher;

  constructor(private readonly options: DeadLetterServiceOptions) {
    this.#publisher = new MutationPublisher(options);
  }

  /** Oldest first. */
  async list(visible: DeadLetterFilter): Promise<readonly ListedDeadLetter[]> {
    const deadLetters = await this.options.messaging.deadLetters.list();
    return deadLetters
      .map(listed)
      .filter(visible)
      .sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  }

  /**
   * Queues the mutation again, sealed anew and under its own operation, and discards the letter once the queue has it.
   * Throws `corrupt` when it does not open with the keys of this gateway. Answers with the operation, which is `pending` here
   * from then on. The mutation gets a new fence: it counts as written now, also over what was written to the key since. When the
   * letter cannot be discarded, replaying it again is safe while the operation's end is remembered: an operation is applied once. `authorize` is asked before anything is done.
   */
  async replay(
    id: string,
    visible: DeadLetterFilter,
    authorize: ReplayAuthorization,
    principal: string,
  ): Promise<HandledDeadLetter> {
    const { messaging, operations, admission, logger } = this.options;
    const deadLetter = await messaging.deadLetters.find(id);
    if (deadLetter === undefined) throw absent();
    const shown = listed(summaryOf(deadLetter));
    if (!visible(shown)) throw absent();
    authorize(shown);
    const { mutation: sealed } = deadLetter;
    const { operation } = sealed;
    if (shown.path === undefined) {
      throw new CofferError('invalid', 'this dead letter names no secret and can only be discarded');
    }
    if (!operations.applied(operation)) {
      const mutation = this.#open(sealed);
      admission.require(sealed.path, sealed.body.length, { operation });
      void operations.expect(operation, sealed.fingerprint);
      try {
        await this.#publisher.publish(mutation, identityOf(sealed));
      } catch (error) {
        if (!CofferError.is(error, 'timeout')) operations.forget(operation);
        throw error;
      }
    }
    logger.info({ deadLetter: id, operation, principal }, 'a dead letter was replayed');
    await messaging.deadLetters.discard(id);
    return shown;
  }

  #open(sealed: SealedMutation): Mutation {
    const { messaging, sealer } = this.options;
    if (sealed.body.length === 0) {
      throw new CofferError(
        'corrupt',
        'this dead letter was too large for its topic and has no value: discard it, and write the secret again',
        { operation: sealed.operation },
      );
    }
    try {
      return sealer.openMutation(sealed, partitionOf(sealed.path, messaging.producer.partitions));
    } catch {
      throw new CofferError(
        'corrupt',
        'this dead letter does not open with the keys of this gateway: add the key that it was sealed with, or discard it',
        { operation: sealed.operation },
      );
    }
  }

  /** A letter that is not there, or that the caller may not see, stays as it is, and is answered by nothing. */
  async discard(id: string, visible: DeadLetterFilter, principal: string): Promise<HandledDeadLetter | undefined> {
    const { deadLetters } = this.options.messaging;
    const deadLetter = await deadLetters.find(id);
    if (deadLetter === undefined) return undefined;
    const shown = listed(summaryOf(deadLetter));
    if (!visible(shown)) return undefined;
    const { operation } = shown;
    await deadLetters.discard(id);
    this.options.logger.info({ deadLetter: id, operation, principal }, 'a dead letter was discarded');
    return shown;
  }
}

import { CofferError, type Applied, type Mutation, type SecretPath } from '@coffer/secrets';
import type { OperationEnd, OperationFate } from '@coffer/coherence';
import type { KeyRing } from '@coffer/crypto';
import { TOPICS, type MessageSealer, type Messaging } from '@coffer/messaging';
import { factsOfPath, failureOf, NO_TRACES, type Metrics, type Traces, type TraceSpan } from '@coffer/observability';
import { MutationPublisher } from './mutation-publisher.js';
import { operationIdentities, type OperationIdentity } from './operation-id.js';
import { operationMismatch, type Operations } from './operations.js';
import type { WriteAdmission } from './write-admission.js';
import type { OperationState, WriteOptions, WriteResult, WriteService } from './write-service.js';

/**
 * A write that is in the queue, or may be, and whose outcome is not known within this time, in milliseconds, is answered 504
 * with its operation. Longer than `PUBLISH_TIMEOUT_MS`.
 */
export const WRITE_WAIT_MS = 8_000;

export interface MutationWriterOptions {
  readonly messaging: Messaging;
  readonly operations: Operations;
  readonly admission: WriteAdmission;
  readonly sealer: MessageSealer;
  readonly ring: KeyRing;
  /** Throws what the path's store would certainly refuse: `too-large`, `invalid`, `read-only`. */
  readonly validate: (mutation: Mutation) => void;
  readonly metrics: Metrics;
  /** Traces of writes. Defaults to none. */
  readonly traces?: Traces;
  /** Milliseconds; `WRITE_WAIT_MS` unless a test says otherwise. */
  readonly waitMs?: number;
  /** Default `PUBLISH_TIMEOUT_MS`. */
  readonly publishTimeoutMs?: number;
}

/** How a write ended: as a record of the log says, or as it is remembered. */
type Ended = Pick<OperationFate, 'type' | 'code' | 'sealed'>;

type Accepted = OperationIdentity &
  (
    | {
        /** A record of the log will say it. */
        readonly ended: Promise<OperationEnd>;
        /** Whether the queue is known to have it. Rejects with `unavailable` when it certainly has not, and never will. */
        readonly queued: Promise<boolean>;
      }
    /** The operation had ended before this request came. */
    | { readonly ended?: undefined; readonly queued?: undefined; readonly earlier: OperationFate }
  );

/** `undefined` where the result is not there after that time. */
const within = async <T>(limitMs: number, result: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** About what the mutation will take up in the queue; what JSON escapes counts there. */
const bytesOf = (mutation: Mutation): number => (mutation.kind === 'put' ? mutation.value.reveal().length : 0);

const messageOf = (code: CofferError['code'], { namespace, key }: SecretPath): string => {
  if (code === 'not-found') return `there is no secret '${key}' in the namespace '${namespace}'`;
  if (code === 'precondition-failed') {
    return `the secret '${key}' of the namespace '${namespace}' is not as the request demands: read it and try again`;
  }
  return `the store did not take the write: ${code}`;
};

/** Publishes mutations and waits for their outcome in the log. */
export class MutationWriter implements WriteService {
  readonly #publisher: MutationPublisher;

  constructor(private readonly options: MutationWriterOptions) {
    this.#publisher = new MutationPublisher(options);
    const { metrics, messaging } = options;
    metrics.onScrape.add(() => metrics.queueUnfinished.set(messaging.producer.backlog().mutations));
  }

  async write(mutation: Mutation, options: WriteOptions): Promise<WriteResult> {
    const accepted = this.#accept(mutation, options);
    const { operation, fingerprint, ended, queued } = accepted;
    if (ended === undefined) return this.#answer(mutation, operation, accepted.earlier);
    let isQueued = false;
    const endOnceQueued = queued.then((taken) => {
      isQueued = taken;
      return ended;
    });
    // The queue may take its time, and the log may tell the end before the queue has answered: a caller waits once for both.
    const end = await this.#wait(Promise.race([ended, endOnceQueued]));
    if (end === undefined) throw this.#notKnown(accepted, queued, isQueued);
    // Two gateways may have queued different payloads under one key at the same time: the log says which one counts.
    if (end.fingerprint !== fingerprint) throw operationMismatch(operation);
    return this.#answer(mutation, operation, end);
  }

  async submit(mutation: Mutation, options: WriteOptions): Promise<string> {
    const accepted = this.#accept(mutation, options);
    const { operation, queued } = accepted;
    if (queued === undefined || (await this.#wait(queued))) return operation;
    throw this.#notKnown(accepted, queued, false);
  }

  operation(tenant: string, id: string): OperationState {
    return this.options.operations.state(tenant, id);
  }

  /** `undefined` when it takes longer than a caller waits. */
  async #wait<T>(result: Promise<T>): Promise<T | undefined> {
    const { metrics, waitMs = WRITE_WAIT_MS } = this.options;
    metrics.writesWaiting.inc();
    try {
      return await within(waitMs, result);
    } finally {
      metrics.writesWaiting.dec();
    }
  }

  /** The caller is told to ask for the operation, also where the queue turns out not to have taken the mutation. */
  #notKnown({ operation, fingerprint }: OperationIdentity, queued: Promise<boolean>, isQueued: boolean): CofferError {
    queued.catch(() => this.options.operations.refuse(operation, fingerprint));
    const known = isQueued
      ? 'the write was accepted, but its outcome is not known yet'
      : 'it is not known yet whether the write was accepted';
    return new CofferError('timeout', `${known}: ask for the operation, or repeat the request, which is safe`, {
      operation,
    });
  }

  #accept(mutation: Mutation, options: WriteOptions): Accepted {
    const { validate, ring, operations, admission } = this.options;
    validate(mutation);
    const identities = operationIdentities(ring, mutation, options);
    const earlier = options.idempotencyKey === undefined ? undefined : this.#earlier(identities);
    if (earlier !== undefined) return earlier;
    const [identity] = identities;
    const { operation, fingerprint } = identity;
    admission.require(mutation.path.toString(), bytesOf(mutation));
    const ended = operations.expect(operation, fingerprint);
    const queued = this.#queue(mutation, identity, this.#span(mutation, operation, options));
    return { ...identity, ended, queued };
  }

  async #queue(mutation: Mutation, identity: OperationIdentity, span: TraceSpan): Promise<boolean> {
    const { traceparent } = span;
    try {
      await this.#publisher.publish(mutation, { ...identity, ...(traceparent === undefined ? {} : { traceparent }) });
      span.end();
      return true;
    } catch (error) {
      span.end(failureOf(error));
      if (CofferError.is(error, 'timeout')) return false;
      this.options.operations.forget(identity.operation);
      throw error;
    }
  }

  /** The end of the same request that came before, under whichever key of the ring its id was derived. */
  #earlier(identities: readonly OperationIdentity[]): Accepted | undefined {
    for (const identity of identities) {
      const earlier = this.options.operations.earlier(identity.operation, identity.fingerprint);
      if (earlier !== undefined) return { ...identity, earlier };
    }
    this.options.operations.requireRoom();
    return undefined;
  }

  #span({ path, kind }: Mutation, operation: string, { traceparent }: WriteOptions): TraceSpan {
    const { traces = NO_TRACES } = this.options;
    const facts = { 'coffer.operation': operation, 'coffer.kind': kind, ...factsOfPath(path) };
    return traces.span(`send ${TOPICS.mutations}`, { kind: 'producer', parent: traceparent, facts });
  }

  #answer(mutation: Mutation, operation: string, end: Ended): WriteResult {
    if (end.type === 'ABORT') throw this.#failure(mutation, end.code ?? 'internal', operation);
    const outcome = this.#outcome(mutation, operation, end);
    if (mutation.kind === 'put' || mutation.kind === 'patch') {
      return { operation, ...(outcome ?? { metadata: { tags: [], ...mutation.metadata } }) };
    }
    if (outcome === undefined) return { operation };
    const { revision, changed } = outcome;
    return { operation, revision, ...(changed === undefined ? {} : { changed }) };
  }

  /**
   * `undefined` where the log did not tell it, or it is forgotten. A superseded write was overwritten before it was answered:
   * the caller is told what it wrote. So is who repeats a put, whose request says all that the secret has.
   */
  #outcome({ path }: Mutation, operation: string, { sealed }: Ended): Omit<Applied, 'outcome'> | undefined {
    if (sealed === undefined || sealed.length === 0) return undefined;
    return this.options.sealer.openOutcome(path, operation, sealed);
  }

  #failure({ path }: Mutation, code: CofferError['code'], operation: string): CofferError {
    return new CofferError(code, messageOf(code, path), { operation });
  }
}

import { CofferError, systemClock, type Clock, type SecretMetadata } from '@coffer/secrets';
import type { CommitRecord, OperationEnd } from '@coffer/coherence';
import type { KeyRing } from '@coffer/crypto';
import { TOPICS, type MessageSealer, type Messaging } from '@coffer/messaging';
import { factsOfPath, failureOf, NO_TRACES, type Metrics, type Traces, type TraceSpan } from '@coffer/observability';
import { MutationPublisher } from './mutation-publisher.js';
import { operationIdentities, type OperationIdentity } from './operation-id.js';
import { operationMismatch, type Operations } from './operations.js';
import { payloadOf } from './write-payload.js';
import type { OperationState, WriteOptions, WriteRequest, WriteResult, WriteService } from './write-service.js';

/** A write that was accepted but not answered within this time, in milliseconds, is answered 504 with its operation. */
export const WRITE_WAIT = 8_000;
/** More unfinished mutations than this in a partition: nothing more is queued. */
export const MAX_UNFINISHED = 1_000;

export interface MutationWriterOptions {
  readonly messaging: Messaging;
  readonly operations: Operations;
  readonly sealer: MessageSealer;
  readonly ring: KeyRing;
  /** Throws what the path's store would certainly refuse: `too-large`, `invalid`, `read-only`. */
  readonly validate: (request: WriteRequest) => void;
  readonly metrics: Metrics;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Absent: none. */
  readonly traces?: Traces;
  /** Milliseconds; `WRITE_WAIT` unless a test says otherwise. */
  readonly wait?: number;
}

interface Accepted extends OperationIdentity {
  /** Set when the operation had ended before this request came. */
  readonly end?: OperationEnd;
}

/** Publishes mutations and waits for their outcome in the log. */
export class MutationWriter implements WriteService {
  readonly #publisher: MutationPublisher;

  constructor(private readonly options: MutationWriterOptions) {
    this.#publisher = new MutationPublisher(options);
    const { metrics, messaging } = options;
    metrics.beforeText.add(() => metrics.queueUnfinished.set(messaging.producer.backlog()));
  }

  async write(request: WriteRequest, options: WriteOptions): Promise<WriteResult> {
    const { clock = systemClock, wait = WRITE_WAIT } = this.options;
    const begun = clock.monotonic();
    const { operation, fingerprint, end: earlier } = await this.#accept(request, options);
    // The queue may have taken its time: a caller waits once for both.
    const end = earlier ?? (await this.#wait(operation, Math.max(0, wait - (clock.monotonic() - begun))));
    if (end === undefined) {
      throw new CofferError(
        'timeout',
        'the write was accepted, but its outcome is not known yet: ask for the operation, or repeat the request, which is safe',
        { operation },
      );
    }
    // Two gateways may have queued different payloads under one key at the same time: the log says which one counts.
    if (end.fingerprint !== fingerprint) throw operationMismatch(operation);
    return this.#answer(request, end);
  }

  async submit(request: WriteRequest, options: WriteOptions): Promise<string> {
    const { operation } = await this.#accept(request, options);
    return operation;
  }

  operation(tenant: string, id: string): OperationState {
    return this.options.operations.state(tenant, id);
  }

  async #wait(operation: string, limit: number): Promise<OperationEnd | undefined> {
    const { metrics, operations } = this.options;
    metrics.writesWaiting.inc();
    try {
      return await operations.wait(operation, limit);
    } finally {
      metrics.writesWaiting.dec();
    }
  }

  async #accept(request: WriteRequest, options: WriteOptions): Promise<Accepted> {
    const { validate, ring, operations, messaging } = this.options;
    const { path } = request;
    validate(request);
    const identities = operationIdentities(ring, request, options);
    const earlier = options.idempotencyKey === undefined ? undefined : this.#earlier(identities);
    if (earlier !== undefined) return earlier;
    const [{ operation, fingerprint }] = identities;
    const pathText = path.toString();
    if (messaging.producer.unfinished(pathText) >= MAX_UNFINISHED) {
      throw new CofferError(
        'overloaded',
        `more than ${MAX_UNFINISHED} writes are waiting; nothing was queued, try again later`,
      );
    }
    const payload = payloadOf(request);
    const span = this.#span(request, operation, options);
    const { traceparent } = span;
    const trace = traceparent === undefined ? {} : { traceparent };
    operations.expect(operation, fingerprint);
    try {
      await this.#publisher.publish({ path, payload, operation, fingerprint, ...trace });
      span.end();
    } catch (error) {
      span.end(failureOf(error));
      operations.forget(operation);
      throw error;
    }
    return { operation, fingerprint };
  }

  /** The end of the same request that came before, under whichever key of the ring its id was derived. */
  #earlier(identities: readonly OperationIdentity[]): Accepted | undefined {
    for (const identity of identities) {
      const end = this.options.operations.earlier(identity.operation, identity.fingerprint);
      if (end !== undefined) return { ...identity, end };
    }
    return undefined;
  }

  #span({ path, kind }: WriteRequest, operation: string, { traceparent }: WriteOptions): TraceSpan {
    const { traces = NO_TRACES } = this.options;
    const facts = { 'coffer.operation': operation, 'coffer.kind': kind, ...factsOfPath(path) };
    return traces.span(`send ${TOPICS.mutations}`, { kind: 'producer', parent: traceparent, facts });
  }

  #answer(request: WriteRequest, end: OperationEnd): WriteResult {
    const { operation } = end;
    if (end.type === 'ABORT') throw this.#failure(request, end.code, operation);
    if (request.kind === 'delete' || request.kind === 'drop') return { operation };
    return { operation, metadata: this.#metadata(request, end) };
  }

  /** A superseded write was overwritten before it was answered: the caller is told what it wrote. */
  #metadata(request: Exclude<WriteRequest, { kind: 'delete' | 'drop' }>, end: CommitRecord): SecretMetadata {
    if (end.sealed.length === 0) {
      return request.kind === 'put' ? request.metadata : { tags: [], ...request.patch };
    }
    const { description, tags } = this.options.sealer.openOutcome(request.path, end.operation, end.sealed);
    return { ...(description === undefined ? {} : { description }), tags };
  }

  #failure({ path }: WriteRequest, code: CofferError['code'], operation: string): CofferError {
    const message =
      code === 'not-found'
        ? `there is no secret '${path.key}' in the namespace '${path.namespace}'`
        : `the store did not take the write: ${code}`;
    return new CofferError(code, message, { operation });
  }
}

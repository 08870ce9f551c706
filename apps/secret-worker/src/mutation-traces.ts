import type { Attempt, AttemptResult, LogRecord } from '@coffer/coherence';
import { TOPICS } from '@coffer/messaging';
import { factsOfPath, failureOf, type SpanFacts, type Traces, type TraceSpan } from '@coffer/observability';
import type { ErrorCode, Fence } from '@coffer/secrets';
import type { OpenedAttempt } from './attempt.js';

const failureIn = (result: AttemptResult): ErrorCode | undefined => {
  switch (result.kind) {
    case 'applied':
    case 'superseded':
      return undefined;
    case 'refused':
      return result.code;
    case 'fence-ahead':
      return 'fence-ahead';
    case 'unknown':
      return 'unavailable';
  }
};

/** The spans of the mutations of one partition, each continuing the trace of the request that caused it. */
export class MutationTraces {
  readonly #byFence = new Map<Fence, TraceSpan>();

  constructor(private readonly traces: Traces) {}

  /** From here until `during` is over. The trace of a mutation that does not open says its place and nothing else. */
  begin({ fence, operation, kind, sealed, mutation }: OpenedAttempt, partition: number): void {
    if (!this.traces.active) return;
    const span = this.traces.span(`process ${TOPICS.mutations}`, {
      kind: 'consumer',
      parent: sealed.traceparent,
      facts: {
        'messaging.destination.name': TOPICS.mutations,
        'messaging.destination.partition.id': String(partition),
        'coffer.fence': String(fence),
        ...(mutation === undefined
          ? {}
          : { 'coffer.operation': operation, 'coffer.kind': kind, ...factsOfPath(mutation.path) }),
      },
    });
    this.#byFence.set(fence, span);
  }

  /** Waits for the mutation's end, or for its handing over. */
  async during(fence: Fence, finished: Promise<void>): Promise<void> {
    const span = this.#byFence.get(fence);
    try {
      await finished;
    } catch (error) {
      span?.add({ 'coffer.outcome': 'handed-over' });
      throw error;
    } finally {
      span?.end();
      if (this.#byFence.get(fence) === span) this.#byFence.delete(fence);
    }
  }

  /** The mutation has ended so: `applied`, `superseded` or an error code. */
  outcome(fence: Fence, outcome: string): void {
    this.#byFence.get(fence)?.add({ 'coffer.outcome': outcome });
  }

  /** One call to the store. */
  async store(
    { fence, kind }: Attempt,
    { manager, call }: { readonly manager: string; readonly call: number },
    ask: () => Promise<AttemptResult>,
  ): Promise<AttemptResult> {
    const facts = { 'coffer.kind': kind, 'coffer.manager': manager, 'coffer.call': call };
    const span = this.#child(fence, `store ${kind}`, facts);
    const result = await ask();
    span?.add({ 'coffer.outcome': result.kind });
    span?.end(failureIn(result));
    return result;
  }

  /** The sending of a record of the log. */
  async append(record: LogRecord, sent: Promise<unknown>): Promise<void> {
    const span = 'fence' in record ? this.#child(record.fence, `append ${record.type}`) : undefined;
    try {
      await sent;
      span?.end();
    } catch (error) {
      span?.end(failureOf(error));
      throw error;
    }
  }

  #child(fence: Fence, name: string, facts: SpanFacts = {}): TraceSpan | undefined {
    const parent = this.#byFence.get(fence)?.traceparent;
    if (parent === undefined) return undefined;
    return this.traces.span(name, { kind: 'client', parent, facts: { ...facts, 'coffer.fence': String(fence) } });
  }
}

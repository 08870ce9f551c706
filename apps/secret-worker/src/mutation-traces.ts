import type { AttemptResult, LogRecord } from '@coffer/coherence';
import { TOPICS, type MutationDelivery } from '@coffer/messaging';
import { factsOfPath, failureOf, type SpanFacts, type Traces, type TraceSpan } from '@coffer/observability';
import type { ErrorCode, Fence, MutationKind } from '@coffer/secrets';
import type { OpenedMutation } from './opened-mutation.js';

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
  begin(fence: Fence, { partition, record }: MutationDelivery, opened: OpenedMutation): void {
    if (!this.traces.active) return;
    const span = this.traces.span(`process ${TOPICS.mutations}`, {
      kind: 'consumer',
      parent: record.traceparent,
      facts: {
        'messaging.destination.name': TOPICS.mutations,
        'messaging.destination.partition.id': String(partition),
        'coffer.fence': String(fence),
        ...('poison' in opened
          ? {}
          : { 'coffer.operation': record.operation, 'coffer.kind': record.kind, ...factsOfPath(opened.path) }),
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

  /** One attempt at the store. */
  async store(
    fence: Fence,
    { kind, manager, attempt }: { readonly kind: MutationKind; readonly manager: string; readonly attempt: number },
    call: () => Promise<AttemptResult>,
  ): Promise<AttemptResult> {
    const facts = { 'coffer.kind': kind, 'coffer.manager': manager, 'coffer.attempt': attempt };
    const span = this.#child(fence, `store ${kind}`, facts);
    const result = await call();
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

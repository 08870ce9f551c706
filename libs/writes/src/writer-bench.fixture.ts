import type { CommitRecord, LogEntry, LogRecord } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import {
  memoryMessaging,
  MessageSealer,
  type Delivery,
  type Messaging,
  type MutationProducer,
} from '@coffer/messaging';
import { Metrics, type Traces } from '@coffer/observability';
import {
  CofferError,
  fenceOf,
  SecretPath,
  SecretValue,
  type Clock,
  type ErrorCode,
  type Mutation,
} from '@coffer/secrets';
import { MutationWriter } from './mutation-writer.js';
import { Operations } from './operations.js';
import { WriteAdmission } from './write-admission.js';

export const WINDOW_MS = 60_000;
export const QUEUE_BYTES = 20_000_000;
export const path = SecretPath.of('main', 'company', 'key');
export const put = (value = 'v', key = 'key'): Mutation => ({
  kind: 'put',
  path: SecretPath.of('main', 'company', key),
  value: new SecretValue(value),
  metadata: { tags: [{ key: 'a', value: 'b' }] },
});
export const ALICE = { principal: 'alice' };
export const keyed = (idempotencyKey: string, principal = 'alice') => ({ principal, idempotencyKey });

/** Everything here ends within a few turns of the event loop; the bound only ends a wait for what never comes. */
export const until = async (condition: () => boolean): Promise<void> => {
  for (let turns = 100_000; !condition(); turns -= 1) {
    if (turns === 0) throw new Error('waited in vain');
    await new Promise((resolve) => setImmediate(resolve));
  }
};
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: unknown) => (CofferError.is(error) ? error.code : 'not ours'),
  );

/** A producer of a queue of one partition that does so. */
export const publishing = (publish: MutationProducer['publish']): MutationProducer => ({
  partitions: 1,
  publish,
  unfinished: () => 0,
  backlog: () => ({ mutations: 0, bytes: 0 }),
  ready: () => true,
  close: async () => undefined,
});

export interface GatewayOptions {
  /** How long a caller waits. */
  readonly waitMs?: number;
  readonly publishTimeoutMs?: number;
  readonly messaging?: Messaging;
  readonly ring?: KeyRing;
  readonly operationsMaxBytes?: number;
  readonly traces?: Traces;
}

type Outcome = Parameters<MessageSealer['sealOutcome']>[2];
const OUTCOME: Outcome = { version: '1', revision: 4, metadata: { tags: [] } };

/** Gateways over one queue and one log; a worker that says what the test tells it to. */
export class WriterBench {
  skipped = 0;
  refusals = 0;
  readonly clock: Clock = { monotonic: () => performance.now(), wall: () => Date.now() + this.skipped };
  readonly messaging = memoryMessaging({ partitions: 1, shards: 1 }, WINDOW_MS, this.clock);
  readonly queued: Delivery[] = [];
  readonly #ended = new Set<string>();

  private constructor(
    private readonly ring: KeyRing,
    readonly sealer: MessageSealer,
  ) {}

  static async open(): Promise<WriterBench> {
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    const ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
    const bench = new WriterBench(ring, new MessageSealer(ring));
    await bench.messaging.consumer().start({
      assigned: async () => undefined,
      revoked: () => undefined,
      deliver: (delivery) => {
        bench.queued.push(delivery);
        return new Promise(() => undefined);
      },
    });
    return bench;
  }

  async gateway(options: GatewayOptions = {}) {
    const { waitMs = 5_000, publishTimeoutMs = 5_000, operationsMaxBytes = Infinity } = options;
    const { messaging = this.messaging, ring = this.ring, traces } = options;
    const operations = new Operations(WINDOW_MS, this.messaging.log, this.clock, operationsMaxBytes);
    await this.messaging.log.tail([0], { read: (entry: LogEntry) => operations.read(entry) });
    const { sealer } = this;
    const validate = (): void => undefined;
    const admission = new WriteAdmission({
      ...{ producer: messaging.producer, queueMaxBytes: QUEUE_BYTES, refused: () => (this.refusals += 1) },
    });
    const metrics = new Metrics();
    const writer = new MutationWriter({
      ...{ messaging, operations, admission, sealer, ring, validate, metrics, waitMs, publishTimeoutMs },
      ...(traces === undefined ? {} : { traces }),
    });
    return { operations, writer, metrics };
  }

  /** Ends the mutations in the queue as the applier would: an operation that was committed is passed over. */
  async end(code?: ErrorCode, outcome: Outcome | null = OUTCOME): Promise<void> {
    for (const { offset, mutation } of this.queued.splice(0)) {
      const { operation, kind, fingerprint, path: at } = mutation;
      if (this.#ended.has(operation)) continue;
      this.#ended.add(operation);
      const said = { partition: 0, owner: 0n, path: at, fence: fenceOf(1, offset), operation, kind, fingerprint };
      const sealed =
        outcome === null ? new Uint8Array() : this.sealer.sealOutcome(SecretPath.parse(at), operation, outcome);
      const end: LogRecord =
        code === undefined
          ? ({ type: 'COMMIT', ...said, outcome: 'applied', sealed } satisfies CommitRecord)
          : { type: 'ABORT', ...said, code };
      await this.messaging.log.append(0, end);
    }
  }

  async prepare(): Promise<void> {
    const [first] = this.queued;
    if (first === undefined) throw new Error('nothing is queued');
    const { operation, path: at } = first.mutation;
    const fence = fenceOf(1, first.offset);
    await this.messaging.log.append(0, {
      type: 'PREPARE',
      partition: 0,
      owner: 0n,
      path: at,
      fence,
      operation,
      prepareNumber: 1,
    });
  }
}

import type { Backend } from '@coffer/backend-contract';
import { CoordinatorModule } from '@coffer/cache-invalidator';
import { DEFAULT_TIMING, type AbortRecord, type CommitRecord, type Timing } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import { memoryMessaging, MessageSealer, partitionOf, type LogTail, type Messaging } from '@coffer/messaging';
import { MessagingStrategy } from '@coffer/messaging/nest';
import { createLogger, Metrics } from '@coffer/observability';
import { WorkerModule } from '@coffer/secret-worker';
import { fenceOf, SecretValue, systemClock, type Fence, type Mutation } from '@coffer/secrets';
import { NestFactory } from '@nestjs/core';

const TOPOLOGY = { partitions: 4, shards: 1 };
const GENERATION = 1;
/** Short pauses: a run has some hundred failed attempts. */
const TIMING: Timing = { ...DEFAULT_TIMING, backoff: { firstMs: 10, maxMs: 200 } };

class LoneWorkerModule {}

export type End = CommitRecord | AbortRecord;

/** The worker and the coordinator as they are shipped, over transports in memory, in front of one store. */
export class LoneWorker {
  /** How each operation ended. */
  readonly ends = new Map<string, End>();
  #published = 0;

  private constructor(
    private readonly messaging: Messaging,
    private readonly sealer: MessageSealer,
    private readonly tail: LogTail,
    private readonly leave: () => Promise<void>,
  ) {}

  static async over(backend: Backend): Promise<LoneWorker> {
    const clock = systemClock;
    const metrics = new Metrics();
    const logger = createLogger('silent');
    const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
    const sealer = new MessageSealer(await KeyRing.derive([{ id: 'k', secret, active: true }]));
    const messaging = memoryMessaging(TOPOLOGY, TIMING.windowMs, clock);
    const store = { name: 'default', backend };
    const stores = { of: () => store, onBreaker: () => undefined };
    const roles = { messaging, timing: TIMING, clock, logger, metrics };
    const app = await NestFactory.createMicroservice(
      {
        module: LoneWorkerModule,
        imports: [
          WorkerModule.register({ ...roles, stores, sealer, generation: GENERATION }),
          CoordinatorModule.register({ ...roles, alone: true }),
        ],
      },
      { strategy: new MessagingStrategy({ messaging, consume: true, coordinate: true }), logger: false },
    );
    await app.listen();
    const late: { worker?: LoneWorker } = {};
    const tail = await messaging.log.tail([0], {
      read: ({ record }) => {
        if (record.type === 'COMMIT' || record.type === 'ABORT') late.worker?.ends.set(record.operation, record);
      },
    });
    late.worker = new LoneWorker(messaging, sealer, tail, () => app.close());
    return late.worker;
  }

  async publish(mutation: Mutation): Promise<{ operation: string; fence: Fence }> {
    const operation = `operation ${(this.#published += 1)}`;
    const partition = partitionOf(mutation.path.toString(), TOPOLOGY.partitions);
    const options = { operation, fingerprint: '', partition, sentAt: this.messaging.time.now() };
    const { offset } = await this.messaging.producer.publish(this.sealer.sealMutation(mutation, options));
    return { operation, fence: fenceOf(GENERATION, offset) };
  }

  async close(): Promise<void> {
    await this.leave();
    await this.tail.close();
  }
}

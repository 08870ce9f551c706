import type { Consumer, ConsumerConfig, ConsumerRunConfig, Kafka } from 'kafkajs';
import { GROUP_TIMES, isPassing, PATIENT } from './connection.js';

/** Before it is tried again after what the client takes for the end. */
const RETRY_DELAY_MS = 500;
/** Longest wait for an orderly end while no broker answers. */
const DRAIN_TIMEOUT_MS = 3_000;

type Settings = Pick<
  ConsumerConfig,
  | 'groupId'
  | 'maxWaitTimeInMs'
  | 'maxBytesPerPartition'
  | 'sessionTimeout'
  | 'heartbeatInterval'
  | 'rebalanceTimeout'
  | 'partitionAssigners'
>;

/**
 * A member of a group that goes on whatever becomes of the broker: the client restarts a consumer that crashed for what
 * it knows to pass only, and leaves it dead for anything else, such as a group whose coordinator is not found in time.
 * One that crashed joins as a new member, and reads nothing until the session of the one before is over.
 */
export class ReconnectingConsumer {
  readonly client: Consumer;
  #closed = false;

  constructor(kafka: Kafka, settings: Settings) {
    this.client = kafka.consumer({
      ...GROUP_TIMES,
      ...settings,
      allowAutoTopicCreation: false,
      retry: { ...PATIENT, restartOnFailure: () => Promise.resolve(!this.#closed) },
    });
  }

  /** Resolves when it has joined, or has begun to try again. */
  async run(topic: string, fromBeginning: boolean, config: ConsumerRunConfig): Promise<void> {
    this.client.on(this.client.events.CRASH, ({ payload }) => {
      if (!payload.restart) setTimeout(() => void this.#runAgain(config), RETRY_DELAY_MS).unref();
    });
    await this.#subscribe(topic, fromBeginning);
    await this.client.run(config);
  }

  async #subscribe(topic: string, fromBeginning: boolean): Promise<void> {
    for (;;) {
      try {
        await this.client.connect();
        await this.client.subscribe({ topics: [topic], fromBeginning });
        return;
      } catch (error) {
        if (this.#closed || !isPassing(error)) throw error;
        await this.client.disconnect();
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    }
  }

  /** Does what is due before and leaves the group, if both can be done soon. */
  async close(before: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    this.#closed = true;
    const late = new Promise((resolve) => setTimeout(resolve, DRAIN_TIMEOUT_MS).unref());
    await Promise.race([before().then(() => this.client.disconnect()), late]);
  }

  async #runAgain(config: ConsumerRunConfig): Promise<void> {
    if (this.#closed) return;
    // Whatever goes wrong is reported as a crash.
    await this.client.run(config).catch(() => undefined);
    // The client does not stop what has only begun to start.
    if (this.#closed) await this.client.disconnect().catch(() => undefined);
  }
}

import type { ConsumerCrashEvent, ConsumerRunConfig, Kafka } from 'kafkajs';
import { LastingConsumer } from './lasting-consumer.js';

/** As much of the client as is used. */
class Client {
  readonly events = { CRASH: 'consumer.crash' };
  readonly runs: ConsumerRunConfig[] = [];
  /** Of the client's own decision to restart. */
  restarts: ((error: Error) => Promise<boolean>) | undefined;
  disconnect = (): Promise<void> => Promise.resolve();
  #crash: (event: Pick<ConsumerCrashEvent, 'payload'>) => void = () => undefined;

  readonly kafka = {
    consumer: ({ retry }: { retry: { restartOnFailure: (error: Error) => Promise<boolean> } }) => {
      this.restarts = retry.restartOnFailure;
      return this;
    },
  } as unknown as Kafka;

  on(_event: string, listener: (event: Pick<ConsumerCrashEvent, 'payload'>) => void): void {
    this.#crash = listener;
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  subscribe(): Promise<void> {
    return Promise.resolve();
  }

  run(config: ConsumerRunConfig): Promise<void> {
    this.runs.push(config);
    return Promise.resolve();
  }

  crash(restart: boolean): void {
    this.#crash({ payload: { error: new Error('crash'), groupId: 'group', restart } });
  }
}

describe('a consumer that lasts', () => {
  const config = { autoCommit: false };
  let client: Client;
  let consumer: LastingConsumer;
  beforeEach(async () => {
    jest.useFakeTimers();
    client = new Client();
    consumer = new LastingConsumer(client.kafka, { groupId: 'group' });
    await consumer.run('topic', true, config);
  });
  afterEach(() => jest.useRealTimers());

  it('runs again after a crash that the client takes for the end', async () => {
    client.crash(false);
    await jest.runAllTimersAsync();
    expect(client.runs).toEqual([config, config]);
  });

  it('leaves to the client what the client restarts', async () => {
    client.crash(true);
    await jest.runAllTimersAsync();
    expect(client.runs).toHaveLength(1);
    expect(await client.restarts?.(new Error('crash'))).toBe(true);
  });

  it('does not run again once it is closed', async () => {
    client.crash(false);
    await consumer.close();
    client.crash(false);
    await jest.runAllTimersAsync();
    expect(client.runs).toHaveLength(1);
    expect(await client.restarts?.(new Error('crash'))).toBe(false);
  });

  it('ends although no broker answers', async () => {
    client.disconnect = () => new Promise(() => undefined);
    const closed = consumer.close();
    await jest.runAllTimersAsync();
    await closed;
  });
});

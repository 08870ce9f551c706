import type { ConsumerCrashEvent, ConsumerRunConfig, Kafka } from 'kafkajs';
import { ReconnectingConsumer } from './reconnecting-consumer.js';

/** As much of the client as is used. */
class Client {
  readonly events = { CRASH: 'consumer.crash' };
  readonly runs: ConsumerRunConfig[] = [];
  /** The client's own decision to restart. */
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

  connects = 0;
  /** What subscribing fails with, once each. */
  readonly failures: Error[] = [];

  connect(): Promise<void> {
    this.connects += 1;
    return Promise.resolve();
  }

  subscribe(): Promise<void> {
    const failure = this.failures.shift();
    return failure === undefined ? Promise.resolve() : Promise.reject(failure);
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
  let consumer: ReconnectingConsumer;
  beforeEach(async () => {
    jest.useFakeTimers();
    client = new Client();
    consumer = new ReconnectingConsumer(client.kafka, { groupId: 'group' });
    await consumer.run('topic', true, config);
  });
  afterEach(() => jest.useRealTimers());

  it('connects anew while the client has got hold of the cluster by half', async () => {
    client.failures.push(new Error('Broker not connected'), new Error('Broker not connected'));
    const running = consumer.run('topic', true, config);
    await jest.runAllTimersAsync();
    await running;
    expect(client.connects).toBe(1 + 3);
    expect(client.runs).toEqual([config, config]);
  });

  it('gives up what does not mend itself', async () => {
    client.failures.push(new Error('no such mechanism'));
    await expect(consumer.run('topic', true, config)).rejects.toThrow('no such mechanism');
  });

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

import { createRequire } from 'node:module';
import { lookForLostCoordinators } from './group-coordinator.js';

interface Heartbeat {
  heartbeat(options: { readonly interval: number }): Promise<void>;
}

const { prototype } = createRequire(__filename)('kafkajs/src/consumer/consumerGroup') as { prototype: Heartbeat };
const original = prototype.heartbeat;

/** A member of a group whose heartbeat fails, in a cluster of some brokers, whose coordinator can be reached or not. */
const member = (failure: string, brokers: number, reachable: boolean): Heartbeat => {
  const error = Object.assign(new Error('no answer'), { name: failure });
  prototype.heartbeat = () => Promise.reject(error);
  lookForLostCoordinators();
  return Object.assign(Object.create(prototype) as Heartbeat, {
    cluster: { getNodeIds: () => Array.from({ length: brokers }, (_, id) => id) },
    coordinator: { connect: () => (reachable ? Promise.resolve() : Promise.reject(error)) },
  });
};

const outcome = (of: Heartbeat): Promise<unknown> =>
  of.heartbeat({ interval: 0 }).then(
    () => 'goes on',
    (error: { readonly type?: string; readonly name: string }) => error.type ?? error.name,
  );

afterEach(() => {
  prototype.heartbeat = original;
});

describe('a member of a group whose heartbeat gets no answer', () => {
  it.each(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError'])(
    'looks for another coordinator where the one it knows cannot be reached (%s)',
    async (failure) => {
      expect(await outcome(member(failure, 3, false))).toBe('NOT_COORDINATOR_FOR_GROUP');
    },
  );

  it('goes on where the coordinator can be reached again, and waits for the only broker there is', async () => {
    expect(await outcome(member('KafkaJSConnectionError', 3, true))).toBe('goes on');
    expect(await outcome(member('KafkaJSConnectionError', 1, false))).toBe('KafkaJSConnectionError');
  });

  it('leaves other failures as they are', async () => {
    expect(await outcome(member('KafkaJSProtocolError', 3, false))).toBe('KafkaJSProtocolError');
  });
});

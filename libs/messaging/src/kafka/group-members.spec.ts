import { createRequire } from 'node:module';
import { keepMembership } from './group-members.js';

interface Member {
  memberId: string;
  generationId: number;
  coordinator: object;
  readonly offsetManager: { coordinator: object };
  heartbeat(options: { readonly interval: number }): Promise<void>;
  recoverFromFetch(error: Error): Promise<void>;
  joinAndSync(): Promise<void>;
  fetch(nodeId: string): Promise<unknown>;
}

const { prototype } = createRequire(__filename)('kafkajs/src/consumer/consumerGroup') as { prototype: Member };
const { heartbeat, recoverFromFetch, joinAndSync, fetch } = prototype;
const LOST = {};
const FOUND = {};

/** A member of a group in a cluster of some brokers, whose heartbeats and joinings are what is given. */
const member = (brokers: number, send: () => Promise<void>) => {
  const made = { joinings: 0, refreshes: 0 };
  prototype.heartbeat = send;
  keepMembership();
  const cluster = {
    getNodeIds: () => Array.from({ length: brokers }, (_, id) => id),
    refreshMetadata: async () => void (made.refreshes += 1),
    findGroupCoordinator: async () => FOUND,
  };
  const fields = {
    groupId: 'g',
    memberId: 'm',
    generationId: 1,
    coordinator: LOST,
    offsetManager: { coordinator: LOST },
  };
  return {
    made,
    group: Object.assign(Object.create(prototype) as Member, {
      ...fields,
      cluster,
      joinAndSync: async () => void (made.joinings += 1),
      logger: { debug: () => undefined },
    }),
  };
};

const failing = (fields: Readonly<Record<string, string>>) => Object.assign(new Error('no answer'), fields);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** What the next heartbeat says once this one has ended. */
const outcome = async (group: Member): Promise<string> => {
  await group.heartbeat({ interval: 0 });
  await turn();
  return group.heartbeat({ interval: 0 }).then(
    () => 'goes on',
    (error: Error & { type?: string }) => error.type ?? error.name,
  );
};

afterEach(() => {
  Object.assign(prototype, { heartbeat, recoverFromFetch, joinAndSync, fetch });
});

describe('a member of a group whose heartbeat fails', () => {
  it.each([
    { name: 'KafkaJSConnectionError' },
    { name: 'KafkaJSConnectionClosedError' },
    { name: 'KafkaJSRequestTimeoutError' },
    { type: 'NOT_COORDINATOR_FOR_GROUP' },
    { type: 'GROUP_COORDINATOR_NOT_AVAILABLE' },
    { type: 'GROUP_LOAD_IN_PROGRESS' },
  ])('stays one, and finds the other coordinator: %j', async (fields) => {
    let sent = 0;
    const { group, made } = member(3, () => ((sent += 1) === 1 ? Promise.reject(failing(fields)) : Promise.resolve()));
    expect(await outcome(group)).toBe('goes on');
    expect([group.coordinator, group.offsetManager.coordinator]).toEqual([FOUND, FOUND]);
    expect(made.joinings).toBe(0);
  });

  it.each(['REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'])(
    'is told to join again: %s',
    async (type) => {
      const { group } = member(3, () => Promise.reject(failing({ type })));
      expect(await outcome(group)).toBe(type);
    },
  );

  it('waits for the only broker there is', async () => {
    const { group } = member(1, () => Promise.reject(failing({ name: 'KafkaJSConnectionError' })));
    expect(await outcome(group)).toBe('KafkaJSConnectionError');
  });

  it('hears nothing of a heartbeat from before it joined again', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const { group } = member(3, () => promise);
    await group.heartbeat({ interval: 0 });
    group.generationId += 1;
    reject(failing({ type: 'ILLEGAL_GENERATION' }));
    await turn();
    await group.heartbeat({ interval: 0 });
  });

  it('hears nothing of a heartbeat that failed before it joined again', async () => {
    prototype.joinAndSync = () => Promise.resolve();
    const { group } = member(3, () => Promise.reject(failing({ type: 'UNKNOWN_MEMBER_ID' })));
    await group.heartbeat({ interval: 0 });
    await turn();
    await prototype.joinAndSync.call(group);
    await group.heartbeat({ interval: 0 });
  });

  it('goes on reading while its coordinator is silent, and sends one heartbeat at a time', async () => {
    let sent = 0;
    const { group } = member(3, () => new Promise(() => (sent += 1)));
    await group.heartbeat({ interval: 0 });
    await group.heartbeat({ interval: 0 });
    expect(sent).toBe(1);
  });
});

describe('a member of a group that cannot read a partition', () => {
  it.each([
    { type: 'NOT_LEADER_FOR_PARTITION' },
    { type: 'LEADER_NOT_AVAILABLE' },
    { name: 'KafkaJSConnectionError' },
    { name: 'KafkaJSRequestTimeoutError' },
  ])('asks who leads, and does not join again: %j', async (fields) => {
    const { group, made } = member(3, () => Promise.resolve());
    await group.recoverFromFetch(failing(fields));
    expect(made).toEqual({ joinings: 0, refreshes: 1 });
  });

  it('waits for the only broker there is', async () => {
    const { group } = member(1, () => Promise.resolve());
    await expect(group.recoverFromFetch(failing({ name: 'KafkaJSConnectionError' }))).rejects.toThrow('no answer');
  });
});

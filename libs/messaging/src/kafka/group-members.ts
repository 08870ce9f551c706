import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';

/** What kafkajs throws. */
interface ClientError extends Error {
  /** Name of the code that a broker answered with. */
  readonly type?: string;
}

/** The parts of kafkajs's consumer group that are used here; it exports no types of them. */
interface ConsumerGroup {
  readonly groupId: string;
  readonly memberId: string | null;
  readonly generationId: number | null;
  coordinator: object | null;
  readonly offsetManager: { coordinator: object } | null;
  readonly cluster: {
    getNodeIds(): readonly unknown[];
    refreshMetadata(): Promise<void>;
    findGroupCoordinator(group: { readonly groupId: string }): Promise<object>;
  };
  heartbeat(this: ConsumerGroup, options: { readonly interval: number }): Promise<void>;
  recoverFromFetch(this: ConsumerGroup, error: ClientError): Promise<void>;
  joinAndSync(this: ConsumerGroup): Promise<void>;
  fetch(this: ConsumerGroup, nodeId: string): Promise<unknown>;
}

interface ConsumerGroupClass {
  readonly prototype: ConsumerGroup;
}

/** What is thrown where a broker cannot be reached, by name. */
const UNREACHABLE = new Set(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError']);
/** What a broker says that is not the coordinator of the group, or not yet, by type. */
const NO_COORDINATOR = new Set([
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]);
/** What a broker says that does not lead the partition, or not yet, by type. */
const NOT_LEADER = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
]);

/** Before a leader or a coordinator that was not found is looked for again, in milliseconds. */
const RETRY_DELAY_MS = 100;

/** The heartbeats of one member, which are sent while it goes on reading. */
interface Heartbeats {
  underWay: Promise<void> | undefined;
  /** What the latest one failed with, for whoever wants to send the next one. */
  failure: ClientError | undefined;
}

const members = new WeakMap<ConsumerGroup, Heartbeats>();
/** Those whose latest joining failed. */
const outside = new WeakSet<ConsumerGroup>();
const replacements = new WeakSet<object>();

const isAlone = ({ cluster }: ConsumerGroup): boolean => cluster.getNodeIds().length < 2;

const lookForCoordinator = async (group: ConsumerGroup): Promise<void> => {
  const { groupId, cluster } = group;
  try {
    const coordinator = await cluster.findGroupCoordinator({ groupId });
    group.coordinator = coordinator;
    if (group.offsetManager !== null) group.offsetManager.coordinator = coordinator;
  } catch {
    // The next heartbeat fails as well.
    await pause(RETRY_DELAY_MS);
  }
};

const beat = async (group: ConsumerGroup, heartbeats: Heartbeats, send: () => Promise<void>): Promise<void> => {
  const { memberId, generationId } = group;
  try {
    await send();
  } catch (thrown) {
    const error = thrown as ClientError;
    // It has joined again meanwhile.
    if (memberId !== group.memberId || generationId !== group.generationId) return;
    const isLost = UNREACHABLE.has(error.name) || NO_COORDINATOR.has(error.type ?? '');
    if (isLost && !isAlone(group)) await lookForCoordinator(group);
    else heartbeats.failure = error;
  } finally {
    heartbeats.underWay = undefined;
  }
};

/**
 * Makes members of a group stay members, and go on reading, when a broker of several is lost; to be called before the first
 * one is made, any number of times. In kafkajs 2.2.4 a member whose coordinator does not answer reads nothing meanwhile, and
 * joins again once another broker is the coordinator; and it joins again whenever one of its partitions gets another
 * leader. Each joining takes every partition from every member of the group. Kafka demands neither: the next coordinator
 * knows the members, and who leads says the metadata. Where there is one broker only, its return is waited for as kafkajs
 * does.
 *
 * And a member that failed to join again tries until it has. In kafkajs 2.2.4 it goes on as if it had joined, with the
 * partitions of before: where it was forgotten, without a heartbeat, so that nobody ever tells it that it is no member.
 * Throws where the client is not the one that this was written for.
 */
export const keepMembership = (): void => {
  const { prototype } = createRequire(__filename)('kafkajs/src/consumer/consumerGroup') as ConsumerGroupClass;
  const { heartbeat, recoverFromFetch, joinAndSync, fetch } = prototype;
  if ([heartbeat, recoverFromFetch, joinAndSync, fetch].some((method: unknown) => typeof method !== 'function')) {
    throw new Error('kafkajs has another consumer group than expected: see group-members.ts');
  }
  if (replacements.has(heartbeat)) return;

  prototype.heartbeat = async function (options) {
    const heartbeats = members.get(this) ?? { underWay: undefined, failure: undefined };
    members.set(this, heartbeats);
    const { failure } = heartbeats;
    heartbeats.failure = undefined;
    if (failure !== undefined) throw failure;
    heartbeats.underWay ??= beat(this, heartbeats, () => heartbeat.call(this, options));
  };

  prototype.recoverFromFetch = async function (error) {
    const isMoved = NOT_LEADER.has(error.type ?? '');
    const isLost = UNREACHABLE.has(error.name) && error.name !== 'KafkaJSConnectionClosedError';
    if (!isMoved && (!isLost || isAlone(this))) return recoverFromFetch.call(this, error);
    await pause(RETRY_DELAY_MS);
    await this.cluster.refreshMetadata().catch(() => undefined);
  };

  prototype.joinAndSync = async function () {
    try {
      await joinAndSync.call(this);
      outside.delete(this);
      // What was before is nothing to join anew for.
      members.delete(this);
    } catch (error) {
      outside.add(this);
      throw error;
    }
  };

  prototype.fetch = async function (nodeId) {
    // What kafkajs joins again for.
    if (outside.has(this)) throw Object.assign(new Error('joining failed'), { type: 'REBALANCE_IN_PROGRESS' });
    return fetch.call(this, nodeId);
  };
  replacements.add(prototype.heartbeat);
};

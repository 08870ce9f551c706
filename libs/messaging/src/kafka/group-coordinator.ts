import { createRequire } from 'node:module';

/** The parts of kafkajs's consumer group that are used here; it exports no types of them. */
interface ConsumerGroup {
  readonly coordinator: { connect(): Promise<void> } | null;
  readonly cluster: { getNodeIds(): readonly unknown[] };
  heartbeat(this: ConsumerGroup, options: { readonly interval: number }): Promise<void>;
}

interface ConsumerGroupClass {
  readonly prototype: ConsumerGroup;
}

/** What kafkajs throws where a broker cannot be reached, by name. */
const UNREACHABLE = new Set(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError']);

/** As kafkajs says that a broker has answered that another one is the coordinator: it then asks who, and joins again. */
class CoordinatorLostError extends Error {
  override readonly name = 'KafkaJSProtocolError';
  readonly type = 'NOT_COORDINATOR_FOR_GROUP';
  readonly retriable = true;

  constructor(cause: unknown) {
    super('the coordinator of the group cannot be reached', { cause });
  }
}

const replacements = new WeakSet<object>();

/**
 * Makes members of a group look for its coordinator again when they cannot reach the one they know; to be called before
 * the first one is made, any number of times. kafkajs 2.2.4 sends heartbeats to that one for as long as it retries, also
 * when another broker has long taken over, and restarts its fetching at every failure. Where there is one broker only,
 * its return is waited for. Throws where the client is not the one that this was written for.
 */
export const lookForLostCoordinators = (): void => {
  const { prototype } = createRequire(__filename)('kafkajs/src/consumer/consumerGroup') as ConsumerGroupClass;
  const { heartbeat } = prototype;
  if (typeof heartbeat !== 'function') {
    throw new Error('kafkajs has another consumer group than expected: see group-coordinator.ts');
  }
  if (replacements.has(heartbeat)) return;
  prototype.heartbeat = async function (options) {
    try {
      await heartbeat.call(this, options);
    } catch (error) {
      const unreachable = error instanceof Error && UNREACHABLE.has(error.name);
      if (!unreachable || this.cluster.getNodeIds().length < 2) throw error;
      await this.coordinator?.connect().catch(() => {
        throw new CoordinatorLostError(error);
      });
    }
  };
  replacements.add(prototype.heartbeat);
};

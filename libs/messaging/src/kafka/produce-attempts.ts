import { createRequire } from 'node:module';

/** The parts of kafkajs that are used here; it exports no types of them. */
interface ProduceRequest {
  readonly topicData: readonly {
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly object[] }[];
  }[];
}
interface Broker {
  produce(this: Broker, request: ProduceRequest): Promise<unknown>;
}
interface ProduceResponse {
  readonly topics: readonly {
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[];
  }[];
}
interface ProduceResponseModule {
  parse(data: ProduceResponse): Promise<unknown>;
}

/** The versions of Produce that have record batches. */
const VERSIONS = [3, 4, 5, 6, 7];

/**
 * Codes by which a leader says that it did not append: MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, NOT_ENOUGH_REPLICAS and
 * TOPIC_AUTHORIZATION_FAILED. NOT_LEADER_OR_FOLLOWER is none of them: it is said as well of what was appended before
 * another broker became the leader.
 */
const REFUSALS: ReadonlySet<number> = new Set([10, 18, 19, 29]);
const TOO_LARGE = 10;

/** The refused partitions of a response, each with its error code, by the error that the client throws for the response. */
const refusals = new WeakMap<object, ReadonlyMap<number, number>>();
/** Records that were refused at last because their partition's part of the batch was larger than the topic takes. */
const tooLarge = new WeakSet<object>();
/** Records that a broker may have appended. */
const doubtful = new WeakSet<object>();
const withdrawn = new WeakSet<object>();
const replacements = new WeakSet<object>();

class WithdrawnError extends Error {
  override readonly name = 'RecordWithdrawnError';
  readonly retriable = false;
}

/** Whether a broker may have appended the record (an object handed to a producer's `send`). */
export const isDoubtful = (message: object): boolean => doubtful.has(message);

/** Whether a broker has said at last that the record, and what was sent to its partition with it, is larger than its topic takes. */
export const isTooLarge = (message: object): boolean => tooLarge.has(message);

/** Wishes that the record be sent no more: it is not, unless a broker may have appended it already. */
export const withdraw = (message: object): void => void withdrawn.add(message);

/** Whether no broker has the record, and none will get it. */
export const isWithdrawn = (message: object): boolean => withdrawn.has(message) && !doubtful.has(message);

/** A request to one broker: all of its records are in doubt until the broker has said that it refused them. */
const produce = async (send: () => Promise<unknown>, { topicData }: ProduceRequest): Promise<unknown> => {
  const partitions = topicData.flatMap((topic) => topic.partitions);
  if (partitions.some(({ messages }) => messages.some(isWithdrawn))) throw new WithdrawnError('a record was withdrawn');
  const fresh = partitions.filter(({ messages }) => !messages.some(isDoubtful));
  for (const { messages } of fresh) {
    messages.forEach((message) => doubtful.add(message));
    messages.forEach((message) => tooLarge.delete(message));
  }
  try {
    return await send();
  } catch (error) {
    const refused = error instanceof Error ? refusals.get(error) : undefined;
    for (const { partition, messages } of fresh) {
      const code = refused?.get(partition);
      if (code !== undefined) messages.forEach((message) => doubtful.delete(message));
      if (code === TOO_LARGE) messages.forEach((message) => tooLarge.add(message));
    }
    throw error;
  }
};

const noteRefusals = (error: unknown, { topics }: ProduceResponse): void => {
  const partitions = topics.flatMap((topic) => topic.partitions);
  const refused = partitions.filter(({ errorCode }) => REFUSALS.has(errorCode));
  if (error instanceof Error) {
    refusals.set(error, new Map(refused.map(({ partition, errorCode }) => [partition, errorCode])));
  }
};

/**
 * Makes kafkajs tell which records a broker may have appended, and keep back those that were withdrawn; to be called before
 * the first producer is made, any number of times. kafkajs 2.2.4 says of a batch only that it failed at last, and of which
 * error, and sends it again until then. Throws where the client is not the one that this was written for.
 */
export const followProduceAttempts = (): void => {
  const load = createRequire(__filename);
  const { prototype } = load('kafkajs/src/broker') as { readonly prototype: Broker };
  const original = prototype.produce;
  if (typeof original !== 'function') {
    throw new Error('kafkajs has another broker than expected: see produce-attempts.ts');
  }
  if (replacements.has(original)) return;
  prototype.produce = function (request) {
    return produce(() => original.call(this, request), request);
  };
  replacements.add(prototype.produce);
  for (const version of VERSIONS) {
    const response = load(`kafkajs/src/protocol/requests/produce/v${version}/response`) as ProduceResponseModule;
    const { parse } = response;
    response.parse = async (data) => {
      try {
        return await parse(data);
      } catch (error) {
        noteRefusals(error, data);
        throw error;
      }
    };
  }
};

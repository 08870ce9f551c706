import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

/** What is used here of the client's reader of replies, one for each connection. */
interface DataHandler {
  readonly redis: { readonly stream: Socket; readonly commandQueue: { readonly length: number } };
  dispatch(handle: () => void): void;
  shiftCommand(reply: unknown): unknown;
  returnPush(reply: unknown): void;
}

type Answered = (error: unknown, reply?: unknown) => void;

interface Node {
  duplicate(options: unknown): Node;
  cluster(subcommand: 'SLOTS', answered: Answered): unknown;
}

/** What is used here of the client of a cluster. */
interface Cluster {
  getInfoFromNode(node: Node | undefined, done: Answered): void;
}

const SLOTS = 16_384;
const MAX_PORT = 65_535;

const isBelow = (value: unknown, end: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;

/** `null` or an empty host: the node does not know it, and the client passes over it. */
const isNode = (value: unknown): boolean =>
  Array.isArray(value) && (value[0] === null || typeof value[0] === 'string') && isBelow(value[1], MAX_PORT + 1);

const isRange = (value: unknown): boolean =>
  Array.isArray(value) &&
  isBelow(value[0], SLOTS) &&
  isBelow(value[1], SLOTS) &&
  value.slice(2).every((node) => isNode(node));

/** Whether it is what `CLUSTER SLOTS` answers: ranges of slots, each with the nodes that serve it. */
const isSlots = (reply: unknown): boolean => Array.isArray(reply) && reply.every((range) => isRange(range));

const different = (): Error =>
  new Error('ioredis reads replies in another way than expected: see unexpected-replies.ts');

const isFunction = (prototype: object, name: string): boolean => typeof Reflect.get(prototype, name) === 'function';

/**
 * What cannot be handled is thrown anew by the client where nobody can catch it; here it ends the connection, and what
 * came behind it in the same piece answers nothing. So do a reply that no command waits for, and a message of protocol 3,
 * which is not spoken: what comes behind them would answer the wrong commands.
 */
const endConnections = (prototype: DataHandler): void => {
  if (!['dispatch', 'shiftCommand', 'returnPush'].every((name) => isFunction(prototype, name))) throw different();
  const shift: unknown = Reflect.get(prototype, 'shiftCommand');
  prototype.dispatch = function (this: DataHandler, handle): void {
    const { stream } = this.redis;
    if (stream.destroyed) return;
    try {
      handle();
    } catch (error) {
      // Of a connection that is being left already nobody needs to hear.
      stream.destroy(stream.writableEnded ? undefined : (error as Error));
    }
  };
  prototype.shiftCommand = function (this: DataHandler, reply): unknown {
    if (this.redis.commandQueue.length > 0) return (shift as DataHandler['shiftCommand']).call(this, reply);
    throw reply instanceof Error ? reply : new Error('a reply came that no command waits for');
  };
  prototype.returnPush = (): never => {
    throw new Error('a message of protocol 3 came, which was not agreed on');
  };
};

/** A node that answers with anything else than slots counts as one that does not answer. */
const refuseOtherThanSlots = (prototype: Cluster): void => {
  if (!isFunction(prototype, 'getInfoFromNode')) throw different();
  const ask: unknown = Reflect.get(prototype, 'getInfoFromNode');
  const guarded = (node: Node): Pick<Node, 'duplicate'> => ({
    duplicate: (options) => {
      const copy = node.duplicate(options);
      const cluster = copy.cluster.bind(copy);
      copy.cluster = (subcommand, answered) =>
        cluster(subcommand, (error, reply) => {
          if (error != null || isSlots(reply)) answered(error, reply);
          else answered(new Error('the node does not answer as a node of a cluster does'));
        });
      return copy;
    },
  });
  prototype.getInfoFromNode = function (this: Cluster, node, done): void {
    (ask as (node: unknown, done: Answered) => void).call(this, node && guarded(node), done);
  };
};

let guarded = false;

/**
 * Makes whatever a server sends end a connection of ioredis at the most, and no process; to be called before the first
 * connection is made, any number of times. Throws where the client is not the one that this was written for (6.0.0).
 */
export const endConnectionsOnUnexpectedReplies = (): void => {
  if (guarded) return;
  const load = createRequire(__filename);
  const { default: handler } = load('ioredis/built/DataHandler') as { default: { prototype: DataHandler } };
  const { Cluster: cluster } = load('ioredis') as { Cluster: { prototype: Cluster } };
  endConnections(handler.prototype);
  refuseOtherThanSlots(cluster.prototype);
  guarded = true;
};

import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

/** What is used here of the client's connection to a broker, which makes a new socket whenever it connects anew. */
interface Connection {
  readonly host: string;
  readonly port: number;
  socket: Socket | undefined;
  socketFactory: (options: object) => Socket;
  authenticatedAt: unknown;
  connectionStatus: unknown;
  readonly requestQueue: { waitForPendingRequests(): Promise<void>; destroy(): void };
  connect(): Promise<unknown>;
  disconnect(): Promise<boolean>;
  rejectRequests(error: Error): void;
}

interface Client {
  readonly connection: { readonly prototype: Connection };
  readonly status: { readonly DISCONNECTING: unknown; readonly DISCONNECTED: unknown };
  readonly ClosedError: new (message: string, place: { readonly host: string; readonly port: number }) => Error;
}

/** What the client does something for when it comes from a socket. */
const HEARD = new Set<string | symbol>(['connect', 'secureConnect', 'data', 'end', 'error', 'timeout']);

const load = (): Client => {
  const require = createRequire(__filename);
  const connection = require('kafkajs/src/network/connection') as Client['connection'];
  const { CONNECTION_STATUS: status } = require('kafkajs/src/network/connectionStatus') as {
    CONNECTION_STATUS: Client['status'];
  };
  const { KafkaJSConnectionClosedError: ClosedError } = require('kafkajs/src/errors') as {
    KafkaJSConnectionClosedError: Client['ClosedError'];
  };
  return { connection, status, ClosedError };
};

/** From when the connection has another socket, nothing that this one says counts, and its errors are nobody's. */
const deafen = (connection: Connection, socket: Socket): Socket => {
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...args: unknown[]) => boolean;
  socket.emit = (event: string | symbol, ...args: unknown[]): boolean =>
    connection.socket !== socket && HEARD.has(event) ? true : emit(event, ...args);
  return socket;
};

const patched = new WeakSet<object>();

/**
 * Keeps requests to a broker from waiting for ever; to be called before the first connection is made, any number of
 * times. In kafkajs 2.2.4 a connection that ends still counts as connected for a moment, and stops the timers of its
 * requests: one that was sent in that moment, such as a member's wish to join its group, is neither answered nor refused.
 * And what an old socket says late is taken for the new one's. Throws where the client is not the one that this was
 * written for.
 */
export const ignoreStaleSockets = (): void => {
  const {
    connection: { prototype },
    status,
    ClosedError,
  } = load();
  if (patched.has(prototype)) return;
  const { connect } = prototype;
  if (typeof connect !== 'function' || typeof prototype.rejectRequests !== 'function') {
    throw new Error('kafkajs has another connection than expected: see stale-sockets.ts');
  }
  const guarded = new WeakSet<Connection>();
  prototype.connect = function (this: Connection) {
    if (!guarded.has(this)) {
      guarded.add(this);
      const { socketFactory } = this;
      this.socketFactory = (options) => deafen(this, socketFactory(options));
    }
    return connect.call(this);
  };
  prototype.disconnect = async function (this: Connection) {
    const { host, port, socket } = this;
    this.authenticatedAt = null;
    this.connectionStatus = status.DISCONNECTING;
    await this.requestQueue.waitForPendingRequests();
    this.connectionStatus = status.DISCONNECTED;
    this.requestQueue.destroy();
    this.rejectRequests(new ClosedError('Closed connection', { host, port }));
    socket?.end();
    socket?.unref();
    return true;
  };
  patched.add(prototype);
};

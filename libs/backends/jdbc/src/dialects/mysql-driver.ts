import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import mysql2 from 'mysql2';
import { ignore } from './pg-client.js';

/** What `mysql2.PoolConnection` has and its types do not tell. */
interface Connection extends EventEmitter {
  readonly stream: Socket;
  handlePacket(packet?: unknown): void;
}
/** What `mysql2.Pool` has and its types do not tell. */
interface Pool {
  getConnection(done: (error: unknown, connection: unknown) => void): void;
  readonly _allConnections: { readonly length: number; get(index: number): Connection | undefined };
}

/** What is thrown by a listener of a socket would end the process; here it ends the connection. */
const endedByThrownErrors = (connection: Connection): void => {
  const handlePacket = connection.handlePacket.bind(connection);
  connection.handlePacket = (packet) => {
    try {
      handlePacket(packet);
    } catch {
      connection.stream.destroy(new Error('the server sent what is not the protocol of MySQL'));
    }
  };
};

/**
 * What TypeORM uses of the `mysql2` package. Errors of its connections never end the process: a pooled connection of
 * `mysql2` listens for its first `error` alone, and what cannot be read while no statement runs is thrown. Connections are
 * made inside `getConnection`, so that none of their events is earlier than the listener.
 */
export const mysqlDriver = {
  createPool: (options: mysql2.PoolOptions): unknown => {
    const pool = mysql2.createPool(options) as unknown as Pool;
    const getConnection = pool.getConnection.bind(pool);
    const known = new WeakSet<Connection>();
    pool.getConnection = (done) => {
      getConnection(done);
      for (let index = 0; index < pool._allConnections.length; index += 1) {
        const connection = pool._allConnections.get(index);
        if (connection === undefined || known.has(connection)) continue;
        known.add(connection);
        connection.on('error', ignore);
        endedByThrownErrors(connection);
      }
    };
    return pool;
  },
};

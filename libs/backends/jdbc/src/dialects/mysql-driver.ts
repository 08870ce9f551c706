import type { EventEmitter } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, TLSSocket } from 'node:tls';
import mysql2 from 'mysql2';
import { ignore } from './pg-client.js';

/** What `mysql2.PoolConnection` has and its types do not tell. */
interface Connection extends EventEmitter {
  readonly stream: Socket;
  config: { readonly ssl?: object };
  handlePacket(packet?: unknown): void;
  startTLS(done: (error?: Error) => void): void;
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

const namesAddress = (stream: Socket, address: string): Error | undefined =>
  stream instanceof TLSSocket
    ? checkServerIdentity(address, stream.getPeerCertificate())
    : new Error('the connection has no TLS');

/**
 * `mysql2` compares the certificate of a server that is given by its IP address with the name `localhost`: here it is
 * compared with the address. What goes wrong is the `cause` of another error, since `mysql2` overwrites its code.
 */
const withCheckedTls = (connection: Connection, address: string | undefined): void => {
  const startTls = connection.startTLS.bind(connection);
  connection.startTLS = (done) => {
    // A resumed session has no certificate to check, and `mysql2` keeps sessions by the object of the settings.
    if (address !== undefined) {
      const ssl = { ...connection.config.ssl };
      connection.config = Object.create(connection.config, { ssl: { value: ssl } }) as Connection['config'];
    }
    startTls((error) => {
      const cause = error ?? (address === undefined ? undefined : namesAddress(connection.stream, address));
      done(cause === undefined ? undefined : new Error('TLS could not be agreed upon', { cause }));
    });
  };
};

/** What TLS failed of, where it did; otherwise the error itself. */
export const handshakeFailureOf = (thrown: unknown): unknown =>
  thrown instanceof Error && Reflect.get(thrown, 'code') === 'HANDSHAKE_SSL_ERROR' ? (thrown.cause ?? thrown) : thrown;

/**
 * What TypeORM uses of the `mysql2` package. Errors of its connections never end the process: a pooled connection of
 * `mysql2` listens for its first `error` alone, and what cannot be read while no statement runs is thrown. Connections are
 * made inside `getConnection`, so that none of their events is earlier than the listener.
 */
export const mysqlDriver = {
  createPool: (options: mysql2.PoolOptions): unknown => {
    const { host = '', ssl } = options;
    const address = typeof ssl === 'object' && ssl.verifyIdentity === true && isIP(host) !== 0 ? host : undefined;
    const own = address === undefined ? options : { ...options, ssl: { ...(ssl as object), verifyIdentity: false } };
    const pool = mysql2.createPool(own) as unknown as Pool;
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
        withCheckedTls(connection, address);
      }
    };
    return pool;
  },
};

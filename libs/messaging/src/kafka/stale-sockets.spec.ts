import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ignoreStaleSockets } from './stale-sockets.js';

interface Connection {
  readonly socket: Socket;
  readonly requestQueue: { push(request: object): void };
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  isConnected(): boolean;
}

const nothing = (): void => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing };

let server: Server;
const sockets: Socket[] = [];
const opened: Connection[] = [];

const newConnection = (): Connection => {
  const Class = createRequire(__filename)('kafkajs/src/network/connection') as new (options: object) => Connection;
  const { port } = server.address() as AddressInfo;
  const connection = new Class({
    host: '127.0.0.1',
    port,
    logger: { namespace: () => SILENT },
    requestTimeout: 60_000,
    connectionTimeout: 60_000,
    socketFactory: ({ onConnect }: { onConnect: () => void }) => {
      const socket = connect({ host: '127.0.0.1', port }, onConnect);
      sockets.push(socket);
      return socket;
    },
  });
  opened.push(connection);
  return connection;
};

beforeAll(() => ignoreStaleSockets());

beforeEach(async () => {
  server = createServer((socket) => socket.on('error', nothing)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  sockets.splice(0).forEach((socket) => socket.destroy());
  opened.splice(0).forEach((connection) => void connection.disconnect());
  server.close();
});

/** A connection that was lost and made anew, and its first socket. */
const reconnected = async (): Promise<{ readonly connection: Connection; readonly old: Socket }> => {
  const connection = newConnection();
  await connection.connect();
  const old = connection.socket;
  await connection.disconnect();
  await connection.connect();
  return { connection, old };
};

describe('a connection of the Kafka client that was made anew', () => {
  it.each(['error', 'end', 'timeout'])('does not mind what its old socket says (%s)', async (event) => {
    const { connection, old } = await reconnected();
    old.emit(event, new Error('late'));
    await new Promise(setImmediate);
    expect(connection.isConnected()).toBe(true);
    expect(connection.socket.writable).toBe(true);
  });

  it('hears its own socket', async () => {
    const { connection } = await reconnected();
    const ended = new Promise((resolve) => connection.socket.once('close', resolve));
    connection.socket.destroy(new Error('lost'));
    await ended;
    expect(connection.isConnected()).toBe(false);
  });
});

describe('a connection of the Kafka client that ends', () => {
  it('refuses what is sent while it does', async () => {
    const connection = newConnection();
    await connection.connect();
    const disconnection = connection.disconnect();
    const refused = new Promise<Error>((reject) => {
      const entry = { correlationId: 1, resolve: nothing, reject };
      connection.requestQueue.push({ entry, expectResponse: true, sendRequest: nothing });
    });
    await disconnection;
    expect((await refused).name).toBe('KafkaJSConnectionClosedError');
    expect(connection.isConnected()).toBe(false);
  });
});

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { BrokerConnections, type BrokerAnswers } from './broker-connections.js';

const METADATA = 3;
const JOIN_GROUP = 11;

/** The beginning of a request of Kafka's protocol. */
const request = (api: number): Buffer => {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32BE(12, 0);
  bytes.writeInt16BE(api, 4);
  return bytes;
};

const servers: Server[] = [];
const clients: Socket[] = [];
let talking: NodeJS.Timeout | undefined;

const serve = async (answer: (socket: Socket) => void): Promise<number> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => answer(socket));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

const open = async (connections: BrokerConnections, port: number): Promise<Socket> => {
  const socket = connections.factory({
    host: '127.0.0.1',
    port,
    ssl: undefined as never,
    onConnect: () => undefined,
  });
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
};

const talk = (socket: Socket): void => {
  talking = setInterval(() => socket.write(request(METADATA)), 50);
};

const failureOf = (socket: Socket): Promise<Error & { code?: string }> =>
  once(socket, 'error').then(([error]) => error as Error & { code?: string });

afterEach(() => {
  clearInterval(talking);
  clients.splice(0).forEach((socket) => socket.destroy());
  servers.splice(0).forEach((server) => server.close());
});

describe('connections to the brokers of a cluster', () => {
  it('end where a broker is silent while another one answers, and are refused for a moment', async () => {
    const connections = new BrokerConnections();
    const [silent, answering] = [await serve(() => undefined), await serve((socket) => socket.write('answer'))];
    const stuck = await open(connections, silent);
    talk(await open(connections, answering));
    const failure = failureOf(stuck);
    stuck.write(request(METADATA));
    expect((await failure).code).toBe('ECONNREFUSED');
    const again = connections.factory({
      host: '127.0.0.1',
      port: silent,
      ssl: undefined as never,
      onConnect: () => undefined,
    });
    expect((await failureOf(again)).message).toContain('does not answer');
  });

  it('end where only another client of the cluster gets answers', async () => {
    const answers: BrokerAnswers = new Map();
    const [silent, answering] = [await serve(() => undefined), await serve((socket) => socket.write('answer'))];
    talk(await open(new BrokerConnections(answers), answering));
    const stuck = await open(new BrokerConnections(answers), silent);
    const failure = failureOf(stuck);
    stuck.write(request(METADATA));
    expect((await failure).code).toBe('ECONNREFUSED');
  });

  it('stay where all brokers are silent, and where an answer may take its time', async () => {
    const connections = new BrokerConnections();
    const [silent, other, answering] = [
      await serve(() => undefined),
      await serve(() => undefined),
      await serve((socket) => socket.write('answer')),
    ];
    const alone = new BrokerConnections();
    const waiting = [await open(alone, silent), await open(alone, other)];
    const joining = await open(connections, silent);
    const watched = await open(connections, other);
    talk(await open(connections, answering));
    const failure = failureOf(watched);
    joining.write(request(JOIN_GROUP));
    joining.write(request(METADATA));
    waiting.forEach((socket) => socket.write(request(METADATA)));
    watched.write(request(METADATA));
    // By then the others would have ended as well, for they have been silent for as long.
    await failure;
    expect([joining, ...waiting].map(({ destroyed }) => destroyed)).toEqual([false, false, false]);
  });

  it('end at once where a broker is left, but not to the only one', async () => {
    const connections = new BrokerConnections();
    const [one, other] = [await serve(() => undefined), await serve(() => undefined)];
    const socket = await open(connections, one);
    connections.leave(`127.0.0.1:${one}`);
    expect(socket.destroyed).toBe(false);
    await open(connections, other);
    const failure = failureOf(socket);
    connections.leave(`127.0.0.1:${one}`);
    expect((await failure).code).toBe('ECONNREFUSED');
  });
});

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { BatchingSender } from './batching-sender.js';
import { connectKafka } from './connection.js';

/** What a broker, or whatever answers in its place, does to a connection; `request` is what it was sent. */
type Behaviour = (socket: Socket, request: Buffer) => void;

const garbage = Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
const answer = (request: Buffer, body: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 4, 0);
  request.copy(head, 4, 8, 12);
  return Buffer.concat([head, body]);
};
/** The versions of ApiVersions, Metadata, Produce, JoinGroup and all the others up to 40: what the client asks for first. */
const versions = (): Buffer => {
  const body = Buffer.alloc(6 + 41 * 6);
  body.writeInt32BE(41, 2);
  for (let key = 0; key < 41; key += 1) {
    body.writeInt16BE(key, 6 + key * 6);
    body.writeInt16BE(1, 10 + key * 6);
  }
  return body;
};
const greeted =
  (then: Behaviour): Behaviour =>
  (socket, request) =>
    request.readInt16BE(4) === 18 ? void socket.write(answer(request, versions())) : then(socket, request);

const BEHAVIOURS: readonly (readonly [string, Behaviour])[] = [
  ['resets every connection', (socket) => socket.resetAndDestroy()],
  ['ends every connection', (socket) => socket.end()],
  ['speaks HTTP', (socket) => socket.end(garbage)],
  ['never answers', () => undefined],
  ['answers with nothing in it', (socket, request) => socket.write(answer(request, Buffer.alloc(0)))],
  ['is cut in the middle of an answer', (socket, request) => socket.end(answer(request, versions()).subarray(0, 20))],
  ['resets after the greeting', greeted((socket) => socket.resetAndDestroy())],
  ['answers with noise after the greeting', greeted((socket, request) => socket.write(answer(request, garbage)))],
  [
    'answers twice after the greeting',
    greeted((socket, request) => socket.end(Buffer.concat([answer(request, garbage), answer(request, garbage)]))),
  ],
  ['answers to a request that nobody made', greeted((socket) => socket.write(answer(Buffer.alloc(12, 7), garbage)))],
];

jest.setTimeout(60_000);

describe.each(BEHAVIOURS)('a broker that %s', (_, behave) => {
  let server: Server;
  const sockets = new Set<Socket>();
  const errors: unknown[] = [];
  const hear = (error: unknown): void => void errors.push(error);

  beforeEach(async () => {
    process.on('unhandledRejection', hear);
    process.on('uncaughtException', hear);
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (request) => behave(socket, request));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
    process.off('unhandledRejection', hear);
    process.off('uncaughtException', hear);
  });

  it('fails calls, and ends no process', async () => {
    const { port } = server.address() as AddressInfo;
    const configuration = { brokers: [`127.0.0.1:${port}`], topic: {} };
    const hasty = { initialRetryTime: 10, maxRetryTime: 20, retries: 2 };
    const kafka = connectKafka(configuration, () => undefined, hasty);
    const sender = new BatchingSender(kafka, 'topic');
    const admin = kafka.admin();
    const consumer = kafka.consumer({
      groupId: 'group',
      retry: { ...hasty, restartOnFailure: () => Promise.resolve(false) },
    });
    const running = consumer
      .connect()
      .then(() => consumer.subscribe({ topics: ['topic'] }))
      .then(() => consumer.run({ eachBatch: () => Promise.resolve() }))
      .catch(() => undefined);
    const sent = sender.send(0, { value: 'record' }).then(
      () => 'sent',
      () => 'failed',
    );
    const asked = admin
      .connect()
      .then(() => admin.listTopics())
      .then(
        () => 'answered',
        () => 'failed',
      );
    expect(await sent).toBe('failed');
    expect(await asked).toBe('failed');
    await pause(200);
    await running;
    await Promise.all([consumer.disconnect(), sender.close(), admin.disconnect().catch(() => undefined)]);
    await pause(50);
    expect(errors).toEqual([]);
  });
});

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Transport } from './transport.js';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';

/** What a server does to a connection that it was asked on. */
const BEHAVIOURS: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['resets', (socket) => socket.resetAndDestroy()],
  ['ends', (socket) => socket.end()],
  ['sends what is not HTTP', (socket) => socket.write('hunter2\r\n\r\n')],
  [
    'answers, then resets while the connection is idle',
    (socket) => socket.write(ANSWER, () => socket.resetAndDestroy()),
  ],
  ['answers twice', (socket) => socket.write(ANSWER + ANSWER)],
  ['answers, with noise behind it', (socket) => socket.write(`${ANSWER}hunter2\r\n\r\n`)],
  ['is cut in the middle of an answer', (socket) => socket.end(ANSWER.slice(0, -1))],
  ['answers to nobody as soon as it is connected', () => undefined],
];

describe.each(BEHAVIOURS)('a server that %s', (name, behave) => {
  let server: Server;
  const errors: unknown[] = [];
  const hear = (error: unknown): void => void errors.push(error);

  beforeEach(async () => {
    process.on('unhandledRejection', hear);
    process.on('uncaughtException', hear);
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => behave(socket));
      if (name.includes('nobody')) socket.end(ANSWER + ANSWER);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.close();
    process.off('unhandledRejection', hear);
    process.off('uncaughtException', hear);
  });

  it('fails calls at the most, and ends no process', async () => {
    const transport = new Transport({ connectTimeoutMs: 1_000, readTimeoutMs: 1_000 });
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/a`;
    for (let call = 0; call < 4; call += 1) {
      const signal = AbortSignal.timeout(2_000);
      const ended = await transport.send({ method: 'GET', uri, headers: {}, signal }).then(
        ({ status }) => status === 200,
        () => true,
      );
      expect(ended).toBe(true);
      await pause(20);
    }
    await transport.close();
    await pause(20);
    expect(errors).toEqual([]);
  });
});

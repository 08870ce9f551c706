import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { connectKafka } from './connection.js';

/** Answers every request with an empty ApiVersions response of its own version 0: all that a connection needs. */
const answer = (socket: Socket, request: Buffer): void => {
  const correlation = request.readInt32BE(8);
  const response = Buffer.alloc(14);
  response.writeInt32BE(10, 0);
  response.writeInt32BE(correlation, 4);
  socket.write(response);
};

describe('a connection of the Kafka client', () => {
  let server: Server;
  let admin: Admin;
  const warnings: Error[] = [];
  const hear = (warning: Error): void => void warnings.push(warning);

  beforeAll(async () => {
    process.on('warning', hear);
    server = createServer((socket) => socket.on('data', (request) => answer(socket, request)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const configuration = { brokers: [`127.0.0.1:${port}`], topic: {} };
    admin = connectKafka(configuration, () => undefined, { initialRetryTime: 1, maxRetryTime: 1, retries: 0 }).admin();
  });
  afterAll(async () => {
    await admin.disconnect();
    server.close();
    process.off('warning', hear);
  });

  it('sets no timer of a negative time, and none at all while no request waits', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    try {
      await admin.connect().catch(() => undefined);
      timers.mockClear();
      await pause(50);
      expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([]);
    } finally {
      timers.mockRestore();
    }
    expect(warnings.map(({ name }) => name)).not.toContain('TimeoutNegativeWarning');
  });
});

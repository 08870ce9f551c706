import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connectKafka } from './connection.js';

describe('brokers at IPv6 addresses', () => {
  it('are connected to', async () => {
    const server = createServer();
    server.listen(0, '::1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connected = once(server, 'connection').then(([socket]) => {
      (socket as { destroy(): void }).destroy();
    });
    const admin = connectKafka({ brokers: [`[::1]:${port}`], topic: {} }, () => undefined, { retries: 0 }).admin();
    const failed = admin.connect().catch(() => 'refused after connecting');
    await connected;
    expect(await failed).toBe('refused after connecting');
    await admin.disconnect().catch(() => undefined);
    server.close();
  });
});

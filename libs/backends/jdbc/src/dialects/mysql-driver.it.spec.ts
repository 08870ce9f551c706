import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { CofferError, type ErrorCode } from '@coffer/secrets';
import { mysqlHarness } from '../testing/index.js';

const call = () => ({ signal: AbortSignal.timeout(20_000) });

/** What MySQL says to a connection that a shutdown ends (1053), as the first packet of an answer. */
const SHUTDOWN = (() => {
  const body = Buffer.concat([Buffer.from([0xff, 0x1d, 0x04]), Buffer.from('#08S01Server shutdown in progress')]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
})();
/** More than the server sends until each of the calls at once has a connection and an answer. */
const PACKETS = 30;
const CALLS_AT_ONCE = 4;

/** Passes on what the server sends, and with the packet of the number `at` the bytes `last`, behind which it cuts the connection. */
const endingProxy = async (host: string, port: number) => {
  const state = { at: Infinity, last: Buffer.alloc(0), passed: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host, port });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, upstream].forEach((one) => one.destroy()));
    }
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => {
      state.passed += 1;
      if (state.passed !== state.at) client.write(bytes);
      else client.write(Buffer.concat([bytes, state.last]), () => client.resetAndDestroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { state, port: (server.address() as AddressInfo).port, close };
};

it.each([
  ['an error', SHUTDOWN],
  ['two errors', Buffer.concat([SHUTDOWN, SHUTDOWN])],
  ['what cannot be read', Buffer.from([0, 0, 0, 0, 1, 0, 0, 0, 0xff])],
  ['nothing', Buffer.alloc(0)],
])(
  'a MySQL server that ends a connection with %s right behind an answer fails calls and not the process',
  async (_, last) => {
    const harness = mysqlHarness();
    const { host, port } = await harness.connection();
    const proxy = await endingProxy(host, port);
    const codeOf = (calling: Promise<unknown>): Promise<ErrorCode | 'ok'> =>
      calling.then(
        () => 'ok' as const,
        (error: unknown) => {
          if (CofferError.is(error)) return error.code;
          throw error;
        },
      );
    const seen = new Set<ErrorCode | 'ok'>();
    for (let at = 1; at <= PACKETS; at += 1) {
      const backend = await harness.openWith({ host: '127.0.0.1', port: proxy.port });
      Object.assign(proxy.state, { at, last, passed: 0 });
      do {
        const calls = Array.from({ length: CALLS_AT_ONCE }, () => codeOf(backend.check(call())));
        for (const code of await Promise.all(calls)) seen.add(code);
      } while (proxy.state.passed < at);
      while ((await codeOf(backend.check(call()))) !== 'ok');
      await backend.close();
    }
    expect([...seen].sort()).toEqual(['ok', 'unavailable']);
    proxy.close();
    await harness.close();
  },
);

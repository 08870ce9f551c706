import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { assertClosed, openHandles } from './open-handles.ts';
import type { AddressInfo } from 'node:net';

const listen = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const kinds: { what: string; type: string; open: () => Promise<() => void> }[] = [
  {
    what: 'a server',
    type: 'TCPServerWrap',
    open: async () =>
      (
        (server) => () =>
          server.close()
      )(await listen()),
  },
  {
    what: 'a socket',
    type: 'TCPSocketWrap',
    open: async () => {
      const server = await listen();
      const { port } = server.address() as AddressInfo;
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return () => {
        socket.destroy();
        server.close();
      };
    },
  },
  {
    what: 'a child process',
    type: 'ProcessWrap',
    open: async () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
      await once(child, 'spawn');
      return () => child.kill('SIGKILL');
    },
  },
  {
    what: 'a timer',
    type: 'Timeout',
    open: async () =>
      (
        (timer) => () =>
          clearInterval(timer)
      )(setInterval(() => undefined, 1_000_000)),
  },
];

for (const { what, type, open } of kinds) {
  test(`${what} that is left open is named, and one that is closed is not`, async () => {
    const before = openHandles();
    const close = await open();
    await assert.rejects(assertClosed(before, 100), new RegExp(`leaves open: .*\\b${type}`));
    close();
    await assertClosed(before);
  });
}

test('a timer that keeps no process alive is nothing', async () => {
  const before = openHandles();
  const timer = setInterval(() => undefined, 1_000_000).unref();
  await assertClosed(before, 100);
  clearInterval(timer);
});

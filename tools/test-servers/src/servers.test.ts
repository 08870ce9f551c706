import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { stopServer } from './handles.ts';
import { canInstall } from './apt.ts';
import { serverNames, serversNamed, startEach } from './index.ts';
import { obtain, obtainKillable } from './lifecycle.ts';
import { reasonOf } from './launch.ts';
import { alive, freePort, until } from './processes.ts';
import type { Native, Server } from './lifecycle.ts';

const VARIABLE = 'COFFER_TEST_TOY_PORT';
const quiet = { log: () => undefined, env: {} };

/** A server of one line of Node that is ready once it listens. */
const toy = (script: (port: number) => string, native?: Partial<Native>): Server => ({
  name: 'toy',
  variables: [VARIABLE],
  fromEnvironment: (env) => (env[VARIABLE] ? { [VARIABLE]: env[VARIABLE] } : undefined),
  address: (port) => ({ [VARIABLE]: `${port}` }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },
  async ready(address) {
    const socket = connect(Number(address[VARIABLE]), '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
  },
  native: {
    accounts: ['root'],
    packages: 'toy-package',
    available: () => ({ version: 'toy 1' }),
    install: async () => undefined,
    start: async (_dir, port) => ({ command: process.execPath, args: ['-e', script(port)] }),
    ...native,
  },
});

const listening = (port: number) => `require('node:net').createServer().listen(${port}, '127.0.0.1')`;

test('a server is started, awaited, and leaves nothing behind', async () => {
  const { env, handle } = await obtain(toy(listening), quiet);
  assert.ok(handle?.folder);
  assert.match(env[VARIABLE] ?? '', /^\d+$/);
  assert.ok(alive(handle.pid) && existsSync(handle.folder) && existsSync(handle.log));
  await stopServer(handle);
  assert.ok(!alive(handle.pid) && !existsSync(handle.folder) && !existsSync(handle.log));
});

test('a mortal server is nobody else’s, and comes back where it was after it was killed', async () => {
  const { env, handle, revive } = await obtainKillable(toy(listening), { ...quiet, env: { [VARIABLE]: '1' } });
  assert.notEqual(env[VARIABLE], '1');
  const { pid, folder } = handle;
  process.kill(pid, 'SIGKILL');
  assert.ok(await until(() => !alive(pid), 5_000));
  await revive();
  assert.ok(handle.pid !== pid && alive(handle.pid) && handle.folder === folder);
  await toy(listening).ready(env);
  await stopServer(handle);
  assert.ok(!alive(handle.pid));
});

test('a server that ignores the orderly signal is killed', async () => {
  const stubborn = toy((port) => `process.on('SIGTERM', () => {}); ${listening(port)}`);
  const { handle } = await obtain(stubborn, quiet);
  assert.ok(handle);
  await stopServer(handle, { graceMs: 200 });
  assert.ok(await until(() => !alive(handle.pid), 5_000));
});

test('a server that ends instead of listening is reported with its log and the ways to get one', async () => {
  const broken = toy(() => `console.error('no room on the disk'); process.exit(3)`);
  const error = await obtain(broken, quiet).then(
    () => assert.fail('it started'),
    (reason: Error) => reason,
  );
  for (const part of ['code 3', 'no room on the disk', VARIABLE, 'toy-package'])
    assert.ok(error.message.includes(part));
  const log = /its log is (\S+)/.exec(error.message)?.[1] ?? '';
  assert.match(readFileSync(log, 'utf8'), /no room on the disk/);
  rmSync(log);
});

test('a server that is not installed and cannot be is reported', async () => {
  const absent = toy(listening, {
    available: () => undefined,
    install: async () => assert.fail('not for this account'),
  });
  await assert.rejects(obtain(absent, quiet), /toy cannot be had[^]*not for this account[^]*toy-package/);
});

test('"by itself" is said where that was not tried, and nowhere else', async () => {
  const absent = toy(listening, { available: () => undefined, install: async () => assert.fail('no') });
  await assert.rejects(obtain(absent, quiet), ({ message }: Error) => /by itself/.test(message) === !canInstall());
});

test('one server that cannot be had does not keep the others from being there', async () => {
  const absent = {
    ...toy(listening),
    name: 'absent',
    variables: ['COFFER_TEST_ABSENT_PORT'],
    fromEnvironment: () => undefined,
  };
  absent.native = { ...absent.native, available: () => undefined, install: async () => assert.fail('not here') };
  const { env, missing, stop } = await startEach([absent, toy(listening)], { log: () => undefined, signals: false });
  await toy(listening).ready(env);
  assert.deepEqual(Object.keys(missing), ['absent']);
  assert.match(missing['absent'] ?? '', /absent cannot be had[^]*not here[^]*COFFER_TEST_ABSENT_PORT/);
  await stop();
});

test('an address in the environment is used, and never stopped', async () => {
  const first = await obtain(toy(listening), quiet);
  const second = await obtain(
    toy(() => assert.fail()),
    { ...quiet, env: first.env },
  );
  assert.deepEqual([second.env, second.handle], [first.env, undefined]);
  assert.ok(first.handle);
  await stopServer(first.handle);
});

test('the reason below an error is said, and what helps against an unknown authority', () => {
  const failed = (reason: string) => new TypeError('fetch failed', { cause: new Error(reason) });
  assert.equal(reasonOf(failed('connect ECONNREFUSED')), 'fetch failed: connect ECONNREFUSED');
  assert.match(
    reasonOf(failed('self-signed certificate')),
    /^fetch failed: self-signed certificate\. NODE_EXTRA_CA_CERTS/,
  );
});

test('a name that there is not names those that there are', () => {
  assert.throws(() => serversNamed(['oracle']), new RegExp(`oracle.*${serverNames.join(', ')}`));
});

test('a port that was handed out is not handed out again', async () => {
  const ports = [];
  for (let count = 0; count < 1_000; count += 1) ports.push(await freePort());
  assert.equal(new Set(ports).size, ports.length);
});

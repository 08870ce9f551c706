import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ElapsedTime, type Heartbeat } from '@coffer/coherence';
import { SecretPath, SecretValue, systemClock } from '@coffer/secrets';
import { Redis } from 'ioredis';
import { NO_SHARED_CACHE_METRICS } from '../shared-cache-metrics.js';
import { openRedis, type RedisParts } from './open-redis.js';
import { newRing } from './test-servers.fixture.js';

jest.setTimeout(60_000);

const PATH = SecretPath.parse('main/some.ns/KEY');

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await pause(20);
};

/** What a process hears of Redis. */
class Listener {
  readonly families: string[] = [];
  readonly breaker: [open: boolean, family: string][] = [];
  readonly advice = new Set<string>();

  async open(url: string, cluster = false): Promise<RedisParts> {
    return openRedis({
      settings: { url: new SecretValue(url), cluster },
      ring: await newRing(),
      ...{ clock: systemClock, time: new ElapsedTime(systemClock), maxTtlMs: 60_000, timeoutMs: 500 },
      metrics: { ...NO_SHARED_CACHE_METRICS, error: (family) => void this.families.push(family) },
      onTrouble: () => undefined,
      onError: (_, advice) => void this.advice.add(advice),
      onBreaker: (open, family) => void this.breaker.push([open, family]),
    });
  }
}

/** Asks until the breaker opens; then until the cache answers, once `mend` has been called. */
const failsUntilMended = async (parts: RedisParts, listener: Listener, mend: () => unknown): Promise<void> => {
  const works = async (): Promise<boolean> => (await parts.cache.getOrLease(PATH, () => true)).kind === 'fill';
  await until(async () => {
    await works();
    return listener.breaker.some(([open]) => open);
  });
  await mend();
  await until(works);
  expect(listener.breaker.at(-1)?.[0]).toBe(false);
};

/** A Redis that answers every command with one error, until it is told to answer. */
class RefusingRedis {
  error: string | undefined;
  connections = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(error: string): Promise<RefusingRedis> {
    const server = createServer();
    const refusing = new RefusingRedis(server);
    refusing.error = error;
    server.on('connection', (socket) => refusing.#serve(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return refusing;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.#sockets.forEach((socket) => socket.destroy());
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (bytes) => {
      const commands = bytes.toString('latin1').match(/(^|\r\n)\*\d+\r\n/g)?.length ?? 0;
      const answer = this.error === undefined ? ':1\r\n' : `-${this.error}\r\n`;
      socket.write(answer.repeat(commands));
    });
  }
}

const ANSWERS: readonly (readonly [family: string, error: string, reconnects: boolean])[] = [
  ['READONLY', "READONLY You can't write against a read only replica.", true],
  ['READONLY', "ERR Error running script (call to f_1): @user_script:1: READONLY You can't write against", true],
  ['MASTERDOWN', "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", true],
  ['NOREPLICAS', 'NOREPLICAS Not enough good replicas to write.', true],
  ['UNBLOCKED', 'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)', true],
  ['CLUSTERDOWN', 'CLUSTERDOWN The cluster is down', true],
  ['NOAUTH', 'NOAUTH Authentication required.', true],
  ['WRONGPASS', 'WRONGPASS invalid username-password pair or user is disabled.', true],
  ['max-clients', 'ERR max number of clients reached', true],
  ['LOADING', 'LOADING Redis is loading the dataset in memory', false],
  ['MOVED', 'MOVED 3999 127.0.0.1:6381', false],
  ['ASK', 'ASK 3999 127.0.0.1:6381', false],
  ['CROSSSLOT', "CROSSSLOT Keys in request don't hash to the same slot", false],
  ['TRYAGAIN', 'TRYAGAIN Multiple keys request during rehashing of slot', false],
  ['NOPERM', "NOPERM this user has no permissions to run the 'evalsha' command", false],
  ['OOM', "OOM command not allowed when used memory > 'maxmemory'.", false],
  [
    'MISCONF',
    'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
    false,
  ],
  ['BUSY', 'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.', false],
  ['EXECABORT', 'EXECABORT Transaction discarded because of previous errors.', false],
  ['unknown-command', "ERR unknown command 'EVALSHA', with args beginning with: ", false],
  ['other', 'ERR something else', false],
];

// Most of each is a wait for the breaker.
describe('a Redis that answers with one error only', () => {
  it.concurrent.each(ANSWERS)('%s: is told of, and used again when it answers', async (family, error, reconnects) => {
    const redis = await RefusingRedis.start(error);
    const listener = new Listener();
    const parts = await listener.open(redis.url);
    try {
      await until(() => redis.connections > 0);
      await failsUntilMended(parts, listener, async () => {
        if (reconnects) await until(() => redis.connections > 2);
        redis.error = undefined;
      });
      expect(listener.families).toContain(family);
      expect(listener.breaker[0]).toEqual([true, expect.stringMatching(`^(${family}|connection)$`)]);
      expect(listener.advice.size).toBeGreaterThan(0);
      if (!reconnects) expect(redis.connections).toBe(2);
    } finally {
      await parts.cache.close();
      await parts.mailbox.close();
      redis.close();
    }
  });
});

describe('a Redis of this suite’s own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-redis-errors-'));
  const processes: ChildProcess[] = [];
  let [primary, admin]: [number, Redis] = [0, undefined as unknown as Redis];
  const freePort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    return port;
  };
  const run = (port: number, ...more: string[]): ChildProcess => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', [...args, ...more], { stdio: 'ignore' });
    processes.push(child);
    return child;
  };
  const start = async (): Promise<number> => {
    const port = await freePort();
    run(port);
    const client = new Redis(port, '127.0.0.1', { protocol: 2 });
    client.on('error', () => undefined);
    await until(async () => (await client.ping().catch(() => '')) === 'PONG');
    client.disconnect();
    return port;
  };
  beforeAll(async () => {
    primary = await start();
    admin = new Redis(primary, '127.0.0.1', { protocol: 2 });
  });
  afterAll(() => {
    admin.disconnect();
    processes.forEach((child) => child.kill('SIGKILL'));
    rmSync(folder, { recursive: true, force: true });
  });

  const tried = async (url: string, spoil: () => Promise<unknown>, mend: () => Promise<unknown>): Promise<Listener> => {
    const listener = new Listener();
    const parts = await listener.open(url);
    try {
      await until(async () => (await parts.cache.getOrLease(PATH, () => true)).kind === 'fill');
      await admin.flushall().catch(() => undefined);
      await spoil();
      await failsUntilMended(parts, listener, async () => {
        await mend();
        await admin.flushall();
      });
    } finally {
      await parts.cache.close();
      await parts.mailbox.close();
    }
    return listener;
  };
  const keys = (): Record<string, string> =>
    Object.fromEntries(Array.from({ length: 2_000 }, (_, number) => [`key:${number}`, 'value']));
  const address = (user = ''): string => `redis://${user}127.0.0.1:${primary}`;

  it('that became a replica is used again when it is the primary again', async () => {
    const other = await start();
    const { families } = await tried(
      address(),
      () => admin.replicaof('127.0.0.1', other),
      () => admin.replicaof('NO', 'ONE'),
    );
    expect(families).toContain('READONLY');
  });

  it('that reads its data after a start is used when it has', async () => {
    const port = await freePort();
    const data = ['--dbfilename', 'loading.rdb'];
    const before = run(port, ...data);
    const client = new Redis(port, '127.0.0.1', { protocol: 2 });
    client.on('error', () => undefined);
    await until(async () => (await client.ping().catch(() => '')) === 'PONG');
    await client.mset(keys());
    await client.save();
    client.disconnect();
    before.kill('SIGKILL');
    await once(before, 'exit');
    // In microseconds for each key, and bytes after which it looks for callers.
    run(port, ...data, '--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024');
    const listener = new Listener();
    const parts = await listener.open(`redis://127.0.0.1:${port}`);
    try {
      await failsUntilMended(parts, listener, () => until(() => listener.families.includes('LOADING')));
    } finally {
      await parts.cache.close();
      await parts.mailbox.close();
    }
  });

  it('that has no memory left is used again when it has', async () => {
    const { families } = await tried(
      address(),
      () => admin.config('SET', 'maxmemory', '1'),
      () => admin.config('SET', 'maxmemory', '0'),
    );
    expect(families).toContain('OOM');
  });

  it('that does not let the account do it is used again when it does', async () => {
    await admin.acl('SETUSER', 'coffer', 'on', '>secret', '~*', '&*', '+@all');
    const { families } = await tried(
      address('coffer:secret@'),
      () => admin.acl('SETUSER', 'coffer', '-@scripting'),
      () => admin.acl('SETUSER', 'coffer', '+@scripting'),
    );
    expect(families).toContain('NOPERM');
  });

  it('that wants a password is used again when it lets the account in', async () => {
    const { families } = await tried(
      address(),
      async () => {
        await admin.config('SET', 'requirepass', 'secret');
        await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      },
      () => admin.config('SET', 'requirepass', ''),
    );
    expect(families).toContain('NOAUTH');
  });

  it('that refuses the listener for a while hands heartbeats on afterwards, also after a lost connection', async () => {
    await admin.acl('SETUSER', 'listener', 'on', '>secret', '~*', 'resetchannels', '+@all');
    const rejections: unknown[] = [];
    const hear = (error: unknown): void => void rejections.push(error);
    process.on('unhandledRejection', hear);
    const listener = new Listener();
    const parts = await listener.open(address('listener:secret@'));
    const heard: Heartbeat[] = [];
    const stop = parts.mailbox.listen((heartbeat) => heard.push(heartbeat));
    const arrives = async (): Promise<void> => {
      heard.length = 0;
      await until(() => {
        parts.mailbox.post({ shard: 0, instance: 'reader', position: 1n, leaving: false, nonce: 1 });
        return heard.length > 0;
      });
    };
    try {
      await until(() => listener.families.includes('NOPERM'));
      await admin.acl('SETUSER', 'listener', '&*');
      await arrives();
      listener.families.length = 0;
      await admin.acl('SETUSER', 'listener', 'resetchannels');
      await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await until(() => listener.families.includes('NOPERM'));
      await admin.acl('SETUSER', 'listener', '&*');
      await arrives();
      expect(rejections).toEqual([]);
    } finally {
      process.off('unhandledRejection', hear);
      stop();
      await parts.cache.close();
      await parts.mailbox.close();
    }
  });
});

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ElapsedTime } from '@coffer/coherence';
import { SecretPath, SecretValue, systemClock } from '@coffer/secrets';
import { NO_SHARED_CACHE_METRICS } from '../shared-cache-metrics.js';
import { openRedis, type RedisParts } from './open-redis.js';
import { newRing } from './test-servers.fixture.js';

// Bounds a failure only: each wait below is for a condition.
jest.setTimeout(300_000);

const PATH = SecretPath.parse('main/some.ns/KEY');
const COMMAND = /(?:^|\r\n)\*\d+\r\n\$\d+\r\n([a-z]+)/gi;

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await pause(10);
};

/** A server that answers as Redis does, each command by itself, until it is told to send something else. */
class OddRedis {
  /** Sent as soon as a connection is there, before anything was asked. */
  greeting = '';
  /** Sent in place of each answer. */
  answer: string | undefined;
  /** How often something odd was sent. */
  oddities = 0;
  readonly closed = new Set<Socket>();
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OddRedis> {
    const server = createServer();
    const redis = new OddRedis(server);
    server.on('connection', (socket) => redis.#serve(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return redis;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    this.#sockets.forEach((socket) => socket.destroy());
  }

  #right(command: string): string {
    switch (command) {
      case 'subscribe':
        return '*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n';
      case 'cluster':
        return `*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:${this.port}\r\n`;
      case 'info':
        return '$0\r\n\r\n';
      default:
        return ':1\r\n';
    }
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.closed.add(socket);
    });
    if (this.greeting !== '') this.#send(socket, this.greeting);
    socket.on('data', (bytes) => {
      for (const [, command = ''] of bytes.toString('latin1').matchAll(COMMAND)) {
        if (this.answer === undefined) socket.write(this.#right(command.toLowerCase()));
        else this.#send(socket, this.answer);
      }
    });
  }

  #send(socket: Socket, odd: string): void {
    this.oddities += 1;
    socket.write(odd);
  }
}

const ODD: readonly string[] = [
  // Null.
  '$-1\r\n',
  // Null as an array.
  '*-1\r\n',
  // Null of protocol 3.
  '_\r\n',
  // A number.
  ':7\r\n',
  // A word.
  '+OK\r\n',
  // An array of nothing.
  '*0\r\n',
  // An array of nulls.
  '*2\r\n$-1\r\n$-1\r\n',
  // An array of arrays.
  '*1\r\n*3\r\n:0\r\n:1\r\n*-1\r\n',
  // Slots at an impossible port.
  '*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:99999\r\n',
  // A subscription to nothing.
  '*3\r\n$9\r\nsubscribe\r\n$-1\r\n:1\r\n',
  // A message of nothing.
  '*3\r\n$7\r\nmessage\r\n$-1\r\n$-1\r\n',
  // A push of nothing.
  '>1\r\n_\r\n',
  // A pushed subscription to nothing.
  '>2\r\n+subscribe\r\n_\r\n',
  // A pushed end of a subscription.
  '>3\r\n+unsubscribe\r\n_\r\n:0\r\n',
  // An error.
  '-ERR of some kind\r\n',
  // A redirection to nowhere.
  '-MOVED 1\r\n',
  // A redirection to no address.
  '-ASK 1 :::::\r\n',
  // HTTP.
  'HTTP/1.1 400 Bad Request\r\n\r\n',
  // A length below zero.
  '*-5\r\n',
];

/** A reply to CLUSTER SLOTS with slots far beyond the last one. */
const ENDLESS = '*1\r\n*3\r\n:0\r\n:9007199254740991\r\n*2\r\n$9\r\n127.0.0.1\r\n:1\r\n';

const errors: unknown[] = [];
const hear = (error: unknown): void => void errors.push(error);
const open: { close(): unknown }[] = [];

beforeEach(() => {
  errors.length = 0;
  process.on('unhandledRejection', hear);
  process.on('uncaughtException', hear);
});
afterEach(async () => {
  for (const { close } of open.splice(0)) await close();
  await pause(20);
  process.off('unhandledRejection', hear);
  process.off('uncaughtException', hear);
});

const openParts = async (server: OddRedis, cluster: boolean): Promise<RedisParts> => {
  const parts = openRedis({
    settings: { url: new SecretValue(`redis://127.0.0.1:${server.port}`), cluster },
    ring: await newRing(),
    ...{ clock: systemClock, time: new ElapsedTime(systemClock), maxTtlMs: 60_000, timeoutMs: 500, pollDelaysMs: [1] },
    metrics: NO_SHARED_CACHE_METRICS,
    onTrouble: () => undefined,
  });
  parts.mailbox.listen(() => undefined);
  open.push(parts, { close: () => server.close() });
  return parts;
};

const look = async ({ cache }: RedisParts): Promise<string> => (await cache.getOrLease(PATH, () => true)).kind;

/** Odd replies in one run, each of which may meet the client in another state. */
const ENOUGH = 10;
/** Looks, for a client that has had one odd thing and asks no more. */
const MAX_LOOKS = 50;
/** Side by side: each has a time limit of its own for what the server answers. */
const AT_ONCE = 4;

/** Works while the server sends `odd`, by which nothing but a look may fail; then until it answers as it should. */
const survives = async (odd: Partial<OddRedis>, cluster: boolean): Promise<void> => {
  const server = Object.assign(await OddRedis.start(), odd);
  const parts = await openParts(server, cluster);
  await until(() => server.oddities > 0);
  for (let round = 0; round < MAX_LOOKS && server.oddities < ENOUGH; round += 1) {
    await look(parts);
    await pause(20);
  }
  Object.assign(server, { greeting: '', answer: undefined });
  await until(async () => (await look(parts)) === 'fill');
};

describe.each([
  ['a Redis', false],
  ['a cluster of Redis', true],
])('whatever %s sends', (_, cluster) => {
  const surviveAll = async (odd: readonly Partial<OddRedis>[]): Promise<void> => {
    const rest = [...odd];
    const worker = async (): Promise<void> => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) await survives(next, cluster);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };

  it('unasked, it ends no process', async () => {
    await surviveAll(ODD.map((greeting) => ({ greeting })));
    expect(errors).toEqual([]);
  });

  it('for an answer, it ends no process', async () => {
    await surviveAll(ODD.map((answer) => ({ answer })));
    expect(errors).toEqual([]);
  });
});

it.each(['$-1\r\n', ':1\r\n', '-ERR of some kind\r\n', '>3\r\n+unsubscribe\r\n_\r\n:0\r\n'])(
  'a reply that no command waits for ends its connection: %j',
  async (greeting) => {
    const server = Object.assign(await OddRedis.start(), { greeting });
    await openParts(server, false);
    await until(() => server.closed.size > 3);
    expect(errors).toEqual([]);
  },
);

it('an endless range of slots holds up no process', async () => {
  await survives({ answer: ENDLESS }, true);
  expect(errors).toEqual([]);
});

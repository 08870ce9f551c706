import { Redis } from 'ioredis';
import { HttpConnection, requestBytes } from '../../harness/http-connection.js';
import { between, sourcesOf } from '../../cluster/cache-sources.js';
import { Cluster, THREE_GATEWAYS } from '../../cluster/index.js';
import { until } from '../../harness/index.js';
import { combine, show, type Outcome } from '../../harness/outcome.js';
import { zipf } from '../../workload/zipf.js';

export interface LoadScale {
  readonly secrets: number;
  /** Duration of the load. */
  readonly seconds: number;
}

const NAMESPACE = 'load.team';
const EXPONENT = 0.99;
/** Entries in one gateway's memory: the default. */
const MAXIMUM = 1_000;
/** Share of writes in all calls; the rest are reads. */
const WRITES = 0.002;
/** Lanes of each gateway. */
const LANES = 6;
/** Under way at once while the secrets are written. */
const WRITERS = 60;

const valueOf = (key: number): string => `${key} `.padEnd(200, 'value ');

interface Counted {
  readonly commands: number;
  readonly bytes: number;
}

/** What Redis has done since it was started; those of scripts count as well. */
const countedBy = async (redis: Redis): Promise<Counted> => {
  const info = await redis.info('stats');
  const of = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? NaN);
  return {
    commands: of('total_commands_processed'),
    bytes: of('total_net_input_bytes') + of('total_net_output_bytes'),
  };
};

const fill = async (cluster: Cluster, secrets: number): Promise<void> => {
  const clients = cluster.gateways;
  const work = Array.from({ length: secrets }, (_, key) => key).values();
  const lane = async (number: number): Promise<void> => {
    const client = clients[number % clients.length];
    for (const key of work) {
      const body = { key: `KEY_${key}`, value: valueOf(key) };
      await until(`a write of ${body.key} is taken`, async () => (await client?.put(NAMESPACE, body))?.status === 200);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, number) => lane(number)));
};

const load = async (cluster: Cluster, { secrets, seconds }: LoadScale): Promise<void> => {
  const { draw } = zipf(secrets, EXPONENT);
  const { token } = cluster;
  const end = performance.now() + seconds * 1_000;
  const call = (key: number): Buffer => {
    if (Math.random() >= WRITES) {
      return requestBytes('GET', `/coffer/v1/main/namespaces/${NAMESPACE}/values/KEY_${key}?inherit=false`, { token });
    }
    const body = { key: `KEY_${key}`, value: valueOf(key) };
    return requestBytes('PUT', `/api/v1/main/namespaces/${NAMESPACE}/secrets`, { token, body });
  };
  const lane = async (port: number): Promise<void> => {
    const connection = await HttpConnection.open(port);
    try {
      while (performance.now() < end) {
        const { status, body } = await connection.send(call(draw(Math.random())));
        // A machine that is busy with other things is slow, and no less right.
        if (![200, 503, 504].includes(status))
          throw new Error(`a call was answered ${status}: ${body.toString('utf8')}`);
      }
    } finally {
      connection.close();
    }
  };
  const ports = cluster.of('gateway').flatMap(({ port }) => Array.from({ length: LANES }, () => port));
  await Promise.all(ports.map(lane));
};

const three = (value: number): number => Number(value.toPrecision(3));

/** Where reads are answered from under a load in which few keys are read often, and what that asks of Redis. */
export const loadOnTheCaches = async (scale: LoadScale): Promise<Outcome> => {
  const { secrets, seconds } = scale;
  const cluster = await Cluster.open({ counts: THREE_GATEWAYS, cache: {} });
  const redis = new Redis(cluster.redis.env['COFFER_TEST_REDIS_ADMIN_URL'] ?? '');
  try {
    await fill(cluster, secrets);
    const gateways = cluster.of('gateway');
    // Nothing is read: what leases need.
    const idleFrom = await countedBy(redis);
    const idleBegan = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1_000 * Math.min(5, seconds)));
    const idleTo = await countedBy(redis);
    const idle = (performance.now() - idleBegan) / 1_000;
    await load(cluster, { ...scale, seconds: seconds / 2 });
    const [from, countedFrom] = [await sourcesOf(gateways, cluster.token), await countedBy(redis)];
    await load(cluster, { ...scale, seconds: seconds / 2 });
    const { l1, l2, store } = between(from, await sourcesOf(gateways, cluster.token));
    const counted = await countedBy(redis);
    const reads = l1 + l2 + store;
    const percent = (count: number): number => three((100 * count) / reads);
    const what = `Zipf ${EXPONENT} over ${secrets} secrets`;
    const outcome = combine(
      show(`${what}: reads`, reads, `through ${gateways.length} gateways with ${MAXIMUM} entries each`),
      show(`${what}: answered from the gateway’s memory`, percent(l1), '%'),
      show(
        `${what}: answered from a memory that always had the ${MAXIMUM} most read`,
        three(100 * zipf(secrets, EXPONENT).share(MAXIMUM)),
        '%, computed',
      ),
      show(`${what}: answered from Redis`, percent(l2), '%'),
      show(`${what}: answered from the store`, percent(store), '%'),
      show(`${what}: Redis`, three((counted.commands - countedFrom.commands) / reads), 'commands for each read'),
      show(`${what}: Redis`, three((counted.bytes - countedFrom.bytes) / reads), 'bytes for each read, in and out'),
      show('without reads: Redis', three((idleTo.commands - idleFrom.commands) / idle), 'commands per second'),
      show('without reads: Redis', three((idleTo.bytes - idleFrom.bytes) / idle), 'bytes per second, in and out'),
    );
    const problems = l1 > 0 && l2 > 0 ? [] : ['nothing was answered from the gateways’ memory, or nothing from Redis'];
    return { ...outcome, problems: [...outcome.problems, ...problems] };
  } finally {
    redis.disconnect();
    await cluster.close();
  }
};

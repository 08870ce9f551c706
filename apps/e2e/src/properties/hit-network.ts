import { property } from '../harness/property.js';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpConnection, requestBytes, type HttpAnswer } from '../harness/http-connection.js';
import { Cluster, type Started } from '../cluster/index.js';
import { api, until } from '../harness/index.js';
import { assertEqual, combine, show, type Outcome } from '../harness/outcome.js';
import type { NetworkCalls, NetworkCounts } from './hit-network/count.js';

const COUNT = join(__dirname, 'hit-network/count.js');
const NAMESPACE = 'hits.team';
/** In a batch as well. */
const KEYS = 100;
/** Calls of each control: within what one caller may have of `refresh=true` in a minute. */
const CONTROLS = 50;
const READY_TIMEOUT_MS = 60_000;

interface HitNetworkOptions {
  /** Single reads; besides them a hundredth as many batches. */
  readonly hits: number;
  /** Without a read, to see what goes on by itself. */
  readonly idleSeconds: number;
}

const between = (before: NetworkCounts, after: NetworkCounts): NetworkCounts => {
  const less = (from: NetworkCalls, to: NetworkCalls): NetworkCalls => ({
    writes: to.writes - from.writes,
    others: to.others - from.others,
  });
  return {
    all: less(before.all, after.all),
    ofRequests: less(before.ofRequests, after.ofRequests),
    requests: after.requests - before.requests,
  };
};

/** A gateway that counts its own calls. */
class CountingGateway {
  #asked = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly started: Started,
  ) {}

  async counts(): Promise<NetworkCounts> {
    this.#asked += 1;
    process.kill(this.started.pid, 'SIGUSR2');
    const printed = (): string[] =>
      [...this.cluster.output.matchAll(/network calls (.*)/g)].map(([, text]) => text ?? '');
    const text = await until('the gateway prints its counts', () => printed()[this.#asked - 1], READY_TIMEOUT_MS);
    return JSON.parse(text) as NetworkCounts;
  }

  /** What it sent while something went on, and for how many seconds that was. */
  async during(act: () => Promise<unknown>): Promise<NetworkCounts & { readonly seconds: number }> {
    const before = await this.counts();
    const began = performance.now();
    await act();
    const seconds = (performance.now() - began) / 1_000;
    return { ...between(before, await this.counts()), seconds };
  }
}

const perSecond = ({ all, seconds }: { readonly all: NetworkCalls; readonly seconds: number }): number =>
  Number((all.writes / seconds).toPrecision(3));

const measure = async (cluster: Cluster, { hits, idleSeconds }: HitNetworkOptions): Promise<Outcome> => {
  const started = await cluster.start('gateway', { NODE_OPTIONS: `--require ${COUNT}` });
  const gateway = new CountingGateway(cluster, started);
  const { token } = cluster;
  const client = api(started.address, token);
  await cluster.writesGoThrough();
  const keys = Array.from({ length: KEYS }, (_, index) => `KEY_${index}`);
  const put = async (key: string): Promise<void> => {
    const { status, text } = await client.put(NAMESPACE, { key, value: `of ${key}` });
    if (status !== 200) throw new Error(`a write was answered ${status} ${text}`);
  };
  for (const key of keys) await put(key);

  const connection = await HttpConnection.open(started.port);
  const read = (key: string, query = ''): Promise<HttpAnswer> =>
    connection.send(
      requestBytes('GET', `/coffer/v1/main/namespaces/${NAMESPACE}.child/values/${key}${query}`, { token }),
    );
  const batch = (): Promise<HttpAnswer> => {
    const body = { keys: keys.map((key) => ({ key })) };
    return connection.send(
      requestBytes('POST', `/coffer/v1/main/namespaces/${NAMESPACE}.child/resolve`, { token, body }),
    );
  };
  const isHit = ({ status, head }: HttpAnswer): boolean => status === 200 && /hit; detail=l1/.test(head);
  const times = async (count: number, each: (index: number) => Promise<HttpAnswer>): Promise<HttpAnswer[]> => {
    const answers: HttpAnswer[] = [];
    for (let index = 0; index < count; index += 1) answers.push(await each(index));
    return answers;
  };
  const each = (index: number): Promise<HttpAnswer> => read(keys[index % KEYS] ?? '');

  try {
    const warm = async (): Promise<boolean> => (await times(KEYS, each)).every(isHit);
    await until('every key is in memory', warm, READY_TIMEOUT_MS);
    const idle = await gateway.during(() => pause(idleSeconds * 1_000));
    let singles: HttpAnswer[] = [];
    const single = await gateway.during(async () => (singles = await times(hits, each)));
    let batches: HttpAnswer[] = [];
    const batched = await gateway.during(async () => (batches = await times(Math.ceil(hits / KEYS), batch)));
    const refreshed = await gateway.during(() =>
      times(CONTROLS, (index) => read(keys[index % KEYS] ?? '', '?refresh=true')),
    );
    const written = await gateway.during(async () => {
      for (let index = 0; index < CONTROLS; index += 1) await put(`MISSED_${index}`);
    });
    const missed = await gateway.during(() => times(CONTROLS, (index) => read(`MISSED_${index}`)));

    const sum = ({ writes, others }: NetworkCalls): number => writes + others;
    const controls = { refreshed, missed, written };
    const unseen = Object.entries(controls)
      .filter(([, { ofRequests }]) => sum(ofRequests) < CONTROLS)
      .map(([what, { ofRequests }]) => `${CONTROLS} calls of the control "${what}" show as ${sum(ofRequests)} only`);
    // A lease may lapse on a machine that is busy with other things: then the run shows nothing.
    const others = [...singles, ...batches].filter((answer) => !isHit(answer)).length;
    return combine(
      show('Hits, one by one, of a secret that a parent namespace has', singles.length - others, 'reads'),
      assertEqual('Reads among them that were no hits', others, 'reads', 0),
      assertEqual('Network calls that they made', sum(single.ofRequests), 'calls', 0),
      show('Batches of hits', batches.length, `batches of ${KEYS}`),
      assertEqual('Network calls that the batches made', sum(batched.ofRequests), 'calls', 0),
      show('Control: reads with refresh=true', sum(refreshed.ofRequests), `calls of ${CONTROLS} reads`),
      show('Control: reads that miss', sum(missed.ofRequests), `calls of ${CONTROLS} reads`),
      show('Control: writes', sum(written.ofRequests), `calls of ${CONTROLS} writes`),
      show('What the gateway sends by itself, without reads', perSecond(idle), 'calls per second'),
      show('What it sent in all during the hits', perSecond(single), 'calls per second'),
      show('Hits meanwhile', Number((singles.length / single.seconds).toPrecision(3)), 'hits per second'),
      { figures: [], problems: unseen },
    );
  } finally {
    connection.close();
  }
};

/**
 * A hit makes no network call, by whatever library and to whomever: in a real gateway with its Kafka, Redis and
 * PostgreSQL, whose every write to a socket that is no client's is counted.
 */
const hitNetworkProperty = (options: HitNetworkOptions): Promise<Outcome> =>
  Cluster.use({ counts: { gateway: 0, 'secret-worker': 1, 'cache-invalidator': 1 }, cache: {} }, (cluster) =>
    measure(cluster, options),
  );

export default property({
  name: 'hit-network',
  title: 'Network calls of a hit',
  shows:
    'A hit asks nobody: no write to any socket but its client’s, by a real gateway with its Kafka, Redis and PostgreSQL. Misses, refreshes and writes are counted beside, to show that the counting counts.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis'],
  quick: { hits: 1_000, idleSeconds: 1 },
  full: { hits: 20_000, idleSeconds: 10 },
  run: hitNetworkProperty,
});

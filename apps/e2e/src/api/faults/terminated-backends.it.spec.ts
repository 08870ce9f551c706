/** @servers kafka postgresql */
import { Cluster } from '../../cluster/index.js';
import { api, startCoffer, testStore, until, type Api } from '../../harness/index.js';

// Starts real processes, on machines that may be busy.
jest.setTimeout(1_800_000);

/** Short by default; a longer run: COFFER_TEST_TERMINATION_SECONDS=300. */
const SECONDS = Number(process.env['COFFER_TEST_TERMINATION_SECONDS'] ?? 4);
const READERS = 24;
const INTERVAL_MS = 400;
const TERMINATE =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'coffer'";

type Execute = (statement: string) => Promise<void>;

/** Readers of a process whose database ends all of its connections, again and again. */
const readUnderTerminations = async (client: Api, execute: Execute): Promise<void> => {
  expect((await client.put('company', { key: 'K', value: 'v' })).status).toBe(200);
  const counts = new Map<number, number>();
  let rounds = 0;
  let over = false;
  const reader = async (): Promise<void> => {
    while (!over) {
      const { status, text } = await client.value('company', 'K');
      if (status === 200) expect(text).toContain('"value":"v"');
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  const readers = Promise.all(Array.from({ length: READERS }, reader));
  const end = performance.now() + SECONDS * 1_000;
  while (performance.now() < end || !counts.has(503)) {
    await Promise.race([execute(TERMINATE), readers]);
    rounds += 1;
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
  over = true;
  await readers;
  process.stderr.write(`terminated ${rounds} times: ${JSON.stringify(Object.fromEntries(counts))}\n`);
  // 504 is said where a machine is too busy for a store's answer.
  expect([...counts.keys()].filter((status) => status !== 504).sort()).toEqual([200, 503]);
  await until('it reads and writes again', async () => {
    const { status } = await client.put('company', { key: 'K', value: 'v' });
    return status === 200 && (await client.value('company', 'K')).status === 200;
  });
};

it('an embedded process whose PostgreSQL ends all connections answers 200 or 503, and goes on', async () => {
  const store = await testStore('postgresql');
  const config = store.config();
  const coffer = await startCoffer(config === undefined ? {} : { config });
  try {
    await readUnderTerminations(api(coffer.url, coffer.token), (statement) => store.execute(statement));
    expect(coffer.stderr()).toBe('');
    coffer.kill('SIGTERM');
    expect(await coffer.exited).toEqual({ code: 0, signal: null });
  } finally {
    await coffer.stop();
    await store.drop();
  }
});

it('a gateway and a worker over Kafka likewise', async () => {
  const counts = { gateway: 1, 'secret-worker': 1, 'cache-invalidator': 1 };
  const cluster = await Cluster.open({ counts });
  try {
    const pids = cluster.processes.map(({ pid }) => pid);
    const [gateway] = cluster.gateways;
    if (gateway === undefined) throw new Error('there is no gateway');
    await readUnderTerminations(gateway, (statement) => cluster.execute(statement));
    expect(cluster.processes.map(({ pid }) => pid)).toEqual(pids);
  } finally {
    await cluster.close();
  }
});

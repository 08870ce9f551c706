import { join } from 'node:path';
import { metricsOf, seriesOf } from '../../cluster/cache-sources.js';
import { api, NodeProcess, until, type Api } from '../../harness/index.js';
import { aimAtMost, assert, combine, show, type Outcome } from '../../harness/outcome.js';

const SERVE = join(__dirname, 'serve.js');
const BATCH = 500;
/** Bounds a failure only. */
const READY_TIMEOUT_MS = 120_000;
/** Bytes: the smaller of the two units that go by this name. */
const MB = 1_000_000;
/** For 100,000 entries. */
const AIM_MB = 120;

interface Memory {
  readonly rss: number;
  readonly used: number;
}

const memoryOf = async (server: NodeProcess, question: number): Promise<Memory> => {
  server.kill('SIGUSR2');
  const answers = (): string[] => server.stdout().match(/^memory .*$/gm) ?? [];
  await until('the process tells its memory', () => answers().length >= question);
  const [, rss = NaN, used = NaN] = (answers()[question - 1] ?? '').split(' ').map(Number);
  return { rss: rss / MB, used: used / MB };
};

const read = async (client: Api, namespace: string, from: number, to: number): Promise<void> => {
  for (let start = from; start < to; start += BATCH) {
    const keys = Array.from({ length: Math.min(BATCH, to - start) }, (_, index) => ({ key: `KEY_${start + index}` }));
    const { status, text } = await client.resolve(namespace, keys);
    if (status !== 200 || text.includes('"error"')) throw new Error(`the batch was answered ${status}`);
  }
};

/** What so many entries of 200 bytes add to a gateway that has answered as many reads and kept none. */
export const memoryOfEntries = async (entries: number): Promise<Outcome> => {
  const server = NodeProcess.start(['--expose-gc', SERVE, String(entries)]);
  try {
    const [, url = '', token = ''] = await server.printed(/^ready (\S+) (\S+)$/m, READY_TIMEOUT_MS);
    const client = api(url, token);
    const cached = async (): Promise<number> => {
      const text = await metricsOf(url, token);
      return seriesOf(text, 'coffer_cache_entries', 'manager')['default'] ?? 0;
    };
    await until('a hit is served', async () => {
      const { headers } = await client.value('warm', 'UP');
      return headers.get('cache-status')?.includes('hit') === true;
    });
    const empty = await memoryOf(server, 1);
    await read(client, 'company.team', 0, entries - 1);
    const full = await memoryOf(server, 2);
    const count = await cached();
    const more = Number((full.rss - empty.rss).toFixed(1));
    return combine(
      show('gateway with an empty cache', Math.round(empty.rss), 'MB resident'),
      aimAtMost(`${count} entries of 200 bytes, above the empty process`, more, 'MB resident', AIM_MB),
      show('of that in use', Math.round(full.used - empty.used), 'MB'),
      assert(count === entries, `only ${count} entries are there`),
    );
  } finally {
    await server.end();
  }
};

import { TestCluster } from './cluster/index.js';
import { macProperty } from './benchmarks/mac.js';

jest.setTimeout(600_000);

/** What is fast is not a test's to say: only that everything is measured. */
it('measures what MACs cost', async () => {
  const counts = { gateway: 2, 'secret-worker': 1, 'cache-invalidator': 1 };
  const cluster = await TestCluster.open({ store: 'jdbc-postgresql', counts });
  try {
    const { figures, problems } = await macProperty(cluster, { rounds: 2, records: 300, logged: 50, writes: 32 });
    expect(problems).toEqual([]);
    expect(figures.map(({ unit }) => unit)).toEqual([
      ...Array.from({ length: 5 }, () => 'µs of processor time'),
      ...['%', 'µs of processor time', '%'],
    ]);
    for (const { value } of figures) expect(Number.isFinite(value)).toBe(true);
  } finally {
    await cluster.close();
  }
});

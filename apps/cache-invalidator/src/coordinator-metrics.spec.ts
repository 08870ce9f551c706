import { Coordinator, DEFAULT_TIMING, type LogEntry, type LogRecord } from '@coffer/coherence';
import { Metrics } from '@coffer/observability';
import { fenceOf } from '@coffer/secrets';
import { CoordinatorMetrics, MAX_PREPARES, PREPARE_LIFE_MS } from './coordinator-metrics.js';

describe('the metrics of a coordinator', () => {
  let now: number;
  let offset: bigint;
  let coordinator: Coordinator;
  let tested: CoordinatorMetrics;
  const metrics = new Metrics();

  const read = (record: LogRecord): LogEntry => {
    const entry = { shard: 0, offset: offset++, timestamp: now, record };
    tested.read(entry);
    coordinator.handle({ type: 'log', entry }, now);
    return entry;
  };
  const prepare = (): LogEntry =>
    read({
      ...{ type: 'PREPARE', partition: 0, owner: -1n, path: 'main/a/K', operation: 'o', prepareNumber: 1 },
      fence: fenceOf(1, offset),
    });
  const waited = async (): Promise<number> => {
    const { values } = await metrics.writeWaited.get();
    return values.find(({ metricName }) => metricName?.endsWith('_count'))?.value ?? 0;
  };

  beforeEach(() => {
    [now, offset] = [0, 0n];
    coordinator = new Coordinator({ timing: DEFAULT_TIMING, alone: true });
    tested = new CoordinatorMetrics(metrics, [coordinator], () => now);
    coordinator.handle({ type: 'start', claim: 'c' }, now);
    read({ type: 'EPOCH', claim: 'c' });
  });

  it('forget a PREPARE that is never cleared once nobody waits for it any more', () => {
    for (let count = 0; count < 10; count += 1) prepare();
    expect(tested.prepares).toBe(10);
    now = PREPARE_LIFE_MS + 1;
    prepare();
    expect(tested.prepares).toBe(1);
  });

  it('remember a bounded number of PREPAREs, the latest ones', async () => {
    const before = await waited();
    const first = prepare();
    for (let count = 0; count < MAX_PREPARES; count += 1) prepare();
    expect(tested.prepares).toBe(MAX_PREPARES);
    tested.append(0, { type: 'CLEARED', epoch: 0n, prepareOffset: first.offset });
    tested.append(0, { type: 'CLEARED', epoch: 0n, prepareOffset: offset - 1n });
    expect(await waited()).toBe(before + 1);
  });

  it('forget the PREPAREs of a shard that another coordinator has taken over', () => {
    prepare();
    read({ type: 'EPOCH', claim: 'another' });
    prepare();
    expect(tested.prepares).toBe(0);
  });
});

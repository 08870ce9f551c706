import { FaultyBackend } from '@coffer/backend-conformance';
import { openMemoryBackend } from '@coffer/backend-memory';
import { createLogger } from '@coffer/observability';
import { StoreHealth } from '@coffer/service';

describe('the health of stores', () => {
  it('is down until every store has answered, names those that do not, and says changes once', async () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    const good = new FaultyBackend(openMemoryBackend());
    const bad = new FaultyBackend(openMemoryBackend());
    bad.set({ code: 'unavailable', when: 'before', times: 2 });
    const health = new StoreHealth(
      [
        { name: 'good', backend: good },
        { name: 'bad', backend: bad },
      ],
      logger,
    );
    expect([...health.down.keys()]).toEqual(['good', 'bad']);
    health.start();
    while (health.down.has('good')) await new Promise((resolve) => setImmediate(resolve));
    expect([...health.down.keys()]).toEqual(['bad']);
    await health.allUp();
    expect(health.down.size).toBe(0);
    health.stop();
    const said = (text: string): number => lines.filter((line) => line.includes(text)).length;
    expect([said('is not ready'), said('is ready')]).toEqual([1, 2]);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultyBackend } from '@coffer/backend-conformance';
import { adviceFor, withFacade } from '@coffer/backend-facade';
import { openMemoryBackend } from '@coffer/backend-memory';
import { DEFAULT_TIMING } from '@coffer/coherence';
import { loadConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { createLogger, Metrics } from '@coffer/observability';
import { CofferError, SecretValue, STORE_ERROR_CODES } from '@coffer/secrets';
import { openStores, StoreHealth } from '@coffer/service';

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

  it('names the cause while the circuit breaker is open, says it once, and what to do', async () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    const store = new FaultyBackend(openMemoryBackend());
    store.set({ code: 'unavailable', when: 'before' });
    const facade = withFacade(store, {
      breaker: { failures: 1, openMs: 60_000, maxOpenMs: 60_000 },
      retries: { attempts: 0 },
    });
    const cause = await facade.check({ signal: new AbortController().signal }).catch((error: unknown) => error);
    if (!CofferError.is(cause)) throw new Error('it did not fail');
    expect(facade.breakerOpen).toBe(true);
    const health = new StoreHealth([{ name: 'default', backend: facade }], logger);
    health.start();
    while (health.down.get('default') === 'not asked yet') await new Promise((resolve) => setImmediate(resolve));
    health.stop();
    expect(health.down.get('default')).toBe(`${cause.message}; ${adviceFor('unavailable')}`);
    expect(lines).toHaveLength(1);
  });

  it('writes a line when the breaker of a store opens, with its cause', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = createLogger('info', {
      write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    });
    const folder = mkdtempSync(join(tmpdir(), 'coffer-'));
    const ring = await KeyRing.derive([
      { id: 'k', secret: new SecretValue(Buffer.alloc(32, 1).toString('base64')), active: true },
    ]);
    // A folder stands where the database file should be.
    const { registry } = await openStores(
      {
        configuration: loadConfiguration({ env: {}, cwd: folder }),
        metrics: new Metrics(),
        timing: DEFAULT_TIMING,
        logger,
      },
      { file: folder, ring },
    );
    const { backend } = registry.forNamespace('main');
    while (!backend.breakerOpen) await backend.check({ signal: new AbortController().signal }).catch(() => undefined);
    expect(lines).toEqual([
      expect.objectContaining({
        store: 'default',
        code: 'unavailable',
        reason: expect.stringContaining('cannot be reached or cannot work') as unknown,
        advice: adviceFor('unavailable'),
        msg: 'the circuit breaker of the store is open: calls fail at once',
      }),
    ]);
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(STORE_ERROR_CODES)('has advice for %s, and docs/operations says it', (code) => {
    const page = readFileSync(join(__dirname, '../../../docs/operations/faults.md'), 'utf8');
    expect(adviceFor(code)).toBeDefined();
    expect(page.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`\\| \`${code}\` +\\| [^|]{10,} \\| [^|]{10,} \\|`));
  });
});

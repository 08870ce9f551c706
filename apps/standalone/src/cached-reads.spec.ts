import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '@coffer/config';
import { createLogger } from '@coffer/observability';
import { DataFolder } from './data-folder/data-folder.js';
import { composeStandalone, type Standalone } from './standalone.js';

describe('the lone process with its cache on', () => {
  let standalone: Standalone;
  let folder: string;
  let token = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-cached-'));
    standalone = await composeStandalone({
      configuration: loadConfiguration({
        env: { COFFER_CONFIG: 'coffer.yml' },
        readFile: () =>
          'kestra: {secret: {cache: {enabled: true}}}\ncoffer: {probe: {namespace: coffer, every: 100ms}}',
      }),
      folder: DataFolder.open(join(folder, 'data')),
      logger: createLogger('silent'),
      version: 'test',
      showToken: (shown) => (token = shown),
    });
    await standalone.app.init();
    await standalone.health.allUp();
  });
  afterAll(async () => {
    await standalone.close();
    rmSync(folder, { recursive: true });
  });

  const call = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${token}` };
    return standalone.app.inject({ method, url, headers, ...(payload && { payload }) });
  };
  const put = (value: string) => call('PUT', '/api/v1/main/namespaces/company.team/secrets', { key: 'K', value });
  const get = async (query = '') => {
    const answer = await call('GET', `/coffer/v1/main/namespaces/company.team/values/K${query}`);
    return [
      answer.json<{ value?: string }>().value,
      String(answer.headers['cache-status']).replace(/ttl=\d+/, 'ttl=N'),
    ];
  };
  /** The first lease comes within a moment. */
  const cached = async (): Promise<void> => {
    while (!(await get())[1]?.includes('hit')) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it('serves hits, shows each write at once, passes caches over on request, and drops a key', async () => {
    for (let write = 0; write < 20; write += 1) {
      expect((await put(`value ${write}`)).statusCode).toBe(200);
      expect((await get())[0]).toBe(`value ${write}`);
      await cached();
      expect(await get()).toEqual([`value ${write}`, 'coffer; hit; detail=l1; ttl=N']);
      expect(await get('?refresh=true')).toEqual([`value ${write}`, 'coffer; fwd=bypass; detail=store']);
    }
    expect((await call('DELETE', '/coffer/v1/main/namespaces/company.team/cache/K')).statusCode).toBe(204);
    expect((await get())[0]).toBe('value 19');
    expect((await get())[1]).not.toContain('l2');
    expect((await call('DELETE', '/api/v1/main/namespaces/company.team/secrets/K')).statusCode).toBe(204);
    expect((await get())[0]).toBeUndefined();
  });

  it('answers a batch from the cache, and shows its figures', async () => {
    await put('batch');
    await cached();
    const batch = await call('POST', '/coffer/v1/main/namespaces/company.team/resolve', {
      keys: [{ key: 'K' }, { key: 'K' }],
    });
    expect(batch.json<{ value: string }[]>().map(({ value }) => value)).toEqual(['batch', 'batch']);
    expect(batch.headers['cache-status']).toMatch(/^coffer; hit; detail=l1; ttl=\d+$/);
    const figure = async (pattern: RegExp) => Number(pattern.exec((await call('GET', '/metrics')).payload)?.[1] ?? NaN);
    expect(await figure(/coffer_cache_lease\{shard="0"\} (\d)/)).toBe(1);
    expect(await figure(/coffer_reads_found_stale_total (\d+)/)).toBe(0);
    while (!((await figure(/coffer_canary_reads_total\{outcome="fresh"\} (\d+)/)) > 10)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await figure(/coffer_canary_reads_total\{outcome="stale"\} (\d+)/)).toBeNaN();
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileDestination } from '@coffer/audit';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

describe('searching the audit', () => {
  let folder: string;
  let api: TestApi;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'coffer-audit-'));
    const auditFile = join(folder, 'audit.jsonl');
    api = await openTestApi({ audit: new FileDestination(auditFile), auditFile });
    await api.put('company.team', 'A', { value: 'canary' });
    await api.put('other', 'B');
    await api.call('GET', '/coffer/v1/main/namespaces/company.team/values/A');
    await api.call('GET', '/coffer/v1/main/namespaces/company.team/values/A', { as: 'lister' });
  });
  afterAll(async () => {
    await api.app.close();
    rmSync(folder, { recursive: true });
  });
  const search = async (query: string, as = 'root') => {
    const response = await api.call('GET', `/coffer/v1/main/audit?${query}`, { as });
    expect(response.statusCode).toBe(200);
    return response.json<{ results: Record<string, unknown>[]; total: number }>();
  };

  it('finds records by what they say, the latest first', async () => {
    const reads = await search('action=secret.read&size=1');
    expect(reads).toMatchObject({ total: 2, results: [{ principal: 'token:lister', decision: 'deny' }] });
    expect(await search('action=secret.read&page=2&size=1')).toMatchObject({ results: [{ principal: 'token:root' }] });
    expect(await search('namespace=company&decision=allow&outcome=ok&principal=token:root')).toMatchObject({
      total: 2,
    });
    expect(await search('key=B')).toMatchObject({ total: 2 });
    expect(await search('from=2000-01-01T00:00:00Z&to=2001-01-01T00:00:00Z')).toMatchObject({ total: 0 });
  });

  it.each([
    ['decision=denied', 'decision: must be allow or deny'],
    ['decision=', 'decision: must be allow or deny'],
    ['namespace=a..b', 'namespace: '],
    ['namespace=', 'namespace: '],
    ['from=2026-01-01', 'from: must be a time'],
  ])('refuses %s, which would find nothing', async (query, message) => {
    const answer = await api.call('GET', `/coffer/v1/main/audit?${query}`);
    expect([answer.statusCode, answer.body]).toEqual([422, expect.stringContaining(message)]);
  });

  it('shows the namespaces that the caller administers, and to nobody else', async () => {
    const { results } = await search('size=100', 'teamAdmin');
    expect(new Set(results.map(({ namespace }) => namespace))).toEqual(new Set(['company.team']));
    const refused = await api.call('GET', '/coffer/v1/main/audit', { as: 'reader' });
    expect(refused.statusCode).toBe(403);
  });

  it('shows nothing of a secret of a parent to who administers the child alone', async () => {
    await api.put('company', 'INHERITED', { value: 'inherited canary' });
    await api.call('GET', '/coffer/v1/main/namespaces/company.team/values/INHERITED');
    const query = 'action=secret.read&key=INHERITED';
    const [row] = (await search(query)).results;
    expect(row).toMatchObject({ foundIn: 'company', version: expect.any(String), hmac: expect.any(String) });
    const { foundIn: _foundIn, version: _version, hmac, ...rest } = row ?? {};
    expect((await search(query, 'teamAdmin')).results).toEqual([rest]);
    const byHash = `${query}&hmac=${hmac as string}`;
    expect([(await search(byHash)).total, (await search(byHash, 'teamAdmin')).total]).toEqual([1, 0]);
  });

  it('finds records of equal values by their keyed hash', async () => {
    const hash = async (value: string, as = 'root') =>
      api.call('POST', '/coffer/v1/main/audit/hash', { as, payload: { value } });
    const { hmacs } = (await hash('canary')).json<{ hmacs: string[] }>();
    expect(hmacs).toEqual([expect.stringMatching(/^test:[\w-]{43}$/)]);
    expect(await search(`hmac=${hmacs[0]}`)).toMatchObject({ total: 2, results: [{ key: 'A' }, { key: 'A' }] });
    const [another] = (await hash('another')).json<{ hmacs: string[] }>().hmacs;
    expect(await search(`hmac=${another}`)).toMatchObject({ total: 0 });
    expect((await hash('canary', 'reader')).statusCode).toBe(403);
  });

  it('answers in the shape of Kestra Enterprise Edition', async () => {
    const response = await api.call(
      'GET',
      '/api/v1/main/auditlogs/search?page=1&size=1&sort=date:desc&filters[namespace][EQUALS]=other&filters[q][EQUALS]=b',
    );
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      total: 2,
      results: [
        {
          id: expect.stringMatching(/^[\w-]{16}-\d+$/),
          type: 'CREATE',
          detail: { resource: 'SECRET', type: 'ok', id: 'other/B' },
          userId: 'token:root',
          date: expect.stringMatching(/^\d{4}-.*Z$/),
          ipAddress: '127.0.0.1',
        },
      ],
    });
    expect((await api.call('GET', '/api/v1/auditlogs/search?sort=date:asc')).statusCode).toBe(422);
  });

  it.each(['filters[tags][EQUALS][a]=b', 'filters[description][CONTAINS]=b', 'filters[or][0][description][EQUALS]=b'])(
    'refuses %s, which no record has',
    async (filter) => {
      const refused = await api.call('GET', `/api/v1/main/auditlogs/search?${filter}`);
      expect([refused.statusCode, refused.json().detail]).toEqual([
        422,
        'invalid filter: records of the audit have namespace, key, q alone',
      ]);
    },
  );

  it('says that there is no file', async () => {
    const without = await openTestApi();
    expect((await without.call('GET', '/coffer/v1/main/audit')).json()).toMatchObject({
      code: 'not-found',
      detail: expect.stringContaining('none of type file'),
    });
    await without.app.close();
  });
});

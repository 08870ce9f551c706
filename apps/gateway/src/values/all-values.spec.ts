import type { ReadService } from '@coffer/reads';
import { CofferError, SecretValue } from '@coffer/secrets';
import { openTestApi, type TestApi, type TestApiOptions } from '../fixture/test-api.js';

const opened: TestApi[] = [];
const open = async (options: TestApiOptions = {}): Promise<TestApi> => {
  const api = await openTestApi(options);
  opened.push(api);
  return api;
};
afterAll(() => Promise.all(opened.map(({ app }) => app.close())));

const all = (api: TestApi, namespace: string, query = '', headers: Record<string, string> = {}, as = 'root') =>
  api.call('GET', `/coffer/v1/main/namespaces/${namespace}/values${query}`, { headers, as });

describe('all values of a namespace', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await open();
    for (const [namespace, key, value] of [
      ['company', 'A', 'parent'],
      ['company', 'B', 'b'],
      ['company.team', 'A', 'child'],
      ['company.team', 'DB_USER', 'u'],
      ['company.team', 'DB_PASSWORD', 'grün'],
      ['company.other', 'O', 'o'],
      ['odd', '__proto__', 'p'],
      ['odd', 'constructor', 'c'],
    ] as const) {
      await api.put(namespace, key, { value });
    }
  });

  it('are values and versions by key, inherited ones among them', async () => {
    const answer = await all(api, 'company.team');
    expect(answer.statusCode).toBe(200);
    const { values, versions } = answer.json();
    expect(values).toEqual({ A: 'child', B: 'b', DB_USER: 'u', DB_PASSWORD: 'grün' });
    expect(Object.keys(versions)).toEqual(Object.keys(values));
    const one = (await api.call('GET', '/coffer/v1/main/namespaces/company.team/values/A')).json();
    expect(versions.A).toBe(one.version);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'cache-status': 'coffer; fwd=bypass; detail=store',
      'content-type': 'application/json; charset=utf-8',
    });
  });

  it('are those of the namespace alone, or of a prefix, or none', async () => {
    const own = (await all(api, 'company.team', '?inherit=false')).json().values;
    expect(own).toEqual({ A: 'child', DB_USER: 'u', DB_PASSWORD: 'grün' });
    expect(Object.keys((await all(api, 'company.team', '?prefix=DB_')).json().values)).toHaveLength(2);
    expect((await all(api, 'company.team', '?prefix=db_')).json()).toEqual({ values: {}, versions: {}, changed: {} });
    expect((await all(api, 'nothing')).json()).toEqual({ values: {}, versions: {}, changed: {} });
    expect((await all(api, 'company.team', '?prefix=A&prefix=B')).statusCode).toBe(422);
  });

  it('have whatever name a key may have', async () => {
    const { body } = await all(api, 'odd');
    expect(body).toMatch(/^\{"values":\{"__proto__":"p","constructor":"c"\},"versions":\{"__proto__":"[^"]+","constr/);
  });

  it('are 304 while all are the same', async () => {
    const etag = String((await all(api, 'company.team')).headers['etag']);
    const again = await all(api, 'company.team', '', { 'if-none-match': etag });
    expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', etag]);
    const record = api.audited().at(-1);
    expect(record).toMatchObject({ action: 'secret.read', outcome: 'not-modified' });
    expect(JSON.stringify(record)).not.toContain('hmac');
    await api.put('company', 'B', { value: 'b2' });
    expect((await all(api, 'company.team', '', { 'if-none-match': etag })).json().values.B).toBe('b2');
  });

  it('have one record for each namespace that holds some, with the keys', async () => {
    const before = api.audited().length;
    await all(api, 'company.team');
    const [own, parents, ...others] = api.audited().slice(before) as readonly object[];
    expect(others).toEqual([]);
    const member = (key: string) => ({ key, version: expect.any(String), hmac: expect.stringMatching(/^test:/) });
    expect(own).toMatchObject({ action: 'secret.read', namespace: 'company.team', outcome: 'ok' });
    expect(own).toMatchObject({ secrets: [member('A'), member('DB_PASSWORD'), member('DB_USER')] });
    expect(own).not.toHaveProperty('foundIn');
    expect(parents).toMatchObject({ namespace: 'company.team', foundIn: 'company', secrets: [member('B')] });
  });

  it('need resolve, and have nothing of a parent where the caller may not', async () => {
    for (const as of ['lister', 'writer', 'nobody'])
      expect((await all(api, 'company', '', {}, as)).statusCode).toBe(403);
    expect((await all(api, 'company.other', '', {}, 'team')).statusCode).toBe(403);
    const { values } = (await all(api, 'company.team', '', {}, 'team')).json();
    expect(values).toEqual({ A: 'child', DB_USER: 'u', DB_PASSWORD: 'grün' });
  });
});

describe('what is too much', () => {
  const fill = async (api: TestApi, count: number, value: string): Promise<void> => {
    for (let at = 0; at < count; at += 1) await api.put('full', `KEY_${at}`, { value });
  };

  it('500 values are one answer', async () => {
    const api = await open();
    await fill(api, 500, 'v'.repeat(500));
    const { values, versions } = (await all(api, 'full')).json();
    expect([Object.keys(values).length, Object.keys(versions).length]).toEqual([500, 500]);
    expect(values.KEY_499).toBe('v'.repeat(500));
    expect((api.audited().at(-1) as unknown as { secrets: unknown[] }).secrets).toHaveLength(500);
    expect((await api.figures()).get('coffer_http_answers_in_flight_bytes')).toBe(0);
  });

  it('is a 413 that names the limit and what would be right, with nothing given out', async () => {
    const api = await open({ budgets: { answer: 4_096 } });
    await fill(api, 12, 'v'.repeat(500));
    const refused = await all(api, 'full');
    expect([refused.statusCode, refused.json().code]).toEqual([413, 'answer-too-large']);
    expect(refused.json().detail).toContain(
      'more than 4 KiB (coffer.limits.answer); ask for a part of them by prefix=',
    );
    expect(refused.body).not.toContain('vvv');
    expect(api.audited().at(-1)).toMatchObject({ outcome: 'answer-too-large' });
    expect((await all(api, 'full', '?prefix=KEY_11')).statusCode).toBe(200);
    const figures = await api.figures();
    expect(figures.get('coffer_budget_refusals_total{budget="answer"}')).toBe(1);
    expect(figures.get('coffer_http_answers_in_flight_bytes')).toBe(0);
  });

  it('is a 503 beside the answers of others', async () => {
    const api = await open({ budgets: { answer: 32_768, answersInFlight: 32_768 } });
    await fill(api, 12, 'v'.repeat(2_000));
    const answers = await Promise.all([all(api, 'full'), all(api, 'full')]);
    const statuses = answers.map(({ statusCode }) => statusCode).toSorted();
    expect([
      [200, 503],
      [503, 503],
    ]).toContainEqual(statuses);
    expect((await all(api, 'full')).statusCode).toBe(200);
  });

  it('is a 413 beyond as many as one answer may have', async () => {
    const api = await open();
    await Promise.all(Array.from({ length: 2_001 }, (_, at) => api.put('many', `KEY_${at}`)));
    const refused = await all(api, 'many');
    expect([refused.statusCode, refused.json().code]).toEqual([413, 'answer-too-large']);
    expect(refused.json().detail).toContain("'many' has more than 2000 values");
    expect(Object.keys((await all(api, 'many', '?prefix=KEY_1')).json().values)).toHaveLength(1_111);
  });

  it('counts each key as a request', async () => {
    const api = await open({ budgets: { requestsPerMinute: 40 } });
    await fill(api, 12, 'v');
    const statuses: number[] = [];
    for (let time = 0; time < 3; time += 1) statuses.push((await all(api, 'full')).statusCode);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('all or nothing', () => {
  const FOUND = { version: 'v', revision: 1, cacheStatus: { source: 'store', forward: 'bypass' } } as const;
  const reading = async (resolve: ReadService['resolve'], more: TestApiOptions = {}): Promise<TestApi> => {
    const api = await open({ reads: { resolve, cached: () => undefined }, ...more });
    for (const key of ['A', 'B', 'C']) await api.put('company', key);
    return api;
  };

  it('one that cannot be read is the error of all, and says which', async () => {
    const api = await reading(({ path }) => {
      if (path.key === 'B') throw new CofferError('denied', 'the store refuses it');
      return { path, value: new SecretValue('canary'), ...FOUND };
    });
    const refused = await all(api, 'company');
    expect([refused.statusCode, refused.json().code]).toEqual([502, 'denied']);
    expect(refused.json().detail).toBe("the secret 'B': the store refuses it");
    expect(refused.body).not.toContain('canary');
  });

  it('one that was deleted since the list was made is missing', async () => {
    const api = await reading(async ({ path }) => {
      if (path.key === 'B') throw new CofferError('not-found', 'gone');
      return { path, value: new SecretValue('v'), ...FOUND };
    });
    expect(Object.keys((await all(api, 'company')).json().values)).toEqual(['A', 'C']);
  });

  it('says when a version was written, where that is known, as a read of one does', async () => {
    const changed = Date.UTC(2026, 10, 30, 12, 0, 0, 123);
    const api = await reading(async ({ path }) => {
      return { path, value: new SecretValue('v'), ...FOUND, ...(path.key === 'B' && { changed }) };
    });
    const time = '2026-11-30T12:00:00.123Z';
    expect((await all(api, 'company')).json().changed).toEqual({ B: time });
    const one = (key: string) => api.call('GET', `/coffer/v1/main/namespaces/company/values/${key}`);
    expect((await one('B')).json()).toMatchObject({ version: 'v', changed: time });
    expect((await one('A')).json()).not.toHaveProperty('changed');
  });

  it('has its time', async () => {
    const api = await reading(
      ({ path }) => (path.key === 'B' ? new Promise(() => undefined) : { path, value: new SecretValue('v'), ...FOUND }),
      { budgets: { batchTime: 50 } },
    );
    const refused = await all(api, 'company');
    expect([refused.statusCode, refused.json().code]).toEqual([504, 'timeout']);
    expect(refused.json().detail).toContain(
      'within 0.05 s (coffer.limits.batchTime); ask for a part of them by prefix=',
    );
    expect((await api.figures()).get('coffer_http_answers_in_flight_bytes')).toBe(0);
  });

  it('gives the event loop back meanwhile', async () => {
    const value = new SecretValue('\u0001'.repeat(200_000));
    const api = await reading(({ path }) => ({ path, value, ...FOUND }));
    await Promise.all(Array.from({ length: 9 }, (_, at) => api.put('company', `MORE_${at}`)));
    let [turns, done] = [0, false];
    const watch = (): void => {
      turns += 1;
      if (!done) setImmediate(watch);
    };
    setImmediate(watch);
    const answer = await all(api, 'company');
    done = true;
    expect(answer.statusCode).toBe(200);
    expect(turns).toBeGreaterThan(10);
  });
});

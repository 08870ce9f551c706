import { CofferError } from '@coffer/secrets';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

interface Result {
  readonly effect: string;
  readonly result?: string;
  readonly version?: string;
  readonly operation?: string;
  readonly error?: { readonly code: string; readonly detail: string };
}
interface Changes {
  readonly dryRun: boolean;
  readonly counts: Record<string, number>;
  readonly items: readonly Result[];
}

let api: TestApi;
beforeEach(async () => {
  api = await openTestApi();
  await api.put('company', 'A', { value: 'of A', description: 'd', tags: [{ key: 'team', value: 'data' }] });
  await api.put('company.team', 'B', { value: 'of B' });
});
afterEach(() => api.app.close());

const ask = (items: readonly object[], query: string, as = 'root', headers: Record<string, string> = {}) =>
  api.call('POST', `/coffer/v1/main/changes${query}`, { payload: { items }, as, headers });
const plan = async (items: readonly object[], as = 'root'): Promise<Changes> =>
  (await ask(items, '', as)).json<Changes>();
const apply = async (items: readonly object[], as = 'root'): Promise<Changes> =>
  (await ask(items, '?dryRun=false', as)).json<Changes>();
const valueOf = async (namespace: string, key: string): Promise<unknown> => {
  const answer = await api.call('GET', `/coffer/v1/main/namespaces/${namespace}/values/${key}?inherit=false`);
  return answer.statusCode === 200 ? answer.json().value : answer.statusCode;
};
const rowOf = async (namespace: string, key: string): Promise<unknown> =>
  (await api.call('GET', `/coffer/v1/main/secrets?namespace=${namespace}&q=${key}`)).json().secrets[0];
const effects = ({ items }: Changes): string[] => items.map(({ effect, error }) => error?.code ?? effect);
const results = ({ items }: Changes): string[] => items.map(({ result = '', error }) => error?.code ?? result);

const put = (key: string, more: object = {}) => ({ action: 'put', namespace: 'company', key, value: 'v', ...more });
const A = { namespace: 'company', key: 'A' };

describe('a plan', () => {
  it('says what each item would do, and does none of it', async () => {
    const written = api.writes.requests.length;
    const tags = [{ key: 'team', value: 'data' }];
    const { items, ...rest } = await plan([
      put('NEW'),
      put('A'),
      { action: 'put', namespace: 'company.team', key: 'B', value: 'of B' },
      { action: 'patch', namespace: 'company', key: 'NONE', description: 'x' },
      { action: 'delete', namespace: 'company.team', key: 'GONE' },
      { action: 'delete', namespace: 'company', key: 'OTHER' },
      { action: 'put', namespace: 'Company', key: 'A', value: 'v' },
    ]);
    expect(effects({ items } as Changes)).toEqual(['create', 'change', 'same', 'not-found', 'same', 'same', 'invalid']);
    expect(rest).toEqual({
      dryRun: true,
      counts: { create: 1, change: 1, same: 3, delete: 0, write: 0, refused: 2 },
    });
    expect(items[1]?.version).toEqual(expect.any(String));
    expect(effects(await plan([put('A', { value: 'of A', description: 'd', tags })]))).toEqual(['same']);
    expect(effects(await plan([put('A', { value: 'of A', description: 'd' })]))).toEqual(['change']);
    expect(effects(await plan([{ action: 'tag', ...A, add: tags }]))).toEqual(['same']);
    expect(effects(await plan([{ action: 'tag', ...A, remove: ['team'] }]))).toEqual(['change']);
    expect(effects(await plan([{ action: 'patch', ...A, description: 'd' }]))).toEqual(['same']);
    expect(effects(await plan([{ action: 'delete', ...A }]))).toEqual(['delete']);
    const copy = { action: 'copy', from: A, namespace: 'company.team' };
    expect(
      effects(
        await plan([
          { ...copy, key: 'A' },
          { ...copy, key: 'B' },
        ]),
      ),
    ).toEqual(['create', 'change']);
    await apply([{ ...copy, key: 'A' }]);
    expect(effects(await plan([{ ...copy, key: 'A' }]))).toEqual(['same']);
    expect(api.writes.requests).toHaveLength(written + 1);
    const record = { action: 'secret.plan', outcome: 'ok', namespace: 'company.team', key: 'A' };
    expect(api.audited().at(-1)).toMatchObject(record);
    expect(api.audited().filter(({ outcome }) => outcome === 'intent')).toHaveLength(written + 1);
  });

  it('tells whoever may not list or resolve nothing of what is there', async () => {
    expect(effects(await plan([put('A'), put('NONE')], 'writer'))).toEqual(['write', 'write']);
    expect(effects(await plan([put('A', { value: 'of A' })], 'writer'))).toEqual(['write']);
    const others = await plan(
      [
        { action: 'delete', ...A },
        { action: 'tag', namespace: 'company', key: 'T', remove: ['team'] },
        { action: 'copy', from: { namespace: 'company.team', key: 'B' }, namespace: 'company', key: 'C' },
        { action: 'put', namespace: 'foreign', key: 'A', value: 'v' },
      ],
      'writer',
    );
    expect(effects(others)).toEqual(['forbidden', 'forbidden', 'forbidden', 'forbidden']);
    expect(api.audited().at(-1)).toMatchObject({ decision: 'deny', outcome: 'forbidden', namespace: 'foreign' });
  });

  it('refuses what the store would, a repeated name, and a copy onto itself', async () => {
    const long = 'x'.repeat(api.backend.capabilities.limits.descriptionBytes + 1);
    expect(effects(await plan([put('LONG', { description: long })]))).toEqual(['too-large']);
    const twice = await plan([
      put('T'),
      put('T'),
      { action: 'move', from: A, namespace: 'company', key: 'M' },
      put('A'),
    ]);
    expect(effects(twice)).toEqual(['create', 'conflict', 'create', 'conflict']);
    const self = await plan([
      { action: 'move', from: A, ...A },
      { action: 'copy', from: { ...A, key: 'NO' }, ...A },
    ]);
    expect(effects(self)).toEqual(['invalid', 'not-found']);
    const other = await openTestApi({ readOnly: true });
    const refused = await other.call('POST', '/coffer/v1/main/changes', { payload: { items: [put('A')] } });
    expect(effects(refused.json<Changes>())).toEqual(['read-only']);
    await other.app.close();
  });

  it('judges preconditions', async () => {
    const version = (await plan([put('A')])).items[0]?.version;
    expect(effects(await plan([put('A', { ifMatch: version })]))).toEqual(['change']);
    expect(effects(await plan([put('A', { ifMatch: 'x' })]))).toEqual(['precondition-failed']);
    expect(effects(await plan([put('A', { ifNoneMatch: '*' })]))).toEqual(['precondition-failed']);
    expect(effects(await plan([put('N', { ifNoneMatch: '*' })]))).toEqual(['create']);
    expect(effects(await plan([put('N', { ifNoneMatch: '*', ifMatch: 'x' })]))).toEqual(['invalid']);
  });
});

describe('changes', () => {
  it('are applied, each by itself, with a record before and after', async () => {
    const before = api.audited().length;
    const { items } = await apply([
      put('NEW', { description: 'new', tags: [{ key: 'a', value: 'b' }] }),
      { action: 'patch', namespace: 'company', key: 'NONE', description: 'x' },
      { action: 'delete', namespace: 'company.team', key: 'B' },
      { action: 'tag', ...A, add: [{ key: 'new', value: '1' }], remove: ['team'] },
    ]);
    expect(results({ items } as Changes)).toEqual(['applied', 'not-found', 'applied', 'applied']);
    expect(items[0]).toMatchObject({ effect: 'create', version: expect.any(String), operation: expect.any(String) });
    expect([await valueOf('company', 'NEW'), await valueOf('company.team', 'B')]).toEqual(['v', 404]);
    expect(await rowOf('company', 'A')).toMatchObject({ description: 'd', tags: [{ key: 'new', value: '1' }] });
    const records = api.audited().slice(before, before + 8);
    expect(records.map(({ action, outcome, key }) => [action, outcome, key])).toEqual([
      ['secret.write', 'intent', 'NEW'],
      ['secret.update', 'intent', 'NONE'],
      ['secret.delete', 'intent', 'B'],
      ['secret.update', 'intent', 'A'],
      ['secret.write', 'ok', 'NEW'],
      ['secret.update', 'not-found', 'NONE'],
      ['secret.delete', 'ok', 'B'],
      ['secret.update', 'ok', 'A'],
    ]);
    expect(records[4]).toHaveProperty('hmac');
  });

  it('replace description and tags, or keep those that are not given', async () => {
    const tags = [{ key: 'team', value: 'data' }];
    const keeps = (more: object = {}) => put('A', { keepsMetadata: true, ...more });
    expect(effects(await plan([keeps({ value: 'of A' })]))).toEqual(['same']);
    expect(effects(await plan([keeps({ value: 'of A', description: 'd' })]))).toEqual(['same']);
    expect(effects(await plan([keeps({ value: 'of A', description: 'other' })]))).toEqual(['change']);
    expect(effects(await plan([keeps()]))).toEqual(['change']);
    expect(results(await apply([keeps()]))).toEqual(['applied']);
    expect(await valueOf('company', 'A')).toBe('v');
    expect(await rowOf('company', 'A')).toMatchObject({ description: 'd', tags });
    await apply([keeps({ description: 'other' })]);
    expect(await rowOf('company', 'A')).toMatchObject({ description: 'other', tags });
    const others = [{ key: 'stage', value: 'prod' }];
    await apply([keeps({ tags: others })]);
    expect(await rowOf('company', 'A')).toMatchObject({ description: 'other', tags: others });
    // What is kept must be what is there.
    expect(api.writes.requests.at(-1)).toMatchObject({
      mutation: { precondition: { versions: [expect.any(String)] } },
    });
    expect(results(await apply([put('NEW', { keepsMetadata: true, description: 'first' })]))).toEqual(['applied']);
    expect(await rowOf('company', 'NEW')).toMatchObject({ description: 'first', tags: [] });
    await apply([put('A')]);
    expect(await rowOf('company', 'A')).toMatchObject({ tags: [] });
    expect(await rowOf('company', 'A')).not.toHaveProperty('description', 'other');
  });

  it('copy with metadata, and move by deleting the source at last', async () => {
    const copied = await apply([{ action: 'copy', from: A, namespace: 'company.team', key: 'COPY' }]);
    expect(results(copied)).toEqual(['applied']);
    expect(await valueOf('company', 'A')).toBe('of A');
    expect(await rowOf('company.team', 'COPY')).toMatchObject({
      description: 'd',
      tags: [{ key: 'team', value: 'data' }],
    });
    const moved = await apply([{ action: 'move', from: A, namespace: 'company.team', key: 'MOVED' }]);
    expect(results(moved)).toEqual(['applied']);
    expect([await valueOf('company', 'A'), await valueOf('company.team', 'MOVED')]).toEqual([404, 'of A']);
    const last = api.audited().filter(({ outcome, key }) => outcome === 'ok' && (key === 'A' || key === 'MOVED'));
    expect(last.map(({ action, key }) => [action, key]).slice(-5)).toEqual(
      expect.arrayContaining([
        ['secret.read', 'A'],
        ['secret.write', 'MOVED'],
        ['secret.delete', 'A'],
      ]),
    );
  });

  it('a move leaves a source that was changed meanwhile, and says so', async () => {
    const { write } = api.writes;
    const changing = jest.spyOn(api.writes, 'write').mockImplementation(async (mutation, options) => {
      const result = await write.call(api.writes, mutation, options);
      if (mutation.kind === 'put' && mutation.path.key === 'M') {
        changing.mockRestore();
        await api.put('company', 'A', { value: 'changed' });
      }
      return result;
    });
    const [item] = (await apply([{ action: 'move', from: A, namespace: 'company.team', key: 'M' }])).items;
    expect(item).toMatchObject({ result: 'failed', error: { code: 'precondition-failed' } });
    expect(item?.error?.detail).toContain("'A' is still in the namespace 'company'");
    expect([await valueOf('company', 'A'), await valueOf('company.team', 'M')]).toEqual(['changed', 'of A']);
  });

  it('leave alone what is the same, and what the version says was changed', async () => {
    const written = api.writes.requests.length;
    const same = { action: 'put', namespace: 'company.team', key: 'B', value: 'of B' };
    expect(results(await apply([same, put('A', { ifMatch: 'x' })]))).toEqual(['unchanged', 'precondition-failed']);
    expect(api.writes.requests).toHaveLength(written);
    expect(results(await apply([put('A', { ifMatch: 'x' })], 'writer'))).toEqual(['precondition-failed']);
  });

  it('an outcome that is not known is pending, under its operation', async () => {
    api.writes.failure = new CofferError('timeout', 'not known yet', { operation: 'op-x' });
    const { items } = await apply([put('NEW'), { action: 'move', from: A, namespace: 'company.team', key: 'M' }]);
    expect(items.map(({ result, operation }) => [result, operation])).toEqual([
      ['pending', 'op-x'],
      ['pending', 'op-x'],
    ]);
    expect(items[1]?.error?.detail).toContain('the source of the move is not deleted');
  });

  it('pass on an Idempotency-Key, and refuse too many items or a body that is none', async () => {
    await ask([put('NEW')], '?dryRun=false', 'root', { 'idempotency-key': 'once' });
    expect(api.writes.requests.at(-1)?.options).toMatchObject({ idempotencyKey: 'once', principal: 'token:root' });
    for (const items of [[], Array.from({ length: 501 }, (_, n) => put(`K${n}`)), [{ action: 'x', ...A }]]) {
      expect((await ask(items, '')).statusCode).toBe(422);
    }
    expect((await ask([put('A')], '', 'reader')).statusCode).toBe(403);
  });

  it('take 500 items', async () => {
    const changes = await apply(Array.from({ length: 500 }, (_, n) => put(`MANY_${n}`)));
    expect(changes.counts).toMatchObject({ create: 500 });
    expect(new Set(results(changes))).toEqual(new Set(['applied']));
  });

  it('give the event loop back meanwhile', async () => {
    await api.put('company', 'LONG', { value: 'é'.repeat(100_000) });
    const copies = Array.from({ length: 500 }, (_, n) => ({
      ...{ action: 'copy', from: { namespace: 'company', key: 'LONG' }, namespace: 'company.team', key: `C${n}` },
    }));
    await plan(copies.slice(0, 1));
    let [turns, done] = [0, false];
    const watch = (): void => {
      turns += 1;
      if (!done) setImmediate(watch);
    };
    setImmediate(watch);
    const { counts } = await plan(copies);
    done = true;
    expect(counts).toMatchObject({ create: 500 });
    // Without pauses, there are those of the request alone.
    expect(turns).toBeGreaterThan(10);
  });

  it('that are not begun in time fail without being begun', async () => {
    const late = await openTestApi({ budgets: { batchTime: 0 } });
    const payload = { items: [put('LATE')] };
    const answer = await late.call('POST', '/coffer/v1/main/changes?dryRun=false', { payload });
    expect(answer.json<Changes>().items[0]).toMatchObject({ effect: 'refused', error: { code: 'timeout' } });
    await late.app.close();
  });
});

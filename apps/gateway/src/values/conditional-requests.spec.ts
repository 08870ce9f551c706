import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.app.close());

const secrets = (namespace: string, key = '') => `/api/v1/main/namespaces/${namespace}/secrets${key && `/${key}`}`;
const read = (namespace: string, key: string, headers: Record<string, string> = {}, query = '') =>
  api.call('GET', `/coffer/v1/main/namespaces/${namespace}/values/${key}${query}`, { headers });
const write = (key: string, headers: Record<string, string>, value = 'v', namespace = 'company') =>
  api.call('PUT', secrets(namespace), { headers, payload: { key, value } });

const etagOf = async (namespace: string, key: string): Promise<string> =>
  String((await read(namespace, key)).headers['etag']);

describe('a conditional read', () => {
  it('is 304 for the version that the caller has, and its record has no value', async () => {
    await api.put('company', 'READ');
    const answer = await read('company', 'READ');
    const etag = String(answer.headers['etag']);
    expect(etag).toBe(`"${answer.json().version}"`);
    for (const header of [etag, `"x", ${etag}`, `W/${etag}`, '*']) {
      const again = await read('company', 'READ', { 'if-none-match': header });
      expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', etag]);
      expect(again.headers).toMatchObject({ 'cache-control': 'no-store' });
    }
    const record = api.audited().at(-1);
    expect(record).toMatchObject({ action: 'secret.read', outcome: 'not-modified', key: 'READ' });
    expect(record).not.toHaveProperty('hmac');
  });

  it('is answered with another version', async () => {
    await api.put('company', 'READ');
    const etag = await etagOf('company', 'READ');
    await api.put('company', 'READ', { value: 'other' });
    const answer = await read('company', 'READ', { 'if-none-match': etag });
    expect([answer.statusCode, answer.json().value]).toEqual([200, 'other']);
    expect(api.audited().at(-1)).toHaveProperty('hmac');
  });

  it('takes no version of a parent for one of the namespace itself', async () => {
    await api.put('company', 'INHERITED');
    const etag = await etagOf('company.team', 'INHERITED');
    expect(etag).toMatch(/^"company:/);
    expect((await read('company.team', 'INHERITED', { 'if-none-match': etag })).statusCode).toBe(304);
    expect((await read('company', 'INHERITED', { 'if-none-match': etag })).statusCode).toBe(200);
  });

  it('refuses what is no list of entity tags', async () => {
    for (const header of ['abc', '"a" "b"', '"a', ',']) {
      const answer = await read('company', 'READ', { 'if-none-match': header });
      expect([answer.statusCode, answer.json().code]).toEqual([422, 'invalid']);
    }
  });
});

describe('a conditional write', () => {
  it('is 412 unless the version is the current one', async () => {
    const first = await write('IF_MATCH', {});
    const etag = String(first.headers['etag']);
    expect(etag).toBe(await etagOf('company', 'IF_MATCH'));
    const second = await write('IF_MATCH', { 'if-match': etag }, 'second');
    expect(second.statusCode).toBe(200);
    const late = await write('IF_MATCH', { 'if-match': etag }, 'late');
    expect([late.statusCode, late.json().code]).toEqual([412, 'precondition-failed']);
    expect(api.audited().at(-1)).toMatchObject({ action: 'secret.write', outcome: 'precondition-failed' });
    const patch = (header: string) =>
      api.call('PATCH', secrets('company', 'IF_MATCH'), {
        headers: { 'if-match': header },
        payload: { description: 'd' },
      });
    expect((await patch(etag)).statusCode).toBe(412);
    const patched = await patch(String(second.headers['etag']));
    expect(patched.statusCode).toBe(200);
    const remove = (header: string) =>
      api.call('DELETE', secrets('company', 'IF_MATCH'), { headers: { 'if-match': header } });
    expect((await remove(etag)).statusCode).toBe(412);
    expect((await remove(`W/${patched.headers['etag']}`)).statusCode).toBe(412);
    expect((await remove(`"x", ${patched.headers['etag']}`)).statusCode).toBe(204);
    expect((await write('IF_MATCH', { 'if-match': '*' })).statusCode).toBe(412);
  });

  it('creates only what is not there', async () => {
    expect((await write('IF_NONE', { 'if-none-match': '*' })).statusCode).toBe(200);
    expect((await write('IF_NONE', { 'if-none-match': '*' })).statusCode).toBe(412);
  });

  it('takes a version of a parent for none of the namespace itself', async () => {
    await api.put('company', 'FROM_PARENT');
    const etag = await etagOf('company.team', 'FROM_PARENT');
    await api.put('company.team', 'FROM_PARENT');
    expect((await write('FROM_PARENT', { 'if-match': etag }, 'v', 'company.team')).statusCode).toBe(412);
  });

  it('refuses what no write can be asked', async () => {
    for (const headers of [
      { 'if-none-match': '"a"' },
      { 'if-match': 'a' },
      { 'if-match': '"a"', 'if-none-match': '*' },
    ]) {
      expect((await write('REFUSED', headers)).statusCode).toBe(422);
    }
  });
});

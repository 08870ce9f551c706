import { openTestApi, type TestApi } from '../fixture/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.app.close());

const url = (key: string, namespace = 'company') => `/coffer/v1/main/namespaces/${namespace}/values/${key}`;
const TEXT = { accept: 'text/plain' };
const read = (key: string, headers: Record<string, string> = TEXT, query = '', namespace = 'company') =>
  api.call('GET', `${url(key, namespace)}${query}`, { headers });
const write = (key: string, payload: string | Buffer, headers: Record<string, string> = {}, as = 'root') =>
  api.call('PUT', url(key), { payload, headers: { 'content-type': 'text/plain', ...headers }, as });
const stored = async (key: string): Promise<unknown> =>
  (await api.call('GET', `/api/v1/main/secrets?filters[q][EQUALS]=${key}`)).json().results[0];

describe('a value alone', () => {
  it('is text or bytes as Accept wants it, with a tag of its own', async () => {
    await api.put('company', 'READ', { value: 'grün\n' });
    const json = await read('READ', {});
    const tags = [String(json.headers['etag'])];
    for (const [accept, type] of [
      ['text/plain', 'text/plain; charset=utf-8'],
      ['application/octet-stream', 'application/octet-stream'],
    ] as const) {
      const answer = await read('READ', { accept });
      expect(answer.rawPayload).toEqual(Buffer.from('grün\n'));
      expect(answer.headers).toMatchObject({
        'content-type': type,
        'content-length': '6',
        'cache-control': 'no-store',
        'cache-status': 'coffer; fwd=bypass; detail=store',
        'x-content-type-options': 'nosniff',
        vary: 'accept',
      });
      tags.push(String(answer.headers['etag']));
    }
    expect(new Set(tags).size).toBe(2);
    expect(json.headers).toMatchObject({ vary: 'accept', 'content-type': 'application/json; charset=utf-8' });
    expect(api.audited().at(-1)).toMatchObject({ action: 'secret.read', outcome: 'ok', key: 'READ' });
    expect(api.audited().at(-1)).toHaveProperty('hmac');
  });

  it('is 304 by its own tag alone', async () => {
    await api.put('company', 'CONDITION');
    const etag = String((await read('CONDITION')).headers['etag']);
    const again = await read('CONDITION', { ...TEXT, 'if-none-match': etag });
    expect([again.statusCode, again.body, again.headers['etag'], again.headers['vary']]).toEqual([
      304,
      '',
      etag,
      'accept',
    ]);
    expect(api.audited().at(-1)).toMatchObject({ outcome: 'not-modified' });
    expect((await read('CONDITION', { 'if-none-match': etag })).statusCode).toBe(200);
    const ofJson = String((await read('CONDITION', {})).headers['etag']);
    expect((await read('CONDITION', { ...TEXT, 'if-none-match': ofJson })).statusCode).toBe(200);
  });

  it('may be a field, an empty one too, inherited, and long', async () => {
    const long = 'ä'.repeat(40_000);
    await api.put('company', 'FIELDS', { value: JSON.stringify({ user: 'u', none: '', long }) });
    const field = (name: string) => read('FIELDS', TEXT, `?subkey=${name}`, 'company.team');
    expect((await field('user')).body).toBe('u');
    expect([(await field('none')).statusCode, (await field('none')).body]).toEqual([200, '']);
    expect((await field('long')).body).toBe(long);
    expect(String((await field('user')).headers['etag'])).toMatch(/^"company:.*%text"$/);
  });

  it('errors are problems whatever Accept wants', async () => {
    const answer = await read('NONE');
    expect([answer.statusCode, answer.headers['content-type'], answer.json().code]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
      'not-found',
    ]);
  });
});

describe('a body that is the value', () => {
  it('is kept byte for byte, and answered with its tag', async () => {
    for (const value of ['a', 'line\r\n', '\ufeffmarked', '{"a":1}', 'grün', 'x'.repeat(100_000)]) {
      const written = await write('WRITE', value);
      expect([written.statusCode, written.body]).toEqual([204, '']);
      const answer = await read('WRITE', { accept: 'application/octet-stream' });
      expect(answer.rawPayload.equals(Buffer.from(value))).toBe(true);
      expect(answer.headers['etag']).toBe(written.headers['etag']);
    }
    expect(api.audited().filter(({ key }) => key === 'WRITE')[0]).toMatchObject({
      action: 'secret.write',
      outcome: 'intent',
    });
  });

  it('comes as text, as bytes, or without a type', async () => {
    for (const type of ['text/plain; charset=utf-8', 'application/octet-stream', 'Text/Plain']) {
      expect((await write('TYPE', 'v', { 'content-type': type })).statusCode).toBe(204);
    }
    const untyped = await api.call('PUT', url('TYPE'), { payload: Buffer.from('untyped') });
    expect([untyped.statusCode, (await read('TYPE')).body]).toEqual([204, 'untyped']);
    for (const headers of [
      { 'content-type': 'application/json' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'text/plain; charset=iso-8859-1' },
      { 'content-type': 'text/plain; charset=utf-8; charset=iso-8859-1' },
      { 'content-type': 'text/plain', 'content-encoding': 'gzip' },
    ]) {
      const refused = await write('TYPE', 'refused', headers);
      expect([refused.statusCode, refused.json().code]).toEqual([415, 'unsupported-media-type']);
    }
    expect((await read('TYPE')).body).toBe('untyped');
  });

  it('is never a part of the value, which would replace all of it', async () => {
    await write('PART', 'the whole');
    // As `curl --continue-at 4 --upload-file` sends it.
    const refused = await write('PART', 'whole', { 'content-range': 'bytes 4-8/9' });
    expect([refused.statusCode, refused.json().code]).toEqual([400, 'malformed']);
    expect(refused.json().detail).toContain('Content-Range');
    expect((await read('PART')).body).toBe('the whole');
  });

  it('is never empty, no other than UTF-8, and has no more than any body', async () => {
    for (const [body, status, code] of [
      ['', 422, 'invalid'],
      [Buffer.from([0x61, 0xff]), 400, 'malformed'],
      ['x'.repeat(4 * 1_048_576 + 1), 413, 'body-too-large'],
    ] as const) {
      const refused = await write('REFUSED', body);
      expect([refused.statusCode, refused.json().code]).toEqual([status, code]);
      expect(refused.body).not.toContain('\ufffd');
    }
    expect((await read('REFUSED')).statusCode).toBe(404);
  });

  it('other endpoints take JSON alone, as before', async () => {
    const answer = await api.call('PUT', '/api/v1/main/namespaces/company/secrets', {
      payload: '{"key":"A","value":"v"}',
      headers: { 'content-type': 'text/plain' },
    });
    expect([answer.statusCode, answer.json().code]).toEqual([415, 'unsupported-media-type']);
  });

  it('leaves description and tags as they are', async () => {
    const tags = [{ key: 'team', value: 'a' }];
    await api.put('company', 'KEPT', { description: 'what it is for', tags });
    expect((await write('KEPT', 'other')).statusCode).toBe(204);
    expect((await read('KEPT')).body).toBe('other');
    expect(await stored('KEPT')).toMatchObject({ description: 'what it is for', tags });
    expect((await write('NEW', 'v')).statusCode).toBe(204);
    expect(await stored('NEW')).toEqual({ key: 'NEW', namespace: 'company', tags: [] });
  });

  it('has the conditions, the repeats and the queue of other writes', async () => {
    const first = String((await write('COND', '1', { 'if-none-match': '*' })).headers['etag']);
    expect((await write('COND', '2', { 'if-none-match': '*' })).statusCode).toBe(412);
    const second = await write('COND', '2', { 'if-match': first });
    expect(second.statusCode).toBe(204);
    expect((await write('COND', '3', { 'if-match': first })).statusCode).toBe(412);
    // The tag of the JSON is as good.
    const ofJson = String((await read('COND', {})).headers['etag']);
    expect((await write('COND', '3', { 'if-match': ofJson })).statusCode).toBe(204);
    await write('COND', '4', { 'idempotency-key': 'k' });
    expect(api.writes.requests.at(-1)?.options).toMatchObject({ principal: 'token:root', idempotencyKey: 'k' });
    const queued = await write('COND', '5', { prefer: 'respond-async' });
    expect([queued.statusCode, queued.json().state]).toEqual([202, 'pending']);
    expect(queued.headers['location']).toMatch(/^\/coffer\/v1\/main\/operations\//);
  });

  it('needs write, and a whole key', async () => {
    expect((await write('WRITE', 'v', {}, 'reader')).statusCode).toBe(403);
    expect((await write('WRITE', 'v', {}, 'writer')).statusCode).toBe(204);
    expect((await write('a/b', 'v')).statusCode).toBe(204);
    expect((await read('a%2Fb')).body).toBe('v');
    expect((await write('Q?x', 'v')).statusCode).toBe(422);
    expect(String((await write('%2E%2E%2Fx', 'v')).headers['warning'])).toContain('299 coffer');
  });
});

describe('DELETE', () => {
  const remove = (key: string, headers: Record<string, string> = {}, as = 'root') =>
    api.call('DELETE', url(key), { headers, as });

  it('removes the secret, again and again, under a condition too', async () => {
    const etag = String((await write('GONE', 'v')).headers['etag']);
    expect((await remove('GONE', { 'if-match': '"x"' })).statusCode).toBe(412);
    expect((await remove('GONE', { 'if-match': etag })).statusCode).toBe(204);
    expect((await read('GONE')).statusCode).toBe(404);
    expect((await remove('GONE', { 'content-type': 'application/json' })).statusCode).toBe(204);
    expect(api.audited().at(-1)).toMatchObject({ action: 'secret.delete', outcome: 'ok', key: 'GONE' });
    expect((await remove('GONE', {}, 'writer')).statusCode).toBe(403);
    expect((await remove('GONE', { prefer: 'respond-async' })).statusCode).toBe(202);
  });
});

/** @servers none */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import {
  api,
  cofferCommand,
  removeFolder,
  scratchFolder,
  startCoffer,
  type Api,
  type Coffer,
} from '../../harness/index.js';
import { MARKER, leaksIn, refusalOf } from './refusal.fixture.js';

// Starts real processes, on machines that may be busy.
jest.setTimeout(360_000);

const SECRETS = '/api/v1/main/namespaces/company/secrets';
const KEPT = 'what was there before';
const body = (fields: object = {}): object => ({ key: 'K', value: MARKER, ...fields });
const tag = (key: string) => ({ key, value: MARKER });

describe('bad requests', () => {
  const scratch = scratchFolder();
  const dataFolder = join(scratch, 'data');
  let coffer: Coffer;
  let main: Api;
  let narrow: Api;

  beforeAll(async () => {
    const first = await startCoffer({ dataFolder });
    await first.stop();
    const args = [
      'token',
      'create',
      '--print',
      '--secret-file=-',
      '--id=narrow',
      '--grant=elsewhere:write,resolve,delete',
    ];
    const { stdout } = await cofferCommand(args, { dataFolder });
    const configFile = join(scratch, 'coffer.yml');
    writeFileSync(configFile, `${stdout.slice(stdout.indexOf('coffer:\n'))}  log:\n    level: debug\n`);
    coffer = await startCoffer({ dataFolder, configFile, token: first.token });
    main = api(coffer.url, coffer.token);
    narrow = api(coffer.url, /^access token: (\S+)$/m.exec(stdout)?.[1] ?? '');
    await main.put('company', { key: 'K', value: KEPT, description: 'kept' });
  });

  /** Whatever was refused before, nothing is lost and nothing was written. */
  afterEach(async () => {
    expect((await main.value('company', 'K')).json()['value']).toBe(KEPT);
    expect((await main.list()).json()).toMatchObject({
      total: 1,
      results: [{ namespace: 'company', key: 'K', description: 'kept', tags: [] }],
    });
  });

  afterAll(async () => {
    await coffer.stop();
    removeFolder(scratch);
    expect(leaksIn(`${coffer.stdout()}${coffer.stderr()}`)).toEqual([]);
    expect(leaksIn(`a positive control: ${encodeURIComponent(MARKER)}`)).not.toEqual([]);
  });

  it.each([
    ['JSON that ends early', JSON.stringify(body()).slice(0, -1), {}, 400, 'malformed', /not JSON/],
    ['a value without quotes', `{"key":"K","value":${MARKER}}`, {}, 400, 'malformed', /not JSON/],
    [
      'another content type',
      JSON.stringify(body()),
      { 'content-type': 'text/plain' },
      415,
      'unsupported-media-type',
      /application\/json/,
    ],
    [
      'a form',
      `key=K&value=${encodeURIComponent(MARKER)}`,
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported-media-type',
      /application\/json/,
    ],
    [
      'another charset',
      JSON.stringify(body()),
      { 'content-type': 'application/json; charset=utf-16' },
      415,
      'unsupported-media-type',
      /UTF-8/,
    ],
    ['an unknown field', body({ valeu: MARKER }), {}, 422, 'invalid', /valeu/],
    ['a list', [body()], {}, 422, 'invalid', /./],
    ['no key', { value: MARKER }, {}, 422, 'invalid', /key/],
    ['an empty key', body({ key: '' }), {}, 422, 'invalid', /1 to 256 characters/],
    ['a long key', body({ key: 'k'.repeat(257) }), {}, 422, 'invalid', /1 to 256 characters/],
    ['a key with a line end', body({ key: 'a\nb' }), {}, 422, 'invalid', /control characters/],
    ['no value', { key: 'K', description: MARKER }, {}, 422, 'invalid', /value/],
    ['an empty value', { key: 'K', value: '', description: MARKER }, {}, 422, 'invalid', /value/],
    ['a value that is a number', { key: 'K', value: 17, description: MARKER }, {}, 422, 'invalid', /value/],
    ['another namespace than the path', body({ namespace: 'other' }), {}, 422, 'invalid', /namespace/],
    ['an empty tag key', body({ tags: [tag('')] }), {}, 422, 'invalid', /tag/],
    ['a tag key twice', body({ tags: [tag('twice'), tag('twice')] }), {}, 422, 'invalid', /'twice' appears twice/],
    ['a reserved tag', body({ tags: [tag('namespace')] }), {}, 422, 'invalid', /'namespace' is reserved/],
    ['a tag of ours', body({ tags: [tag('coffer.fence')] }), {}, 422, 'invalid', /'coffer.fence' is reserved/],
    [
      'a value over the limit of the store',
      body({ value: MARKER + 'x'.repeat(524_288) }),
      {},
      422,
      'too-large',
      /524,?288/,
    ],
    ['too many tags', body({ tags: Array.from({ length: 65 }, (_, n) => tag(`t${n}`)) }), {}, 422, 'too-large', /64/],
    [
      'an idempotency key that is too long',
      body(),
      { 'idempotency-key': 'x'.repeat(256) },
      422,
      'invalid',
      /idempotency-key/i,
    ],
  ])('refuses a write with %s before it is queued', async (_what, sent, headers, status, code, detail) => {
    // Asked for asynchronously, what is queued is answered 202, so that this refusal came before.
    const answer = await main.call('PUT', SECRETS, { body: sent, headers: { prefer: 'respond-async', ...headers } });
    expect(refusalOf(answer)).toEqual([status, code, expect.stringMatching(detail)]);
    expect(answer.json()).not.toHaveProperty('operation');
  });

  it.each([
    ['a namespace with capitals', '/api/v1/main/namespaces/Company/secrets', /invalid namespace/],
    ['a namespace that is a path', '/api/v1/main/namespaces/..%2Fetc/secrets', /invalid namespace/],
    ['a tenant with capitals', '/api/v1/Main/namespaces/company/secrets', /invalid tenant/],
    ['a tenant that is a word of the API', '/api/v1/secrets/namespaces/company/secrets', /invalid tenant/],
  ])('refuses %s', async (_what, path, detail) => {
    expect(refusalOf(await main.call('PUT', path, { body: body() }))).toEqual([
      422,
      'invalid',
      expect.stringMatching(detail),
    ]);
  });

  it.each([
    ['a change of the value by PATCH', 'PATCH', `${SECRETS}/K`, { value: MARKER }],
    ['another key than the path', 'PATCH', `${SECRETS}/K`, { key: 'OTHER', description: MARKER }],
    ['a tag key twice by PATCH', 'PATCH', `${SECRETS}/K`, { tags: [tag('x'), tag('x')] }],
    ['a long key in a path', 'PATCH', `${SECRETS}/${'k'.repeat(257)}`, { description: MARKER }],
    ['a control character in a path', 'DELETE', `${SECRETS}/a%00b`, undefined],
    [
      'an unknown field in a batch',
      'POST',
      '/coffer/v1/main/namespaces/company/resolve',
      { keys: [{ key: 'K', valeu: MARKER }] },
    ],
    ['a batch that is no list', 'POST', '/coffer/v1/main/namespaces/company/resolve', { keys: MARKER }],
    [
      'a switch that is neither true nor false',
      'GET',
      `/coffer/v1/main/namespaces/company/values/K?inherit=${encodeURIComponent(MARKER)}`,
      undefined,
    ],
    [
      'an unknown parameter',
      'GET',
      `/coffer/v1/main/namespaces/company/values/K?no-such=${encodeURIComponent(MARKER)}`,
      undefined,
    ],
    ['an unknown operator', 'GET', `/api/v1/main/secrets?filters[key][${encodeURIComponent(MARKER)}]=x`, undefined],
    [
      'a pattern that does not compile',
      'GET',
      `/api/v1/main/secrets?filters[key][REGEX]=(${encodeURIComponent(MARKER)}`,
      undefined,
    ],
  ])('refuses %s', async (_what, method, path, sent) => {
    expect(refusalOf(await main.call(method, path, { body: sent }))).toEqual([422, 'invalid', expect.any(String)]);
  });

  it('never quotes the stored value where a subkey does not fit', async () => {
    await main.put('company', { key: 'K', value: MARKER });
    const plain = await main.value('company', 'K', 'subkey=user');
    await main.put('company', { key: 'K', value: `{"user": "${MARKER}` });
    const broken = await main.value('company', 'K', 'subkey=user');
    await main.put('company', { key: 'K', value: JSON.stringify({ password: MARKER }) });
    const lacking = await main.value('company', 'K', 'subkey=user');
    for (const answer of [plain, broken, lacking]) {
      expect(refusalOf(answer)).toEqual([422, 'invalid', expect.stringMatching(/^a subkey was asked for/)]);
    }
    await main.put('company', { key: 'K', value: KEPT, description: 'kept' });
  });

  it.each([['with its length declared'], ['in chunks']])('refuses a body over the limit, %s', async (how) => {
    const size = 4 * 1024 * 1024 + 1;
    const sent = request(`${coffer.url}${SECRETS}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${coffer.token}`,
        'content-type': 'application/json',
        ...(how === 'in chunks' ? {} : { 'content-length': size }),
      },
    });
    // The connection is cut when the rest is not wanted; the answer came before.
    sent.on('error', () => undefined);
    sent.write(JSON.stringify(body()));
    if (how === 'in chunks') sent.write(' '.repeat(size));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const text = (await answer.setEncoding('utf8').toArray()).join('');
    sent.destroy();
    expect([answer.statusCode, JSON.parse(text)['code'], leaksIn(text)]).toEqual([413, 'body-too-large', []]);
  });

  it('answers a path that there is not', async () => {
    const kestra = await main.call('PUT', '/api/v1/main/nothing/here', { body: body() });
    const own = await main.call('DELETE', '/coffer/v1/main/namespaces/company/nothing/K');
    for (const answer of [kestra, own]) expect(refusalOf(answer)).toEqual([404, 'no-such-route', expect.any(String)]);
  });

  it.each([
    ['in a namespace', () => narrow.put('company', body())],
    ['for a key that exists', () => narrow.value('company', 'K')],
    ['for a key that does not', () => narrow.value('company', 'ABSENT')],
    ['for deleting', () => narrow.delete('company', 'K')],
    ['in a tenant', () => narrow.call('PUT', '/api/v1/other/namespaces/elsewhere/secrets', { body: body() })],
    ['for listing', () => narrow.list()],
  ])('forbids what the token has no grant for: %s', async (_what, ask) => {
    const [status, code, detail] = refusalOf(await ask());
    expect([status, code]).toEqual([403, 'forbidden']);
    expect(detail).toMatch(/^this needs the permission '(list|resolve|write|delete)' in (namespace|tenant) '/);
  });

  it('answers the same for a forbidden name that exists and one that does not, the name aside', async () => {
    const [there, absent] = await Promise.all([narrow.value('company', 'K'), narrow.value('company', 'ABSENT')]);
    const shown = ({ json }: typeof there) => ({ ...json(), instance: 'of the request' });
    expect(shown(there)).toEqual(shown(absent));
  });

  it.each([
    ['no credentials', ''],
    ['a token of elsewhere', `Bearer ${MARKER}`],
    ['a token with a typing error', () => `Bearer ${coffer.token.slice(0, -1)}_`],
    ['empty Basic credentials', 'Basic Og=='],
    ['an unknown user', `Basic ${Buffer.from(`nobody:${MARKER}`).toString('base64')}`],
    ['another scheme', `Digest ${MARKER}`],
  ])('lets nobody in with %s', async (_what, credentials) => {
    const authorization = (typeof credentials === 'string' ? credentials : credentials()).replace(/[^\x20-\x7e]/g, '');
    const answer = await api(coffer.url, '', { authorization }).put('company', body());
    expect(refusalOf(answer)).toEqual([401, 'unauthorized', expect.any(String)]);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(answer.text).not.toContain(coffer.token.slice(10, -2));
  });

  it('throttles an address that guesses, and lets a good token in all the same', async () => {
    const guess = () => api(coffer.url, '', { authorization: `Bearer ${MARKER.slice(0, 8)}` }).list();
    const guesses = [];
    for (let n = 0; n < 11; n += 1) guesses.push(await guess());
    const last = guesses.at(-1);
    expect(last && refusalOf(last).slice(0, 2)).toEqual([429, 'login-throttled']);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await main.value('company', 'K')).status).toBe(200);
  });

  it('queued none of it', async () => {
    const figures = (await main.call('GET', '/metrics')).text;
    const ended = [...figures.matchAll(/^coffer_mutations_ended_total\{([^}]*)\} (\d+)$/gm)].map(([, of, n]) => [
      of,
      n,
    ]);
    // The five writes that this suite made on purpose.
    expect(ended).toEqual([[expect.stringContaining('put'), '5']]);
  });
});

import { CofferError, type ErrorCode } from '@coffer/secrets';
import { openTestApi, type TestApi } from '../fixture/test-api.js';

const CANARY = 'hunter2-canary';
let api: TestApi;
let failure: Error;
beforeAll(async () => {
  api = await openTestApi({
    reading: {
      read: () => Promise.reject(failure),
      list: () => {
        throw failure;
      },
    },
  });
});
afterAll(() => api.app.close());

/** As docs and clients have it; written out here so that a change of the table is noticed. */
const STATUS: readonly (readonly [ErrorCode, number])[] = [
  ['not-found', 404],
  ['conflict', 409],
  ['read-only', 409],
  ['operation-in-flight', 409],
  ['too-large', 422],
  ['invalid', 422],
  ['operation-mismatch', 422],
  ['denied', 502],
  ['unauthenticated', 502],
  ['corrupt', 502],
  ['throttled', 503],
  ['unavailable', 503],
  ['overloaded', 503],
  ['fence-ahead', 503],
  ['timeout', 504],
];

describe.each(STATUS)('%s', (code, status) => {
  it(`is ${status} on both faces`, async () => {
    failure = new CofferError(code, 'the reason');
    api.writes.failure = failure;
    const read = await api.call('GET', '/coffer/v1/main/namespaces/a/values/K');
    expect(read.json()).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail: 'the reason',
      code,
      instance: expect.stringMatching(/^urn:uuid:/),
    });
    expect(read.headers['content-type']).toContain('application/problem+json');
    const list = await api.call('GET', '/api/v1/main/secrets?size=5');
    const write = await api.call('DELETE', '/api/v1/main/namespaces/a/secrets/K');
    for (const answer of [list, write]) {
      expect([answer.statusCode, answer.json()]).toEqual([
        status,
        expect.objectContaining({
          code,
          detail: 'the reason',
          message: expect.stringMatching(/^[A-Z][A-Za-z ]+: the reason$/),
        }),
      ]);
    }
    expect(list.json()._links).toEqual({ self: { href: '/api/v1/main/secrets' } });
    for (const answer of [read, list, write]) {
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['retry-after'] === undefined).toBe(status !== 503);
    }
  });
});

it('Kestra’s words for illegal arguments and states', async () => {
  for (const [code, reason] of [
    ['invalid', 'Illegal argument'],
    ['read-only', 'Illegal state'],
    ['not-found', 'Not Found'],
  ] as const) {
    api.writes.failure = new CofferError(code, 'x');
    const answer = await api.call('DELETE', '/api/v1/main/namespaces/a/secrets/K');
    expect(answer.json().message).toBe(`${reason}: x`);
  }
});

it('a write without an outcome in time names its operation', async () => {
  api.writes.failure = new CofferError('timeout', 'not known yet', { operation: '0198-op' });
  const answer = await api.call('PUT', '/api/v1/main/namespaces/a/secrets', { payload: { key: 'K', value: 'v' } });
  expect([answer.statusCode, answer.json().operation]).toEqual([504, '0198-op']);
});

describe('the log', () => {
  it.each<[ErrorCode, string]>([
    ['unavailable', 'request failed'],
    ['internal', 'unexpected error'],
  ])('has one line for any number of requests that fail as %s', async (code, message) => {
    const other = await openTestApi({
      reading: {
        read: () => Promise.reject(failure),
        list: () => {
          throw failure;
        },
      },
    });
    failure = code === 'internal' ? new Error('vendor') : new CofferError(code, 'the store is away');
    const ask = (at: number) => other.call('GET', `/coffer/v1/main/namespaces/n${at}/values/K`);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => ask(at)));
    expect(answers.map((answer): unknown => answer.json().code)).toEqual(answers.map(() => code));
    expect(other.log.map((line) => line.message)).toEqual([message]);
    failure = new CofferError('timeout', 'the store is slow');
    await ask(0);
    expect(other.log.map((line) => line.message)).toEqual([message, 'request failed']);
    await other.app.close();
  });
});

describe('an unexpected exception', () => {
  class VendorError extends Error {
    readonly config = { data: CANARY };
  }
  beforeEach(() => {
    api.log.length = 0;
    failure = new VendorError(`failed with ${CANARY}\n    at ${CANARY}`);
    failure.stack = `VendorError: failed with ${CANARY}\n    at somewhere (file.js:1:1)`;
    api.writes.failure = failure;
  });

  it.each([
    ['GET', '/coffer/v1/main/namespaces/a/values/K'],
    ['GET', '/api/v1/main/secrets'],
    ['DELETE', '/api/v1/main/namespaces/a/secrets/K'],
  ] as const)('in %s %s is 500 and says nothing, and the log says where', async (method, url) => {
    const answer = await api.call(method, url);
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'internal']);
    expect(api.log).toEqual([
      {
        message: 'unexpected error',
        fields: expect.objectContaining({ error: { name: 'Error', at: ['at somewhere (file.js:1:1)'] } }),
      },
    ]);
    expect(answer.json().instance).toBe(`urn:uuid:${(api.log[0]?.fields as { request: string }).request}`);
    expect(answer.body + JSON.stringify(api.log)).not.toContain(CANARY);
  });

  it('in a batch is the item’s own', async () => {
    const answer = await api.call('POST', '/coffer/v1/main/namespaces/a/resolve', {
      payload: { keys: [{ key: 'K' }] },
    });
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      [{ key: 'K', namespace: 'a', error: expect.objectContaining({ code: 'internal', status: 500 }) }],
    ]);
    expect(api.log).toHaveLength(1);
    expect(answer.body + JSON.stringify(api.log)).not.toContain(CANARY);
  });
});

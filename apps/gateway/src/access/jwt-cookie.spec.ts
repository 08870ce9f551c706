import type { LoginAttempt } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import { CALLERS, openTestApi, type TestApi } from '../fixture/test-api.js';

const URL_OF_SECRETS = '/api/v1/main/namespaces/company.team/secrets';
const VALUE = '/coffer/v1/main/namespaces/company.team/values/KEY';

/** As the real one decides: credentials in the header win, and a cookie of another origin does not count. */
const attempts: LoginAttempt[] = [];
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({
    authenticator: {
      known: () => undefined,
      principalOf: () => undefined,
      authenticate: async (attempt) => {
        attempts.push(attempt);
        if (attempt.cookie === undefined || attempt.cookie.crossOrigin) throw new CofferError('unauthorized', 'no');
        return { id: 'jwt:kestra:me', grants: CALLERS['root'] ?? [] };
      },
    },
  });
});
afterAll(() => api.app.close());
beforeEach(() => attempts.splice(0));

const put = (headers: Record<string, string>) =>
  api.app.inject({ method: 'PUT', url: URL_OF_SECRETS, headers, payload: { key: 'KEY', value: 'x' } });
const get = (headers: Record<string, string>) => api.app.inject({ method: 'GET', url: VALUE, headers });
const cookie = 'a=b; JWT=ey1.ey2.s; c=d';
const host = 'coffer.example.com';

it.each<[string, Record<string, string>, number, number]>([
  ['a client that is no browser', {}, 200, 200],
  ['a page of this origin', { 'sec-fetch-site': 'same-origin', origin: `https://${host}` }, 200, 200],
  ['an address that was typed', { 'sec-fetch-site': 'none' }, 401, 200],
  ['a page of a sibling domain', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }, 401, 401],
  ['a page of another site', { 'sec-fetch-site': 'cross-site' }, 401, 401],
  ['a word that is not known', { 'sec-fetch-site': 'other' }, 401, 401],
  ['an older browser on this origin', { origin: `http://${host}` }, 200, 200],
  ['an older browser on another one', { origin: 'http://evil.example.com' }, 401, 401],
  ['an older browser on another port', { origin: `http://${host}:81` }, 401, 401],
  ['a page without an origin', { origin: 'null' }, 401, 401],
])('the JWT cookie of %s: write %s, read', async (_who, headers, write, read) => {
  expect((await put({ host, cookie, ...headers })).statusCode).toBe(write);
  expect((await get({ host, cookie, ...headers })).statusCode).toBe(read);
});

it.each<[string, Record<string, string>, string, number]>([
  ['of a client that is no browser', {}, 'refresh=true', 401],
  ['written otherwise', {}, 'inherit=true&%72efresh=true', 401],
  ['twice', {}, 'refresh=false&refresh=true', 401],
  ['that is false', {}, 'refresh=false', 200],
  ['of a page of this origin', { 'sec-fetch-site': 'same-origin' }, 'refresh=true', 200],
  ['of a page of this origin in an older browser', { origin: `http://${host}` }, 'refresh=true', 200],
])('the JWT cookie with a refresh %s', async (_what, headers, query, status) => {
  const answer = await api.app.inject({
    method: 'GET',
    url: `${VALUE}?${query}`,
    headers: { host, cookie, ...headers },
  });
  expect(answer.statusCode).toBe(status);
});

it('is handed on as it is, and as an empty one where two differ', async () => {
  await get({ host, cookie });
  await get({ host, cookie: 'JWT=ey1.a.b; JWT=ey2.a.b' });
  await get({ host, cookie: 'JWT="ey1.a.b"; JWT=ey1.a.b' });
  await get({ host, cookie: 'XJWT=ey1.a.b; jwt=x; JWT2=y' });
  expect(attempts.map((attempt) => attempt.cookie?.token)).toEqual(['ey1.ey2.s', '', 'ey1.a.b', undefined]);
});

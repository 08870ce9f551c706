import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VALUE_BYTES } from './limits.ts';
import { service } from './service.ts';
import type { Permission } from './identity.ts';
import type { ServiceOptions } from './service.ts';

const VAULT = 'https://127.0.0.1:8443';
const TENANT = 'tenant';
const ALL: Permission[] = ['get', 'list', 'set', 'delete', 'recover', 'backup', 'restore', 'purge'];

function fresh({ permissions = ALL, ...options }: Partial<ServiceOptions> & { permissions?: Permission[] } = {}) {
  const clock = { now: 1_700_000_000_000 };
  const principals = [{ clientId: 'client', secret: 'secret', permissions }];
  const handle = service({ tenantId: TENANT, principals, now: () => clock.now, ...options });
  const raw = (
    method: string,
    path: string,
    { headers = {}, body = '' }: { headers?: Record<string, string>; body?: string } = {},
  ) => {
    const {
      status,
      headers: answered = {},
      body: answer,
    } = handle({ method, url: new URL(VAULT + path), headers, body });
    return { status, headers: answered, body: answer as any };
  };
  const tokenFor = (change: Record<string, string> = {}, tenant = TENANT) =>
    raw('POST', `/${tenant}/oauth2/v2.0/token`, {
      body: `${new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'client',
        client_secret: 'secret',
        scope: 'https://vault.azure.net/.default',
        ...change,
      })}`,
    });
  const { access_token } = tokenFor().body;
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const call = (method: string, path: string, body?: object) =>
    raw(method, `${path}${path.includes('?') ? '&' : '?'}api-version=7.4`, {
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const inner = ({ status, body }: ReturnType<typeof call>) => [
    status,
    body?.error?.innererror?.code ?? body?.error?.code,
  ];
  return { raw, call, inner, tokenFor, clock };
}

test('a request without a token is challenged, with one that is wrong or too old again', () => {
  const { raw, call, clock } = fresh();
  const { status, headers, body } = raw('GET', '/secrets/a?api-version=7.4');
  assert.equal(status, 401);
  assert.equal(
    headers['www-authenticate'],
    `Bearer authorization="${VAULT}/tenant", resource="https://vault.azure.net"`,
  );
  assert.equal(body.error.code, 'Unauthorized');
  assert.equal(raw('GET', '/secrets?api-version=7.4', { headers: { authorization: 'Bearer a.b.c' } }).status, 401);
  assert.equal(call('GET', '/secrets').status, 200);
  clock.now += 3_600_000;
  assert.equal(call('GET', '/secrets').status, 401);
});

test('the directory refuses a wrong secret, client, tenant, scope, grant and assertion', () => {
  const { tokenFor, raw } = fresh();
  const refused = [
    tokenFor({ client_secret: 'other' }),
    tokenFor({ client_id: 'other' }),
    tokenFor({}, 'other'),
    tokenFor({ scope: 'https://graph.microsoft.com/.default' }),
    tokenFor({ grant_type: 'password' }),
    tokenFor({ client_assertion: 'other' }),
  ];
  assert.deepEqual(
    refused.map(({ status, body }) => [status, body.error, body.error_codes[0]]),
    [
      [401, 'invalid_client', 7000215],
      [400, 'unauthorized_client', 700016],
      [400, 'invalid_request', 90002],
      [400, 'invalid_scope', 70011],
      [400, 'unsupported_grant_type', 70003],
      [401, 'invalid_client', 700211],
    ],
  );
  assert.equal(tokenFor({ client_assertion: 'federated:client' }).status, 200);
  const { body } = raw('GET', '/tenant/v2.0/.well-known/openid-configuration');
  assert.equal(body.token_endpoint, `${VAULT}/tenant/oauth2/v2.0/token`);
});

test('a managed identity gets a token by the header of its machine', () => {
  const { raw } = fresh();
  const ask = (secret: string, more = '') =>
    raw('GET', `/msi/token?resource=${encodeURIComponent('https://vault.azure.net')}${more}`, {
      headers: { 'x-identity-header': secret },
    });
  assert.equal(ask('secret').body.client_id, 'client');
  assert.equal(ask('secret', '&client_id=client').status, 200);
  assert.equal(ask('secret', '&client_id=other').status, 400);
  assert.equal(ask('wrong').status, 400);
});

test('each operation needs its permission and no other', () => {
  const operations: [Permission, string, string][] = [
    ['get', 'GET', '/secrets/a'],
    ['get', 'GET', '/deletedsecrets/a'],
    ['list', 'GET', '/secrets'],
    ['list', 'GET', '/deletedsecrets'],
    ['list', 'GET', '/secrets/a/versions'],
    ['set', 'PUT', '/secrets/a'],
    ['set', 'PATCH', '/secrets/a/b'],
    ['delete', 'DELETE', '/secrets/a'],
    ['recover', 'POST', '/deletedsecrets/a/recover'],
    ['purge', 'DELETE', '/deletedsecrets/a'],
    ['backup', 'POST', '/secrets/a/backup'],
    ['restore', 'POST', '/secrets/restore'],
  ];
  for (const [permission, method, path] of operations) {
    const others = fresh({ permissions: ALL.filter((one) => one !== permission) });
    assert.deepEqual(others.inner(others.call(method, path, {})), [403, 'AccessDenied'], `${method} ${path}`);
    assert.notEqual(fresh({ permissions: [permission] }).call(method, path, {}).status, 403, `${method} ${path}`);
  }
});

test('a deletion and a recovery complete in time, and until then the name is busy', () => {
  const { call, inner, clock } = fresh({ deletionMs: 100, recoveryMs: 100 });
  call('PUT', '/secrets/a', { value: 'one' });
  assert.equal(call('DELETE', '/secrets/a').status, 200);
  assert.deepEqual(inner(call('GET', '/secrets/a')), [404, 'SecretNotFound']);
  assert.deepEqual(inner(call('GET', '/deletedsecrets/a')), [404, 'SecretNotFound']);
  assert.deepEqual(inner(call('PUT', '/secrets/a', { value: 'two' })), [409, 'ObjectIsBeingDeleted']);
  assert.deepEqual(inner(call('POST', '/deletedsecrets/a/recover')), [409, 'ObjectIsBeingDeleted']);
  clock.now += 100;
  assert.equal(call('GET', '/deletedsecrets/a').status, 200);
  assert.deepEqual(inner(call('PUT', '/secrets/a', { value: 'two' })), [409, 'ObjectIsDeletedButRecoverable']);
  assert.equal(call('POST', '/deletedsecrets/a/recover').status, 200);
  assert.equal(call('GET', '/secrets/a').status, 404);
  assert.deepEqual(inner(call('PUT', '/secrets/a', { value: 'two' })), [409, 'ObjectIsBeingRecovered']);
  clock.now += 60;
  assert.equal(call('GET', '/secrets/a').body.value, 'one');
  assert.deepEqual(inner(call('PUT', '/secrets/a', { value: 'two' })), [409, 'ObjectIsBeingRecovered']);
  clock.now += 40;
  assert.equal(call('PUT', '/secrets/a', { value: 'two' }).status, 200);
  assert.equal(call('GET', '/secrets/a').body.value, 'two');
});

test('names are case-insensitive and of few characters', () => {
  const { call, inner } = fresh();
  call('PUT', '/secrets/Name', { value: 'one' });
  call('PUT', '/secrets/NAME', { value: 'two' });
  assert.equal(call('GET', '/secrets/name').body.value, 'two');
  assert.equal(call('GET', '/secrets').body.value.length, 1);
  for (const name of ['a_b', 'a.b', 'x'.repeat(128), '%C3%A4']) {
    assert.deepEqual(inner(call('PUT', `/secrets/${name}`, { value: 'x' })), [400, 'BadParameter'], name);
  }
  assert.equal(call('PUT', `/secrets/${'x'.repeat(127)}`, { value: 'x' }).status, 200);
});

test('limits of values and tags', () => {
  const { call } = fresh();
  const put = (body: object) => call('PUT', '/secrets/a', body).status;
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, '']));
  assert.equal(put({ value: 'ä'.repeat(VALUE_BYTES / 2) }), 200);
  assert.equal(put({ value: `${'ä'.repeat(VALUE_BYTES / 2)}x` }), 400);
  assert.equal(put({}), 400);
  assert.equal(put({ value: 'x', tags: tags(15) }), 200);
  assert.equal(put({ value: 'x', tags: tags(16) }), 400);
  assert.equal(put({ value: 'x', tags: { ['k'.repeat(256)]: '🔑'.repeat(128) } }), 200);
  assert.equal(put({ value: 'x', tags: { ['k'.repeat(257)]: '' } }), 400);
  assert.equal(put({ value: 'x', tags: { k: `${'🔑'.repeat(128)}x` } }), 400);
});

test('each PUT makes a version, PATCH none, and what is not named stays', () => {
  const { call } = fresh();
  const [one, two] = ['one', 'two'].map((value) => call('PUT', '/secrets/a', { value, tags: { t: value } }).body);
  assert.notEqual(one.id, two.id);
  assert.equal(call('GET', `/secrets/a/${one.id.split('/').at(-1)}`).body.value, 'one');
  const version = two.id.split('/').at(-1);
  assert.deepEqual(call('PATCH', `/secrets/a/${version}`, { contentType: 'x' }).body.tags, { t: 'two' });
  assert.deepEqual(call('PATCH', `/secrets/a/${version}`, { tags: { u: 'v' } }).body.contentType, 'x');
  assert.deepEqual(call('GET', '/secrets/a').body.tags, { u: 'v' });
  assert.equal(call('GET', '/secrets/a/versions').body.value.length, 2);
});

test('a disabled secret cannot be read and can be listed', () => {
  const { call, inner } = fresh();
  call('PUT', '/secrets/a', { value: 'x', attributes: { enabled: false } });
  assert.deepEqual(inner(call('GET', '/secrets/a')), [403, 'SecretDisabled']);
  assert.equal(call('GET', '/secrets').body.value[0].attributes.enabled, false);
});

test('25 a page, and the next page is where the last one ended, whatever comes and goes', () => {
  const { call } = fresh();
  for (let n = 0; n < 60; n += 1) call('PUT', `/secrets/s${100 + n}`, { value: 'x' });
  const seen = [];
  let path = '/secrets';
  for (let page = 0; path !== ''; page += 1) {
    const { value, nextLink } = call('GET', path.replace('api-version=7.4&', '')).body;
    assert.ok(value.length <= 25);
    seen.push(...value.map(({ id }: { id: string }) => id.split('/').at(-1)));
    call('DELETE', `/secrets/s${100 + page}`);
    call('PUT', `/secrets/r${page}`, { value: 'x' });
    path = nextLink === null ? '' : nextLink.slice(VAULT.length);
  }
  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual(
    seen,
    Array.from({ length: 60 }, (_, n) => `s${100 + n}`),
  );
  assert.equal(call('GET', '/secrets?maxresults=26').status, 400);
});

test('more requests than the limit are answered 429 with the time to wait, until that is over', () => {
  const { call, clock } = fresh({ limit: 2 });
  assert.deepEqual([call('GET', '/secrets').status, call('GET', '/secrets').status], [200, 200]);
  clock.now += 4_000;
  const { status, headers, body } = call('GET', '/secrets');
  assert.deepEqual([status, headers['retry-after'], body.error.code], [429, '6', 'Throttled']);
  clock.now += 6_000;
  assert.equal(call('GET', '/secrets').status, 200);
});

test('what is no operation, no JSON or of no version is refused', () => {
  const { call, raw, tokenFor } = fresh();
  const headers = { authorization: `Bearer ${tokenFor().body.access_token}`, 'content-type': 'application/json' };
  assert.equal(call('PUT', '/keys/a', {}).status, 400);
  assert.equal(raw('GET', '/secrets', { headers }).status, 400);
  assert.equal(raw('PUT', '/secrets/a?api-version=7.4', { headers, body: '{' }).status, 400);
  assert.equal(
    raw('PUT', '/secrets/a?api-version=7.4', { headers: { ...headers, 'content-type': 'text/plain' }, body: '{}' })
      .status,
    415,
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service } from './service.ts';

/**
 * The requests and answers that Microsoft publishes, replayed; a page's "Examples" and the files they are made from:
 * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/operation-groups?view=rest-keyvault-secrets-7.4
 * https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane/Microsoft.KeyVault/stable/7.4/examples
 */
const VAULT = 'https://myvault.vault.azure.net';
const TENANT = '00000000-0000-4000-8000-000000000000';
const all = ['get', 'list', 'set', 'delete', 'recover', 'backup', 'restore', 'purge'] as const;
const principal = { clientId: 'client', secret: 'secret', permissions: [...all] };

/** `seconds`: of the clock. `versions`: that are made, in order. */
function vaultAt(seconds: number, versions: string[]) {
  const clock = { now: seconds * 1000 };
  const left = [...versions];
  const handle = service({
    tenantId: TENANT,
    principals: [principal],
    now: () => clock.now,
    newVersion: () => left.shift() ?? 'ffffffffffffffffffffffffffffffff',
    deletionMs: 0,
    recoveryMs: 0,
  });
  const form = { grant_type: 'client_credentials', client_id: 'client', client_secret: 'secret' };
  const issued = handle({
    method: 'POST',
    url: new URL(`${VAULT}/${TENANT}/oauth2/v2.0/token`),
    headers: {},
    body: `${new URLSearchParams({ ...form, scope: 'https://vault.azure.net/.default' })}`,
  });
  const { access_token } = issued.body as any;
  const call = (method: string, path: string, body: object = {}) =>
    handle({
      method,
      url: new URL(`${VAULT}${path}`),
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return { call, clock };
}

const at = (moment: number) => ({
  enabled: true,
  created: moment,
  updated: moment,
  recoveryLevel: 'Recoverable+Purgeable',
});
const item = (moment: number) => ({ enabled: true, created: moment, updated: moment });

test('SetSecret', () => {
  const { call } = vaultAt(1493938459, ['03bcccc7c8cf4546a0e3e21e52560441']);
  assert.deepEqual(call('PUT', '//secrets/crpsecret?api-version=7.4', { value: 'mysecretvalue' }), {
    status: 200,
    body: {
      value: 'mysecretvalue',
      id: `${VAULT}/secrets/crpsecret/03bcccc7c8cf4546a0e3e21e52560441`,
      attributes: at(1493938459),
    },
  });
});

test('GetSecret', () => {
  const { call } = vaultAt(1493938410, ['4387e9f3d6e14c459867679a90fd0f79']);
  call('PUT', '/secrets/mysecretname?api-version=7.4', { value: 'mysecretvalue' });
  assert.deepEqual(call('GET', '//secrets/mysecretname/4387e9f3d6e14c459867679a90fd0f79?api-version=7.4'), {
    status: 200,
    body: {
      value: 'mysecretvalue',
      id: `${VAULT}/secrets/mysecretname/4387e9f3d6e14c459867679a90fd0f79`,
      attributes: at(1493938410),
    },
  });
});

test('UpdateSecret', () => {
  const { call } = vaultAt(1493938459, ['03bcccc7c8cf4546a0e3e21e52560441']);
  call('PUT', '/secrets/crpsecret?api-version=7.4', { value: 'mysecretvalue' });
  const change = { tags: { mytag: 'myvalue' }, contentType: 'myContentType', attributes: { enabled: true } };
  assert.deepEqual(call('PATCH', '//secrets/crpsecret/03bcccc7c8cf4546a0e3e21e52560441?api-version=7.4', change), {
    status: 200,
    body: {
      id: `${VAULT}/secrets/crpsecret/03bcccc7c8cf4546a0e3e21e52560441`,
      contentType: 'myContentType',
      attributes: at(1493938459),
      tags: { mytag: 'myvalue' },
    },
  });
});

const deleted = {
  recoveryId: `${VAULT}/deletedsecrets/GetDeletedSecretTest`,
  deletedDate: 1493938433,
  // The example's date is 90 days after the deletion.
  scheduledPurgeDate: 1501714433,
  id: `${VAULT}/secrets/GetDeletedSecretTest/b595353d9c39413d80626575b3b5d865`,
  attributes: at(1493938433),
};

test('DeleteSecret, GetDeletedSecret, PurgeDeletedSecret', () => {
  const { call } = vaultAt(1493938433, ['b595353d9c39413d80626575b3b5d865']);
  call('PUT', '/secrets/GetDeletedSecretTest?api-version=7.4', { value: 'x' });
  assert.deepEqual(call('DELETE', '//secrets/GetDeletedSecretTest?api-version=7.4'), { status: 200, body: deleted });
  assert.deepEqual(call('GET', '//deletedsecrets/GetDeletedSecretTest?api-version=7.4'), {
    status: 200,
    body: deleted,
  });
  assert.deepEqual(call('DELETE', '//deletedsecrets/GetDeletedSecretTest?api-version=7.4'), { status: 204 });
  assert.equal(call('GET', '/deletedsecrets/GetDeletedSecretTest?api-version=7.4').status, 404);
});

test('RecoverDeletedSecret', () => {
  const { call } = vaultAt(1493937960, ['16f5f7feb7004280b7f3b8ac50cd01f9']);
  call('PUT', '/secrets/SecretCreateDeleteRecoverPurgeTest?api-version=7.4', { value: 'x' });
  call('DELETE', '/secrets/SecretCreateDeleteRecoverPurgeTest?api-version=7.4');
  assert.deepEqual(call('POST', '//deletedsecrets/SecretCreateDeleteRecoverPurgeTest/recover?api-version=7.4'), {
    status: 200,
    body: {
      id: `${VAULT}/secrets/SecretCreateDeleteRecoverPurgeTest/16f5f7feb7004280b7f3b8ac50cd01f9`,
      attributes: at(1493937960),
    },
  });
});

/** The tokens themselves are opaque. */
const link = (path: string) =>
  new RegExp(
    `^https://myvault\\.vault\\.azure\\.net:443${path}\\?api-version=7\\.4&\\$skiptoken=[\\w-]+&maxresults=1$`,
  );

test('GetSecrets', () => {
  const { call } = vaultAt(1482189047, []);
  for (const n of [0, 1]) {
    call('PUT', `/secrets/listsecrettest${n}?api-version=7.4`, { value: 'x', contentType: 'plainText' });
  }
  const { status, body } = call('GET', '//secrets?maxresults=1&api-version=7.4');
  const { value, nextLink } = body as any;
  assert.equal(status, 200);
  assert.deepEqual(value, [
    { contentType: 'plainText', id: `${VAULT}/secrets/listsecrettest0`, attributes: item(1482189047) },
  ]);
  assert.match(nextLink, link('//secrets'));
});

test('GetSecretVersions', () => {
  const { call } = vaultAt(1481851699, ['11a536561da34d6b8b452d880df58f3a', 'ffa536561da34d6b8b452d880df58f3a']);
  for (const value of ['one', 'two']) call('PUT', '/secrets/listsecretversionstest?api-version=7.4', { value });
  const { body } = call('GET', '/secrets/listsecretversionstest/versions?maxresults=1&api-version=7.4');
  const { value, nextLink } = body as any;
  assert.deepEqual(value, [
    {
      id: `${VAULT}/secrets/listsecretversionstest/11a536561da34d6b8b452d880df58f3a`,
      attributes: item(1481851699),
    },
  ]);
  assert.match(nextLink, link('/secrets/listsecretversionstest/versions'));
});

test('GetDeletedSecrets', () => {
  const { call } = vaultAt(1493937855, []);
  for (const n of [0, 1]) {
    call('PUT', `/secrets/listdeletedsecrettest${n}?api-version=7.4`, { value: 'x', contentType: 'plainText' });
    call('DELETE', `/secrets/listdeletedsecrettest${n}?api-version=7.4`);
  }
  const { body } = call('GET', '/deletedsecrets?maxresults=1&api-version=7.4');
  const { value, nextLink } = body as any;
  assert.deepEqual(value, [
    {
      recoveryId: `${VAULT}/deletedsecrets/listdeletedsecrettest0`,
      deletedDate: 1493937855,
      scheduledPurgeDate: 1501713855,
      contentType: 'plainText',
      id: `${VAULT}/secrets/listdeletedsecrettest0`,
      attributes: at(1493937855),
    },
  ]);
  assert.match(nextLink, link('/deletedsecrets'));
});

test('BackupSecret, RestoreSecret', () => {
  const { call } = vaultAt(1493938113, ['01ddd6e3a0d34d35bb5bccecb1251837']);
  const attributes = { nbf: 1262332800, exp: 1893484800 };
  call('PUT', '/secrets/SecretBackupRestoreTest?api-version=7.4', { value: 'x', contentType: 'text', attributes });
  const { body } = call('POST', '/secrets/SecretBackupRestoreTest/backup?api-version=7.4');
  const { value } = body as any;
  assert.match(value, /^[\w-]+$/);
  call('DELETE', '/secrets/SecretBackupRestoreTest?api-version=7.4');
  call('DELETE', '/deletedsecrets/SecretBackupRestoreTest?api-version=7.4');
  assert.deepEqual(call('POST', '/secrets/restore?api-version=7.4', { value }), {
    status: 200,
    body: {
      contentType: 'text',
      id: `${VAULT}/secrets/SecretBackupRestoreTest/01ddd6e3a0d34d35bb5bccecb1251837`,
      attributes: { ...at(1493938113), ...attributes },
    },
  });
});

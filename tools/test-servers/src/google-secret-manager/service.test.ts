import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { Server, ServerCredentials, credentials } from '@grpc/grpc-js';
import { JWT } from 'google-auth-library';
import { controlDefinition, controlHandlers, tell } from './control.ts';
import { crc32c } from './crc32c.ts';
import { SecretManager, definition } from './service.ts';

// The vendor's own client against the stand-in. The requests are those of the vendor's pages; each test names its page.

const PROJECT = 'my-project';
const parent = `projects/${PROJECT}`;
const manager = new SecretManager();
const server = new Server();
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const email = `owner@${PROJECT}.iam.gserviceaccount.com`;
const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
let client: SecretManagerServiceClient;
let port = 0;

const options = async () => {
  const jwt = new JWT({ email, key, scopes: ['https://www.googleapis.com/auth/cloud-platform'] });
  jwt.useJWTAccessWithScope = true;
  return { otherArgs: { headers: Object.fromEntries(await jwt.getRequestHeaders()) } };
};

before(async () => {
  server.addService(definition, manager.handlers());
  server.addService(controlDefinition, controlHandlers(manager, 'password'));
  port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const principals = [{ email, publicKey, project: PROJECT, permissions: ['*'] }];
  await tell(`127.0.0.1:${port}`, 'password', { project: PROJECT, principals });
  const jwt = new JWT({ email, key });
  client = new SecretManagerServiceClient({
    apiEndpoint: '127.0.0.1',
    port,
    sslCreds: credentials.createInsecure(),
    authClient: jwt,
  });
});
after(async () => {
  await client.close();
  server.forceShutdown();
});

const replication = { automatic: {} };
const made = async (secretId: string, rest: object = {}) =>
  (await client.createSecret({ parent, secretId, secret: { replication, ...rest } }, await options()))[0];
const added = async (id: string, data: Buffer = Buffer.from('my super secret data')) =>
  (await client.addSecretVersion({ parent: `${parent}/secrets/${id}`, payload: { data } }, await options()))[0];
const refused = (calling: Promise<unknown>, code: number) => assert.rejects(calling, { code });

// https://cloud.google.com/secret-manager/docs/creating-and-accessing-secrets
test('published example: create a secret, add a version, access it', async () => {
  const secret = await made('my-secret');
  assert.match(secret.name ?? '', /^projects\/\d+\/secrets\/my-secret$/);
  assert.ok(secret.createTime && secret.replication?.automatic && /^".+"$/.test(secret.etag ?? ''));
  const version = await added('my-secret');
  assert.equal(version.name, `${secret.name}/versions/1`);
  assert.equal(version.state, 'ENABLED');
  const name = `${parent}/secrets/my-secret/versions/latest`;
  const [accessed] = await client.accessSecretVersion({ name }, await options());
  assert.equal(accessed.name, `${secret.name}/versions/1`);
  assert.equal(String(accessed.payload?.data), 'my super secret data');
  await refused(made('my-secret'), 6);
  await refused(client.getSecret({ name: `${parent}/secrets/absent` }, await options()), 5);
});

// https://cloud.google.com/secret-manager/docs/data-integrity
test('published example: the checksum goes both ways', async () => {
  await made('checked');
  const data = Buffer.from('secret data');
  const request = { parent: `${parent}/secrets/checked`, payload: { data, dataCrc32c: crc32c(data) } };
  const [version] = await client.addSecretVersion(request, await options());
  assert.equal(version.clientSpecifiedPayloadChecksum, true);
  const wrong = { ...request, payload: { data, dataCrc32c: crc32c(data) ^ 1 } };
  await refused(client.addSecretVersion(wrong, await options()), 3);
  const name = `${parent}/secrets/checked/versions/1`;
  const [{ payload }] = await client.accessSecretVersion({ name }, await options());
  assert.equal(Number(payload?.dataCrc32c), crc32c(data));
});

// https://cloud.google.com/secret-manager/docs/etags
test('published rules of etags: of the secret and of its versions apart, also where nothing changes', async () => {
  const created = await made('tagged');
  await added('tagged');
  const name = `${parent}/secrets/tagged`;
  const [read] = await client.getSecret({ name }, await options());
  assert.equal(read.etag, created.etag);
  const update = async (etag: string) => {
    const request = { secret: { name, etag, labels: { a: 'b' } }, updateMask: { paths: ['labels'] } };
    return (await client.updateSecret(request, await options()))[0];
  };
  const first = await update(created.etag ?? '');
  await refused(update(created.etag ?? ''), 9);
  const again = await update(first.etag ?? '');
  assert.notEqual(again.etag, first.etag);
  const version = `${name}/versions/1`;
  const [before1] = await client.getSecretVersion({ name: version }, await options());
  // "User 1 tries to enable a secret version, unaware that it's already enabled", and user 2's etag is then an old one.
  await client.enableSecretVersion({ name: version }, await options());
  await refused(client.disableSecretVersion({ name: version, etag: before1.etag ?? '' }, await options()), 9);
  await refused(client.deleteSecret({ name, etag: created.etag ?? '' }, await options()), 9);
  await client.deleteSecret({ name, etag: again.etag ?? '' }, await options());
  await refused(client.getSecret({ name }, await options()), 5);
});

// https://cloud.google.com/secret-manager/docs/disable-secret-version, destroy-secret-version
test('states of a version', async () => {
  await made('states');
  await added('states');
  const name = `${parent}/secrets/states/versions/1`;
  const state = async () => (await client.getSecretVersion({ name }, await options()))[0].state;
  await client.disableSecretVersion({ name }, await options());
  assert.equal(await state(), 'DISABLED');
  await refused(client.accessSecretVersion({ name }, await options()), 9);
  await client.enableSecretVersion({ name }, await options());
  await client.accessSecretVersion({ name }, await options());
  const [destroyed] = await client.destroySecretVersion({ name }, await options());
  assert.ok(destroyed.destroyTime);
  await refused(client.enableSecretVersion({ name }, await options()), 9);
  await refused(client.accessSecretVersion({ name }, await options()), 9);
});

// https://cloud.google.com/secret-manager/docs/assign-alias-to-secret-version
test('aliases name versions, and `latest` the version made last, with a delay where there is one', async () => {
  await made('aliased');
  for (const text of ['one', 'two']) await added('aliased', Buffer.from(text));
  const name = `${parent}/secrets/aliased`;
  const secret = { name, versionAliases: { prod: 1 } };
  await client.updateSecret({ secret, updateMask: { paths: ['version_aliases'] } }, await options());
  const text = async (which: string) =>
    String((await client.accessSecretVersion({ name: `${name}/versions/${which}` }, await options()))[0].payload?.data);
  assert.deepEqual([await text('prod'), await text('latest')], ['one', 'two']);
  await refused(text('none'), 5);
  manager.project(PROJECT).lag = 1;
  await added('aliased', Buffer.from('three'));
  assert.deepEqual([await text('latest'), await text('3'), await text('latest')], ['two', 'three', 'three']);
  manager.project(PROJECT).lag = 0;
});

// https://cloud.google.com/secret-manager/docs/listing: newest first, in pages
test('lists in pages, newest first, by filter', async () => {
  for (const n of [1, 2, 3]) await made(`page-${n}`, { labels: { page: 'yes' } });
  const filter = 'labels.page=yes';
  const list = async (pageToken: string) => {
    const request = { parent, filter, pageSize: 2, pageToken };
    const [, , answer] = await client.listSecrets(request, { ...(await options()), autoPaginate: false });
    return answer;
  };
  const ids = (answer: any) => answer.secrets.map(({ name }: any) => name.split('/').at(-1));
  const first = await list('');
  assert.deepEqual(ids(first), ['page-3', 'page-2']);
  assert.equal(first.totalSize, 0);
  await made('page-4', { labels: { page: 'yes' } });
  await client.deleteSecret({ name: `${parent}/secrets/page-2` }, await options());
  const second = await list(first.nextPageToken ?? '');
  assert.deepEqual([ids(second), second.nextPageToken], [['page-1'], '']);
  await refused(list('x'), 3);
});

// https://cloud.google.com/secret-manager/quotas
test('two writes a second on a secret, one change of state a second on a version, where they are enforced', () => {
  let now = 0;
  const strict = new SecretManager(() => now).project('p');
  strict.createSecret({ secretId: 's', secret: { replication } });
  strict.limits.enforced = true;
  const add = () => strict.addSecretVersion({ id: 's', payload: { data: Buffer.from('x') } });
  add();
  strict.updateSecret({ id: 's', secret: { labels: {} }, updateMask: { paths: ['labels'] } });
  assert.throws(add, { code: 8 });
  now += 500;
  add();
  strict.setState({ id: 's', versionId: '1' }, 'DISABLED');
  strict.setState({ id: 's', versionId: '2' }, 'DISABLED');
  assert.throws(() => strict.setState({ id: 's', versionId: '1' }, 'ENABLED'), { code: 8 });
  now += 1_000;
  strict.setState({ id: 's', versionId: '1' }, 'ENABLED');
});

// https://cloud.google.com/secret-manager/docs/access-control, https://google.aip.dev/auth/4111
test('callers: none, unknown, out of date, without the permission, in another project', async () => {
  const name = `${parent}/secrets/my-secret`;
  const claims = { iss: email, sub: email, aud: 'https://secretmanager.googleapis.com/', exp: Date.now() / 1000 + 600 };
  const token = (changes: object = {}, alg: string = 'RS256') => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg, typ: 'JWT' })}.${part({ ...claims, ...changes })}`;
    return `Bearer ${text}.${sign('RSA-SHA256', Buffer.from(text), keys.privateKey).toString('base64url')}`;
  };
  const ask = (authorization: string | undefined, of = name) =>
    manager.answer('GetSecret', { name: of }, authorization);
  assert.ok(ask(token()).name);
  const bad = [
    undefined,
    'Bearer x',
    'Basic x',
    token({ exp: 1 }),
    token({ aud: 'https://other/' }),
    token({ iss: 'x' }),
    token({}, 'none'),
  ];
  for (const authorization of bad) assert.throws(() => ask(authorization), { code: 16 });
  assert.throws(() => ask(token({ exp: Date.now() / 1000 + 86_400 })), { code: 16 });
  assert.throws(() => ask(token().slice(0, -8)), { code: 16 });
  assert.throws(() => ask(token(), 'projects/other/secrets/x'), { code: 7 });
  manager.callers.add({ token: 'weak', project: PROJECT, permissions: ['secretmanager.versions.access'] });
  assert.throws(() => ask('Bearer weak'), { code: 7 });
  // Those who may not know do not learn whether it exists.
  assert.throws(() => ask('Bearer weak', `${parent}/secrets/absent`), { code: 7 });
  assert.ok(manager.answer('AccessSecretVersion', { name: `${name}/versions/1` }, 'Bearer weak').payload);
  await assert.rejects(tell(`127.0.0.1:${port}`, 'wrong', { project: PROJECT }), { code: 16 });
});

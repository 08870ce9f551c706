import { stringify } from 'yaml';
import { loadText, refusal } from './load.fixture.js';
import { privateKeyOf } from './text-form/pem.js';

const refused = (settings: object): string => refusal(() => loadText(stringify(settings)));
const store = (type: string, name: string, settings: object) => ({ kestra: { secret: { type, [name]: settings } } });
const aws = (settings: object) => store('aws-secret-manager', 'awsSecretManager', settings);

it.each<[object, string]>([
  [aws({ accessKeyId: 'canary' }), 'awsSecretManager.secretKeyId is missing: accessKeyId needs it'],
  [aws({ sessionToken: 'canary' }), 'awsSecretManager.accessKeyId is missing: sessionToken needs it'],
  [aws({ stsRoleExternalId: 'canary' }), 'awsSecretManager.stsRoleArn is missing: stsRoleExternalId needs it'],
  [aws({ tags: { '': 'canary' } }), 'awsSecretManager.tags must not have an empty name'],
  [{ coffer: { limits: { answer: '2MiB', answersInFlight: '1MiB' } } }, 'limits.answer must not be more than'],
  [
    { coffer: { limits: { headersTimeout: '2s', requestTimeout: '1999ms' } } },
    'coffer.limits.headersTimeout must not be more than requestTimeout',
  ],
])('refuses %j', (settings, words) => {
  const message = refused(settings);
  expect(message).toContain(words);
  expect(message).not.toContain('canary');
});

it('filters by tags are a map, or a map below `tags` alone', () => {
  const filtered = (filterOnTags: object) => loadText(stringify(aws({ filterOnTags }))).secret?.filterOnTags;
  expect(filtered({ tags: { a: 'b' } })).toEqual({ a: 'b' });
  expect(filtered({ tags: 'b' })).toEqual({ tags: 'b' });
  for (const wrong of [{ tags: { a: 'b' }, c: 'd' }, { team: { a: 'b' } }]) {
    expect(refused(aws({ filterOnTags: wrong }))).toContain('must be a text');
  }
});

it('limits may be as long as each other', () => {
  const { limits } = loadText(
    stringify({
      coffer: { limits: { answer: '1MiB', answersInFlight: '1MiB', headersTimeout: '2s', requestTimeout: '2s' } },
    }),
  );
  expect(limits).toMatchObject({ headersTimeout: 2_000, requestTimeout: 2_000 });
  expect(limits.answer).toBe(limits.answersInFlight);
});

it('warns of a URL’s parameters that change nothing, by their names', () => {
  const url = 'jdbc:postgresql://db/coffer?ApplicationName=canary&tcpKeepAlive=true';
  const { warnings } = loadText(stringify({ coffer: { datasource: { url } } }));
  expect(warnings.join('\n')).toContain('coffer.datasource.url has parameters that change nothing here: ');
  expect(warnings.join('\n')).not.toContain('canary');
});

it('names a private key that cannot be read as such', () => {
  const broken = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
  expect(() => privateKeyOf(broken)).toThrow('holds a private key that cannot be read');
});

it.each<[object, Record<string, string>, string | undefined]>([
  [{ region: 'eu-west-1' }, { AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' }, 'eu-west-1'],
  [{}, { AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' }, 'a'],
  [{}, { AWS_REGION: '', AWS_DEFAULT_REGION: 'b' }, 'b'],
  [{}, {}, undefined],
])('AWS is asked in the region of its settings, else of its variables: %j, %j', (settings, env, region) => {
  expect(loadText(stringify(aws(settings)), env).secret).toMatchObject({ region });
});

it('warns of a store of Azure without a vault, and of a short secret of a database', () => {
  const azure = (settings: object) => loadText(stringify(store('azure-key-vault', 'azureKeyVault', settings))).warnings;
  expect(azure({})).toEqual(['kestra.secret.azureKeyVault names no vault: set vaultName or keyVaultUri']);
  expect([azure({ vaultName: 'my-vault' }), azure({ keyVaultUri: 'https://v.vault.azure.net' })]).toEqual([[], []]);
  const jdbc = (secret: string) => loadText(stringify(store('jdbc', 'jdbc', { secret }))).warnings;
  expect(jdbc('x'.repeat(32))).toEqual([]);
  expect(jdbc('x'.repeat(31))).toEqual([
    'kestra.secret.jdbc.secret is shorter than 32 characters: choose a longer one',
  ]);
});

describe('Vault', () => {
  const load = (settings: object) => {
    const { secret } = loadText(stringify(store('vault', 'vault', { address: 'http://v', ...settings })));
    if (secret?.type !== 'vault') throw new Error('another store');
    return secret;
  };

  it('has paths without slashes at their ends', () => {
    const appRole = { path: '//my/role/', roleId: 'r', secretId: 's' };
    expect(load({ rootEngine: '/kv//', secretPathPrefix: '/a/b/', appRole })).toMatchObject({
      ...{ rootEngine: 'kv', secretPathPrefix: 'a/b', appRole: { path: 'my/role' } },
    });
    expect(load({ appRole: { roleId: 'r', secretId: 's' } })).toMatchObject({
      ...{ rootEngine: 'secret', secretPathPrefix: '', appRole: { path: 'approle' }, engineVersion: 2, tls: {} },
    });
  });

  it('is logged in to by Kubernetes with a role of its own, or the one beside it', () => {
    expect(load({ kubernetes: { role: 'a' } }).kubernetes).toEqual({ path: 'kubernetes', role: 'a' });
    expect(load({ kubernetes: {}, role: 'b' })).toMatchObject({ role: 'b', kubernetes: { path: 'kubernetes' } });
  });
});

describe('coffer.vault.mount', () => {
  const load = (mount: string) => loadText(stringify({ coffer: { vault: { mount } } })).vault.mount;

  it.each(['secret', 'kv', 'team-a/kv_2', 'a/sys', 'x'.repeat(64)])('may be %s', (mount) => {
    expect(load(mount)).toBe(mount);
  });

  it.each([
    '/secret',
    'secret/',
    'a//b',
    'a/b.c',
    'a b',
    '-a',
    'x'.repeat(65),
    'sys',
    'auth/a',
    'identity',
    'cubbyhole',
  ])('is not %s', (mount) => {
    expect(refusal(() => load(mount))).toContain('coffer.vault.mount must be words of letters, digits, _ and -');
  });
});

it('what a store has of its own is named by its own place', () => {
  const own = { secret: 'x'.repeat(32), cluster: { client: { httpHosts: 'ftp://h' } } };
  expect(refused(store('elasticsearch', 'elasticsearch', own))).toContain(
    'kestra.secret.elasticsearch.cluster.client.httpHosts[0] must begin with',
  );
  expect(refused(store('jdbc', 'jdbc', { secret: 'x', datasource: { url: 'canary' } }))).toContain(
    'kestra.secret.jdbc.datasource.url must begin with',
  );
});

import { stringify } from 'yaml';
import { loadText, refusal } from './load.fixture.js';
import { privateKeyOf } from './text-form/pem.js';

const refused = (settings: object): string => refusal(() => loadText(stringify(settings)));
const store = (type: string, name: string, settings: object) => ({ kestra: { secret: { type, [name]: settings } } });
const aws = (settings: object) => store('aws-secret-manager', 'awsSecretManager', settings);
const azure = (settings: object) =>
  store('azure-key-vault', 'azureKeyVault', { keyVaultUri: 'https://v.vault.azure.net', ...settings });
const vault = (settings: object) => store('vault', 'vault', { address: 'https://v', ...settings });
const elasticsearch = (cluster: object) => store('elasticsearch', 'elasticsearch', { secret: 'x'.repeat(32), cluster });
const CLIENT = { tenantId: 't', clientId: 'c', clientSecret: 'canary' };

it.each<[object, string]>([
  [aws({ accessKeyId: 'canary' }), 'awsSecretManager.secretKeyId is missing: accessKeyId needs it'],
  [aws({ sessionToken: 'canary' }), 'awsSecretManager.accessKeyId is missing: sessionToken needs it'],
  [aws({ stsRoleExternalId: 'canary' }), 'awsSecretManager.stsRoleArn is missing: stsRoleExternalId needs it'],
  ...(['managedIdentityClientId', 'managedIdentityResourceId', 'workloadIdentityClientId'].map((name) => [
    azure({ clientSecret: CLIENT, [name]: 'canary' }),
    `azureKeyVault.${name} names another identity than clientSecret: keep one of them`,
  ]) as [object, string][]),
  [
    azure({ managedIdentityClientId: 'canary', managedIdentityResourceId: 'canary' }),
    'azureKeyVault.managedIdentityResourceId names the same thing as managedIdentityClientId: keep one of them',
  ],
  [vault({ token: { token: 'canary' }, role: 'canary' }), 'vault.role has no effect: it is of kubernetes'],
  [
    vault({ kubernetes: { role: 'canary' }, role: 'canary2' }),
    'vault.role names another role than kubernetes.role: keep one of them',
  ],
  [
    vault({ token: { token: 'canary' }, appRole: { roleId: 'r', secretId: 'canary' } }),
    'needs exactly one of password, token, appRole, kubernetes; token and appRole are given',
  ],
  [
    elasticsearch({ client: { basicAuth: { username: 'u', password: 'canary' } }, apiKey: 'canary' }),
    'elasticsearch.cluster.apiKey must not be beside client.basicAuth: keep one of them',
  ],
  [
    {
      ...store('elasticsearch', 'elasticsearch', { secret: 'x'.repeat(32) }),
      coffer: { elasticsearch: { client: { basicAuth: { username: 'u', password: 'canary' } }, apiKey: 'canary' } },
    },
    'coffer.elasticsearch.apiKey must not be beside client.basicAuth: keep one of them',
  ],
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

const KEYS = { AWS_ACCESS_KEY_ID: 'canary', AWS_SECRET_ACCESS_KEY: 'canary' };
const WEB_IDENTITY = { AWS_WEB_IDENTITY_TOKEN_FILE: '/canary', AWS_ROLE_ARN: 'canary' };
const WORKLOAD = { AZURE_CLIENT_ID: 'canary', AZURE_TENANT_ID: 'canary', AZURE_FEDERATED_TOKEN_FILE: '/canary' };
const { AZURE_FEDERATED_TOKEN_FILE: _, ...APPLICATION } = { ...WORKLOAD, AZURE_CLIENT_SECRET: 'canary' };

it.each<[string, object, Record<string, string>, string | undefined]>([
  ['half a key', aws({}), { AWS_ACCESS_KEY_ID: 'canary' }, 'the variable AWS_SECRET_ACCESS_KEY is missing'],
  ['half a web identity', aws({}), { AWS_WEB_IDENTITY_TOKEN_FILE: '/canary' }, 'the variable AWS_ROLE_ARN is missing'],
  ['keys', aws({}), { ...KEYS, AWS_PROFILE: '' }, undefined],
  ['a web identity', aws({}), WEB_IDENTITY, undefined],
  [
    'others than the settings',
    aws({ accessKeyId: 'a', secretKeyId: 's' }),
    { ...KEYS, ...WEB_IDENTITY, AWS_PROFILE: 'canary' },
    undefined,
  ],
  [
    'an application before a managed identity',
    azure({ managedIdentityClientId: 'canary' }),
    APPLICATION,
    'the variable AZURE_CLIENT_SECRET with AZURE_CLIENT_ID names an identity that comes before that of azureKeyVault.managedIdentityClientId',
  ],
  [
    'a certificate before a workload',
    azure({ workloadIdentityClientId: 'canary' }),
    { ...WORKLOAD, AZURE_CLIENT_CERTIFICATE_PATH: '/canary' },
    'the variable AZURE_CLIENT_CERTIFICATE_PATH with AZURE_CLIENT_ID names an identity that comes before that of azureKeyVault.workloadIdentityClientId',
  ],
  [
    'a user before a managed identity',
    azure({ managedIdentityClientId: 'canary' }),
    { AZURE_CLIENT_ID: 'c', AZURE_TENANT_ID: 't', AZURE_USERNAME: 'canary', AZURE_PASSWORD: 'canary' },
    'the variable AZURE_PASSWORD with AZURE_CLIENT_ID',
  ],
  [
    'a workload before a managed identity',
    azure({ managedIdentityResourceId: 'canary' }),
    WORKLOAD,
    'the variable AZURE_FEDERATED_TOKEN_FILE with AZURE_CLIENT_ID names an identity that comes before that of azureKeyVault.managedIdentityResourceId',
  ],
  ['a workload', azure({ workloadIdentityClientId: 'c' }), WORKLOAD, undefined],
  ['an application alone', azure({}), APPLICATION, undefined],
  ['half an application', azure({ managedIdentityClientId: 'c' }), { AZURE_CLIENT_SECRET: 'canary' }, undefined],
  ['a name alone', azure({ managedIdentityClientId: 'c' }), { AZURE_CLIENT_ID: 'c', AZURE_TENANT_ID: 't' }, undefined],
  ['others than a client’s secret', azure({ clientSecret: CLIENT }), { ...APPLICATION, ...WORKLOAD }, undefined],
])('variables that name %s for a cloud', (_what, settings, env, words) => {
  const load = () => loadText(stringify(settings), env);
  if (words === undefined) return void expect(load).not.toThrow();
  const message = refusal(load);
  expect(message).toContain(words);
  expect(message).not.toContain('canary');
});

it.each<[string, object, Record<string, string>, string[]]>([
  ['keys', {}, { ...KEYS, AWS_PROFILE: '' }, []],
  ['keys and a profile', {}, { ...KEYS, AWS_PROFILE: 'canary' }, ['the variables AWS_PROFILE and AWS_ACCESS_KEY_ID']],
  ['keys and a web identity', {}, { ...KEYS, ...WEB_IDENTITY }, ['AWS_ACCESS_KEY_ID and AWS_WEB_IDENTITY_TOKEN_FILE']],
  ['a profile and a web identity', {}, { ...WEB_IDENTITY, AWS_PROFILE: 'canary' }, ['name several identities']],
  ['others than the settings', { accessKeyId: 'a', secretKeyId: 's' }, { ...KEYS, ...WEB_IDENTITY }, []],
  [
    'no role',
    { stsEndpointOverride: 'https://sts', stsRoleSessionDuration: '1h' },
    {},
    [
      'awsSecretManager.stsRoleSessionDuration is not used without stsRoleArn',
      'awsSecretManager.stsEndpointOverride is not used without stsRoleArn',
    ],
  ],
  ['a role', { stsRoleArn: 'r', stsEndpointOverride: 'https://sts', stsRoleSessionDuration: '1h' }, {}, []],
])('AWS is warned of what does not count: %s', (_what, settings, env, words) => {
  const { warnings } = loadText(stringify(aws({ region: 'eu-west-1', ...settings })), env);
  expect(warnings.join('\n')).not.toContain('canary');
  expect(warnings.filter((line) => /AWS|awsSecretManager/.test(line))).toEqual(
    words.map((each) => expect.stringContaining(each) as string),
  );
});

it('Coffer’s own API key of Elasticsearch wins over Kestra’s user', () => {
  const { secret } = loadText(
    stringify({
      kestra: {
        ...store('elasticsearch', 'elasticsearch', { secret: 'x'.repeat(32) }).kestra,
        elasticsearch: { client: { httpHosts: 'https://h', basicAuth: { username: 'u', password: 'p' } } },
      },
      coffer: { elasticsearch: { apiKey: 'aWQ6a2V5' } },
    }),
  );
  expect(secret).toMatchObject({ cluster: { hosts: ['https://h'], auth: { kind: 'api-key' } } });
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

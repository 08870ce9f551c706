import { aliasesOf, withAliasesReplaced } from './key-aliases.js';
import { loadFiles, loadText, refusal } from './load.fixture.js';
import { nearestKey, unknownKey } from './nearest-key.js';

const unknown = (text: string): string => refusal(() => loadText(text));

describe('the nearest known key', () => {
  it.each([
    ['gcp-secret-manager', 'googleSecretManager'],
    ['gcpSecretManager', 'googleSecretManager'],
    ['google-secrets-manager', 'googleSecretManager'],
    ['gcp', 'googleSecretManager'],
    ['aws', 'awsSecretManager'],
    ['aws-secrets-manager', 'awsSecretManager'],
    ['secrets-manager', 'awsSecretManager'],
    ['azure', 'azureKeyVault'],
    ['key-vault', 'azureKeyVault'],
    ['hashicorp-vault', 'vault'],
    ['open-bao', 'vault'],
    ['opensearch', 'elasticsearch'],
    ['elastic', 'elasticsearch'],
    ['postgres', 'jdbc'],
    ['mysql', 'jdbc'],
    ['database', 'jdbc'],
    ['readonly-mode', 'readOnly'],
    ['caching', 'cache'],
    ['types', 'type'],
  ])('kestra.secret.%s → %s', (key, nearest) => {
    expect(unknown(`kestra: {secret: {${key}: {}}}`)).toMatch(new RegExp(`the nearest known key is '${nearest}'`));
  });

  it.each([
    ['aws-secret-manager', 'secret-access-key', 'secretKeyId'],
    ['aws-secret-manager', 'access-key', 'accessKeyId'],
    ['aws-secret-manager', 'endpoint', 'endpointOverride'],
    ['aws-secret-manager', 'role-arn', 'stsRoleArn'],
    ['aws-secret-manager', 'external-id', 'stsRoleExternalId'],
    ['azure-key-vault', 'vault-url', 'keyVaultUri'],
    ['azure-key-vault', 'uri', 'keyVaultUri'],
    ['azure-key-vault', 'vault', 'vaultName'],
    ['google-secret-manager', 'project-id', 'project'],
    ['google-secret-manager', 'credentials', 'serviceAccount'],
    ['vault', 'url', 'address'],
    ['vault', 'addr', 'address'],
    ['vault', 'mount', 'rootEngine'],
    ['vault', 'path-prefix', 'secretPathPrefix'],
    ['elasticsearch', 'key', 'secret'],
    ['cache', 'ttl', 'expireAfterWrite'],
    ['cache', 'max-entries', 'maximumSize'],
  ])('kestra.secret.%s.%s → %s', (group, key, nearest) => {
    expect(unknown(`kestra: {secret: {${group}: {${key}: canary}}}`)).toMatch(
      new RegExp(`\\.${key} is an unknown key; the nearest known key is '${nearest}'`),
    );
  });

  it.each([
    ['KESTRA_SECRET_GCP_SECRET_MANAGER_PROJECT', 'kestra.secret.googleSecretManager.project'],
    ['KESTRA_SECRET_AWS_ACCESS_KEY_ID', 'kestra.secret.awsSecretManager.accessKeyId'],
    ['KESTRA_SECRET_HASHICORP_VAULT_ADDRESS', 'kestra.secret.vault.address'],
    ['COFFER_REDIS_HOST', 'coffer.redis.url'],
  ])('the variable %s → %s', (name, nearest) => {
    expect(refusal(() => loadFiles({}, { [name]: 'canary' }))).toContain(`the nearest known key is '${nearest}'`);
  });

  it.each([
    [
      'coffer: {redis: {sentinelMaster: x, url: "redis://h"}}',
      'known here are url, ca, cert, key, keyPassword, cluster',
    ],
    ['coffer: {redis: {xyzzy: x, url: "redis://h"}}', 'known here are url, ca, cert, key, keyPassword, cluster'],
    ['kestra: {secret: {cache: {wibble: x}}}', 'known here are enabled, maximumSize, expireAfterWrite'],
  ])('is not guessed where none is near: %s', (text, listed) => {
    expect(unknown(text)).toContain(`is an unknown key; ${listed}`);
    expect(unknown(text)).not.toContain('nearest');
  });
});

describe('the type of a store', () => {
  it.each([
    ['gcp-secret-manager', 'google-secret-manager'],
    ['aws-secrets-manager', 'aws-secret-manager'],
    ['AWS', 'aws-secret-manager'],
    ['azure', 'azure-key-vault'],
    ['hashicorp', 'vault'],
    ['opensearch', 'elasticsearch'],
    ['postgresql', 'jdbc'],
  ])('%s → %s', (type, nearest) => {
    expect(unknown(`kestra: {secret: {type: ${type}}}`)).toContain(`jdbc; the nearest is ${nearest}`);
  });

  it('is not guessed where none is near', () => {
    expect(unknown('kestra: {secret: {type: canary}}')).toMatch(/vault, jdbc$/);
  });
});

describe('among names', () => {
  it.each<[string, string, string[], string | undefined]>([
    ['a letter apart comes before what is called so', 'uri', ['keyVaultUri', 'url'], 'url'],
    ['what is called so is near', 'pg', ['vault', 'jdbc'], 'jdbc'],
    ['what a group is called is near', 'pg.url', ['vault', 'jdbc'], 'jdbc'],
    ['dots are none of the letters', 'serverTlsCert', ['server.tls.cert', 'serverTlsCer'], 'server.tls.cert'],
    ['a third of the letters may differ', 'abcdef', ['xycdef'], 'xycdef'],
    ['more may not', 'abcdef', ['xycdefg'], undefined],
    ['a name that is cut short is near', 'maxSize', ['enabled', 'maximumSize'], 'maximumSize'],
    ['three letters of it are enough', 'mxs', ['maximumSize'], 'maximumSize'],
    ['two letters of it are not', 'ms', ['maximumSize'], undefined],
    ['a name of three letters within is near', 'long-url-of-it', ['url'], 'url'],
    ['a name of two letters within is not', 'long-id-of-it', ['id'], undefined],
    ['there is none among none', 'x', [], undefined],
  ])('%s: %s', (_what, typed, known, nearest) => {
    expect(nearestKey(typed, known)).toBe(nearest);
  });

  it('twenty are listed, and that there are more', () => {
    const names = Array.from({ length: 21 }, (_, at) => `name${at}`);
    const listed = names.slice(0, 20).join(', ');
    expect(unknownKey('xyzzy', names.slice(0, 20))).toBe(`is an unknown key; known here are ${listed}`);
    expect(unknownKey('xyzzy', names)).toBe(`is an unknown key; known here are ${listed}, …`);
    expect(unknownKey('xyzzy', [])).toBe('is an unknown key; nothing can be set here');
  });

  it('what stands for another is looked for in a longer one, if it is not short', () => {
    expect(aliasesOf('gcp')).toEqual(['googlesecretmanager']);
    expect(aliasesOf('xyzzy')).toEqual([]);
    expect(withAliasesReplaced('xgcpx')).toEqual(['xgooglesecretmanagerx']);
    expect(withAliasesReplaced('xh2x')).toEqual([]);
  });
});

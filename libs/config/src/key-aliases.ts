/**
 * Names that people use for stores and settings, each with those of the schema that it may stand for, spelling aside. They
 * are never taken; a refusal suggests the first that is known at its place.
 */
const STANDS_FOR: Readonly<Record<string, readonly string[]>> = {
  awsSecretManager: ['aws', 'amazon', 'asm', 'secretsManager', 'awsSecretsManager', 'amazonSecretsManager', 'awsSm'],
  azureKeyVault: ['azure', 'akv', 'keyVault', 'azureVault', 'azureKv', 'azureSecretManager', 'microsoftKeyVault'],
  elasticsearch: ['elastic', 'es', 'openSearch', 'elasticsearchSecretManager'],
  googleSecretManager: [
    ...['gcp', 'google', 'gsm', 'googleCloud', 'gcpSecretManager', 'gcpSecretsManager', 'gcpSm'],
    ...['googleSecretsManager', 'googleCloudSecretManager', 'gcloudSecretManager'],
  ],
  vault: ['hashicorp', 'hashicorpVault', 'hcVault', 'vaultKv', 'vaultKv2', 'kv2', 'openBao', 'bao'],
  jdbc: ['postgres', 'postgresql', 'pg', 'mysql', 'mariadb', 'h2', 'sql', 'database', 'db'],
  cache: ['caching', 'caffeine'],
  accessKeyId: ['accessKey', 'awsAccessKey', 'awsAccessKeyId'],
  secretKeyId: ['secretAccessKey', 'secretKey', 'awsSecretAccessKey', 'awsSecretKey'],
  endpointOverride: ['endpoint', 'endpointUrl', 'serviceEndpoint', 'apiEndpoint'],
  stsRoleArn: ['roleArn', 'assumeRoleArn', 'assumeRole'],
  stsRoleExternalId: ['externalId'],
  keyVaultUri: ['keyVaultUrl', 'vaultUri', 'vaultUrl', 'uri', 'url', 'address', 'endpoint'],
  vaultName: ['vault', 'name'],
  address: ['addr', 'vaultAddr', 'vaultAddress', 'url', 'uri', 'host', 'endpoint', 'server'],
  rootEngine: ['mount', 'mountPath', 'engine', 'enginePath', 'kvMount', 'kvPath'],
  secretPathPrefix: ['pathPrefix', 'basePath'],
  project: ['projectId', 'gcpProject', 'googleProject'],
  serviceAccount: ['credentials', 'serviceAccountKey', 'serviceAccountJson', 'keyFile', 'credentialsJson', 'jsonKey'],
  httpHosts: ['hosts', 'nodes', 'urls', 'uris', 'url', 'uri', 'addresses', 'endpoints'],
  indicePrefix: ['indexPrefix', 'indicesPrefix'],
  trustAllSsl: ['insecure', 'skipTlsVerify', 'insecureSkipVerify', 'trustAllCertificates', 'sslVerification'],
  username: ['user', 'login', 'userName'],
  user: ['username', 'login'],
  password: ['pass', 'passwd', 'pwd', 'secret'],
  expireAfterWrite: ['ttl', 'expire', 'expiration', 'expireAfter', 'timeToLive', 'maxAge'],
  maximumSize: ['size', 'maxEntries', 'maxSize', 'capacity', 'limit'],
  url: ['uri', 'jdbcUrl', 'connectionString', 'address', 'addr', 'host', 'dsn', 'redisUrl', 'endpoint'],
  ca: ['caCert', 'caFile', 'cacert', 'certificateAuthority', 'truststore', 'caCertificate', 'certificateAuthorities'],
  cert: ['clientCert', 'certificate', 'clientCertificate', 'certFile', 'tlsCert'],
  keyPassword: ['passphrase', 'keyPassphrase'],
  secret: ['key', 'value', 'encryptionKey'],
  file: ['keyFile', 'path', 'secretFile'],
  level: ['logLevel', 'verbosity'],
  namespace: ['ns', 'namespaces'],
  permissions: ['permission', 'actions', 'roles', 'rights'],
};

const canonical = (name: string): string => name.toLowerCase();

/** The settings that each alias may stand for, in the order of the table, by the alias in lower case. */
const BY_ALIAS: ReadonlyMap<string, readonly string[]> = Object.entries(STANDS_FOR)
  .flatMap(([name, aliases]) => aliases.map((alias) => [canonical(alias), canonical(name)] as const))
  .reduce(
    (map, [alias, name]) => map.set(alias, [...(map.get(alias) ?? []), name]),
    new Map<string, readonly string[]>(),
  );

/** What a key, in lower case and without separators, may stand for, in the same spelling; most likely first. */
export const aliasesOf = (key: string): readonly string[] => BY_ALIAS.get(key) ?? [];

/**
 * `key` with each alias that it holds replaced: the key of a variable names a whole path. Short aliases, which stand in many
 * words, are not looked for within.
 */
export const withAliasesReplaced = (key: string): readonly string[] =>
  [...BY_ALIAS].flatMap(([alias, names]) =>
    alias.length >= 3 && key.includes(alias) ? names.map((name) => key.replace(alias, name)) : [],
  );

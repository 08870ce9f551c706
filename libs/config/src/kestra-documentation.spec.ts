import { loadText } from './load.fixture.js';
import { spellings } from './spelling.fixture.js';

/** The shapes of Kestra's documentation, "Secrets Manager", "Read-only" and "Security and Secrets", one by one. */
const BLOCKS: readonly { readonly name: string; readonly yaml: string; readonly expected: object }[] = [
  {
    name: 'AWS with keys',
    yaml: `
kestra:
  secret:
    type: aws-secret-manager
    aws-secret-manager:
      access-key-id: AKIAEXAMPLE
      secret-key-id: canary-key
      session-token: canary-session
      region: eu-west-1
`,
    expected: { type: 'aws-secret-manager', accessKeyId: 'AKIAEXAMPLE', region: 'eu-west-1', prefix: 'kestra' },
  },
  {
    name: 'AWS by the default chain',
    yaml: `
kestra:
  secret:
    type: aws-secret-manager
    aws-secret-manager:
      region: us-east-1
`,
    expected: { type: 'aws-secret-manager', region: 'us-east-1', readOnly: false },
  },
  {
    name: 'AWS with everything its table names',
    yaml: `
kestra:
  secret:
    type: aws-secret-manager
    aws-secret-manager:
      prefix: staging
      endpoint-override: http://localhost:4566
      sts-role-arn: arn:aws:iam::123456789012:role/coffer
      sts-role-external-id: external
      sts-role-session-name: coffer
      sts-role-session-duration: PT30M
      sts-endpoint-override: https://sts.eu-west-1.amazonaws.com
      excluded-tags:
        hidden: "true"
`,
    expected: {
      prefix: 'staging',
      endpointOverride: 'http://localhost:4566',
      stsRoleArn: 'arn:aws:iam::123456789012:role/coffer',
      stsRoleExternalId: 'external',
      stsRoleSessionName: 'coffer',
      stsRoleSessionDuration: 1_800_000,
      stsEndpointOverride: 'https://sts.eu-west-1.amazonaws.com',
      excludedTags: { hidden: 'true' },
    },
  },
  {
    name: 'read-only for all',
    yaml: `
kestra:
  secret:
    type: aws-secret-manager
    read-only: true
    aws-secret-manager:
      access-key-id: AKIAEXAMPLE
      secret-key-id: canary-key
      region: us-east-1
`,
    expected: { type: 'aws-secret-manager', readOnly: true },
  },
  {
    name: 'filter on tags',
    yaml: `
kestra:
  secret:
    type: aws-secret-manager
    read-only: true
    aws-secret-manager:
      filter-on-tags:
        tags:
          application: kestra-production
`,
    expected: { filterOnTags: { application: 'kestra-production' } },
  },
  {
    name: 'filter on a prefix',
    yaml: `
kestra:
  secret:
    type: aws-secret-manager
    read-only: true
    aws-secret-manager:
      filter-on-prefix:
        prefix: prod_
        keep-prefix: true
`,
    expected: { filterOnPrefix: { prefix: 'prod_', keepPrefix: true } },
  },
  {
    name: 'Azure with a service principal',
    yaml: `
kestra:
  secret:
    type: azure-key-vault
    azure-key-vault:
      vault-name: my-vault
      client-secret:
        tenant-id: tenant
        client-id: client
        client-secret: canary-client
`,
    expected: {
      type: 'azure-key-vault',
      vaultName: 'my-vault',
      clientSecret: { tenantId: 'tenant', clientId: 'client' },
    },
  },
  {
    name: 'Azure as the shortest example has it, without a vault',
    yaml: `
kestra:
  secret:
    type: azure-key-vault
    azure-key-vault:
      client-secret:
        tenant-id: id
        client-id: id
        client-secret: canary-client
    isolation:
      enabled: true
      denied-services:
        - EXECUTOR
`,
    expected: { type: 'azure-key-vault', clientSecret: { tenantId: 'id' } },
  },
  {
    name: 'Azure with everything else its table names',
    yaml: `
kestra:
  secret:
    type: azure-key-vault
    read-only: true
    azure-key-vault:
      key-vault-uri: https://my-vault.vault.azure.net
      managed-identity-client-id: one
      workload-identity-client-id: three
      additionally-allowed-tenants: ["*"]
      prefix: prod
      filter-on-tags:
        application: kestra-production
      filter-on-prefix:
        prefix: prod_
        keep-prefix: false
`,
    expected: {
      keyVaultUri: 'https://my-vault.vault.azure.net',
      managedIdentityClientId: 'one',
      workloadIdentityClientId: 'three',
      additionallyAllowedTenants: ['*'],
      prefix: 'prod',
      filterOnTags: { application: 'kestra-production' },
      filterOnPrefix: { prefix: 'prod_', keepPrefix: false },
    },
  },
  {
    name: 'Google with a key file in the text',
    yaml: `
kestra:
  secret:
    type: google-secret-manager
    google-secret-manager:
      project: gcp-project
      service-account: |
        {
          "type": "service_account",
          "private_key": "canary-account",
          ...
        }
`,
    expected: { type: 'google-secret-manager', project: 'gcp-project', prefix: 'kestra' },
  },
  {
    name: 'Google by the default chain',
    yaml: `
kestra:
  secret:
    type: google-secret-manager
    google-secret-manager:
      project: gcp-project
`,
    expected: { type: 'google-secret-manager', project: 'gcp-project' },
  },
  {
    name: 'Elasticsearch',
    yaml: `
kestra:
  secret:
    type: elasticsearch
    elasticsearch:
      secret: "canary-of-thirty-two-characters!!"
`,
    expected: { type: 'elasticsearch', cluster: { hosts: ['http://localhost:9200'], indexPrefix: 'kestra_' } },
  },
  {
    name: 'Vault by user and password',
    yaml: `
kestra:
  secret:
    type: vault
    vault:
      address: "http://localhost:8200"
      password:
        user: john
        password: canary-password
`,
    expected: {
      type: 'vault',
      address: 'http://localhost:8200',
      password: { user: 'john' },
      engineVersion: 2,
      rootEngine: 'secret',
    },
  },
  {
    name: 'Vault by token',
    yaml: `
kestra:
  secret:
    type: vault
    vault:
      address: "http://localhost:8200"
      token:
        token: canary-token
`,
    expected: { type: 'vault', connectTimeout: 15_000, readTimeout: 60_000 },
  },
  {
    name: 'Vault by AppRole',
    yaml: `
kestra:
  secret:
    type: vault
    vault:
      address: "http://localhost:8200"
      app-role:
        path: approle
        role-id: role
        secret-id: canary-secret-id
`,
    expected: { type: 'vault', appRole: { path: 'approle', roleId: 'role' } },
  },
  {
    name: 'Vault by Kubernetes',
    yaml: `
kestra:
  secret:
    type: vault
    vault:
      address: "http://localhost:8200"
      kubernetes:
        path: "kubernetes"
        role: "kestra"
`,
    expected: { type: 'vault', kubernetes: { path: 'kubernetes', role: 'kestra' } },
  },
  {
    name: 'Vault, read-only below a path',
    yaml: `
kestra:
  secret:
    type: vault
    vault:
      address: https://my-vault:8200/
      root-engine: business-unit
      secret-path-prefix: app1
      namespace: admin
      engine-version: 2
      token:
        token: canary-token
      read-only: true
`,
    expected: { rootEngine: 'business-unit', secretPathPrefix: 'app1', namespace: 'admin', readOnly: true },
  },
  {
    name: 'JDBC',
    yaml: `
kestra:
  secret:
    type: jdbc
    jdbc:
      secret: "canary-short"
`,
    expected: { type: 'jdbc', datasource: undefined, prefix: '' },
  },
  {
    name: 'default tags alone',
    yaml: `
kestra:
  secret:
    aws-secret-manager:
      tags:
        application: kestra-production
        environment: prod
`,
    expected: { type: 'aws-secret-manager', tags: { application: 'kestra-production', environment: 'prod' } },
  },
];

describe.each(BLOCKS)("Kestra's documentation: $name", ({ yaml, expected }) => {
  it.each(spellings(yaml))('loads in %s', (_spelling, text) => {
    const configuration = loadText(text);
    expect(configuration.secret).toMatchObject(expected);
    expect(JSON.stringify(configuration)).not.toContain('canary');
  });
});

describe("Kestra's documentation: without a type", () => {
  it.each(
    spellings(`
kestra:
  secret:
    cache:
      enabled: true
      maximum-size: 500
      expire-after-write: 2m
`),
  )('the cache loads in %s', (_spelling, text) => {
    const { secret, cache } = loadText(text);
    expect(secret).toBeUndefined();
    expect(cache).toEqual({ enabled: true, maximumSize: 500, expireAfterWrite: 120_000, mode: 'strict' });
  });

  it.each(
    spellings(`
kestra:
  secret:
    isolation:
      enabled: true
      denied-services: [EXECUTOR]
`),
  )('isolation loads in %s, with one notice', (_spelling, text) => {
    expect(loadText(text).warnings).toEqual([
      "kestra.secret.isolation has no effect: Coffer's own permissions (coffer.access) take its place",
    ]);
  });
});

describe("Kestra's documentation: where the secrets end up", () => {
  it('keeps values behind reveal()', () => {
    const { secret } = loadText(BLOCKS[0]?.yaml ?? '');
    expect(secret?.type === 'aws-secret-manager' && secret.secretKeyId?.reveal()).toBe('canary-key');
    expect(secret?.type === 'aws-secret-manager' && secret.sessionToken?.reveal()).toBe('canary-session');
  });

  it('hands a service account over as it was pasted', () => {
    const { secret } = loadText(BLOCKS.find(({ name }) => name.startsWith('Google with'))?.yaml ?? '');
    expect(secret?.type === 'google-secret-manager' && secret.serviceAccount?.reveal()).toBe(
      '{\n  "type": "service_account",\n  "private_key": "canary-account",\n  ...\n}\n',
    );
  });

  it("says that Azure's shortest example names no vault, and that a JDBC secret is short", () => {
    expect(loadText(BLOCKS.find(({ name }) => name.includes('without a vault'))?.yaml ?? '').warnings[0]).toMatch(
      /names no vault: set vaultName or keyVaultUri/,
    );
    expect(loadText(BLOCKS.find(({ name }) => name === 'JDBC')?.yaml ?? '').warnings).toEqual([
      'kestra.secret.jdbc.secret is shorter than 32 characters: choose a longer one',
    ]);
  });
});

describe("a Kestra deployment's own file", () => {
  const FILE = `
micronaut:
  server:
    port: 8080
datasources:
  postgres:
    url: jdbc:postgresql://postgres:5432/kestra
    driver-class-name: org.postgresql.Driver
    username: kestra
    password: 0123
kestra:
  server:
    basic-auth:
      password: \${NOT_SET_HERE}
  repository:
    type: postgres
  queue:
    type: postgres
  elasticsearch:
    client:
      http-hosts:
        - "https://node-1:9200"
        - "https://node-2:9200"
      basic-auth:
        username: elastic
        password: canary-elastic
      trust-all-ssl: true
    defaults:
      indice-prefix: "uat_kestra"
  kafka:
    client:
      properties:
        bootstrap.servers: "kafka-1:9092,kafka-2:9092"
    defaults:
      topic:
        partitions: 16
        replication-factor: 3
    topics:
      executor: {name: kestra_executor}
  secret:
    type: SECRET_TYPE
    jdbc:
      secret: canary-of-thirty-two-characters!
    elasticsearch:
      secret: canary-of-thirty-two-characters!
`;

  it.each(spellings(FILE.replace('SECRET_TYPE', 'jdbc')))('loads with its database in %s', (_spelling, text) => {
    const configuration = loadText(text);
    expect(configuration.secret).toMatchObject({
      type: 'jdbc',
      datasource: { url: { dialect: 'postgresql', host: 'postgres', database: 'kestra' }, username: 'kestra' },
    });
    const { secret } = configuration;
    expect(secret?.type === 'jdbc' && secret.datasource?.password?.reveal()).toBe('0123');
    expect(JSON.stringify(configuration)).not.toMatch(/canary|0123/);
  });

  it.each(spellings(FILE.replace('SECRET_TYPE', 'elasticsearch')))(
    'loads with its cluster in %s',
    (_spelling, text) => {
      const { secret, kafka } = loadText(text);
      expect(secret).toMatchObject({
        type: 'elasticsearch',
        cluster: {
          hosts: ['https://node-1:9200', 'https://node-2:9200'],
          auth: { kind: 'basic', username: 'elastic' },
          trustAllSsl: true,
          indexPrefix: 'uat_kestra',
        },
      });
      expect(kafka).toEqual({
        brokers: ['kafka-1:9092', 'kafka-2:9092'],
        topic: { partitions: 16, replicationFactor: 3 },
      });
    },
  );
});

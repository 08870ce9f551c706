import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ConfigErrors } from './config-errors.js';
import { LoadContext } from './load-context.js';
import { loadFiles, loadText, refusal } from './load.fixture.js';
import { loadConfiguration } from './load.js';
import { EVERYTHING } from './needs.js';
import { DEFAULT_BUDGETS } from './schema/limits.js';

const SECRET = 'canary-of-thirty-two-characters!';

describe('loadConfiguration: sources', () => {
  const file = (type: string): string => `kestra: {secret: {type: ${type}}}\n`;
  const typeOf = (...load: Parameters<typeof loadFiles>) => loadFiles(...load).secret?.type;

  it('has defaults for everything but the store', () => {
    expect(loadFiles({})).toStrictEqual({
      warnings: [],
      readOnly: false,
      cache: { enabled: false, maximumSize: 1_000, expireAfterWrite: 60_000, mode: 'strict' },
      caches: [{ enabled: false, maximumSize: 1_000, expireAfterWrite: 60_000 }],
      managers: [],
      messaging: { generation: 1, partitions: 12, shards: 4 },
      catalogue: { refresh: 300_000 },
      server: { host: '127.0.0.1', port: 8080, keepAliveTimeout: 75_000, trustedProxies: [] },
      limits: DEFAULT_BUDGETS,
      log: { level: 'info' },
      access: { tokens: [], users: [], issuers: [], roles: [], breakGlass: [], certificates: [] },
      audit: { sinks: [], timeout: 2_000, queue: 16 * 1_048_576 },
      vault: { enabled: false, mount: 'secret', readOnly: false },
      webhooks: [],
    });
  });

  it('prefers --config, then COFFER_CONFIG, then coffer.yml, then application.yml', () => {
    const files = {
      'a.yml': file('aws-secret-manager'),
      'b.yml': file('azure-key-vault'),
      'coffer.yml': file('google-secret-manager'),
    };
    const application = { 'application.yml': file('aws-secret-manager') };
    const env = { COFFER_CONFIG: 'b.yml' };
    expect(typeOf(files, env, ['node', 'main.js', '--config', 'a.yml'])).toBe('aws-secret-manager');
    expect(typeOf(files, env, ['--config=a.yml'])).toBe('aws-secret-manager');
    expect(typeOf(files, env)).toBe('azure-key-vault');
    expect(typeOf({ ...files, ...application })).toBe('google-secret-manager');
    expect(typeOf(application)).toBe('aws-secret-manager');
    expect(loadFiles(files, env).file).toBe('/etc/coffer/b.yml');
  });

  it('refuses a named file that is not there', () => {
    expect(refusal(() => loadFiles({}, {}, ['--config', 'no.yml']))).toBe(
      'the configuration file no.yml cannot be read: ENOENT',
    );
    expect(refusal(() => loadFiles({}, {}, ['--config']))).toBe('--config needs the name of a file');
  });

  it('lets KESTRA_CONFIGURATION win over the file, and a variable over both, key by key', () => {
    const files = {
      'coffer.yml': 'kestra: {secret: {type: vault, read-only: true, cache: {maximumSize: 5, enabled: true}}}',
    };
    const env = {
      KESTRA_CONFIGURATION: 'kestra:\n  secret:\n    type: azure-key-vault\n    cache:\n      maximum-size: 6\n',
      KESTRA_SECRET_TYPE: 'google-secret-manager',
    };
    expect(loadFiles(files, env)).toMatchObject({
      secret: { type: 'google-secret-manager', readOnly: true },
      cache: { enabled: true, maximumSize: 6 },
    });
  });

  it('reads several documents and dotted keys', () => {
    expect(
      loadText('kestra.secret.type: vault\n---\nkestra.secret:\n  type: jdbc\n  jdbc.secret: x\n').secret,
    ).toMatchObject({
      type: 'jdbc',
    });
  });

  it('interpolates', () => {
    const text = 'kestra: {secret: {type: aws-secret-manager, aws-secret-manager: {region: "${R}", prefix: "${P:p}"}}}';
    expect(loadText(text, { R: 'eu-west-1' }).secret).toMatchObject({ region: 'eu-west-1', prefix: 'p' });
  });

  it('names a variable that is missing, with the setting that needs it', () => {
    expect(refusal(() => loadText('kestra: {secret: {type: jdbc, jdbc: {secret: "${KEY}"}}}'))).toBe(
      'configuration: kestra.secret.jdbc.secret needs the variable KEY, which is not set and has no default',
    );
  });

  it('does not mind a missing variable where the setting is overridden or not used', () => {
    const text =
      'datasources: {mysql: {url: "${NO}"}}\nkestra: {secret: {type: vault, vault: {address: "${NO}", token: {token: t}}}}';
    expect(loadText(text, { KESTRA_SECRET_VAULT_ADDRESS: 'https://v' }).secret).toMatchObject({ address: 'https://v' });
  });

  it("takes a variable's own value literally", () => {
    const { secret } = loadText('kestra: {secret: {type: jdbc}}', { KESTRA_SECRET_JDBC_SECRET: 'a${b}c' });
    expect(secret?.type === 'jdbc' && secret.keys[0]?.secret.reveal()).toBe('a${b}c');
  });
});

describe('loadConfiguration: variables', () => {
  const load = (env: Record<string, string>) => loadFiles({}, env);

  it.each(['AWSSECRETMANAGER_ACCESSKEYID', 'AWS_SECRET_MANAGER_ACCESS_KEY_ID', 'AWS_SECRETMANAGER_ACCESSKEY_ID'])(
    'reads KESTRA_SECRET_%s',
    (name) => {
      const { secret } = load({
        KESTRA_SECRET_TYPE: 'aws-secret-manager',
        [`KESTRA_SECRET_${name}`]: 'AKIA',
        KESTRA_SECRET_AWS_SECRET_MANAGER_SECRET_KEY_ID: 'canary',
        KESTRA_SECRET_AWSSECRETMANAGER_TAGS_APPLICATION: 'kestra-production',
        AWS_DEFAULT_REGION: 'eu-central-1',
      });
      expect(secret).toMatchObject({
        accessKeyId: 'AKIA',
        region: 'eu-central-1',
        tags: { application: 'kestra-production' },
      });
    },
  );

  it('finds a group and a setting of the same name', () => {
    const { secret } = load({
      KESTRA_SECRET_TYPE: 'azure-key-vault',
      KESTRA_SECRET_AZURE_KEY_VAULT_VAULT_NAME: 'my-vault',
      KESTRA_SECRET_AZURE_KEY_VAULT_CLIENT_SECRET_CLIENT_SECRET: 'canary',
      KESTRA_SECRET_AZURE_KEY_VAULT_CLIENT_SECRET_CLIENT_ID: 'c',
      KESTRA_SECRET_AZURE_KEY_VAULT_CLIENT_SECRET_TENANT_ID: 't',
    });
    expect(secret).toMatchObject({ clientSecret: { clientId: 'c', tenantId: 't' } });
  });

  it('reads datasources, Kafka, lists and indexes', () => {
    const configuration = load({
      DATASOURCES_POSTGRES_URL: 'jdbc:postgresql://db/kestra',
      DATASOURCES_POSTGRES_PASSWORD: 'canary',
      KESTRA_SECRET_TYPE: 'jdbc',
      KESTRA_SECRET_JDBC_SECRET: SECRET,
      KESTRA_KAFKA_CLIENT_PROPERTIES_BOOTSTRAP_SERVERS: 'k1:9092,k2:9092',
      COFFER_REDIS_URL: 'redis://:canary@redis:6379',
      COFFER_SERVER_PORT: '9000',
      COFFER_ACCESS_TOKENS_0_ID: 'ci',
      COFFER_ACCESS_TOKENS_0_HASH: 'abc',
      COFFER_ACCESS_TOKENS_0_GRANTS_0_TENANT: 'main',
      COFFER_ACCESS_TOKENS_0_GRANTS_0_NAMESPACE: '*',
      COFFER_ACCESS_TOKENS_0_GRANTS_0_PERMISSIONS: 'list,resolve',
      COFFER_ACCESS_TOKENS_0_GRANTS_1_TENANT: '*',
      COFFER_ACCESS_TOKENS_0_GRANTS_1_NAMESPACE: 'a',
      COFFER_ACCESS_TOKENS_0_GRANTS_1_PERMISSIONS_0: 'write',
    });
    expect(configuration).toMatchObject({
      secret: { datasource: { url: { host: 'db' } } },
      kafka: { brokers: ['k1:9092', 'k2:9092'] },
      server: { port: 9_000 },
      access: {
        tokens: [
          {
            id: 'ci',
            grants: [{ tenant: 'main', namespace: '*', permissions: ['list', 'resolve'] }, { permissions: ['write'] }],
          },
        ],
      },
    });
    expect(configuration.redis?.url.reveal()).toBe('redis://:canary@redis:6379');
    expect(inspect(configuration, { depth: 20 })).not.toContain('canary');
  });

  it('changes one entry of a list that a file gives', () => {
    const text = 'coffer: {encryption: {keys: [{id: a, secret: "${NOT_SET}"}]}}';
    expect(loadText(text, { COFFER_ENCRYPTION_KEYS_0_SECRET: SECRET }).encryption?.keys[0]).toMatchObject({
      id: 'a',
      active: true,
    });
  });

  it('leaves alone what is no setting', () => {
    expect(
      load({
        COFFER_PORT: '1',
        COFFER_DATA_DIR: '/x',
        COFFER_SERVICE_HOST: '10.0.0.1',
        COFFER_SERVICE_PORT_HTTP: '80',
        COFFER_PORT_8080_TCP_ADDR: '10.0.0.1',
        COFFER_GATEWAY_PORT: 'tcp://10.0.0.1:80',
        KESTRA_SECRETS_DIR: '/run',
        KESTRA_SERVER_PORT: '1',
        DATASOURCES_OTHER_URL: 'x',
        SECRET_CANARY: 'x',
        PATH: '/bin',
        _: 'x',
      }),
    ).toEqual(loadFiles({}));
  });

  it.each([
    ['KESTRA_SECRET_TYP', 'kestra.secret.type'],
    ['KESTRA_SECRET_VAULT_ADRESS', 'kestra.secret.vault.address'],
    ['KESTRA_SECRET_AWS_SECRETS_MANAGER_REGION', 'kestra.secret.awsSecretManager.region'],
    ['KESTRA_SECRETS_TYPE', 'kestra.secret.type'],
    ['KESTRA_SECRETS_AWS_SECRET_MANAGER_REGION', 'kestra.secret.awsSecretManager.region'],
    ['KESTRA_KAFAK_CLIENT_PROPERTIES_BOOTSTRAP_SERVERS', 'kestra.kafka.client.properties.bootstrap.servers'],
    ['COFFER_REDSI_URL', 'coffer.redis.url'],
    ['COFFER_SERVER_PRT', 'coffer.server.port'],
    ['COFFER_SERVER', 'coffer.server.host'],
  ])('refuses %s and names %s', (name, nearest) => {
    expect(refusal(() => load({ [name]: 'canary' }))).toBe(
      `configuration: the variable ${name} is an unknown key; the nearest known key is '${nearest}'`,
    );
  });

  it('lets a variable be called anything when a placeholder uses it', () => {
    const text = 'kestra: {secret: {type: jdbc, jdbc: {secret: "${KESTRA_SECRET_KEY}"}}}';
    const { secret } = loadText(text, { KESTRA_SECRET_KEY: SECRET });
    expect(secret?.type === 'jdbc' && secret.keys[0]?.secret.reveal()).toBe(SECRET);
  });
});

describe('loadConfiguration: unknown keys', () => {
  it.each([
    ['kestra: {secret: {typ: canary}}', 'kestra.secret.typ', 'type'],
    ['kestra: {secret: {type: vault, valt: {address: canary}}}', 'kestra.secret.valt', 'vault'],
    ['kestra: {secret: {vault: {adress: canary}}}', 'kestra.secret.vault.adress', 'address'],
    [
      'kestra: {secret: {aws-secret-manager: {secret-key: canary}}}',
      'kestra.secret.awsSecretManager.secret-key',
      'secretKeyId',
    ],
    ['kestra: {secret: {vault: {app-role: {role: canary}}}}', 'kestra.secret.vault.appRole.role', 'roleId'],
    ['kestra: {secret: {cache: {max-size: canary}}}', 'kestra.secret.cache.max-size', 'maximumSize'],
    ['kestra.secret.cach.enabled: canary', 'kestra.secret.cach.enabled', 'cache'],
    ['kestra: {secrets: {type: canary}}', 'kestra.secrets', 'secret'],
    ['kestra.Secrets.type: canary', 'kestra.Secrets.type', 'secret'],
    ['kestra: {kafak: {client: {}}}', 'kestra.kafak', 'kafka'],
    ['kestra: {repository: {types: canary}}', 'kestra.repository.types', 'type'],
    ['cofer: {access: {tokens: []}}', 'cofer', 'coffer'],
    ['kestar: {secret: {type: canary}}', 'kestar', 'kestra'],
    ['datasource: {postgres: {url: canary}}', 'datasource', 'datasources'],
    ['coffer: {redis: {uri: canary}}', 'coffer.redis.uri', 'url'],
    ['coffer: {managers: [{type: jdbc, namepace: canary}]}', 'coffer.managers[0].namepace', 'namespace'],
    ['coffer: {elasticsearch: {client: {hosts: canary}}}', 'coffer.elasticsearch.client.hosts', 'httpHosts'],
    ['coffer: {encryption: {keys: [{id: a, sercet: canary}]}}', 'coffer.encryption.keys[0].sercet', 'secret'],
  ])('%s', (text, path, nearest) => {
    const message = refusal(() => loadText(text));
    expect(message).toContain(`${path} is an unknown key; the nearest known key is '${nearest}'`);
    expect(message).not.toContain('canary');
  });

  it.each([
    'kestra: {secrets: 1, elasticsearch: {indices: {x: 1}}, anything: [1], server: {a: 1}, security: {b: 1}}',
    'micronaut: {a: b}\nendpoints: 5\njackson: {a: b}\nlogger: {levels: {a: b}}\nnetty: {c: d}',
    'datasources: {postgresql: {url: x}, mysql2: {url: x}, other: {url: x}}',
  ])('ignores the rest of kestra and of the file: %s', (text) => {
    expect(loadText(text)).toMatchObject({ warnings: [] });
  });

  it('refuses one key in two spellings', () => {
    expect(refusal(() => loadText('kestra: {secret: {read-only: true, readOnly: false}}'))).toBe(
      'configuration: kestra.secret.readOnly is given twice, in two spellings; keep one',
    );
  });

  it('reports everything that is wrong at once', () => {
    const message = refusal(() => loadText('coffer: {a: 1, server: {port: x, hots: y}}'));
    expect(message).toMatch(
      /^configuration: 3 problems\n- coffer\.a .*\n- coffer\.server\.hots .*\n- coffer\.server\.port /,
    );
  });
});

describe('loadConfiguration: YAML', () => {
  it.each([
    ['a: "canary\nb: 1', /\.\/coffer\.yml is not valid YAML at line 2, column 5: missing char$/],
    ['kestra:\n\tsecret: canary', /line 2, column 1: tab as indent$/],
    ['a: canary\na: canary', /line 2, column 1: duplicate key$/],
    ['canary: b: c', /line 1, column \d+: /],
    ['a: *canary', /is not valid YAML: an alias names no anchor/],
    ['- canary', /must be a map of settings at its top level/],
    ['canary', /must be a map of settings at its top level/],
  ])('refuses %j by its place alone', (text, message) => {
    const refused = refusal(() => loadText(text));
    expect(refused).toMatch(message);
    expect(refused).not.toContain('canary');
  });

  it('names KESTRA_CONFIGURATION', () => {
    expect(refusal(() => loadFiles({}, { KESTRA_CONFIGURATION: 'a: [' }))).toMatch(/KESTRA_CONFIGURATION is not valid/);
  });

  it.each(['', '# nothing', '---', 'kestra:'])('takes %j for no configuration', (text) => {
    expect(loadText(text)).toEqual({ ...loadFiles({}), file: '/etc/coffer/coffer.yml' });
  });

  it('follows anchors and merge keys, and keeps the zeros of a password', () => {
    const text =
      'x: &x {user: a, password: 007}\nkestra: {secret: {type: vault, vault: {address: "http://v", password: {<<: *x, user: b}}}}';
    const { secret } = loadText(text);
    expect(secret).toMatchObject({ password: { user: 'b' } });
    expect(secret?.type === 'vault' && secret.password?.password.reveal()).toBe('007');
  });

  it('does not reach any prototype', () => {
    expect(refusal(() => loadText('coffer: {__proto__: {polluted: 1}, constructor: {a: 1}}'))).toMatch(/2 problems/);
    expect(
      loadText('kestra: {secret: {type: google-secret-manager, googleSecretManager: {tags: {__proto__: x}}}}'),
    ).toBeDefined();
    expect({}).not.toHaveProperty('polluted');
  });
});

it('files are read from the disk, unless somebody else reads them', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'coffer-config-'));
  try {
    writeFileSync(join(cwd, 'coffer.yml'), 'coffer: {server: {port: 1234}}\n');
    expect(loadConfiguration({ cwd, env: {} }).server.port).toBe(1_234);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

it('a fault of whatever reads a key is no problem of the configuration', () => {
  const context = new LoadContext({}, new ConfigErrors(), {}, '/', () => '', EVERYTHING);
  const broken = (): never => {
    throw new TypeError('a fault');
  };
  expect(() => context.readPem('-----BEGIN CERTIFICATE-----', ['ca'], broken)).toThrow(TypeError);
});

describe('coffer.managers', () => {
  const store = `type: jdbc, jdbc: {secret: ${SECRET}}`;

  it('is a list, whose entries have a known type', () => {
    expect(refusal(() => loadText('coffer: {managers: {}}'))).toBe('configuration: coffer.managers must be a list');
    const unknown = refusal(() => loadText('coffer: {managers: [{tenant: main, namespace: a, type: b}]}'));
    expect(unknown).not.toContain('is missing');
    const absent = refusal(() => loadText('coffer: {managers: [{tenant: main, namespace: a}]}'));
    expect(absent).toBe('configuration: coffer.managers[0].type is missing');
  });

  it('has caches where an entry says so', () => {
    const entries = `[{tenant: main, namespace: a, ${store}}, {tenant: main, namespace: '*', ${store}, cache: {enabled: true}}]`;
    const { managers, caches } = loadText(`coffer: {managers: ${entries}}`);
    expect(managers.map((manager) => Object.keys(manager).sort())).toEqual([
      ['namespace', 'store', 'tenant'],
      ['cache', 'store', 'tenant'],
    ]);
    expect(caches.map(({ enabled }) => enabled)).toEqual([false, true]);
  });
});

it('the probe is there where it is configured', () => {
  expect(loadText('coffer: {probe: {namespace: ops, every: 5s}}').probe).toMatchObject({ every: 5_000 });
});

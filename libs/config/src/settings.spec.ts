import { loadFiles, loadText, refusal } from './load.fixture.js';
import { CERTIFICATE } from './pem.fixture.js';

const SECRET = 'canary-of-thirty-two-characters!';
const HASH = 'canary-hash';

describe('settings that are refused', () => {
  const vault = (settings: string): string =>
    `kestra: {secret: {type: vault, vault: {address: "https://v:8200"${settings}}}}`;
  const token = ', token: {token: canary}';

  it.each([
    ['kestra: {secret: canary}', 'kestra.secret must be a group of settings'],
    [
      'kestra: {secret: {type: canary}}',
      'kestra.secret.type must be one of aws-secret-manager, azure-key-vault, elasticsearch, google-secret-manager, vault, jdbc',
    ],
    ['kestra: {secret: {type: {canary: 1}}}', 'kestra.secret.type must be one of'],
    ['kestra: {secret: {readOnly: canary}}', 'kestra.secret.readOnly must be true or false'],
    [
      'kestra: {secret: {jdbc: {secret: x}, vault: {}}}',
      'kestra.secret.type is missing, and there are settings of vault and jdbc',
    ],
    [
      'kestra: {secret: {cache: {enabled: true, maximumSize: canary}}}',
      'kestra.secret.cache.maximumSize must be a whole number of at least 1',
    ],
    [
      'kestra: {secret: {cache: {maximumSize: 0}}}',
      'kestra.secret.cache.maximumSize must be a whole number of at least 1',
    ],
    [
      'kestra: {secret: {cache: {expireAfterWrite: 60canary}}}',
      'kestra.secret.cache.expireAfterWrite must be a duration such as 500ms, 60s',
    ],
    ['kestra: {secret: {cache: {expireAfterWrite: 0s}}}', 'and more than none'],
    ['kestra: {secret: {type: elasticsearch}}', 'kestra.secret.elasticsearch.secret is missing'],
    [
      'kestra: {secret: {type: elasticsearch, elasticsearch: {secret: canary-of-thirty-one-characters}}}',
      'kestra.secret.elasticsearch.secret must have at least 32 characters',
    ],
    ['kestra: {secret: {type: jdbc}}', 'kestra.secret.jdbc.secret is missing'],
    ['kestra: {secret: {type: vault}}', 'kestra.secret.vault.address is missing'],
    [vault(''), 'kestra.secret.vault needs exactly one of password, token, appRole, kubernetes; none is given'],
    [
      vault(`${token}, password: {user: a, password: canary}`),
      'needs exactly one of password, token, appRole, kubernetes; password and token are given',
    ],
    [
      vault(`${token}, engineVersion: 1`),
      'kestra.secret.vault.engineVersion must be 2: version 1 of the KV engine keeps no versions',
    ],
    [vault(`${token}, prefix: canary`), 'kestra.secret.vault.prefix is not supported: secretPathPrefix'],
    [vault(', kubernetes: {}'), 'kestra.secret.vault.kubernetes.role is missing'],
    [vault(', token: canary'), 'kestra.secret.vault.token must be a group of settings'],
    [vault(', password: {user: a}'), 'kestra.secret.vault.password.password is missing'],
    [
      'kestra: {secret: {type: vault, vault: {address: "https://me:canary@v", token: {token: t}}}}',
      'kestra.secret.vault.address has a user name or password in it, which belong in settings of their own',
    ],
    [
      'kestra: {secret: {type: aws-secret-manager, awsSecretManager: {secretKeyId: canary}}}',
      'kestra.secret.awsSecretManager.accessKeyId is missing: secretKeyId needs it',
    ],
    [
      'kestra: {secret: {type: aws-secret-manager, awsSecretManager: {tags: {namespace: canary}}}}',
      'kestra.secret.awsSecretManager.tags.namespace is a reserved name',
    ],
    [
      'kestra: {secret: {type: aws-secret-manager, awsSecretManager: {tags: [canary]}}}',
      'kestra.secret.awsSecretManager.tags must be a map of names to texts',
    ],
    [
      'kestra: {secret: {type: azure-key-vault, azureKeyVault: {vaultName: "canary/../x"}}}',
      'kestra.secret.azureKeyVault.vaultName must be the name of a vault',
    ],
    ['coffer: {redis: {url: "http://:canary@x"}}', 'coffer.redis.url must begin with redis:// or rediss://'],
    ['coffer: {redis: {}}', 'coffer.redis.url is missing'],
    ['coffer: {probe: {}}', 'coffer.probe.namespace is missing'],
    ['coffer: {probe: {namespace: CANARY}}', 'coffer.probe must name a tenant'],
    ['coffer: {redis: {url: "redis://canary", cluster: canary}}', 'coffer.redis.cluster must be true or false'],
    ['coffer: {redis: {url: "rediss://x", ca: canary}}', 'coffer.redis.ca names a file'],
    ['coffer: {redis: {url: "redis://x", ca: "-----BEGIN canary"}}', 'coffer.redis.ca has no effect'],
    ['coffer: {messaging: {generation: 0}}', 'coffer.messaging.generation must be a whole number from 1 to 32767'],
    ['coffer: {messaging: {partitions: 3}}', 'coffer.messaging.shards must not be more than partitions'],
    ['coffer: {cache: {mode: canary}}', 'coffer.cache.mode must be one of strict, bounded'],
    ['coffer: {log: {level: canary}}', 'coffer.log.level must be one of trace, debug'],
    [
      'coffer: {server: {publicUrl: "https://me:canary@host"}}',
      'coffer.server.publicUrl has a user name or password in it',
    ],
    [
      'coffer: {server: {publicUrl: "https://host/canary"}}',
      'coffer.server.publicUrl has a path behind its host; it must be an address such as https://coffer.example.com',
    ],
    ['coffer: {server: {keepAliveTimeout: 2h}}', 'coffer.server.keepAliveTimeout must be at most 1h'],
    ['coffer: {server: {keepAliveTimeout: canary}}', 'coffer.server.keepAliveTimeout must be a duration such as 500ms'],
    ['coffer: {limits: {requestsPerMinute: 0}}', 'coffer.limits.requestsPerMinute must be a whole number from 1'],
    ['coffer: {limits: {headerSize: 1KiB}}', 'coffer.limits.headerSize must be from 4KiB to 1MiB'],
    [
      'coffer: {limits: {headersTimeout: 20s, requestTimeout: 10s}}',
      'coffer.limits.headersTimeout must not be more than requestTimeout',
    ],
    ['coffer: {limits: {connections: 0}}', 'coffer.limits.connections must be a whole number from 1'],
    ['coffer: {limits: {bodiesInFlight: 1MiB}}', 'coffer.limits.bodiesInFlight must be at least 4MiB'],
    ['coffer: {limits: {conections: 1}}', 'coffer.limits.conections'],
    ['coffer: {server: {port: 65536}}', 'coffer.server.port must be a whole number from 0 to 65535'],
    ['coffer: {catalogue: {refresh: canary}}', 'coffer.catalogue.refresh must be a duration'],
    ['coffer: {managers: canary}', 'coffer.managers must be a list'],
    ['coffer: {managers: [canary]}', 'coffer.managers[0] must be a group of settings'],
    ['coffer: {managers: [{tenant: CANARY, type: azure-key-vault}]}', 'coffer.managers[0].tenant must be a tenant'],
    ['coffer: {managers: [{namespace: a}]}', 'coffer.managers[0].type is missing'],
    [
      'coffer: {managers: [{namespace: "*", type: azure-key-vault}, {tenant: main, namespace: "*", type: azure-key-vault}]}',
      'coffer.managers[1] serves the same tenant and namespace',
    ],
    ['coffer: {access: {tokens: [{id: a, hash: canary}]}}', 'coffer.access.tokens[0].grants is missing'],
    ...['canary', '2027-01-31', '2027-01-31T12:00:00', '2027-13-31T12:00:00Z', '1800000000'].map((expires) => [
      `coffer: {access: {tokens: [{id: a, hash: canary, expires: "${expires}"}]}}`,
      'coffer.access.tokens[0].expires must be a time with its zone, such as 2027-01-31T12:00:00Z',
    ]),
    ...['canary', '10', '10/8', '10.0.0/24', '010.0.0.1', '0x7f000001', '10.0.0.0/33'].map((cidr) => [
      `coffer: {access: {tokens: [{id: a, hash: canary, cidrs: ["${cidr}"]}]}}`,
      'coffer.access.tokens[0].cidrs[0] must be an address or a block',
    ]),
    [
      'coffer: {access: {tokens: [{id: a, hash: canary, cidrs: []}]}}',
      'coffer.access.tokens[0].cidrs must name at least one',
    ],
    [
      'coffer: {access: {tokens: [{id: a, hash: canary, grants: []}]}}',
      'coffer.access.tokens[0].grants must hold at least one grant',
    ],
    [
      'coffer: {access: {tokens: [{id: a, hash: canary, grants: [{permissions: [canary]}]}]}}',
      'coffer.access.tokens[0].grants[0].permissions[0] must be one of list, resolve, write, delete, admin',
    ],
    [
      'coffer: {access: {tokens: [{id: a, hash: canary, grants: [{permissions: []}]}]}}',
      'permissions must name at least one',
    ],
    ['coffer: {encryption: {keys: []}}', 'coffer.encryption.keys must have exactly one active key; 0 are active'],
    [
      'coffer: {encryption: {keys: [{id: a, secret: canary}]}}',
      'coffer.encryption.keys[0].secret must have at least 32 characters',
    ],
    ['coffer: {encryption: {keys: [{id: a}]}}', 'coffer.encryption.keys[0] needs either secret or file'],
    [
      'coffer: {encryption: {keys: [{id: a, secret: "canary of two lines,\\nwhich is long enough"}]}}',
      'coffer.encryption.keys[0].secret has a line break',
    ],
    [
      `coffer: {encryption: {keys: [{id: a, secret: "canary${'\ufffd'.repeat(40)}"}]}}`,
      'or bytes that are no UTF-8, so that a file and a variable may hold different keys',
    ],
    [
      'coffer: {encryption: {keys: [{id: a, file: canary.key}]}}',
      'coffer.encryption.keys[0].file names a file that cannot be read',
    ],
    [
      'coffer: {encryption: {keys: [{id: "ca nary", file: x}]}}',
      'coffer.encryption.keys[0].id must have 1 to 64 letters',
    ],
    [
      `coffer: {encryption: {keys: [{id: a, secret: ${SECRET}}, {id: b, secret: ${SECRET}}]}}`,
      'must have exactly one active key; 0 are active',
    ],
    [
      `coffer: {encryption: {keys: [{id: a, secret: ${SECRET}, active: true}, {id: a, secret: ${SECRET}}]}}`,
      'coffer.encryption.keys[1].id is the id of a key before it',
    ],
    ['coffer: {datasource: {username: canary}}', 'coffer.datasource.url is missing'],
    ['coffer: {datasource: {url: "jdbc:h2:mem:canary"}}', 'coffer.datasource.url names a database in memory'],
    ['coffer: {datasource: {url: "jdbc:h2:file:/canary"}}', 'coffer.datasource.password is missing: every process'],
    ['coffer: {datasource: {url: "jdbc:h2:file:/canary;PASSWORD="}}', 'coffer.datasource.password is missing'],
    ['coffer: {datasource: {url: "jdbc:h2:file:/canary;PASSWORD=  "}}', 'coffer.datasource.password is missing'],
  ])('%s', (text, expected) => {
    const message = refusal(() => loadText(text));
    expect(message).toContain(expected);
    expect(message).not.toMatch(/canary|CANARY/);
  });
});

describe('settings that are taken', () => {
  it('enables a cache of 1000 entries and 60 seconds by enabled alone', () => {
    expect(loadText('kestra: {secret: {cache: {enabled: true}}}').cache).toEqual({
      enabled: true,
      maximumSize: 1_000,
      expireAfterWrite: 60_000,
      mode: 'strict',
    });
  });

  it("lets a store's own readOnly win over the common one", () => {
    const text =
      'kestra: {secret: {readOnly: true, type: vault, vault: {address: "http://v", token: {token: t}, readOnly: no}}}';
    expect(loadText(text).secret).toMatchObject({ readOnly: false });
  });

  it('warns of settings of a type that is not used, without looking into them', () => {
    const { warnings, secret } = loadText(
      'kestra: {secret: {type: google-secret-manager, elasticsearch: {secret: short}}}',
    );
    expect(secret?.type).toBe('google-secret-manager');
    expect(warnings).toEqual(['kestra.secret.elasticsearch is not used: the type is google-secret-manager']);
  });

  it('reads managers of their own with their own connections', () => {
    const { managers } = loadText(`
kestra: {secret: {type: jdbc, jdbc: {secret: ${SECRET}}}}
datasources: {postgres: {url: "jdbc:postgresql://shared/kestra", username: kestra}}
coffer:
  managers:
    - {tenant: acme, namespace: "*", type: jdbc, jdbc: {secret: ${SECRET}, prefix: acme}}
    - tenant: acme
      namespace: company.team
      type: jdbc
      read-only: true
      cache: {enabled: true, expire-after-write: 5s}
      jdbc: {secret: ${SECRET}, datasource: {url: "jdbc:mariadb://own/secrets", password: canary}}
    - namespace: search
      type: elasticsearch
      elasticsearch: {secret: ${SECRET}, cluster: {client: {http-hosts: "https://own:9200"}, api-key: canary}}
`);
    expect(managers).toMatchObject([
      { tenant: 'acme', store: { prefix: 'acme', readOnly: false, datasource: { url: { host: 'shared' } } } },
      {
        tenant: 'acme',
        namespace: 'company.team',
        cache: { enabled: true, maximumSize: 1_000, expireAfterWrite: 5_000 },
        store: { readOnly: true, datasource: { url: { dialect: 'mariadb', host: 'own' } } },
      },
      {
        tenant: 'main',
        namespace: 'search',
        store: { cluster: { hosts: ['https://own:9200'], auth: { kind: 'api-key' } } },
      },
    ]);
    expect(JSON.stringify(managers)).not.toContain('canary');
  });

  it('chooses between datasources by the type of the repository, and refuses to guess', () => {
    const text = `
datasources: {postgres: {url: "jdbc:postgresql://p/k"}, mysql: {url: "jdbc:mysql://m/k"}}
kestra: {secret: {type: jdbc, jdbc: {secret: ${SECRET}}}`;
    for (const named of ['repository: {type: mysql}', 'queue: {type: mysql}']) {
      expect(loadText(`${text}, ${named}}`).secret).toMatchObject({ datasource: { url: { host: 'm' } } });
    }
    const unknown = text.replaceAll('url:', 'driver:');
    expect(loadText(`${unknown}, repository: {type: elasticsearch}}`).secret).toMatchObject({ datasource: undefined });
    expect(refusal(() => loadText(`${text}}`))).toBe(
      "configuration: datasources has postgres and mysql: say by coffer.datasource.url which of them is Coffer's",
    );
  });

  it("overrides Kestra's database, whose password does not go to another server", () => {
    const base = `
datasources: {postgres: {url: "jdbc:postgresql://p/k", username: u, password: canary}}
kestra: {secret: {type: jdbc, jdbc: {secret: ${SECRET}}}}
`;
    expect(loadText(`${base}coffer: {datasource: {username: mine}}`).secret).toMatchObject({
      datasource: { url: { host: 'p' }, username: 'mine' },
    });
    const { secret, datasource } = loadText(`${base}coffer: {datasource: {url: "jdbc:postgresql://o/k"}}`);
    expect(secret?.type === 'jdbc' && secret.datasource).toEqual(datasource);
    expect(datasource).toMatchObject({ url: { host: 'o' } });
    expect(datasource).not.toHaveProperty('password');
  });

  it('takes a database as it is, and says which parameters change nothing', () => {
    const load = (url: string) => loadText(`coffer: {datasource: {url: "${url}"}}`);
    const { datasource, warnings } = load('jdbc:postgresql://h/d');
    expect([Object.keys(datasource ?? {}), warnings]).toEqual([['url'], []]);
    expect(load('jdbc:mysql://h/d?autoReconnect=true&useUnicode=true').warnings).toEqual([
      'coffer.datasource.url has parameters that change nothing here: autoReconnect, useUnicode',
    ]);
    expect(load('jdbc:h2:pg://h/d').datasource).not.toHaveProperty('password');
    expect(load('jdbc:h2:file:/d;PASSWORD=x').datasource).toMatchObject({ url: { mode: 'file', path: '/d' } });
  });

  it("overrides Kestra's cluster", () => {
    const files = {
      'coffer.yml': `
kestra:
  secret: {type: elasticsearch, elasticsearch: {secret: ${SECRET}}}
  elasticsearch: {client: {http-hosts: "http://kestra:9200", basic-auth: {username: u, password: p}}}
coffer: {elasticsearch: {client: {http-hosts: ["https://own:9200"]}, api-key: canary, ca: ca.pem}}
`,
      'ca.pem': CERTIFICATE,
    };
    expect(loadFiles(files).secret).toMatchObject({
      cluster: { hosts: ['https://own:9200'], auth: { kind: 'api-key' }, ca: files['ca.pem'], trustAllSsl: false },
    });
    expect(refusal(() => loadFiles({ ...files, 'ca.pem': 'canary' }))).toMatch(
      /coffer\.elasticsearch\.ca names a file that holds no PEM/,
    );
  });

  it('says once what is wrong with the file of a key', () => {
    const load = (files: Record<string, string>) =>
      loadFiles({ 'coffer.yml': 'coffer: {encryption: {keys: [{id: a, file: a.key}]}}', ...files });
    expect(refusal(() => load({}))).toBe(
      'configuration: coffer.encryption.keys[0].file names a file that cannot be read',
    );
    expect(refusal(() => load({ 'a.key': 'canary' }))).toMatch(
      /^configuration: coffer\.encryption\.keys\[0\]\.file names a file that holds a secret which must have at least 32 characters; [^\n]*$/,
    );
  });

  it('reads encryption keys from text and file', () => {
    const { encryption } = loadFiles({
      'coffer.yml': `coffer: {encryption: {keys: [{id: old, secret: ${SECRET}}, {id: new, file: keys/new, active: true}]}}`,
      'keys/new': `file-${SECRET}\n`,
    });
    expect(encryption?.keys.map(({ id, secret, active }) => [id, secret.reveal(), active])).toEqual([
      ['old', SECRET, false],
      ['new', `file-${SECRET}`, true],
    ]);
  });

  it('reads access', () => {
    const { access } = loadText(`
coffer:
  access:
    tokens: [{id: ci, hash: ${HASH}, grants: [{tenant: main, namespace: company.team, permissions: [resolve]}]}]
    users: [{username: root, password-hash: ${HASH}, grants: [{tenant: "*", namespace: "*", permissions: "admin, list"}]}]
`);
    expect(access).toMatchObject({
      tokens: [
        { id: 'ci', hash: HASH, grants: [{ tenant: 'main', namespace: 'company.team', permissions: ['resolve'] }] },
      ],
      users: [{ username: 'root', grants: [{ tenant: '*', namespace: '*', permissions: ['admin', 'list'] }] }],
    });
    expect(access.users[0]?.passwordHash.reveal()).toBe(HASH);
    expect(JSON.stringify(access.users)).not.toContain(HASH);
  });

  it('reads the sinks of the audit', () => {
    const { audit } = loadText(`
coffer:
  audit:
    timeout: 500ms
    sinks:
      - {type: stdout}
      - {type: file, path: audit.jsonl}
      - {type: kafka, topic: coffer.audit}
      - {type: http, url: "https://collector:8443/audit", token: canary}
`);
    const token = audit.sinks[3]?.type === 'http' ? audit.sinks[3].token : undefined;
    expect(token?.reveal()).toBe('canary');
    expect(audit).toStrictEqual({
      timeout: 500,
      queue: 16 * 1_048_576,
      sinks: [
        { type: 'stdout' },
        { type: 'file', path: 'audit.jsonl' },
        { type: 'kafka', topic: 'coffer.audit' },
        { type: 'http', url: 'https://collector:8443/audit', token },
      ],
    });
    expect(JSON.stringify(audit)).not.toContain('canary');
  });

  it('trusts an authority of a sink that speaks TLS', () => {
    const sinks = (url: string) => `coffer: {audit: {sinks: [{type: http, url: "${url}", ca: ca.pem}]}}`;
    const load = (url: string) => loadFiles({ 'coffer.yml': sinks(url), 'ca.pem': CERTIFICATE });
    expect(load('https://collector/').audit.sinks).toStrictEqual([
      { type: 'http', url: 'https://collector/', ca: CERTIFICATE },
    ]);
    expect(refusal(() => load('http://collector/https:'))).toBe(
      'configuration: coffer.audit.sinks[0].ca has no effect: the url must begin with https: for TLS',
    );
  });

  it('waits for a sink for a minute at most', () => {
    expect(loadText('coffer: {audit: {timeout: 1m}}').audit.timeout).toBe(60_000);
    expect(refusal(() => loadText('coffer: {audit: {timeout: 60001ms}}'))).toContain('timeout must be at most 1m');
  });

  it('has as many shards as partitions at most', () => {
    expect(loadText('coffer: {messaging: {partitions: 3, shards: 3}}').messaging.shards).toBe(3);
  });

  it.each([
    ['{type: file}', /coffer\.audit\.sinks\[0\]\.path is missing: a sink of type file needs it/],
    ['{type: stdout, topic: canary}', /coffer\.audit\.sinks\[0\]\.topic is not of a sink of type stdout/],
    [
      '{type: http, url: "http://c", ca: PEM}',
      /coffer\.audit\.sinks\[0\]\.ca names a file that|coffer\.audit\.sinks\[0\]\.ca/,
    ],
    ['{type: syslog}', /coffer\.audit\.sinks\[0\]\.type must be one of stdout, file, kafka, http/],
  ])('refuses the sink %s', (sink, expected) => {
    const message = refusal(() => loadText(`coffer: {audit: {sinks: [${sink}]}}`));
    expect(message).toMatch(expected);
    expect(message).not.toContain('canary');
  });

  it('keeps a connection for an hour at most, and is reached where it is said', () => {
    const { server } = loadText('coffer: {server: {keepAliveTimeout: 1h, publicUrl: "http://host:8080/"}}');
    expect(server).toMatchObject({ keepAliveTimeout: 3_600_000, publicUrl: 'http://host:8080' });
  });

  it('reads the rest of coffer', () => {
    expect(
      loadText(`
coffer:
  messaging: {generation: 3, partitions: 24, shards: 8}
  catalogue: {refresh: PT10M}
  cache: {mode: bounded}
  server: {host: 0.0.0.0, port: "\${WEB:9090}"}
  log: {level: debug}
`),
    ).toMatchObject({
      messaging: { generation: 3, partitions: 24, shards: 8 },
      catalogue: { refresh: 600_000 },
      cache: { mode: 'bounded' },
      server: { host: '0.0.0.0', port: 9_090 },
      log: { level: 'debug' },
    });
  });
});

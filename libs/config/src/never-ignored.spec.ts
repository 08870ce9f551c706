import { stringify } from 'yaml';
import { loadText, refusal } from './load.fixture.js';
import { CERTIFICATE } from './pem.fixture.js';

const kafka = (properties: object) => ({
  kestra: { kafka: { client: { properties: { 'bootstrap.servers': 'k:1', ...properties } } } },
});
const PLAIN = { 'security.protocol': 'PLAINTEXT' };
const kestraKafka = (rest: object, shared: object = {}) => {
  const { kestra } = kafka(shared);
  return { kestra: { kafka: { ...kestra.kafka, ...rest } } };
};
const ofClient = (client: string, properties: object, shared: object = {}) =>
  kestraKafka({ defaults: { [client]: { properties } } }, shared);
const ofTopics = (properties: object, replicationFactor?: number) =>
  kestraKafka({ defaults: { topic: { properties, ...(replicationFactor && { replicationFactor }) } } });
const SSL = { 'security.protocol': 'SSL' };
const LOG_IN = { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': 'M required username="canary" password="canary";' };
const jdbc = (url: string) => ({ coffer: { datasource: { url, password: 'x' } } });
const datasources = (postgres: object) => ({
  datasources: { postgres: { url: 'jdbc:postgresql://h/d', driverClassName: 'org.postgresql.Driver', ...postgres } },
  kestra: { secret: { type: 'jdbc', jdbc: { secret: 'x'.repeat(32) } } },
});
const elasticsearch = (kestras: object, own?: object) => ({
  kestra: {
    secret: { type: 'elasticsearch', elasticsearch: { secret: 'x'.repeat(32) } },
    elasticsearch: { client: { httpHosts: 'https://h:9200' }, ...kestras },
  },
  ...(own && { coffer: { elasticsearch: own } }),
});
const vault = (settings: object) => ({
  kestra: { secret: { type: 'vault', vault: { address: 'https://v', token: { token: 't' }, ...settings } } },
});
const aws = (settings: object) => ({
  kestra: { secret: { type: 'aws-secret-manager', awsSecretManager: settings } },
});
const GRANTS = [{ tenant: 'main', namespace: 'a', permissions: 'list' }];
const issuer = (settings: object) => ({
  coffer: {
    access: {
      issuers: [
        {
          ...{ id: 'i', issuer: 'https://i', audience: 'a', bindings: [{ when: { sub: 'x' }, grants: GRANTS }] },
          ...settings,
        },
      ],
    },
  },
});
const expiring = (expires: string) => ({
  coffer: { access: { tokens: [{ id: 't', hash: 'h', grants: GRANTS, expires }] } },
});

describe('what asks for a safer connection, another place or another user than there would be', () => {
  it.each<[string, object, string]>([
    ['Kafka’s protocol in capitals', kafka({ 'SECURITY.PROTOCOL': 'SSL' }), 'SECURITY.PROTOCOL must be written'],
    ['Kafka’s protocol in camelCase', kafka({ securityProtocol: 'SSL' }), 'must be written security.protocol'],
    ['Kafka’s protocol with a hyphen', kafka({ 'security-protocol': 'SSL' }), 'must be written security.protocol'],
    ['authorities without TLS', kafka({ 'ssl.truststore.certificates': CERTIFICATE }), 'certificates has no effect'],
    [
      'authorities beside a log-in in clear',
      kafka({ 'security.protocol': 'SASL_PLAINTEXT', ...LOG_IN, ssl: { truststore: { location: '/canary' } } }),
      'ssl.truststore.location has no effect: security.protocol must be SSL or SASL_SSL',
    ],
    ['a log-in by a protocol without one', kafka({ ...SSL, ...LOG_IN }), 'sasl.jaas.config has no effect'],
    ['a log-in without a protocol', kafka(LOG_IN), 'sasl.mechanism has no effect'],
    ['TLS 1.3 alone', kafka({ ...SSL, 'ssl.enabled.protocols': 'TLSv1.3' }), 'must have TLSv1.2 among'],
    ['a list of TLS 1.3 alone', kafka({ ...SSL, 'ssl.enabled.protocols': ['TLSv1.3'] }), 'must have TLSv1.2 among'],
    ['ciphers', kafka({ ...SSL, 'ssl.cipher.suites': 'canary' }), 'ssl.cipher.suites is not supported'],
    ['an engine', kafka({ ...SSL, 'ssl.engine.factory.class': 'canary' }), 'engine.factory.class is not supported'],
    [
      'a log-in of one’s own',
      kafka({ 'security.protocol': 'SASL_SSL', ...LOG_IN, 'sasl.client.callback.handler.class': 'canary' }),
      'callback.handler.class is not supported',
    ],
    [
      'TLS of producers alone',
      ofClient('producer', SSL),
      'producer.properties.security.protocol is of Kestra’s producer',
    ],
    ['TLS of consumers in capitals', ofClient('consumer', { 'SECURITY.PROTOCOL': 'SSL' }), 'SECURITY.PROTOCOL is of'],
    [
      'a log-in of streams alone',
      ofClient('stream', { sasl: { mechanism: 'PLAIN' } }),
      'sasl.mechanism is of Kestra’s',
    ],
    [
      'a log-in as another user',
      ofClient('admin', { 'sasl.jaas.config': 'canary' }, { 'security.protocol': 'SASL_SSL', ...LOG_IN }),
      'admin.properties.sasl.jaas.config is of Kestra’s admin clients alone',
    ],
    [
      'ciphers of producers',
      ofClient('producer', { 'ssl.cipher.suites': 'canary' }),
      'producer.properties.ssl.cipher.suites is of',
    ],
    [
      'other brokers',
      ofClient('producer', { 'bootstrap.servers': 'canary:1' }),
      'producer.properties.bootstrap.servers',
    ],
    [
      'brokers of producers alone',
      { kestra: { kafka: { defaults: { producer: { properties: { bootstrapServers: 'canary:1' } } } } } },
      'producer.properties.bootstrapServers is of',
    ],
    [
      'TLS of Kestra’s, where Coffer has other brokers',
      {
        ...ofClient('consumer', SSL),
        coffer: { kafka: { client: { properties: { 'bootstrap.servers': 'o:1' } } } },
      },
      'consumer.properties.security.protocol is of',
    ],
    ['secrets from elsewhere', kafka({ 'config.providers': 'canary' }), 'config.providers is not supported'],
    [
      'Kafka’s properties at another place',
      kestraKafka({ properties: { a: 'canary' } }),
      'kestra.kafka.properties is not',
    ],
    ['TLS beside Kafka’s properties', kestraKafka({ ssl: { enabled: true } }), 'kestra.kafka.ssl is not supported'],
    [
      'TLS of Kafka’s client',
      kestraKafka({ client: { properties: PLAIN, security: { protocol: 'SSL' } } }),
      'kestra.kafka.client.security is not supported',
    ],
    ['TLS of Kafka’s defaults', kestraKafka({ defaults: { ssl: 'canary' } }), 'kestra.kafka.defaults.ssl is not'],
    ['two copies where brokers say', ofTopics({ 'min.insync.replicas': 2 }), 'min.insync.replicas asks for more than'],
    [
      'two copies of two',
      ofTopics({ min: { insync: { replicas: '2' } } }, 2),
      'min.insync.replicas asks for more than',
    ],
    ['three copies of three', ofTopics({ 'min.insync.replicas': '3' }, 3), 'min.insync.replicas asks for more than'],
    ['copies without a number', ofTopics({ 'min.insync.replicas': 'canary' }, 3), 'min.insync.replicas asks for more'],
    ['MySQL: TLS and none', jdbc('jdbc:mysql://h/d?sslMode=DISABLED&useSSL=TRUE'), 'leave one of them out'],
    ['PostgreSQL: TLS and perhaps', jdbc('jdbc:postgresql://h/d?ssl=true&sslmode=prefer'), 'leave one of them out'],
    ['PostgreSQL: TLS and rather not', jdbc('jdbc:postgresql://h/d?SSL&sslmode=allow'), 'leave one of them out'],
    [
      'MariaDB: a check and none',
      jdbc('jdbc:mariadb://h/d?sslMode=trust&trustServerCertificate=false'),
      'leave one out',
    ],
    [
      'MariaDB: a name and none',
      jdbc('jdbc:mariadb://h/d?sslMode=verify-ca&disableSslHostnameVerification=no'),
      'leave one out',
    ],
    ['a name of another client', jdbc('jdbc:postgresql://h/d?channel_binding=require'), 'has channel_binding'],
    ['H2 by TLS', jdbc('jdbc:h2:pg://h/d;SSL=TRUE'), 'asks for TLS'],
    ['H2 by another word', jdbc('jdbc:h2:pg://h/d;sslmode=require'), 'asks for TLS'],
    [
      'properties of a driver',
      datasources({ 'data-source-properties': { sslmode: 'verify-full' } }),
      'parameters of the url',
    ],
    ['another address', datasources({ jdbcUrl: 'jdbc:postgresql://canary/d' }), 'postgres.jdbcUrl is not read'],
    [
      'only another address',
      datasources({ url: undefined, 'jdbc-url': 'jdbc:canary' }),
      'postgres.jdbc-url is not read',
    ],
    ['another role', datasources({ connectionInitSql: 'SET ROLE canary' }), 'connectionInitSql is not read'],
    ['another schema', datasources({ schema: 'canary' }), 'postgres.schema is not read: name it by currentSchema'],
    [
      'TLS beside Elasticsearch’s client',
      elasticsearch({ ssl: { enabled: true } }),
      'elasticsearch.ssl is not supported',
    ],
    ['a key beside it', elasticsearch({ apiKey: 'canary' }), 'kestra.elasticsearch.apiKey is not supported'],
    [
      'another key of its user',
      elasticsearch({ client: { basicAuth: { username: 'u', password: 'p', apiToken: 'canary' } } }),
      'client.basicAuth.apiToken is not supported',
    ],
    [
      'authorities for one of two nodes',
      elasticsearch({ client: { httpHosts: 'https://h:9200,http://h2:9200' } }, { ca: CERTIFICATE }),
      'elasticsearch.ca has no effect: each address of',
    ],
    [
      'authorities and none',
      elasticsearch({}, { client: { trustAllSsl: true }, ca: CERTIFICATE }),
      'trustAllSsl takes any',
    ],
    ['a user of Redis without a password', { coffer: { redis: { url: 'redis://canary@h' } } }, 'without a password'],
    ['authorities of a file', issuer({ jwksFile: 'f', ca: CERTIFICATE }), 'issuers[0].ca has no effect: jwksFile'],
    ['authorities in clear', issuer({ jwksUri: 'http://localhost/k', ca: CERTIFICATE }), 'issuers[0].ca has no effect'],
    ['half an authority', issuer({ ca: CERTIFICATE.slice(0, 200) }), 'issuers[0].ca holds a block that is cut off'],
    ['a session without a role', aws({ stsRoleSessionName: 'canary' }), 'stsRoleArn is missing: stsRoleSessionName'],
    [
      'Coffer’s own topic for the audit',
      { coffer: { audit: { sinks: [{ type: 'kafka', topic: 'coffer.secret.coherence' }] } } },
      'must not be a topic of Coffer',
    ],
  ])('%s is refused', (_what, tree, words) => {
    const message = refusal(() => loadText(stringify(tree)));
    expect(message).toContain(words);
    expect(message).not.toContain('canary');
  });

  it.each<[string, object]>([
    ['TLS 1.2 and 1.3', kafka({ ...SSL, 'ssl.enabled.protocols': 'TLSv1.2,TLSv1.3', 'ssl.protocol': 'TLSv1.3' })],
    ['passwords of stores in PEM', kafka({ ...SSL, 'ssl.truststore.password': 'x' })],
    [
      'tuning of mechanisms of others',
      kafka({ 'sasl.login.refresh.window.factor': '0.8', 'sasl.kerberos.service.name': 'k' }),
    ],
    ['the same of producers', ofClient('producer', { ...SSL, 'bootstrap.servers': ['k:1'] }, SSL)],
    ['two copies of three', ofTopics({ 'min.insync.replicas': 2 }, 3)],
    ['one copy', ofTopics({ 'min.insync.replicas': '1' })],
    [
      'TLS of Kestra’s where Coffer says what it does',
      { ...ofClient('producer', SSL), coffer: { kafka: { client: { properties: PLAIN } } } },
    ],
    ['names unchecked in clear', kafka({ 'ssl.endpoint.identification.algorithm': '' })],
    ['TLS twice', jdbc('jdbc:postgresql://h/d?ssl=true&sslmode=require')],
    ['TLS of MySQL twice', jdbc('jdbc:mysql://h/d?useSSL=true&sslMode=PREFERRED')],
    ['no check twice', jdbc('jdbc:mariadb://h/d?sslMode=trust&trustServerCertificate=true')],
    ['no TLS of H2', jdbc('jdbc:h2:pg://h/d;SSL=FALSE')],
    ['a pool', datasources({ maximumPoolSize: 5, dialect: 'POSTGRES', 'connection-test-query': 'select 1' })],
    ['a password of Redis', { coffer: { redis: { url: 'redis://:p@h' } } }],
    ['authorities on one line', issuer({ ca: CERTIFICATE.replaceAll('\n', ' ') })],
    ['a file of authorities', issuer({ ca: '/etc/ca.pem' })],
  ])('%s is not', (_what, tree) => {
    expect(() => loadText(stringify(tree))).not.toThrow();
  });

  it('Coffer’s own protocol of Kafka needs nothing of what Kestra’s does', () => {
    const own = { 'bootstrap.servers': 'k:2', 'security.protocol': 'PLAINTEXT' };
    const tree = {
      ...kafka({ 'security.protocol': 'SASL_SSL', ...LOG_IN }),
      coffer: { kafka: { client: { properties: own } } },
    };
    expect(loadText(stringify(tree)).kafka).toEqual({ brokers: ['k:2'], topic: {} });
  });

  it('properties of Kafka that change nothing are named in a warning', () => {
    const { warnings } = loadText(stringify(kafka({ acks: 'canary', 'client.rack': 'canary' })));
    expect(warnings).toEqual(['kestra.kafka.client.properties has some that change nothing here: acks, client.rack']);
  });

  it('so are those of Kestra’s own clients and topics, and groups that are Kestra’s alone', () => {
    const topic = { partitions: '6', properties: { 'compression.type': 'canary' } };
    const producer = { properties: { acks: 'all', 'max.request.size': '1' } };
    const { warnings, kafka: read } = loadText(
      stringify(kestraKafka({ defaults: { topic, producer, topicPrefix: 'canary' }, topics: { execution: {} } })),
    );
    expect(warnings).toEqual([
      'kestra.kafka.topics is not used',
      'kestra.kafka.defaults.topicPrefix is not used',
      'kestra.kafka.defaults.producer.properties has some that change nothing here: acks, max.request.size',
      'kestra.kafka.defaults.topic.properties has some that change nothing here: compression.type',
    ]);
    expect(read).toEqual({ brokers: ['k:1'], topic: { partitions: 6 } });
  });

  it('does not take another key of Kestra’s for one of Coffer’s', () => {
    const { secret, warnings } = loadText(stringify(elasticsearch({ indices: {}, defaults: { indicePrefix: 'k_' } })));
    expect(secret).toMatchObject({ cluster: { indexPrefix: 'k_' } });
    expect(warnings).toContain('kestra.elasticsearch.indices is not used');
  });
});

describe('a setting that a variable narrows', () => {
  const grant = (namespace: string) => ({
    coffer: { access: { tokens: [{ id: 't', hash: 'h', grants: [{ ...GRANTS[0], namespace }] }] } },
  });
  const bound = (sub: unknown) => issuer({ bindings: [{ when: { sub }, grants: GRANTS }] });
  it.each<[string, object, string]>([
    ['a namespace of a grant', grant('company${TEAM:}'), 'grants[0].namespace'],
    ['a claim', bound('repo:${TEAM:}*'), 'bindings[0].when.sub'],
    ['one of several claims', bound(['a', 'repo:${TEAM:  }*']), 'bindings[0].when.sub[1]'],
    [
      'a namespace of a store',
      { coffer: { managers: [{ namespace: 'a${TEAM:}', type: 'jdbc' }] } },
      'managers[0].namespace',
    ],
    ['a filter', aws({ filterOnPrefix: { prefix: 'team-${TEAM:}' } }), 'filterOnPrefix.prefix'],
    ['a tag', aws({ filterOnTags: { team: 'x${TEAM:}' } }), 'filterOnTags.team'],
  ])('%s is refused where that holds nothing', (_what, tree, place) => {
    const text = stringify(tree);
    const words = `${place} has a placeholder that holds nothing: give TEAM a value`;
    expect(refusal(() => loadText(text))).toContain(words);
    expect(refusal(() => loadText(text, { TEAM: '' }))).toContain(words);
  });

  it('is taken with what the variable holds', () => {
    expect(loadText(stringify(grant('company${TEAM:}')), { TEAM: '.a' }).access.tokens[0]?.grants[0]).toMatchObject({
      namespace: 'company.a',
    });
    expect(() => loadText(stringify(bound('repo:${TEAM:}*')), { TEAM: 'x' })).not.toThrow();
  });
});

describe('names and times that are none', () => {
  it.each<[string, object, string]>([
    [
      'a claim without a name',
      issuer({ bindings: [{ when: { '': 'x' }, grants: GRANTS }] }),
      'a claim of an empty name',
    ],
    ['a tag without a name', aws({ excludedTags: { '': 'x' } }), 'must not have an empty name'],
    ['30 February', expiring('2027-02-30T00:00:00Z'), 'must be a time with its zone'],
    ['29 February of no leap year', expiring('2027-02-29T12:00:00+01:00'), 'must be a time with its zone'],
    ['a place in Vault that is none', vault({ secretPathPrefix: '/' }), 'must be a path inside Vault'],
    ['a way out of it', vault({ secretPathPrefix: 'team/../other' }), 'must be a path inside Vault'],
    ['an engine that is none', vault({ rootEngine: '${A:}/' }), 'must be a path inside Vault'],
  ])('%s is refused', (_what, tree, words) => {
    expect(refusal(() => loadText(stringify(tree)))).toContain(words);
  });

  it.each(['2028-02-29T00:00:00Z', '2027-12-31T23:59+14:00', ' 2027-01-31T24:00:00Z '])('%s is a time', (text) => {
    expect(() => loadText(stringify(expiring(text)))).not.toThrow();
  });
});

import { loadFiles, loadText, refusal } from './load.fixture.js';
import { CERTIFICATE, mangled, ownPair, privateKey } from './pem.fixture.js';

const { certificate: OWN, key: KEY } = ownPair('canary');
const properties = (lines: string, owner = 'kestra'): string =>
  `${owner}:\n  kafka:\n    client:\n      properties:\n${lines.trim().replace(/^/gm, '        ')}\n`;

describe('Kafka', () => {
  const tls = 'bootstrap.servers: kafka:9093\nsecurity.protocol: SSL\n';

  it('reads SASL over TLS with the password in a JAAS line', () => {
    const { kafka } = loadText(
      properties(`
bootstrap.servers: kafka:9093
client.id: coffer
security.protocol: SASL_SSL
sasl.mechanism: SCRAM-SHA-512
sasl.jaas.config: 'org.apache.kafka.common.security.scram.ScramLoginModule required username="me" password="ca\\"na;ry";'
ssl.endpoint.identification.algorithm: ""
acks: all
`),
    );
    expect(kafka).toMatchObject({
      brokers: ['kafka:9093'],
      clientId: 'coffer',
      tls: { verifyHostname: false },
      sasl: { mechanism: 'scram-sha-512', username: 'me' },
    });
    expect(kafka?.sasl?.password.reveal()).toBe('ca"na;ry');
  });

  it('reads PEM from files and from the text', () => {
    const text = properties(`
bootstrap.servers: [kafka-1:9093, "kafka-2:9093"]
security.protocol: SSL
ssl.truststore.type: PEM
ssl.truststore.location: ca.pem
ssl.keystore.type: PEM
ssl.keystore.location: client.pem
ssl.key.password: canary
`);
    const { kafka } = loadFiles({
      'coffer.yml': text,
      'ca.pem': CERTIFICATE,
      'client.pem': `${KEY}\n${OWN}\n`,
    });
    expect(kafka).toMatchObject({
      brokers: ['kafka-1:9093', 'kafka-2:9093'],
      tls: { ca: CERTIFICATE, certificate: OWN, verifyHostname: true },
    });
    expect(kafka?.tls?.key?.reveal()).toBe(KEY);
    expect(kafka?.tls?.passphrase?.reveal()).toBe('canary');

    const inline = loadText(
      properties(`
bootstrap.servers: kafka:9093
security.protocol: SSL
ssl: {truststore: {type: PEM, certificates: "${CERTIFICATE.replaceAll('\n', '\\n')}"}}
`),
    );
    expect(inline.kafka?.tls?.ca).toBe(CERTIFICATE);
  });

  it.each(mangled(CERTIFICATE))('takes a certificate and a key %s', (how, ca) => {
    const [, own = ''] = mangled(OWN).find(([name]) => name === how) ?? [];
    const [, key = ''] = mangled(KEY).find(([name]) => name === how) ?? [];
    const { kafka } = loadText(
      properties(`
bootstrap.servers: kafka:9093
security.protocol: SSL
ssl.truststore.certificates: ${JSON.stringify(ca)}
ssl.keystore.certificate.chain: ${JSON.stringify(own)}
ssl.keystore.key: ${JSON.stringify(key)}
ssl.key.password: "canary\\n"
`),
    );
    expect(kafka?.tls).toMatchObject({ ca: CERTIFICATE, certificate: OWN });
    expect([kafka?.tls?.key?.reveal(), kafka?.tls?.passphrase?.reveal()]).toEqual([KEY, 'canary']);
  });

  it('warns of options of a JAAS line that are of no use, without quoting them', () => {
    const { warnings } = loadText(
      properties(`
bootstrap.servers: kafka:9093
security.protocol: SASL_SSL
sasl.mechanism: PLAIN
sasl.jaas.config: 'M required username="me" password="x" user_canary="canary";'
`),
    );
    expect(warnings).toEqual([
      'kestra.kafka.client.properties.sasl.jaas.config has options that are not used: only username and password are',
    ]);
  });

  it('is what is configured, and nothing else', () => {
    expect(loadText(properties('bootstrap.servers: a:1')).kafka).toStrictEqual({ brokers: ['a:1'], topic: {} });
    const more = '    defaults: {topic: {partitions: 3, replication-factor: 2}}\n';
    expect(loadText(`${properties('bootstrap.servers: a:1')}${more}`).kafka?.topic).toEqual({
      partitions: 3,
      replicationFactor: 2,
    });
    const tls = loadText(properties('bootstrap.servers: a:1\nsecurity.protocol: SSL')).kafka?.tls;
    expect(tls).toStrictEqual({ verifyHostname: true });
  });

  it('logs in by a JAAS line all of whose options are of use', () => {
    const { kafka, warnings } = loadText(
      properties(`
bootstrap.servers: kafka:9093
security.protocol: SASL_PLAINTEXT
sasl.mechanism: " plain "
sasl.jaas.config: "\\ufeffM required username='me' password='canary' tokenauth=false;"
`),
    );
    expect([kafka?.sasl?.mechanism, kafka?.sasl?.username, warnings]).toEqual(['plain', 'me', []]);
  });

  it('names the settings of whoever wrote them', () => {
    expect(refusal(() => loadText(properties('bootstrap.servers: canary', 'coffer')))).toContain(
      'coffer.kafka.client.properties.bootstrap.servers has',
    );
    const wrong = `${properties('bootstrap.servers: a:1')}    defaults: {topic: {partitions: 0}}\n`;
    expect(refusal(() => loadText(wrong))).toContain('kestra.kafka.defaults.topic.partitions must be a whole number');
  });

  it.each([
    [
      'truststore',
      'JKS',
      'keytool -importkeystore -srckeystore truststore.jks -destkeystore truststore.p12 -deststoretype PKCS12, then ' +
        'openssl pkcs12 -in truststore.p12 -nokeys -out truststore.pem; then set ssl.truststore.type: PEM and ' +
        'ssl.truststore.location: truststore.pem',
    ],
    [
      'keystore',
      'PKCS12',
      'openssl pkcs12 -in STORE -out keystore.pem; then set ssl.keystore.type: PEM and ssl.keystore.location: keystore.pem',
    ],
  ])('says how a %s of type %s is converted', (store, type, way) => {
    const lines = `${tls}ssl.${store}.type: ${type}\nssl.${store}.location: /etc/canary`;
    expect(refusal(() => loadText(properties(lines)))).toBe(
      `configuration: kestra.kafka.client.properties.ssl.${store}.location is a Java keystore (${type}), which only Java reads. Convert it: ${way}`,
    );
  });

  it('has a key of the certificate, or says where the wrong one is', () => {
    const other = privateKey();
    const chain = `${tls}ssl.keystore.certificate.chain: ${JSON.stringify(OWN)}\nssl.keystore.key: ${JSON.stringify(other)}`;
    const file = `${tls}ssl.keystore.type: PEM\nssl.keystore.location: client.pem`;
    for (const [lines, name] of [
      [chain, 'ssl.keystore.key'],
      [file, 'ssl.keystore.location'],
    ] as const) {
      expect(refusal(() => loadFiles({ 'coffer.yml': properties(lines), 'client.pem': `${OWN}${other}` }))).toBe(
        `configuration: kestra.kafka.client.properties.${name} holds a private key that is not the key of the first certificate`,
      );
    }
  });

  it('says once what is wrong', () => {
    const half = `${tls}ssl.keystore.certificate.chain: ${JSON.stringify(CERTIFICATE)}\nssl.keystore.key: canary`;
    const file = `${tls}ssl.keystore.type: " pem "\nssl.keystore.location: client.pem`;
    for (const [lines, problem] of [
      ['bootstrap.servers: ${CANARY}', 'needs the variable CANARY'],
      ['bootstrap.servers: [a:1, {b: 1}]', 'bootstrap.servers must be a text'],
      [half, 'ssl.keystore.key must be PEM'],
      [file, 'ssl.keystore.location names a file that holds no private key'],
    ] as const) {
      const refused = refusal(() => loadFiles({ 'coffer.yml': properties(lines), 'client.pem': CERTIFICATE }));
      expect(refused).toContain(problem);
      expect(refused).not.toMatch(/problems|is missing/);
    }
  });

  it("overrides Kestra's", () => {
    const text = `${properties('bootstrap.servers: kestra:9092')}${properties('bootstrap.servers: own:9092', 'coffer')}`;
    expect(loadText(text).kafka?.brokers).toEqual(['own:9092']);
  });

  const sasl = 'bootstrap.servers: kafka:9093\nsecurity.protocol: SASL_PLAINTEXT\n';
  it.each([
    ['security.protocol: SSL', /properties\.bootstrap\.servers is missing/],
    ['bootstrap.servers: canary', /bootstrap\.servers has a server without a port; it must be HOST:PORT/],
    ['bootstrap.servers: ${CANARY}', /bootstrap\.servers needs the variable CANARY/],
    ['bootstrap.servers: a:1\nclient.id: "can\\nary"', /client\.id has a line break/],
    [`${tls}ssl.keystore.type: BKS\nssl.keystore.location: canary`, /is a Java keystore \(another type\)/],
    [
      `${sasl}sasl.mechanism: PLAIN\nsasl.jaas.config: 'M required username="canary";'`,
      /sasl\.jaas\.config must be a login module with username/,
    ],
    ['bootstrap.servers: a:1\nsecurity.protocol: canary', /security\.protocol must be one of PLAINTEXT, SSL/],
    [
      `${tls}ssl.truststore.location: /etc/canary.jks\nssl.truststore.password: canary`,
      /truststore\.location is a Java keystore \(JKS\).*keytool -importkeystore .*openssl pkcs12 .*ssl\.truststore\.type: PEM/,
    ],
    [
      `${tls}ssl.keystore.type: PKCS12\nssl.keystore.location: /etc/canary.p12`,
      /keystore\.location is a Java keystore \(PKCS12\), which only Java reads\. Convert it: openssl pkcs12 /,
    ],
    [
      `${tls}ssl.truststore.type: PEM\nssl.truststore.location: canary.pem`,
      /truststore\.location names a file that cannot be read/,
    ],
    [sasl, /sasl\.mechanism must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512/],
    [`${sasl}sasl.mechanism: PLAIN`, /sasl\.jaas\.config is missing/],
    [
      `${sasl}sasl.mechanism: PLAIN\nsasl.jaas.config: canary`,
      /sasl\.jaas\.config has no control flag.*; it must be one login module: MODULE required username="…"/,
    ],
    [
      `${sasl}sasl.mechanism: PLAIN\nsasl.jaas.config: 'M required username="a" password="canary" tokenauth=true;'`,
      /sasl\.jaas\.config asks by tokenauth for a delegation token/,
    ],
    [
      `${sasl}sasl.mechanism: PLAIN\nsasl.jaas.config: 'M required user="canary" password="canary";'`,
      /sasl\.jaas\.config must be a login module with username/,
    ],
    [
      `${tls}ssl.truststore.certificates: canary`,
      /ssl\.truststore\.certificates must be PEM: it must contain a line -----BEGIN/,
    ],
    [
      `${tls}ssl.keystore.certificate.chain: ${JSON.stringify(CERTIFICATE)}`,
      /ssl\.keystore\.key is missing: a key and its certificate belong together/,
    ],
    [
      `${tls}ssl.keystore.key: ${JSON.stringify(KEY)}`,
      /ssl\.keystore\.key holds an encrypted private key that needs a passphrase/,
    ],
  ])('refuses %j', (lines, message) => {
    const refused = refusal(() => loadText(properties(lines)));
    expect(refused).toMatch(message);
    expect(refused).not.toContain('canary');
  });
});

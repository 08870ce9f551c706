import { loadFiles, loadText, refusal } from './load.fixture.js';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const KEY = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nY2FuYXJ5\n-----END ENCRYPTED PRIVATE KEY-----';
const properties = (lines: string, owner = 'kestra'): string =>
  `${owner}:\n  kafka:\n    client:\n      properties:\n${lines.trim().replace(/^/gm, '        ')}\n`;

describe('Kafka', () => {
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
      'client.pem': `${KEY}\n${CERTIFICATE}\n`,
    });
    expect(kafka).toMatchObject({
      brokers: ['kafka-1:9093', 'kafka-2:9093'],
      tls: { ca: CERTIFICATE, certificate: CERTIFICATE, verifyHostname: true },
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

  it("overrides Kestra's", () => {
    const text = `${properties('bootstrap.servers: kestra:9092')}${properties('bootstrap.servers: own:9092', 'coffer')}`;
    expect(loadText(text).kafka?.brokers).toEqual(['own:9092']);
  });

  const tls = 'bootstrap.servers: kafka:9093\nsecurity.protocol: SSL\n';
  const sasl = 'bootstrap.servers: kafka:9093\nsecurity.protocol: SASL_PLAINTEXT\n';
  it.each([
    ['security.protocol: SSL', /properties\.bootstrap\.servers is missing/],
    ['bootstrap.servers: canary', /bootstrap\.servers must be host:port/],
    ['bootstrap.servers: ${CANARY}', /bootstrap\.servers needs the variable CANARY/],
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
      /sasl\.jaas\.config must be a login module with username/,
    ],
  ])('refuses %j', (lines, message) => {
    const refused = refusal(() => loadText(properties(lines)));
    expect(refused).toMatch(message);
    expect(refused).not.toContain('canary');
  });
});

import { requireDistributed } from './distributed.js';
import { loadText, refusal } from './load.fixture.js';

const SECRET = 'canary-of-thirty-two-characters!';
const KAFKA = 'coffer.kafka.client.properties: {bootstrap.servers: "kafka:9092"}\n';
const ENCRYPTION = `coffer.encryption: {keys: [{id: a, secret: ${SECRET}}]}\n`;
const JDBC = `kestra.secret: {type: jdbc, jdbc: {secret: ${SECRET}}}\n`;
const DATASOURCE = 'coffer.datasource: {url: "jdbc:postgresql://db/coffer"}\n';

describe('requireDistributed', () => {
  it('lets a complete configuration through', () => {
    const configuration = loadText(KAFKA + ENCRYPTION + JDBC + DATASOURCE);
    expect(requireDistributed(configuration)).toEqual(configuration);
  });

  it.each([
    [ENCRYPTION + JDBC + DATASOURCE, 'kestra.kafka.client.properties (or coffer.kafka)'],
    [KAFKA + JDBC + DATASOURCE, 'coffer.encryption.keys, which seal what goes through Kafka and Redis'],
    [KAFKA + ENCRYPTION, 'kestra.secret.type'],
    [KAFKA + ENCRYPTION + JDBC, 'coffer.datasource.url (or one of datasources)'],
  ])('%s', (text, missing) => {
    expect(refusal(() => requireDistributed(loadText(text)))).toBe(`configuration: to run distributed, set ${missing}`);
    expect(() => requireDistributed(loadText(text))).toThrow(
      expect.objectContaining({ details: { missing: [missing] } }),
    );
  });

  it('asks for a database where one store of several needs it', () => {
    const vault = 'kestra.secret: {type: vault, vault: {address: "https://v", token: {token: t}}}\n';
    const managers = `coffer.managers: [{tenant: main, namespace: a, type: jdbc, jdbc: {secret: ${SECRET}}}]\n`;
    expect(refusal(() => requireDistributed(loadText(KAFKA + ENCRYPTION + vault + managers)))).toContain(
      'set coffer.datasource.url',
    );
  });
});

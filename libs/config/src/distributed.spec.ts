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
  });
});

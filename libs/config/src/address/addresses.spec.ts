import { loadText, refusal } from '../load.fixture.js';
import { CERTIFICATE } from '../pem.fixture.js';

const SECRET = 'x'.repeat(32);
const KAFKA = 'kestra: {kafka: {client: {properties: {security.protocol: SASL_SSL, sasl.mechanism: PLAIN, ';
const JAAS = `sasl.jaas.config: 'M required username="a" password="b";', bootstrap.servers: `;

/** A configuration with an address in each setting that takes one, and where that address is found once it is read. */
const SETTINGS: Readonly<Record<string, (address: string) => { readonly yaml: string; readonly name: string }>> = {
  redis: (address) => ({ yaml: `coffer: {redis: {url: ${address}}}`, name: 'coffer.redis.url' }),
  vault: (address) => ({
    yaml: `kestra: {secret: {type: vault, vault: {token: {token: t}, address: ${address}}}}`,
    name: 'kestra.secret.vault.address',
  }),
  elasticsearch: (address) => ({
    yaml: `{kestra: {secret: {type: elasticsearch, elasticsearch: {secret: ${SECRET}}}, elasticsearch: {client: {http-hosts: [${address}]}}}}`,
    name: 'kestra.elasticsearch.client.httpHosts[0]',
  }),
  azure: (address) => ({
    yaml: `kestra: {secret: {type: azure-key-vault, azureKeyVault: {keyVaultUri: ${address}}}}`,
    name: 'kestra.secret.azureKeyVault.keyVaultUri',
  }),
  aws: (address) => ({
    yaml: `kestra: {secret: {type: aws-secret-manager, awsSecretManager: {endpointOverride: ${address}}}}`,
    name: 'kestra.secret.awsSecretManager.endpointOverride',
  }),
  sts: (address) => ({
    yaml: `kestra: {secret: {type: aws-secret-manager, awsSecretManager: {stsEndpointOverride: ${address}}}}`,
    name: 'kestra.secret.awsSecretManager.stsEndpointOverride',
  }),
  google: (address) => ({
    yaml: `kestra: {secret: {type: google-secret-manager, googleSecretManager: {endpointOverride: ${address}}}}`,
    name: 'kestra.secret.googleSecretManager.endpointOverride',
  }),
};

const settingOf = (kind: string, address: string) => {
  const setting = SETTINGS[kind];
  if (setting === undefined) throw new Error(`there is no setting for ${kind}`);
  return setting(JSON.stringify(address));
};
const refused = (kind: string, address: string): string => {
  const { yaml, name } = settingOf(kind, address);
  const message = refusal(() => loadText(yaml));
  expect(message).toContain(`configuration: ${name} `);
  expect(message).not.toMatch(/canary/i);
  return message;
};

const HTTP = ['vault', 'elasticsearch', 'azure', 'aws', 'sts', 'google'];

describe.each(HTTP)('an address in the settings of %s', (kind) => {
  it.each([
    ['canary', 'must begin with'],
    ['canary:8200', 'must begin with'],
    ['//canary:8200', 'must begin with'],
    ['https:/canary:8200', 'must begin with'],
    ['ftp://canary', 'must begin with'],
    ['redis://canary', 'must begin with'],
    ['https://', 'names no host'],
    ['https:///path', 'names no host'],
    ['https://:8200', 'names no host'],
    ['https://me:canary@host', 'has a user name or password'],
    ['https://canary@host', 'has a user name or password'],
    ['https://host?canary=1', 'has a ?'],
    ['https://host/#canary', 'has a #'],
    ['https://me:ca/nary@host', 'has an @ behind its host'],
    ['https://me:ca#nary@host', 'has an @ behind its host'],
    ['https://ho st', 'has a blank'],
    ['https://host\\canary', 'has a blank, a line break or a backslash'],
    ['https://host:canary', 'has a port that is not a number from 1 to 65535'],
    ['https://host:0', 'has a port that is not a number from 1 to 65535'],
    ['https://host:65536', 'has a port that is not a number from 1 to 65535'],
    ['https://host:8200:8200', 'has a port that is not a number'],
    ['https://::1:8200', 'has an IPv6 address without brackets'],
    ['https://[canary]:8200', 'has something else than an IPv6 address in its brackets'],
    ['https://[::1', 'has a host that is neither a name nor an IP address'],
    ['https://host_%63anary', 'has a host that is neither a name nor an IP address'],
    ['https://256.0.0.1', 'looks like an IPv4 address and is none'],
    ['https://0x7f.1', 'looks like an IPv4 address and is none'],
    ['https://127.1', 'looks like an IPv4 address and is none'],
    ['https://-canary-', 'has a host that is neither a name nor an IP address'],
    ['https://host/a/../b', 'has . or .. in its path'],
    ['https://host/a b', 'has a blank'],
    ['https://host/a"b', 'has a path with characters that must be percent-encoded'],
  ])('is refused by its name: %j', (address, reason) => {
    expect(refused(kind, address)).toContain(reason);
  });

  const example = { vault: 'https://vault.example.com:8200', elasticsearch: 'https://host:9200' }[kind] ?? 'https://';
  it('is refused with what would be right', () => {
    expect(refused(kind, 'canary')).toContain(`it must be an address such as ${example}`);
  });
});

describe('addresses that are mended', () => {
  const read = (kind: string, address: string): string | undefined => {
    const { secret } = loadText(settingOf(kind, address).yaml);
    switch (secret?.type) {
      case 'vault':
        return secret.address;
      case 'elasticsearch':
        return secret.cluster.hosts[0];
      case 'azure-key-vault':
        return secret.keyVaultUri;
      case 'aws-secret-manager':
        return secret.endpointOverride ?? secret.stsEndpointOverride;
      case 'google-secret-manager':
        return secret.endpointOverride;
      default:
        return undefined;
    }
  };

  it.each(HTTP)('%s', (kind) => {
    for (const written of [
      'https://host:8200',
      'https://host:8200/',
      'https://host:8200//',
      '  https://host:8200/\r\n',
    ]) {
      expect([written, read(kind, written)]).toEqual([written, 'https://host:8200']);
    }
    expect(read(kind, '\ufeffHTTPS://host')).toBe('https://host');
    expect(read(kind, 'https://bücher.example')).toBe('https://xn--bcher-kva.example');
    expect(read(kind, 'https://a_b.c-d.:1')).toBe('https://a_b.c-d.:1');
  });

  it.each(HTTP.filter((kind) => kind !== 'azure'))('%s, with an IPv6 address', (kind) => {
    expect(read(kind, 'https://[::1]:8200/')).toBe('https://[::1]:8200');
    expect(read(kind, 'https://[2001:db8::1]')).toBe('https://[2001:db8::1]');
  });

  it('refuses an IPv6 address for Azure, whose client takes none', () => {
    expect(refused('azure', 'https://[::1]:8443')).toContain('give a name');
  });

  it.each(['vault', 'elasticsearch', 'aws', 'sts'])('%s, with a path of a proxy', (kind) => {
    expect(read(kind, 'https://host//a///b%20c//')).toBe('https://host/a/b%20c');
  });

  it.each(['azure', 'google'])('%s has no path', (kind) => {
    expect(refused(kind, 'https://host/canary')).toContain('has a path behind its host');
  });

  it.each([
    ['vault', 'https://host:8200/v1'],
    ['vault', 'https://host:8200/v1/'],
    ['vault', 'https://host:8200//v1//'],
    ['vault', 'https://host:8200/proxy/v1/sys'],
    ['vault', 'https://host:8200/ui/'],
    ['vault', 'https://host:8200/ui/vault/secrets'],
    ['elasticsearch', 'https://host:9200/_search'],
    ['elasticsearch', 'https://host:9200/_cat/indices'],
    ['azure', 'https://my.vault.azure.net/secrets/'],
    ['google', 'https://secretmanager.googleapis.com/v1'],
    ['google', 'https://secretmanager.googleapis.com/v1beta1/projects'],
  ])('%s refuses the path of the API itself: %s', (kind, address) => {
    expect(refused(kind, address)).toMatch(/ends in a path of the API itself \(.*leave it out, as in https:\/\//);
  });

  it('takes a path of a proxy that only looks like the API’s', () => {
    expect(read('vault', 'https://host/v1/vault')).toBe('https://host/v1/vault');
    expect(read('vault', 'https://host/v1x')).toBe('https://host/v1x');
  });

  it('refuses Azure without TLS', () => {
    expect(refused('azure', 'http://my-vault.vault.azure.net')).toContain('must begin with https://');
  });
});

describe('a Redis address', () => {
  it.each([
    ['redis://host:6379?canary=1', 'has a ? with parameters'],
    ['redis://host:6379/0?db=canary', 'has a ? with parameters'],
    ['redis://host:6379#canary', 'has a # with something behind it'],
    ['redis://host:6379/canary', 'has a path that is not the number of a database'],
    ['redis://host:6379/0/1', 'has a path that is not the number of a database'],
    ['redis://host:6379/-1', 'has a path that is not the number of a database'],
    ['redis://host:6379/1e3', 'has a path that is not the number of a database'],
    ['redis://host:6379/99999999999', 'has a path that is not the number of a database'],
    ['redis://:can%ary@host', 'has a % in its user name or password that begins no escape'],
    ['redis://:%E0%A4@host', 'has a % in its user name or password that begins no escape'],
    ['redis://ho%73t', 'neither a name nor an IP address'],
    ['redis://:ca/nary@host:6379', 'has an @ behind its host; in a user name or password write / as %2F'],
    ['redis://:ca?nary@host:6379', 'has an @ behind its host'],
    ['redis://canary#rest@host:6379', 'has an @ behind its host'],
    ['redis://:canary', 'names no host'],
    ['redis://me:canary', 'has a port that is not a number'],
    ['redis://', 'names no host'],
    ['redis://:canary@', 'names no host'],
    ['redis://::1', 'has an IPv6 address without brackets'],
    ['redis://a:1,b:2', 'has a port that is not a number'],
    ['redis://a,b', 'neither a name nor an IP address'],
    ['redis+tls://canary', 'must begin with redis:// or rediss://'],
    ['redis-sentinel://canary', 'must begin with redis:// or rediss://'],
    ['host:6379', 'must begin with redis:// or rediss://'],
  ])('is refused: %j', (address, reason) => {
    expect(refused('redis', address)).toContain(reason);
  });

  it.each([
    'redis://host',
    'redis://host:',
    'redis://host/',
    'rediss://[::1]:6380/15',
    'redis://:p@ss@host:6379',
    'redis://me:p%2Fss%23%3F%25@host',
  ])('is taken: %s', (address) => {
    expect(loadText(settingOf('redis', address).yaml).redis?.url.reveal()).toBe(address);
    expect(loadText(settingOf('redis', `\ufeff${address} \n`).yaml).redis?.url.reveal()).toBe(address);
  });

  it('names database 0 alone where it is a cluster', () => {
    const yaml = (database: number) => `coffer: {redis: {url: "redis://host/${database}", cluster: true}}`;
    expect(loadText(yaml(0)).redis?.cluster).toBe(true);
    expect(refusal(() => loadText(yaml(1)))).toContain('coffer.redis.url names a database, and a Redis Cluster');
  });

  it('goes by TLS where an authority is given', () => {
    expect(
      refusal(() => loadText(`coffer: {redis: {url: "redis://h", ca: ${JSON.stringify(CERTIFICATE)}}}`)),
    ).toContain('coffer.redis.ca has no effect');
  });
});

describe('bootstrap.servers', () => {
  const load = (servers: string) => loadText(`${KAFKA}${JAAS}${JSON.stringify(servers)}}}}}`).kafka?.brokers;

  it.each([
    ['a:1', ['a:1']],
    [' a:1 , b:2,', ['a:1', 'b:2']],
    ['SASL_SSL://a:1,INTERNAL://b:2', ['a:1', 'b:2']],
    ['[::1]:9092,[2001:db8::1]:9093', ['[::1]:9092', '[2001:db8::1]:9093']],
    ['\ufeffa:1\r\n', ['a:1']],
  ])('%j', (servers, brokers) => {
    expect(load(servers)).toEqual(brokers);
  });

  it.each([
    ['canary', 'has a server without a port'],
    ['a:1,canary', 'has a server without a port'],
    ['a:1,b:', 'has a server without a port'],
    [',', 'names no server'],
    ['a:99999', 'has a port that is not a number'],
    ['a:canary', 'has a port that is not a number'],
    ['a:1/canary', 'has more than a host and a port'],
    ['me:canary@a:1', 'has more than a host and a port'],
    ['a:1 b:2', 'has more than a host and a port'],
    ['::1:9092', 'has an IPv6 address without brackets'],
    ['[canary]:9092', 'has something else than an IPv6 address'],
    ['http://canary:9092', 'has a scheme in front of a host'],
    ['1.2.3:9092', 'has a host that looks like an IPv4 address'],
    ['PLAINTEXT://canary:9092', 'names the protocol PLAINTEXT while security.protocol is SASL_SSL'],
  ])('refuses %j', (servers, reason) => {
    const message = refusal(() => load(servers));
    expect(message).toContain(`kestra.kafka.client.properties.bootstrap.servers ${reason}`);
    expect(message).toContain('it must be HOST:PORT, HOST:PORT, …');
    expect(message).not.toContain('canary');
  });

  it('refuses a listener of TLS where the connection would be in clear', () => {
    const yaml = 'kestra: {kafka: {client: {properties: {bootstrap.servers: "SSL://a:9093"}}}}';
    expect(refusal(() => loadText(yaml))).toContain('names the protocol SSL while security.protocol is PLAINTEXT');
  });
});

describe('coffer.server.host', () => {
  const load = (host: string) => loadText(`coffer: {server: {host: ${JSON.stringify(host)}}}`).server.host;

  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['[::1]', '::1'],
    ['::', '::'],
    [' localhost\n', 'localhost'],
  ])('%j', (written, host) => {
    expect(load(written)).toBe(host);
  });

  it.each(['http://canary', '127.0.0.1:8080', '[::1]:8080', 'can ary', '1.2.3'])('refuses %j', (written) => {
    const message = refusal(() => load(written));
    expect(message).toContain('coffer.server.host ');
    expect(message).not.toContain('canary');
  });
});

describe('a JDBC address', () => {
  const load = (url: string) => loadText(`coffer: {datasource: {url: ${JSON.stringify(url)}}}`).datasource?.url;

  it.each([
    ['jdbc:postgresql://[::1]:5433/kestra', '::1', 5433],
    ['jdbc:mysql://[2001:db8::1]/kestra', '2001:db8::1', 3306],
    ['jdbc:postgresql://:5433/kestra', 'localhost', 5433],
    ['jdbc:postgresql:kestra', 'localhost', 5432],
    ['jdbc:h2:pg://[::1]/coffer', '::1', 5435],
    [' jdbc:postgresql://db/kestra\r\n', 'db', 5432],
    ['\u200bjdbc:postgresql://db/kestra?ApplicationName=a%3Bb=c\ufeff', 'db', 5432],
  ])('%j', (url, host, port) => {
    expect(load(url)).toMatchObject({ host, port });
  });

  it.each([
    ['jdbc:postgresql://256.1.1.1/kestra', 'looks like an IPv4 address'],
    ['jdbc:postgresql://::1/kestra', 'has an IPv6 address without brackets'],
    ['jdbc:postgresql://ca%6eary/kestra', 'neither a name nor an IP address'],
    ['jdbc:mysql://me:can/ary@host/kestra', 'has an @ behind its host; in a user name or password write / as %2F'],
    ['jdbc:mysql://canary/x@host', 'has an @ behind its host'],
    ['jdbc:postgresql://db/kestra&sslmode=verify-full', 'has a ; or & behind its database: parameters begin with ?'],
    ['jdbc:mysql://db/kestra;useSSL=true', 'has a ; or & behind its database'],
    ['jdbc:mariadb://db/kestra&amp;sslMode=verify-full', 'has a ; or & behind its database'],
    ['jdbc:postgresql://db/kestra?ApplicationName=x;sslmode=verify-full', 'joined by something else than &'],
    ['jdbc:mysql://db/kestra?charset=x,sslMode=VERIFY_IDENTITY', 'joined by something else than &'],
    ['jdbc:mysql://db/kestra?charset=x?user=canary', 'joined by something else than &'],
    ['jdbc:postgresql://db/kestra%00canary', 'has a line break or another control character in its'],
    ['jdbc:postgresql://db/kestra?user=me%0A', 'has a line break or another control character in its'],
    ['jdbc:postgresql://db/ke\u200bstra', 'one of no width within'],
    ['jdbc:h2:file:./coffer?user=canary', 'has ", ? or & in the name of its file: settings begin with a semicolon'],
    ['jdbc:h2:file:./coffer&USER=canary', 'has ", ? or & in the name of its file'],
    ['jdbc:h2:file:"./canary"', 'has ", ? or & in the name of its file'],
    ['jdbc:h2:file:./canary.mv.db', 'ends in .mv.db, which H2 itself adds'],
    ['jdbc:h2:file:./canary/', 'names no database file'],
    ['jdbc:h2:~', 'names no database file'],
    ['jdbc:h2:file:..', 'names no database file'],
    ['jdbc:h2:file:./x; =canary', 'has a setting that is not NAME=VALUE'],
    ['jdbc:h2:pg://me:canary@host/coffer', 'must be jdbc:h2:pg://HOST:PORT/DATABASE'],
    ['jdbc:h2:pg://host:canary/coffer', 'has a port that is not a number'],
  ])('is refused: %j', (url, reason) => {
    const message = refusal(() => load(url));
    expect(message).toContain('coffer.datasource.url ');
    expect(message).toContain(reason);
    expect(message).not.toMatch(/canary|ca%6eary/);
  });
});

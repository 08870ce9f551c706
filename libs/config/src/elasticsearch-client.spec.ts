import { inspect } from 'node:util';
import { loadText, refusal } from './load.fixture.js';
import { CERTIFICATE } from './pem.fixture.js';

const load = (client: string, own = '') =>
  loadText(`
kestra:
  secret: {type: elasticsearch, elasticsearch: {secret: ${'x'.repeat(32)}}}
  elasticsearch: {client: {http-hosts: ["https://a:9200/base/", "https://b:9200"], ${client}}}
${own}`);
const clusterOf = ({ secret }: ReturnType<typeof load>) => {
  if (secret?.type !== 'elasticsearch') throw new Error('another store');
  return secret.cluster;
};

describe('kestra.elasticsearch.client', () => {
  it('is what is configured, and nothing else', () => {
    const bare = `
kestra:
  secret: {type: elasticsearch, elasticsearch: {secret: ${'x'.repeat(32)}}}
  elasticsearch: {client: {http-hosts: "http://a"}}`;
    expect(clusterOf(loadText(bare))).toStrictEqual({
      ...{ hosts: ['http://a'], headers: [], trustAllSsl: false, indexPrefix: 'kestra_' },
    });
    expect(loadText(bare).warnings).toEqual([]);
  });

  it('trusts an authority where each of its nodes speaks TLS', () => {
    const own = (hosts: string) =>
      `coffer: {elasticsearch: {client: {http-hosts: [${hosts}]}, ca: ${JSON.stringify(CERTIFICATE)}}}`;
    expect(clusterOf(load('trust-all-ssl: false', own('"https://a", "https://b"'))).ca).toBe(CERTIFICATE);
    expect(refusal(() => load('trust-all-ssl: false', own('"http://a", "https://b"')))).toContain('ca has no effect');
  });

  it('sends a header beside a user, whose name it may not say as well', () => {
    const user = 'basic-auth: {username: u, password: p}';
    const cluster = clusterOf(load(`headers: ["X-Team : a "], ${user}`));
    expect(cluster.headers.map(({ name, value }) => [name, value.reveal()])).toEqual([['x-team', 'a']]);
    expect(cluster.auth).toMatchObject({ kind: 'basic', username: 'u' });
    const both = 'headers: ["X-Team: a", "Authorization: canary"]';
    expect(refusal(() => load(`${both}, ${user}`))).toContain('must not set authorization beside client.basicAuth');
    expect(refusal(() => load(both, 'coffer: {elasticsearch: {api-key: canary}}'))).toContain(
      'must not set authorization beside apiKey: keep one of them',
    );
  });

  it.each(['/search', 'search', '/search/', '//search//', '" /search "'])(
    'puts the path prefix %j behind each host',
    (prefix) => {
      expect(clusterOf(load(`path-prefix: ${prefix}`)).hosts).toEqual([
        'https://a:9200/base/search',
        'https://b:9200/search',
      ]);
    },
  );

  it('reads headers, which print as placeholders', () => {
    const cluster = clusterOf(load('headers: ["Authorization: Bearer canary", "X-Team:a, b "]'));
    expect(cluster.headers.map(({ name, value }) => [name, value.reveal()])).toEqual([
      ['authorization', 'Bearer canary'],
      ['x-team', 'a, b'],
    ]);
    expect(inspect(cluster, { depth: 9 })).not.toContain('canary');
    expect(clusterOf(load('headers: "X-Team: a"')).headers).toHaveLength(1);
  });

  it('takes an API key as its id and key as well', () => {
    const { auth } = clusterOf(load('trust-all-ssl: false', 'coffer: {elasticsearch: {api-key: "id:key"}}'));
    expect(auth?.kind === 'api-key' && auth.apiKey.reveal()).toBe(Buffer.from('id:key').toString('base64'));
    const encoded = clusterOf(load('trust-all-ssl: false', 'coffer: {elasticsearch: {api-key: aWQ6a2V5}}')).auth;
    expect(encoded?.kind === 'api-key' && encoded.apiKey.reveal()).toBe('aWQ6a2V5');
  });

  it('warns of what is harmless', () => {
    expect(load('strict-deprecation-mode: true, max-results: canary, poolSize: 5').warnings).toEqual([
      'kestra.elasticsearch.client.max-results is not used',
      'kestra.elasticsearch.client.poolSize is not used',
      'kestra.elasticsearch.client.strictDeprecationMode has no effect',
    ]);
  });

  it('warns of certificates that are not checked', () => {
    expect(load('trust-all-ssl: true').warnings).toEqual([
      'kestra.elasticsearch.client.trustAllSsl: certificates are not checked, for development alone',
    ]);
  });

  it('does not look at keys that it does not know where another store is used', () => {
    const yaml = 'kestra: {secret: {type: jdbc, jdbc: {secret: x}}, elasticsearch: {client: {keystore: canary}}}';
    expect(loadText(yaml).warnings.join('\n')).not.toContain('keystore');
  });

  it.each([
    ['headers: {a: b}', 'client.headers must be a list'],
    ['headers: [canary]', 'client.headers[0] must be a list of NAME: VALUE'],
    ['headers: ["can ary: b"]', 'client.headers[0] must be a list of NAME: VALUE'],
    ['headers: ["a: can\\nary"]', 'client.headers[0] must be a list of NAME: VALUE'],
    ['headers: ["Content-Type: canary"]', 'client.headers[0] must not set content-type'],
    ['headers: ["a: b", "A: canary"]', 'client.headers[1] sets a header that an entry before it sets'],
    [
      'headers: ["Authorization: canary"], basic-auth: {username: u, password: p}',
      'client.headers must not set authorization beside client.basicAuth',
    ],
    ['path-prefix: "/a?canary"', 'client.pathPrefix has a ? with parameters'],
    ['path-prefix: "/can\\ufeffary"', 'client.pathPrefix has a blank'],
    ['path-prefix: "/a/../canary"', 'client.pathPrefix has . or .. in its path'],
    ['keystore: canary', 'client.keystore is not supported, and may decide where or as whom'],
    ['ssl: {canary: 1}', 'client.ssl is not supported, and may decide where or as whom'],
    ['proxy-host: canary', 'client.proxy-host is not supported'],
  ])('refuses %s', (client, reason) => {
    const message = refusal(() => load(client));
    expect(message).toContain(`kestra.elasticsearch.${reason}`);
    expect(message).not.toMatch(/canary|can ary/);
  });
});

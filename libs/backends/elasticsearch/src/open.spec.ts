import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpProxy, type HttpAnswer, type HttpRequest } from '@coffer/backend-conformance';
import type { Backend } from '@coffer/backend-contract';
import { loadConfiguration, type ElasticsearchStore } from '@coffer/config';
import { CofferError, SecretPath, SecretValue, fenceOf } from '@coffer/secrets';
import { open as openStore } from './open.js';

const PATH = SecretPath.of('main', 'company', 'k');
const call = () => ({ signal: AbortSignal.timeout(20_000) });
const json = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
  body: JSON.stringify(body),
});

const storeOf = (url: string, client = ''): ElasticsearchStore => {
  const text = `
kestra:
  secret: {type: elasticsearch, elasticsearch: {secret: ${'x'.repeat(32)}}}
  elasticsearch: {client: {http-hosts: "${url}", ${client}}}
`;
  const readFile = (): string => text;
  const { secret } = loadConfiguration({ argv: ['--config', 'coffer.yml'], env: {}, cwd: '/etc/coffer', readFile });
  if (secret?.type !== 'elasticsearch') throw new Error('no Elasticsearch');
  return secret;
};

/** As https://docs.opensearch.org/latest/api-reference/cluster-api/info shows the answer to `GET /`. */
const openSearchInfo = (number: string, changes: object = {}) => ({
  name: 'opensearch-node1',
  cluster_name: 'opensearch-cluster',
  cluster_uuid: 'sQj1b9cZQICv0b8iYc3y5A',
  version: {
    distribution: 'opensearch',
    number,
    build_type: 'tar',
    build_snapshot: false,
    minimum_wire_compatibility_version: '7.10.0',
    minimum_index_compatibility_version: '7.0.0',
    ...changes,
  },
  tagline: 'The OpenSearch Project: https://opensearch.org/',
});

/** What OpenSearch answers to a parameter of Elasticsearch 8. */
const unknownParameter = json(400, {
  error: { type: 'illegal_argument_exception', reason: 'request contains unrecognized parameter: [features]' },
  status: 400,
});

/** https://docs.opensearch.org/latest/troubleshoot/security */
const forbidden = json(403, {
  error: { type: 'security_exception', reason: 'no permissions for [cluster:monitor/main] and User [name=coffer]' },
  status: 403,
});

const unauthorized: HttpAnswer = {
  status: 401,
  headers: { 'content-type': 'text/plain; charset=UTF-8', 'www-authenticate': 'Basic realm="OpenSearch Security"' },
  body: 'Unauthorized',
};

describe('the store elasticsearch', () => {
  let cluster: HttpProxy;
  let seen: HttpRequest[];
  const opened: Backend[] = [];
  beforeEach(async () => {
    seen = [];
    cluster = await HttpProxy.to('http://127.0.0.1:9');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((backend) => backend.close()));
    await cluster.close();
  });

  const open = async (client?: string): Promise<Backend> => {
    const backend = await openStore(storeOf(cluster.url, client));
    opened.push(backend);
    return backend;
  };
  const refusalOf = async (doing: Promise<unknown>): Promise<CofferError> => {
    const error: unknown = await doing.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (CofferError.is(error)) return error;
    throw new Error(`it ${error === undefined ? 'did not fail' : 'failed by no error of ours'}`);
  };
  const isRoot = ({ method, path }: HttpRequest): boolean => method === 'GET' && path === '/';

  it.each<[what: string, info: HttpAnswer, version: string]>([
    ['OpenSearch 2', json(200, openSearchInfo('2.19.1')), '2.19.1'],
    ['OpenSearch 3', json(200, openSearchInfo('3.2.0')), '3.2.0'],
    [
      'OpenSearch 2 that gives itself the number of an Elasticsearch',
      json(200, openSearchInfo('7.10.2', { distribution: undefined })),
      '7.10.2',
    ],
    ['OpenSearch whose user may not ask for its version', forbidden, 'of unknown version'],
    ['OpenSearch that does not take the credentials', unauthorized, 'of unknown version'],
  ])('is not opened over %s', async (_what, info, version) => {
    cluster.set((request) => (isRoot(request) ? info : unknownParameter));
    const { code, message } = await refusalOf(open());
    expect(code).toBe('configuration');
    expect(message).toContain('client.httpHosts of kestra.elasticsearch');
    expect(message).toContain(`OpenSearch ${version}, which is not supported yet`);
    expect(message).toMatch(/Elasticsearch 8, or choose another store with kestra\.secret\.type$/);
  });

  it('says of OpenSearch that is there only after it was opened what it is, on every call', async () => {
    cluster.set(() => 'cut-before');
    const backend = await open();
    cluster.set((request) => (isRoot(request) ? json(200, openSearchInfo('3.2.0')) : unknownParameter));
    for (const doing of [() => backend.check(call()), () => backend.read(PATH, call())]) {
      const { code, message } = await refusalOf(doing());
      expect({ code, message }).toMatchObject({ code: 'configuration', message: expect.stringContaining('3.2.0') });
    }
  });

  it.each<[what: string, answer: HttpAnswer]>([
    ['a proxy that is out of order', { status: 502, body: 'Bad Gateway' }],
    [
      'a user of Elasticsearch without the privilege `monitor`',
      json(403, {}, { 'x-elastic-product': 'Elasticsearch' }),
    ],
  ])('is opened over %s', async (_what, answer) => {
    cluster.set(() => answer);
    expect((await open()).capabilities.store).toBe('Elasticsearch');
  });

  const PRODUCT = { 'x-elastic-product': 'Elasticsearch' };
  it.each<[what: string, answer: HttpAnswer]>([
    ['nothing', { status: 200, headers: { ...PRODUCT, 'content-type': 'application/json' }, body: '' }],
    ['null', { ...json(200, {}, PRODUCT), body: 'null' }],
    ['a list', { ...json(200, {}, PRODUCT), body: '[1]' }],
    ['a page of HTML', { status: 200, headers: { ...PRODUCT, 'content-type': 'text/html' }, body: '<html>canary' }],
    ['half of an answer', { ...json(200, {}, PRODUCT), body: '{"canary"' }],
    ['another address', { status: 302, headers: { location: 'https://canary.example.com/' } }],
  ])('takes %s for no answer of Elasticsearch', async (_what, answer) => {
    cluster.set((request) => (isRoot(request) ? json(200, {}, PRODUCT) : answer));
    const backend = await open();
    for (const doing of [backend.check(call()), backend.read(PATH, call())]) {
      const { code, message } = await refusalOf(doing);
      expect([code, message]).toEqual(['unavailable', expect.stringContaining('what answers is no Elasticsearch')]);
      expect(message).not.toContain('canary');
    }
  });

  it.each([
    ['promises too much', { 'Content-Length': '999999999' }],
    ['has no end', { 'Transfer-Encoding': 'chunked' }],
  ])('does not listen to an answer that %s', async (_what, headers) => {
    const piece = Buffer.alloc(1_048_576, 'x');
    const endless = createServer(({ url }, response) => {
      if (url === '/') return void response.writeHead(200, PRODUCT).end();
      response.writeHead(200, { ...PRODUCT, 'Content-Type': 'application/json', ...headers });
      const write = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', write).on('error', () => undefined);
      write();
    });
    endless.listen(0, '127.0.0.1');
    await once(endless, 'listening');
    const backend = await openStore(storeOf(`http://127.0.0.1:${(endless.address() as AddressInfo).port}`));
    opened.push(backend);
    const { code, message } = await refusalOf(backend.check(call()));
    expect([code, message]).toEqual(['unavailable', expect.stringContaining('the answer is larger than 64 MiB')]);
    endless.closeAllConnections();
    endless.close();
  });

  it('sends the path prefix and the headers with every request', async () => {
    const described = {
      kestra_secrets: {
        aliases: { kestra_secrets_write: {} },
        mappings: { _meta: { coffer: { layout: 1 } } },
      },
    };
    let made = false;
    const answerOf = ({ method, path }: HttpRequest): [status: number, body: object] => {
      const { pathname } = new URL(path, cluster.url);
      const document = pathname.includes('/_doc/');
      if (document && method === 'GET') return [404, { found: false }];
      if (document) return [201, { result: 'created' }];
      if (pathname.endsWith('/_pit')) return [200, { id: 'pit' }];
      if (pathname.endsWith('/_search')) return [200, { timed_out: false, _shards: { failed: 0 }, hits: { hits: [] } }];
      if (!pathname.endsWith('/kestra_secrets')) return [200, {}];
      if (method === 'PUT') made = true;
      return made ? [200, described] : [404, { error: { type: 'index_not_found_exception' }, status: 404 }];
    };
    cluster.set((request) => {
      seen.push(request);
      return json(...answerOf(request), { 'x-elastic-product': 'Elasticsearch' });
    });
    const backend = await open('path-prefix: /search/, headers: ["Authorization: Bearer a b", "X-Team: blue"]');
    await backend.read(PATH, call());
    await backend.apply(
      { kind: 'put', path: PATH, value: new SecretValue('v'), metadata: { tags: [] } },
      { fence: fenceOf(1, 1n), ...call() },
    );
    await backend.apply({ kind: 'delete', path: PATH }, { fence: fenceOf(1, 2n), ...call() });
    for await (const _page of backend.list({ tenant: 'main' }, call()));
    await backend.check(call());
    const asked = seen.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '').replace(/_doc\/.*/, '_doc')}`);
    expect(asked).toEqual(
      expect.arrayContaining([
        'GET /search/',
        'GET /search/kestra_secrets',
        'PUT /search/kestra_secrets',
        'GET /search/kestra_secrets/_doc',
        'PUT /search/kestra_secrets_write/_doc',
        'POST /search/kestra_secrets/_pit',
        'POST /search/_search',
      ]),
    );
    expect(seen.filter(({ path }) => !path.startsWith('/search/'))).toEqual([]);
    for (const { headers } of seen) expect(headers).toMatchObject({ authorization: 'Bearer a b', 'x-team': 'blue' });
  });
});

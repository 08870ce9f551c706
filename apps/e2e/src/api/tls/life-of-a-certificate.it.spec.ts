/** @servers none */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, type Certificate } from '@coffer/backend-conformance/certificates';
import { TlsClient } from '@coffer/backend-conformance/tls-client';
import { removeFolder, scratchFolder, startCoffer, until, type Coffer } from '../../harness/index.js';

// Starts a real process, on machines that may be busy.
jest.setTimeout(360_000);

const VALUE = '/coffer/v1/main/namespaces/company.team/values/KEY';

describe('a process with certificates of its own and of its callers', () => {
  const folder = scratchFolder();
  const authority = new Authority(folder, 'authority');
  const clients = new Authority(folder, 'clients');
  const configFile = join(folder, 'coffer.yml');
  const file = (name: string): string => join(folder, name);
  const own = ({ certFile, keyFile }: Certificate): void => {
    writeFileSync(file('cert.pem'), readFileSync(certFile));
    writeFileSync(file('key.pem'), readFileSync(keyFile));
  };
  const server = (name: string): Certificate => authority.issue(name, { alternative: 'IP:127.0.0.1' });
  const configure = (pattern = 'spiffe://example.org/ns/*/sa/api'): void => {
    const tls = `{cert: ${file('cert.pem')}, key: ${file('key.pem')}, clientCa: ${file('ca.pem')}, clientAuth: optional}`;
    const grants = '[{tenant: main, namespace: company.team, permissions: [resolve, write]}]';
    writeFileSync(
      configFile,
      `coffer: {server: {tls: ${tls}}, access: {certificates: [{id: spiffe, bindings: [{when: {uri: '${pattern}'}, grants: ${grants}}]}]}}`,
    );
  };
  const open: TlsClient[] = [];
  const client = (certificate?: Certificate): TlsClient => {
    const made = new TlsClient(Number(new URL(coffer.url).port), authority.caFile, certificate);
    open.push(made);
    return made;
  };
  const workload = (): Certificate => clients.issue('api', { alternative: 'URI:spiffe://example.org/ns/pay/sa/api' });
  let coffer: Coffer;

  beforeAll(async () => {
    own(server('first'));
    writeFileSync(file('ca.pem'), readFileSync(clients.caFile));
    configure();
    coffer = await startCoffer({ dataFolder: file('data'), configFile });
  });
  afterEach(() => open.splice(0).forEach((each) => each.close()));
  afterAll(async () => {
    await coffer?.stop();
    removeFolder(folder);
  });

  it('lets a SPIFFE id in, and takes a new certificate while it runs', async () => {
    expect(coffer.url).toMatch(/^https:/);
    const kept = client(workload());
    expect([await kept.outcome(VALUE), await client().outcome(VALUE)]).toEqual([404, 401]);
    own(server('second'));
    await until('new connections see it', async () => (await client().get('/health/live')).server === 'second');
    expect((await kept.get('/health/live')).server).toBe('first');
  });

  it('lets nobody in any more whose binding or authority is gone, also on a connection that is kept', async () => {
    const kept = client(workload());
    expect(await kept.outcome(VALUE)).toBe(404);
    configure('spiffe://example.org/ns/*/sa/other');
    await until('the binding is gone', async () => (await kept.outcome(VALUE)) === 401);
    configure();
    await until('the binding is back', async () => (await kept.outcome(VALUE)) === 404);
    writeFileSync(file('ca.pem'), readFileSync(authority.caFile));
    await until('the authority is gone', async () => (await kept.outcome(VALUE)) === 401);
  });
});

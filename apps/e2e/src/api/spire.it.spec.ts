/**
 * @servers none
 * @named SPIRE is built from some 1,900 packages of Go before its first start.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Authority, type Certificate } from '@coffer/backend-conformance/certificates';
import { TlsClient } from '@coffer/backend-conformance/tls-client';
import { spirePrograms } from '@coffer/test-servers/spire';
import { freePort, removeFolder, scratchFolder, startCoffer, until, type Coffer } from '../harness/index.js';
import { printError } from '../harness/outcome.js';
import { SpireAgent } from './spire/spire-agent.js';
import { SpireServer } from './spire/spire-server.js';

// Builds SPIRE where nobody has.
jest.setTimeout(3_600_000);

const WHOAMI = '/coffer/v1/main/whoami';
const WORKLOAD = 'ns/pay/sa/api';
const NAME_BY_JWT = `jwt:spire:spiffe://example.org/${WORKLOAD}`;
const ISSUER = 'https://spire.example.org';
const PARTNER = 'https://spire.partner.example';

const folder = scratchFolder();
const web = new Authority(folder, 'web');
const file = (name: string): string => join(folder, name);
const replace = (name: string, text: string): void => {
  writeFileSync(file(`${name}.new`), text);
  renameSync(file(`${name}.new`), file(name));
};

let own: SpireServer;
let partner: SpireServer;
/** Says to be of the same issuer as `own`. */
let foreign: SpireServer;
let agent: SpireAgent;
let coffer: Coffer;
const open: TlsClient[] = [];

/** As whoever looks after Coffer does, whenever the bundle changes. */
const publish = async (): Promise<void> => {
  replace('bundle.json', await own.bundle('spiffe'));
  replace('bundle.pem', await own.bundle('pem'));
};

beforeAll(async () => {
  await spirePrograms(printError);
  const port = await freePort();
  const certificate = web.issue('partner', { alternative: 'IP:127.0.0.1' });
  const endpoint = { port, certificate };
  own = await SpireServer.start({ trustDomain: 'example.org', jwtIssuer: ISSUER });
  partner = await SpireServer.start({ trustDomain: 'partner.example', jwtIssuer: PARTNER, endpoint });
  foreign = await SpireServer.start({ trustDomain: 'foreign.example', jwtIssuer: ISSUER });
  agent = await SpireAgent.start(own, WORKLOAD);
  await publish();
  const listener = web.issue('coffer', { alternative: 'IP:127.0.0.1' });
  const grants = [{ tenant: 'main', namespace: 'company.team', permissions: 'resolve' }];
  const issuer = { preset: 'spiffe', audience: 'coffer', clockSkew: '0s' };
  const config = {
    server: {
      tls: {
        ...{ cert: listener.certFile, key: listener.keyFile },
        ...{ clientCa: file('bundle.pem'), clientAuth: 'optional' },
      },
    },
    access: {
      issuers: [
        {
          ...{ ...issuer, id: 'spire', issuer: ISSUER, jwksFile: file('bundle.json') },
          bindings: [{ when: { sub: 'spiffe://example.org/ns/*/sa/api' }, grants }],
        },
        {
          ...{ ...issuer, id: 'partner', issuer: PARTNER, jwksUri: `https://127.0.0.1:${port}/`, ca: web.caFile },
          bindings: [{ when: { sub: 'spiffe://partner.example/**' }, grants }],
        },
      ],
      certificates: [{ id: 'spiffe', bindings: [{ when: { uri: 'spiffe://example.org/ns/*/sa/api' }, grants }] }],
    },
  };
  coffer = await startCoffer({ dataFolder: file('data'), config: stringify({ coffer: config }) });
});
afterEach(() => open.splice(0).forEach((each) => each.close()));
afterAll(async () => {
  await coffer?.stop();
  await agent?.stop();
  for (const server of [own, partner, foreign]) await server?.stop();
  removeFolder(folder);
});

const client = (certificate?: Certificate): TlsClient => {
  const made = new TlsClient(Number(new URL(coffer.url).port), web.caFile, certificate);
  open.push(made);
  return made;
};
/** The principal, the status of the refusal, which is 429 after many, or why the connection was cut. */
const callerOf = async (to: TlsClient, jwt?: string): Promise<string | number> => {
  try {
    const { status, body } = await to.get(WHOAMI, jwt === undefined ? {} : { authorization: `Bearer ${jwt}` });
    return status === 200 ? (JSON.parse(body) as { principal: string }).principal : status;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'cut';
  }
};
const byJwt = async (jwt: string): Promise<string | number> => callerOf(client(), jwt);

describe('a JWT-SVID', () => {
  it('of the agent names its workload, by the bundle in a file', async () => {
    expect(await byJwt(await agent.jwtSvid('coffer'))).toBe(NAME_BY_JWT);
  });

  it('of another trust domain names its workload, by the endpoint of that one’s bundle', async () => {
    expect(await byJwt(await partner.jwtSvid('any/workload'))).toBe(
      'jwt:partner:spiffe://partner.example/any/workload',
    );
  });

  it('lets nobody in for another audience, of a workload that no binding is for, or of a foreign trust domain', async () => {
    const refused = [
      await own.jwtSvid(WORKLOAD, { audience: 'other' }),
      await own.jwtSvid('ns/pay/sa/other'),
      await foreign.jwtSvid(WORKLOAD),
    ];
    expect(await Promise.all(refused.map(byJwt))).toEqual([401, 401, 401]);
  });

  it('ends with its time, also on a connection that is kept', async () => {
    const kept = client();
    const jwt = await own.jwtSvid(WORKLOAD, { ttl: '4s' });
    const { exp } = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
    await until('it is refused', async () => (await callerOf(kept, jwt)) !== NAME_BY_JWT);
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1_000);
    expect(await callerOf(kept, await own.jwtSvid(WORKLOAD))).toBe(NAME_BY_JWT);
  });

  it('counts by a new key of its authority at once, and by the old one until that leaves the bundle', async () => {
    const old = await own.jwtSvid(WORKLOAD);
    const rotation = await own.prepare('jwt');
    await publish();
    await rotation.activate();
    const renewed = await own.jwtSvid(WORKLOAD);
    await until('the new key counts', async () => (await byJwt(renewed)) === NAME_BY_JWT);
    expect(await byJwt(old)).toBe(NAME_BY_JWT);
    await rotation.revokeOld();
    await publish();
    await until('the old key does not count', async () => (await byJwt(old)) !== NAME_BY_JWT);
    expect(await byJwt(renewed)).toBe(NAME_BY_JWT);
  });
});

describe('an X.509-SVID', () => {
  const byCertificate = async (certificate: Certificate): Promise<string | number> => callerOf(client(certificate));

  it('of the agent names its workload', async () => {
    expect(await byCertificate(await agent.x509Svid())).toBe(`certificate:spiffe:${own.id(WORKLOAD)}`);
  });

  it('lets nobody in of a workload that no binding is for, or of a foreign trust domain', async () => {
    const refused = [await own.x509Svid('ns/pay/sa/other'), await foreign.x509Svid(WORKLOAD)];
    expect([await callerOf(client()), ...(await Promise.all(refused.map(byCertificate)))]).toEqual([401, 401, 401]);
  });

  it('counts by a new authority once that is in the bundle, and by the old one until it leaves, also on a connection that is kept', async () => {
    const kept = client(await own.x509Svid(WORKLOAD));
    const name = `certificate:spiffe:${own.id(WORKLOAD)}`;
    expect(await callerOf(kept)).toBe(name);
    const rotation = await own.prepare('x509');
    await rotation.activate();
    const renewed = await own.x509Svid(WORKLOAD);
    expect(await byCertificate(renewed)).toBe(401);
    await publish();
    await until('the new authority counts', async () => (await byCertificate(renewed)) === name);
    expect(await callerOf(kept)).toBe(name);
    await rotation.revokeOld();
    await publish();
    // Its connection is cut, and the next one is nobody's.
    await until('the old authority does not count', async () => (await callerOf(kept)) === 401);
    expect(await byCertificate(renewed)).toBe(name);
  });
});

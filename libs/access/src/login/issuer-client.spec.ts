import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority } from '@coffer/backend-conformance/certificates';
import { systemClock } from '@coffer/secrets';
import type { KeyPlace } from '../credentials.js';
import { IssuerClient } from './issuer-client.js';
import { LoginError } from './login-error.js';

let server: Server;
let base: string;
let document: Record<string, unknown> | null;
let asked = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    asked += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  asked = 0;
  document = {
    ...{
      issuer: base,
      authorization_endpoint: `${base}/auth`,
      token_endpoint: `${base}/token`,
      jwks_uri: `${base}/jwks`,
    },
  };
});

const open = (
  keys: KeyPlace = { kind: 'discovery', address: `${base}/.well-known/openid-configuration` },
): IssuerClient =>
  new IssuerClient(
    {
      ...{
        id: 'idp',
        issuer: keys.kind === 'file' ? '' : new URL(keys.address).origin,
        audience: ['coffer'],
        algorithms: ['RS256'],
        clockSkewMs: 0,
        notBefore: 'optional',
      },
      ...{ subjectClaim: 'sub', bindings: [], login: { clientId: 'c', scopes: ['openid', 'groups'] } },
      keys,
    },
    systemClock,
  );
const reasonOf = async (attempt: Promise<unknown>): Promise<string> => {
  try {
    await attempt;
    return 'none';
  } catch (error) {
    return error instanceof LoginError ? error.reason : String(error);
  }
};
const REDIRECT = 'https://coffer.example.com/callback';

it('asks the issuer once for many log-ins', async () => {
  const client = open();
  const begun = await Promise.all(Array.from({ length: 20 }, () => client.begin(REDIRECT)));
  expect([asked, new Set(begun.map(({ secrets }) => secrets.state)).size]).toEqual([1, 20]);
  const { searchParams } = new URL(begun[0]?.address ?? '');
  expect([searchParams.get('scope'), searchParams.get('code_challenge_method')]).toEqual(['openid groups', 'S256']);
});

it('asks an issuer that has failed no more than once in 5 s', async () => {
  document = { issuer: 'https://other.example.com' };
  const client = open();
  for (let count = 0; count < 10; count += 1) expect(await reasonOf(client.begin(REDIRECT))).toBe('unavailable');
  expect(asked).toBe(1);
});

it('does not reach an issuer that says nothing of itself', async () => {
  document = null;
  expect(await reasonOf(open().begin(REDIRECT))).toBe('unavailable');
});

it('needs discovery', () => {
  expect(() => open({ kind: 'jwks', address: `${base}/jwks` })).toThrow(/the issuer 'idp' needs discovery/);
});

it('trusts the authority that the issuer is configured with', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-issuer-'));
  const authority = new Authority(folder, 'authority');
  const { certFile, keyFile } = authority.issue('server', { alternative: 'IP:127.0.0.1' });
  const options = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const secure = createHttpsServer(options, (_request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document)),
  );
  try {
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const origin = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    document = { ...document, issuer: origin, authorization_endpoint: `${origin}/auth` };
    const address = `${origin}/discovery`;
    expect(await reasonOf(open({ kind: 'discovery', address, ca: authority.caFile }).begin(REDIRECT))).toBe('none');
    expect(await reasonOf(open({ kind: 'discovery', address }).begin(REDIRECT))).toBe('unavailable');
  } finally {
    secure.close();
    secure.closeAllConnections();
    rmSync(folder, { recursive: true });
  }
});

it.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'http://evil.example.com/auth',
  'https://user:password@evil.example.com/auth',
])('sends no browser to %s', async (address) => {
  document = { ...document, authorization_endpoint: address };
  expect(await reasonOf(open().begin(REDIRECT))).not.toBe('none');
});

it.each(['http://192.0.2.1/token', 'ftp://127.0.0.1/token', 'https://a:b@192.0.2.1/token'])(
  'sends its secret to no %s',
  async (address) => {
    document = { ...document, token_endpoint: address };
    const client = open();
    const { secrets } = await client.begin(REDIRECT);
    expect(await reasonOf(client.claimsOf(`code=x&state=${secrets.state}`, secrets, []))).toMatch(
      /unavailable|refused/,
    );
  },
);

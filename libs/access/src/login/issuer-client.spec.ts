import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@coffer/secrets';
import { IssuerClient } from './issuer-client.js';
import { LoginError } from './login-error.js';

let server: Server;
let base: string;
let document: Record<string, unknown>;
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

const open = (): IssuerClient =>
  new IssuerClient(
    {
      ...{
        id: 'idp',
        issuer: base,
        audience: ['coffer'],
        algorithms: ['RS256'],
        clockSkewMs: 0,
        notBefore: 'optional',
      },
      ...{ subjectClaim: 'sub', bindings: [], login: { clientId: 'c', scopes: ['openid', 'groups'] } },
      keys: { kind: 'discovery', address: `${base}/.well-known/openid-configuration` },
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
  expect(new URL(begun[0]?.address ?? '').searchParams.get('scope')).toBe('openid groups');
});

it('asks an issuer that has failed no more than once in 5 s', async () => {
  document = { issuer: 'https://other.example.com' };
  const client = open();
  for (let count = 0; count < 10; count += 1) expect(await reasonOf(client.begin(REDIRECT))).toBe('unavailable');
  expect(asked).toBe(1);
});

it.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'http://evil.example.com/auth',
  'https://user:password@evil.example.com/auth',
])('sends no browser to %s', async (address) => {
  document['authorization_endpoint'] = address;
  expect(await reasonOf(open().begin(REDIRECT))).not.toBe('none');
});

it.each(['http://192.0.2.1/token', 'ftp://127.0.0.1/token', 'https://a:b@192.0.2.1/token'])(
  'sends its secret to no %s',
  async (address) => {
    document['token_endpoint'] = address;
    const client = open();
    const { secrets } = await client.begin(REDIRECT);
    expect(await reasonOf(client.claimsOf(`code=x&state=${secrets.state}`, secrets, []))).toMatch(
      /unavailable|refused/,
    );
  },
);

import { randomBytes } from 'node:crypto';
import { Authenticator, type Binding, type IssuerCredential } from '@coffer/access';
import { KeyRing } from '@coffer/crypto';
import { SecretValue, type Clock } from '@coffer/secrets';
import { OidcServer, oidcKey, WEB_CLIENT } from '../fixture/oidc-server.js';
import { listen } from '../fixture/raw-request.js';
import { openTestApi, type LoggedLine, type TestApi } from '../fixture/test-api.js';
import { Visitor } from '../fixture/visitor.js';

const OWN_PAGE = { 'x-coffer-csrf': '1', 'sec-fetch-site': 'same-origin' };

const key = oidcKey('first');
let aheadMs = 0;
const clock: Clock = { monotonic: () => performance.now() + aheadMs, wall: () => Date.now() + aheadMs };
let idp: OidcServer;
let authenticator: Authenticator;
let api: TestApi;
/** What the log had before this test. */
const logged: LoggedLine[] = [];
let base: string;

const bindings: readonly Binding[] = [
  {
    when: [{ claim: 'groups', patterns: ['team-*'] }],
    grants: [
      {
        tenant: 'main',
        namespace: { text: 'company.{{claims.groups}}', parts: ['company.', { claim: 'groups', filter: 'segment' }] },
        permissions: ['list'],
      },
    ],
  },
];
const issuer = (more: Partial<IssuerCredential> = {}): IssuerCredential => ({
  id: 'idp',
  issuer: idp.issuer,
  audience: ['coffer'],
  keys: { kind: 'discovery', address: `${idp.issuer}/.well-known/openid-configuration` },
  algorithms: ['RS256'],
  clockSkewMs: 0,
  notBefore: 'optional',
  subjectClaim: 'sub',
  login: {
    clientId: WEB_CLIENT.clientId,
    clientSecret: new SecretValue(WEB_CLIENT.clientSecret),
    label: 'Company',
    scopes: ['openid'],
  },
  bindings,
  ...more,
});
const use = (...issuers: IssuerCredential[]): void => authenticator.replace({ tokens: [], users: [], issuers });

beforeAll(async () => {
  idp = await OidcServer.start([key]);
  const ring = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
  ]);
  authenticator = new Authenticator(ring, { tokens: [], users: [] }, { clock });
  api = await openTestApi({ authenticator });
  base = `http://127.0.0.1:${await listen(api.app)}`;
  idp.redirectUris = ['idp', 'other'].map((id) => `${base}/session/issuers/${id}/callback`);
});
afterAll(async () => {
  await api.app.close();
  idp.close();
});
beforeEach(() => {
  // What is known of the issuer is asked for anew.
  aheadMs += 600_000;
  idp.rotate([key]);
  idp.down = false;
  idp.published = undefined;
  idp.person = { id: 'ann', claims: { groups: ['team-a', 'team-b', 'finance'] } };
  use(issuer());
  logged.push(...api.log.splice(0));
});

const start = (to?: string, id = 'idp'): string =>
  `${base}/session/issuers/${id}/start${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}`;
/** The address that the identity server sends the browser back to. */
const comeBack = (visitor: Visitor, to?: string): Promise<string> => visitor.follow(start(to), `${base}/session/`);
/** Where a browser is sent that comes back there. */
const arrive = async (visitor: Visitor, callback: string): Promise<string> => {
  const answer = await visitor.get(callback);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([303, 'no-store']);
  return answer.headers.get('location') ?? '';
};
const errorOf = (location: string): string | null => {
  const { pathname, searchParams } = new URL(location, base);
  return pathname === '/ui/sign-in' ? searchParams.get('error') : null;
};
const whoami = async (visitor: Visitor) => {
  const answer = await visitor.get(`${base}/coffer/v1/main/whoami`, OWN_PAGE);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const signIn = async (): Promise<Visitor> => {
  const visitor = new Visitor();
  expect(await arrive(visitor, await comeBack(visitor))).toBe('/ui');
  return visitor;
};
const changed = (callback: string, name: string, value: string): string => {
  const url = new URL(callback);
  url.searchParams.set(name, value);
  return url.href;
};

describe('somebody who logs in by an issuer', () => {
  it('comes back to the page where they began, with the grants of their groups', async () => {
    const visitor = new Visitor();
    const callback = await comeBack(visitor, '/ui/main/secrets?ns=company#KEY');
    expect([...visitor.cookies.keys()]).toContain('coffer-login');
    expect(await arrive(visitor, callback)).toBe('/ui/main/secrets?ns=company#KEY');
    expect([visitor.cookies.has('coffer-login'), visitor.cookies.has('coffer')]).toEqual([false, true]);
    const { status, body } = await whoami(visitor);
    expect([status, body['principal'], body['credential']]).toEqual([
      200,
      'jwt:idp:ann',
      expect.stringMatching(/^[\w-]{22}$/),
    ]);
    expect(body['grants']).toEqual(
      ['company.team-a', 'company.team-b'].map((namespace) => ({
        ...{ tenant: 'main', namespace, permissions: ['list'], origin: 'bindings[0].grants[0]' },
      })),
    );
    expect(api.audited().map(({ action, principal, outcome }) => [action, principal, outcome])).toContainEqual([
      ...['session.sign-in', 'jwt:idp:ann', 'ok'],
    ]);
  });

  it('is sent to the issuer with PKCE, a state and a nonce of their own', async () => {
    const ask = async () => new URL((await new Visitor().get(start())).headers.get('location') ?? '');
    const [one, other] = [await ask(), await ask()];
    expect(one.origin).toBe(idp.issuer);
    expect(Object.fromEntries(one.searchParams)).toMatchObject({
      ...{ client_id: 'web', response_type: 'code', code_challenge_method: 'S256', scope: 'openid' },
      redirect_uri: `${base}/session/issuers/idp/callback`,
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one.searchParams.get(name)).toMatch(/^[\w-]{43}$/);
      expect(one.searchParams.get(name)).not.toBe(other.searchParams.get(name));
    }
  });

  it.each([
    ['sends no cookie of with the issuer’s redirect', (visitor: Visitor) => visitor.cookies.delete('coffer')],
    ['sends the cookie of as well', () => undefined],
  ])('ends the session that the browser had and %s', async (_what, redirected) => {
    const visitor = await signIn();
    const earlier = new Visitor();
    earlier.cookies.set('coffer', visitor.cookies.get('coffer') ?? '');
    const callback = await comeBack(visitor);
    redirected(visitor);
    expect((await whoami(earlier)).status).toBe(200);
    await arrive(visitor, callback);
    expect([(await whoami(earlier)).status, (await whoami(visitor)).status]).toEqual([401, 200]);
  });

  it('keeps the session that the browser had where the log-in fails', async () => {
    const visitor = await signIn();
    const callback = await comeBack(visitor);
    expect(errorOf(await arrive(visitor, changed(callback, 'state', 'another')))).toBe('expired');
    expect((await whoami(visitor)).status).toBe(200);
  });

  it('has a button', async () => {
    use(
      issuer(),
      issuer({ id: 'plain', issuer: 'https://plain.example.com', login: { clientId: 'c', scopes: ['openid'] } }),
    );
    expect(await (await fetch(`${base}/session/methods`)).json()).toEqual({
      issuers: [
        { id: 'idp', label: 'Company' },
        { id: 'plain', label: 'plain' },
      ],
      ...{ token: false, password: false },
    });
  });

  it.each<[string, () => IssuerCredential[], number]>([
    ['the issuer is as it was', () => [issuer()], 200],
    ['its client has another secret', () => [issuer({ login: { clientId: 'web', scopes: ['openid'] } })], 200],
    ['the issuer is removed', () => [], 401],
    ['nobody logs in by it any more', () => [(({ login: _login, ...rest }) => rest)(issuer())], 401],
    ['another client is used', () => [issuer({ login: { clientId: 'other', scopes: ['openid'] } })], 401],
    [
      'its bindings are for others',
      () => [issuer({ bindings: [{ ...(bindings[0] as Binding), when: [{ claim: 'groups', patterns: ['boss'] }] }] })],
      401,
    ],
    [
      'its bindings ask for more',
      () => [
        issuer({
          bindings: [
            {
              ...(bindings[0] as Binding),
              when: [...(bindings[0] as Binding).when, { claim: 'email', patterns: ['**'] }],
            },
          ],
        }),
      ],
      401,
    ],
  ])('is signed in by what the configuration says now: when %s', async (_what, after, status) => {
    const visitor = await signIn();
    use(...after());
    expect((await whoami(visitor)).status).toBe(status);
  });

  it('has fewer grants at once when the bindings grant less', async () => {
    const visitor = await signIn();
    use(issuer({ bindings: [{ ...(bindings[0] as Binding), when: [{ claim: 'groups', patterns: ['team-b'] }] }] }));
    expect((await whoami(visitor)).body['grants']).toMatchObject([{ namespace: 'company.team-b' }]);
  });
});

describe('nobody is signed in', () => {
  const refused = async (visitor: Visitor, callback: string): Promise<string | null> => {
    const location = await arrive(visitor, callback);
    expect([visitor.cookies.has('coffer'), visitor.cookies.has('coffer-login')]).toEqual([false, false]);
    return errorOf(location);
  };

  it('by another state', async () => {
    const visitor = new Visitor();
    expect(await refused(visitor, changed(await comeBack(visitor), 'state', 'x'.repeat(43)))).toBe('expired');
  });

  it('whose browser has begun nothing', async () => {
    expect(await refused(new Visitor(), await comeBack(new Visitor()))).toBe('expired');
  });

  it('by a code a second time', async () => {
    const visitor = new Visitor();
    const callback = await comeBack(visitor);
    const copy = new Visitor();
    for (const [name, value] of visitor.cookies) copy.cookies.set(name, value);
    expect(await arrive(visitor, callback)).toBe('/ui');
    expect(await refused(copy, callback)).toBe('refused');
  });

  it('by a code that another browser was given', async () => {
    const [somebody, attacker] = [new Visitor(), new Visitor()];
    const [own, foreign] = [await comeBack(somebody), await comeBack(attacker)];
    expect(await refused(somebody, changed(own, 'code', new URL(foreign).searchParams.get('code') ?? ''))).toBe(
      'refused',
    );
  });

  it('by an id token for another nonce', async () => {
    const visitor = new Visitor();
    const asked = (await visitor.get(start())).headers.get('location') ?? '';
    const callback = await visitor.follow(changed(asked, 'nonce', 'n'.repeat(43)), `${base}/session/`);
    expect(await refused(visitor, callback)).toBe('refused');
  });

  it('after ten minutes', async () => {
    const visitor = new Visitor();
    const callback = await comeBack(visitor);
    aheadMs += 600_000;
    expect(await refused(visitor, callback)).toBe('expired');
  });

  it('by the answer of another issuer', async () => {
    const visitor = new Visitor();
    expect(await refused(visitor, changed(await comeBack(visitor), 'iss', 'https://evil.example.com'))).toBe('refused');
    use(issuer(), issuer({ id: 'other', issuer: 'https://other.example.com' }));
    const second = new Visitor();
    const callback = await comeBack(second);
    expect(await refused(second, callback.replace('/issuers/idp/', '/issuers/other/'))).toBe('expired');
  });

  it('whom the issuer let not in', async () => {
    const visitor = new Visitor();
    const callback = new URL(await comeBack(visitor));
    callback.searchParams.delete('code');
    callback.searchParams.set('error', 'access_denied');
    callback.searchParams.set('error_description', 'shown-to-nobody');
    expect(await refused(visitor, callback.href)).toBe('denied');
    expect(JSON.stringify(api.log)).not.toContain('shown-to-nobody');
  });

  it('for whose claims no binding grants anything', async () => {
    idp.person = { id: 'bob', claims: { groups: ['finance'] } };
    const visitor = new Visitor();
    const location = await arrive(visitor, await comeBack(visitor, '/ui/main/secrets'));
    expect(location).toBe('/ui/sign-in?error=no-grants&to=%2Fui%2Fmain%2Fsecrets');
    expect(api.audited().at(-1)).toMatchObject({
      action: 'session.sign-in',
      decision: 'deny',
      outcome: 'unauthorized',
    });
  });

  it('whose groups take more than a cookie holds', async () => {
    idp.person = {
      id: 'ann',
      claims: { groups: Array.from({ length: 90 }, (_, at) => `team-${'x'.repeat(60)}-${at}`) },
    };
    const visitor = new Visitor();
    expect(await refused(visitor, await comeBack(visitor))).toBe('too-many-claims');
  });

  it('by an id token that is signed by an algorithm that is not configured', async () => {
    use(issuer({ algorithms: ['ES256'] }));
    const visitor = new Visitor();
    expect(await refused(visitor, await comeBack(visitor))).toBe('refused');
  });

  it('by an id token that the issuer has not signed with a key that it publishes', async () => {
    const { n, e, kty, kid } = oidcKey('first');
    idp.published = { keys: [{ n, e, kty, kid }] };
    const visitor = new Visitor();
    expect(await refused(visitor, await comeBack(visitor))).toBe('refused');
  });

  it('while the issuer is out of reach, before or after it was asked', async () => {
    const visitor = new Visitor();
    const callback = await comeBack(visitor);
    idp.down = true;
    expect(await refused(visitor, callback)).toBe('unavailable');
    aheadMs += 600_000;
    expect(errorOf((await new Visitor().get(start())).headers.get('location') ?? '')).toBe('unavailable');
    idp.down = false;
    aheadMs += 5_000;
    await signIn();
  });

  it('by an issuer whose discovery document is of another one', async () => {
    use(issuer({ issuer: 'https://id.example.com' }));
    expect(errorOf((await new Visitor().get(start())).headers.get('location') ?? '')).toBe('unavailable');
  });

  it('by an issuer that is not there', async () => {
    for (const path of ['start', 'callback']) {
      expect((await fetch(`${base}/session/issuers/none/${path}`, { redirect: 'manual' })).status).toBe(404);
    }
  });

  it('and the log says why, without what was sent', async () => {
    const visitor = new Visitor();
    const callback = await comeBack(visitor);
    await arrive(visitor, changed(callback, 'code', 'a-wrong-code'));
    const lines = [...logged, ...api.log];
    // Of this reason once, whichever test was the first.
    expect(lines.filter(({ fields }) => /OAUTH_RESPONSE_BODY_ERROR/.test(JSON.stringify(fields)))).toHaveLength(1);
    expect(lines).toContainEqual({
      fields: { issuer: 'idp', reason: 'refused', cause: expect.stringMatching(/OAUTH_RESPONSE_BODY_ERROR/) },
      message: 'nobody was signed in by an issuer',
    });
    expect(JSON.stringify(lines)).not.toMatch(/a-wrong-code|a-secret-of/);
  });
});

describe('a log-in ends at a page of this origin', () => {
  it.each([
    'https://evil.example.com/ui',
    '//evil.example.com/ui',
    '/\\evil.example.com',
    '/ui\\..\\..\\evil',
    '/ui/../session/methods',
    '/ui/..//evil.example.com',
    '/uis',
    '/api/v1/main/secrets',
    'ui',
    '',
    'javascript:alert(1)',
    '/ui\t',
    '/ui/\nSet-Cookie: a=b',
    ' /ui',
    `/ui/${'x'.repeat(2_000)}`,
  ])('not at %j', async (to) => {
    const answer = await new Visitor().get(start(to));
    expect([answer.status, answer.headers.get('location')]).toEqual([422, null]);
  });

  it.each(['/ui', '/ui/', '/ui?x=1', '/ui/a/../b', '/ui/https://evil.example.com', '/ui/%2F%2Fevil.example.com'])(
    'at %j',
    async (to) => {
      const visitor = new Visitor();
      const location = await arrive(visitor, await comeBack(visitor, to));
      expect(new URL(location, base).href).toBe(new URL(to, base).href);
    },
  );
});

import { stringify } from 'yaml';
import { loadText, refusal } from './load.fixture.js';
import { PRESET_NAMES } from './schema/issuer-presets.js';

const grants = [{ tenant: 'main', namespace: 'company.team', permissions: ['resolve'] }];
const bindings = [{ when: { sub: 'canary:*' }, grants }];
const PLAIN = { id: 'idp', issuer: 'https://id.example.com', audience: 'coffer', bindings };

const text = (...issuers: object[]): string => stringify({ coffer: { access: { issuers } } });
const load = (...issuers: object[]) => loadText(text(...issuers)).access.issuers;
const refused = (...issuers: object[]): string => refusal(() => load(...issuers));
const granted = (namespace: string) => [{ when: { sub: '**' }, grants: [{ ...grants[0], namespace }] }];

describe('coffer.access.issuers', () => {
  it('fills in where the keys are, which algorithms count, and how far clocks may differ', () => {
    expect(load(PLAIN)).toStrictEqual([
      {
        id: 'idp',
        issuer: 'https://id.example.com',
        audience: ['coffer'],
        keys: { kind: 'discovery', address: 'https://id.example.com/.well-known/openid-configuration' },
        algorithms: ['RS256', 'ES256'],
        clockSkewMs: 30_000,
        notBefore: 'required',
        subjectClaim: 'sub',
        bindings: [
          {
            when: [{ claim: 'sub', patterns: ['canary:*'] }],
            grants: [{ ...grants[0], namespace: { text: 'company.team', parts: ['company.team'] } }],
          },
        ],
      },
    ]);
  });

  it('takes what is given, in every place of keys', () => {
    const given = {
      ...PLAIN,
      audience: ['a', 'b'],
      algorithms: 'es256, PS512',
      clockSkew: '0s',
      subjectClaim: 'email',
    };
    expect(
      load({ ...given, jwksUri: 'https://localhost:8080/jwks', notBefore: 'optional', ca: 'ca.pem' }),
    ).toMatchObject([
      {
        audience: ['a', 'b'],
        algorithms: ['ES256', 'PS512'],
        keys: { kind: 'jwks', address: 'https://localhost:8080/jwks', ca: 'ca.pem' },
        clockSkewMs: 0,
        notBefore: 'optional',
        subjectClaim: 'email',
      },
    ]);
    expect(load({ ...given, issuer: 'spiffe', jwksFile: 'keys.json' })[0]?.keys).toEqual({
      kind: 'file',
      file: 'keys.json',
    });
    expect(load({ ...given, jwksUri: 'http://localhost:8080/jwks' })[0]?.keys).toEqual({
      kind: 'jwks',
      address: 'http://localhost:8080/jwks',
    });
    for (const address of ['https://h/jwks/', 'https://h//jwks']) {
      expect(load({ ...given, jwksUri: address })[0]?.keys).toMatchObject({ address });
    }
    expect(load({ ...given, issuer: 'https://h/realm//' })[0]?.keys).toMatchObject({
      address: 'https://h/realm/.well-known/openid-configuration',
    });
    expect(load({ ...given, issuer: 'x', discovery: 'https://h/d' })[0]?.keys).toMatchObject({
      address: 'https://h/d',
    });
  });

  it('has people log in by it, whose secret it does not show', () => {
    expect(load({ ...PLAIN, login: { clientId: 'c' } })[0]?.login).toStrictEqual({ clientId: 'c', scopes: ['openid'] });
    const given = { clientId: 'c', clientSecret: 'canary', label: 'Our log-in', scopes: 'openid, groups' };
    const [entry] = load({ ...PLAIN, login: given });
    expect(entry?.login).toMatchObject({ clientId: 'c', label: 'Our log-in', scopes: ['openid', 'groups'] });
    expect(entry?.login?.clientSecret?.reveal()).toBe('canary');
    expect(JSON.stringify(entry?.login)).not.toContain('canary');
  });

  it.each(PRESET_NAMES)('has a preset %s that is whole beside what every installation has of its own', (preset) => {
    const [issuer] = load({
      id: 'a',
      preset,
      issuer: 'https://own.example.com',
      audience: 'x',
      jwksFile: 'f',
      bindings,
    });
    expect(issuer).toMatchObject({ issuer: 'https://own.example.com', keys: { kind: 'file' } });
    expect(issuer?.algorithms.length).toBeGreaterThan(0);
  });

  it('knows the issuers of GitHub, GitLab and Kubernetes, and that Kestra names no audience', () => {
    const issuerOf = (preset: string) => load({ id: 'a', preset, audience: 'x', bindings })[0]?.issuer;
    expect(issuerOf('github')).toBe('https://token.actions.githubusercontent.com');
    expect(issuerOf('gitlab')).toBe('https://gitlab.com');
    expect(issuerOf('kubernetes')).toBe('https://kubernetes.default.svc.cluster.local');
    expect(load({ id: 'a', preset: 'kestra', issuer: 'kestra', jwksFile: 'f', bindings })[0]).toMatchObject({
      audience: [],
      algorithms: ['HS256'],
    });
  });

  it('reads claims within claims, lists, and namespaces with claims in them', () => {
    const when = { 'kubernetes.io/namespace': ['a', 'b'], groups: 'x' };
    const [issuer] = load({
      ...PLAIN,
      bindings: [{ when, grants: [{ ...grants[0], namespace: 'c.{{claims.team}}-x.{{ claims.a/b | slashPath }}' }] }],
    });
    expect(issuer?.bindings[0]?.when).toEqual([
      { claim: 'kubernetes.io/namespace', patterns: ['a', 'b'] },
      { claim: 'groups', patterns: ['x'] },
    ]);
    expect(issuer?.bindings[0]?.grants[0]?.namespace.parts).toEqual([
      'c.',
      { claim: 'team', filter: 'segment' },
      '-x.',
      { claim: 'a/b', filter: 'slashPath' },
    ]);
  });

  it('lets clocks differ by five minutes at most', () => {
    expect(load({ ...PLAIN, clockSkew: '5m' })[0]?.clockSkewMs).toBe(300_000);
  });

  it.each<[string, object, string]>([
    ['with no audience at all', { ...PLAIN, audience: [] }, 'issuers[0].audience must name at least one audience'],
    [
      'without an audience, of shared keys that are not of Kestra',
      { ...PLAIN, audience: undefined, algorithms: 'HS256', jwksFile: 'f' },
      'issuers[0].audience is missing',
    ],
    [
      'without a place of keys, by shared ones',
      { ...PLAIN, issuer: 'x', algorithms: 'HS256' },
      'issuers[0].issuer is no address beginning with https://',
    ],
    [
      'without a place of keys, where people log in',
      { ...PLAIN, issuer: 'x', login: { clientId: 'c' } },
      'issuers[0].issuer is no address beginning with https://',
    ],
    [
      'with a password',
      { ...PLAIN, jwksUri: 'https://me:canary@h/' },
      'issuers[0].jwksUri has a user name or password',
    ],
    [
      'with two places of keys',
      { ...PLAIN, jwksUri: 'https://h/', jwksFile: 'f' },
      'issuers[0].discovery must not be given beside jwksUri or jwksFile',
    ],
    ['without an issuer', { ...PLAIN, issuer: undefined }, 'issuers[0].issuer is missing'],
    ['without an audience', { ...PLAIN, audience: undefined }, 'issuers[0].audience is missing'],
    [
      'without an audience, by a preset that has none, with public keys',
      { ...PLAIN, preset: 'kestra', audience: undefined, algorithms: 'RS256' },
      'issuers[0].audience is missing',
    ],
    ['with an empty audience', { ...PLAIN, audience: [] }, 'issuers[0].audience must name at least one audience'],
    ['without bindings', { ...PLAIN, bindings: undefined }, 'issuers[0].bindings is missing'],
    ['with no binding', { ...PLAIN, bindings: [] }, 'issuers[0].bindings must hold at least one binding'],
    [
      'with a binding for everybody by omission',
      { ...PLAIN, bindings: [{ when: {}, grants }] },
      '.when must name at least one claim',
    ],
    ['with an empty pattern', { ...PLAIN, bindings: [{ when: { sub: [''] }, grants }] }, 'bindings[0].when.sub'],
    [
      'with an empty list',
      { ...PLAIN, bindings: [{ when: { sub: [] }, grants }] },
      'bindings[0].when.sub must be a text, or a list of 1',
    ],
    [
      'with a claim that is a group',
      { ...PLAIN, bindings: [{ when: { sub: { canary: 'a' } }, grants }] },
      'bindings[0].when.sub must be a list',
    ],
    ['without grants', { ...PLAIN, bindings: [{ when: { sub: 'x' }, grants: [] }] }, 'must hold at least one grant'],
    [
      'with a namespace that is none',
      { ...PLAIN, bindings: granted('Canary') },
      'grants[0].namespace must be a namespace',
    ],
    [
      'with a template of another form',
      { ...PLAIN, bindings: granted('{{sub}}') },
      'grants[0].namespace must be a namespace',
    ],
    [
      'with a filter that is none',
      { ...PLAIN, bindings: granted('a.{{claims.x | canary}}') },
      'grants[0].namespace must be',
    ],
    [
      'with a wildcard beside a claim',
      { ...PLAIN, bindings: granted('{{claims.x}}.*') },
      'grants[0].namespace must be',
    ],
    [
      'with two claims in one segment',
      { ...PLAIN, bindings: granted('a.{{claims.x}}-{{claims.y}}') },
      'grants[0].namespace must have a dot between two claims',
    ],
    [
      'with one claim right behind another',
      { ...PLAIN, bindings: granted('a.b-{{claims.x}}{{claims.y | path}}') },
      'grants[0].namespace must have a dot between two claims',
    ],
    [
      'with a claim behind a path',
      { ...PLAIN, bindings: granted('a.{{claims.x | path}}.b.{{claims.y}}') },
      'grants[0].namespace must have a claim with | path or | slashPath as its last one',
    ],
    [
      'with a claim behind a path of slashes',
      { ...PLAIN, bindings: granted('{{claims.x | slashPath}}.{{claims.y | slashPath}}') },
      'grants[0].namespace must have a claim with | path or | slashPath as its last one',
    ],
    [
      'with no algorithm of a public key',
      { ...PLAIN, algorithms: 'none' },
      'issuers[0].algorithms[0] must be one of RS256',
    ],
    [
      'with a secret taken from an address',
      { ...PLAIN, algorithms: 'HS256' },
      'issuers[0].jwksFile is missing: keys of HS256',
    ],
    [
      'with secrets and public keys mixed',
      { ...PLAIN, jwksFile: 'f', algorithms: 'HS256,RS256' },
      'issuers[0].algorithms must not mix',
    ],
    [
      'with keys in two places',
      { ...PLAIN, jwksUri: 'https://a/b', jwksFile: 'f' },
      'issuers[0].discovery must not be given beside',
    ],
    [
      'with keys over plain HTTP',
      { ...PLAIN, jwksUri: 'http://canary.example.com' },
      'issuers[0].jwksUri must begin with https://',
    ],
    [
      'with an issuer that leads to no keys',
      { ...PLAIN, issuer: 'canary' },
      'issuers[0].issuer is no address beginning with https://',
    ],
    ['with clocks too far apart', { ...PLAIN, clockSkew: '6m' }, 'issuers[0].clockSkew must be a duration such as 30s'],
    ['with a preset that is none', { ...PLAIN, preset: 'canary' }, 'issuers[0].preset must be one of github, gitlab'],
    ['with a log-in without a client', { ...PLAIN, login: {} }, 'issuers[0].login.clientId is missing'],
    [
      'with a log-in that does not ask for an id token',
      { ...PLAIN, login: { clientId: 'canary', scopes: 'groups' } },
      'issuers[0].login.scopes must have openid among them',
    ],
    [
      'with a log-in beside keys of a file',
      { ...PLAIN, jwksFile: 'canary', login: { clientId: 'canary' } },
      'issuers[0].login must not be given beside jwksUri or jwksFile',
    ],
    ['with a setting that is none', { ...PLAIN, canary: 1 }, 'issuers[0].canary is'],
  ])('is refused %s', (_what, issuer, message) => {
    const said = refused(issuer);
    expect(said).toContain(`coffer.access.`);
    expect(said).toContain(message);
    expect(said.replace('issuers[0].canary', '')).not.toMatch(/canary(?!\))/i);
  });

  it('is refused with a name or an issuer twice', () => {
    const other = { ...PLAIN, id: 'b', issuer: 'https://b.example.com' };
    expect(refused(PLAIN, { ...other, id: 'idp' })).toContain('issuers[1] has the same name as an entry before it');
    expect(refused(PLAIN, { ...other, issuer: PLAIN.issuer })).toContain(
      'issuers[1].issuer is that of an entry before it',
    );
    expect(load(PLAIN, other)).toHaveLength(2);
  });
});

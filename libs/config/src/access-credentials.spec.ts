import { stringify } from 'yaml';
import { loadFiles, loadText, refusal } from './load.fixture.js';
import { loadAccess } from './load-access.js';

const HASH = 'canary-hash';
const AT = Date.parse('2027-01-31T12:00:00Z');
const TIME = '2027-01-31T12:00:00Z';
const grants = [{ tenant: 'main', namespace: 'company', permissions: ['resolve'] }];
const bindings = [{ when: { uri: 'spiffe://**' }, grants }];

const text = (access: object): string => stringify({ coffer: { access } });
const load = (access: object) => loadText(text(access)).access;
const refused = (access: object): string => refusal(() => load(access));

describe('coffer.access.tokens', () => {
  const token = { id: 'ci', hash: HASH, grants };

  it('may end, and be bound to addresses', () => {
    expect(load({ tokens: [{ ...token, expires: TIME, cidrs: ['10.0.0.0/8', '2001:db8::1'] }] }).tokens).toEqual([
      { ...token, expiresAtMs: AT, cidrs: ['10.0.0.0/8', '2001:db8::1'] },
    ]);
    expect(load({ tokens: [token] }).tokens).toEqual([token]);
    expect(load({ tokens: [token] }).tokens[0]).not.toHaveProperty('expiresAtMs');
    expect(load({ tokens: [token] }).tokens[0]).not.toHaveProperty('cidrs');
  });

  it.each<[object, string]>([
    [{ expires: '2027-01-31' }, 'tokens[0].expires must be a time with its zone'],
    [{ expires: '2027-13-31T12:00:00Z' }, 'tokens[0].expires must be a time with its zone'],
    [{ cidrs: [] }, 'tokens[0].cidrs must name at least one address or block'],
    [{ cidrs: ['10/8'] }, 'must be an address or a block such as 10.0.0.0/8'],
    [{ cidrs: ['10.0.0.0/33'] }, 'must be an address or a block such as 10.0.0.0/8'],
    [{ cidrs: ['010.0.0.1'] }, 'must be an address or a block such as 10.0.0.0/8'],
    [{ cidrs: ['10.0.0.0/8/16'] }, 'must be an address or a block such as 10.0.0.0/8'],
    [{ cidrs: ['10.0.0.0/8x'] }, 'must be an address or a block such as 10.0.0.0/8'],
    [{ grants: [] }, 'tokens[0].grants must hold at least one grant'],
    [{ grants: [{ ...grants[0], tenant: 'Main' }] }, 'tokens[0].grants[0].tenant must be a tenant, or * for all'],
    [{ grants: [{ ...grants[0], namespace: 'company.*' }] }, 'tokens[0].grants[0].namespace must be a namespace'],
  ])('is refused with %j', (more, words) => {
    expect(refused({ tokens: [{ ...token, ...more }] })).toContain(words);
  });

  it('is refused a second time under one name', () => {
    expect(refused({ tokens: [token, { ...token, id: 'other' }, token] })).toContain(
      'coffer.access.tokens[2] has the same name as an entry before it',
    );
  });
});

describe('coffer.access.roles', () => {
  const role = (secretIds?: object[]) => ({ id: 'deploy', grants, ...(secretIds && { secretIds }) });
  const secretId = { id: 'one', hash: HASH };

  it('give tokens for an hour, and have no secret id, unless they say otherwise', () => {
    expect(load({ roles: [role()] }).roles).toEqual([{ id: 'deploy', grants, tokenTtlMs: 3_600_000, secretIds: [] }]);
    for (const [tokenTtl, tokenTtlMs] of [
      ['1s', 1_000],
      ['PT15M', 900_000],
      ['1h', 3_600_000],
    ]) {
      expect(load({ roles: [{ ...role(), tokenTtl }] }).roles[0]?.tokenTtlMs).toBe(tokenTtlMs);
    }
  });

  it('have secret ids that may end, be used up and be bound to addresses', () => {
    const bound = { ...secretId, expires: TIME, uses: 3, cidrs: ['10.0.0.0/8'] };
    expect(load({ roles: [{ ...role(), id: 'x'.repeat(64) }] }).roles).toHaveLength(1);
    expect(load({ roles: [role([bound, { ...secretId, id: 'two' }])] }).roles[0]?.secretIds).toEqual([
      { ...secretId, expiresAtMs: AT, uses: 3, cidrs: ['10.0.0.0/8'] },
      { ...secretId, id: 'two' },
    ]);
    const [plain] = load({ roles: [role([secretId])] }).roles[0]?.secretIds ?? [];
    expect(Object.keys(plain ?? {})).toEqual(['id', 'hash']);
  });

  it.each<[object, string]>([
    [{ tokenTtl: '999ms' }, 'roles[0].tokenTtl must be a duration such as 15m, from 1s to 1h'],
    [{ tokenTtl: '3601s' }, 'roles[0].tokenTtl must be a duration such as 15m, from 1s to 1h'],
    [{ tokenTtl: 'soon' }, 'roles[0].tokenTtl must be a duration such as 15m, from 1s to 1h'],
    [{ id: 'a b' }, 'roles[0].id must have 1 to 64 letters'],
    [{ id: 'x'.repeat(65) }, 'roles[0].id must have 1 to 64 letters'],
    [{ id: '/x' }, 'roles[0].id must have 1 to 64 letters'],
    [{ id: 'x/' }, 'roles[0].id must have 1 to 64 letters'],
    [{ secretIds: [secretId, secretId] }, 'roles[0].secretIds[1] has the same name as an entry before it'],
    [{ secretIds: [{ ...secretId, uses: 0 }] }, 'roles[0].secretIds[0].uses must be a whole number'],
    [{ secretIds: [{ ...secretId, uses: 1_000_001 }] }, 'roles[0].secretIds[0].uses must be a whole number'],
    [{ secretIds: [{ ...secretId, cidrs: [] }] }, 'roles[0].secretIds[0].cidrs must name at least one address'],
  ])('are refused with %j', (more, words) => {
    expect(refused({ roles: [{ ...role(), ...more }] })).toContain(words);
  });
});

describe('coffer.access.breakGlass', () => {
  const entry = { id: 'one', to: 'token:ci', reason: 'INC-42', expires: TIME, grants };

  it('gives somebody grants until then', () => {
    const { expires, ...rest } = entry;
    expect(expires).toBe(TIME);
    expect(load({ breakGlass: [entry] }).breakGlass).toEqual([{ ...rest, expiresAtMs: AT }]);
    expect(load({ breakGlass: [{ ...entry, reason: 'x'.repeat(500) }] }).breakGlass).toHaveLength(1);
  });

  it.each<[object, string]>([
    [{ to: 'ci' }, 'breakGlass[0].to must be a principal such as token:ci or user:ann'],
    [{ to: 'token:' }, 'breakGlass[0].to must be a principal'],
    [{ to: 'Token:ci' }, 'breakGlass[0].to must be a principal'],
    [{ to: '1token:ci' }, 'breakGlass[0].to must be a principal'],
    [{ to: 'token:ci\ntoken:root' }, 'breakGlass[0].to must be a principal'],
    [{ reason: 'x'.repeat(501) }, 'breakGlass[0].reason must have at most 500 characters'],
    [{ reason: undefined }, 'breakGlass[0].reason is missing'],
    [{ expires: undefined }, 'breakGlass[0].expires is missing'],
  ])('is refused with %j', (more, words) => {
    expect(refused({ breakGlass: [{ ...entry, ...more }] })).toContain(words);
  });
});

describe('coffer.access.certificates', () => {
  const certificate = { id: 'mesh', bindings };
  const issuer = {
    id: 'idp',
    issuer: 'https://id.example.com',
    audience: 'x',
    bindings: [{ when: { sub: 'a' }, grants }],
  };

  it('may have the same grants for all namespaces', () => {
    const everywhere = [{ ...grants[0], namespace: '*' }];
    const [loaded] = load({
      certificates: [{ ...certificate, bindings: [{ ...bindings[0], grants: everywhere }] }],
    }).certificates;
    expect(loaded?.bindings[0]?.grants[0]?.namespace).toEqual({ text: '*', parts: ['*'] });
  });

  it('name their callers by the URI unless they say otherwise', () => {
    expect(load({ certificates: [certificate] }).certificates[0]?.subjectClaim).toBe('uri');
  });

  it('have names of their own, which no issuer has', () => {
    expect(load({ issuers: [issuer], certificates: [certificate] }).certificates).toHaveLength(1);
    expect(
      refused({
        issuers: [issuer, { ...issuer, id: 'x', issuer: 'https://x' }],
        certificates: [certificate, { ...certificate, id: 'idp' }],
      }),
    ).toContain('coffer.access.certificates[1].id is that of an issuer');
  });
});

describe('coffer.access alone', () => {
  const from = (files: Readonly<Record<string, string>>) =>
    loadAccess({ env: {}, cwd: '/etc/coffer', readFile: (path) => files[path.replace('/etc/coffer/', '')] ?? '' });
  const token = { id: 'ci', hash: HASH, grants };

  it('is loaded where something else is wrong', () => {
    const wrong = stringify({ coffer: { access: { tokens: [token] }, sever: { prot: 1 } }, kestra: { secret: 1 } });
    expect(() => loadFiles({ 'coffer.yml': wrong })).toThrow();
    expect(from({ 'coffer.yml': wrong })).toMatchObject({ tokens: [token], users: [] });
  });

  it('is unknown where nothing is said of it', () => {
    expect(from({ 'coffer.yml': 'coffer: {server: {port: 1}}' })).toBeUndefined();
  });

  it('is refused where it is wrong itself', () => {
    expect(refusal(() => from({ 'coffer.yml': text({ tokens: [{ ...token, grants: [] }] }) }))).toContain(
      'coffer.access.tokens[0].grants must hold at least one grant',
    );
    expect(refusal(() => from({ 'coffer.yml': text({ tokns: [] }) }))).toContain("the nearest known key is 'tokens'");
  });
});

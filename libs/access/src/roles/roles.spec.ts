import { randomBytes } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import type { AuthenticatorOptions } from '../authenticator-options.js';
import { Authenticator } from '../authenticator.js';
import type { RoleCredential, SecretIdCredential } from '../credentials.js';
import { spellingsOf } from '../spellings.fixture.js';
import { hashAccessToken } from '../token-hash.js';
import { ROLE_TOKEN_PREFIX } from './role-token-sealer.js';
import { createSecretId } from './secret-id.js';

const secret = new SecretValue(randomBytes(32).toString('base64'));
const HERE = { address: '192.0.2.1' };
const HOUR_MS = 3_600_000;
const grants = [{ tenant: 'main', namespace: 'company', permissions: ['resolve'] }] as const;

let ring: KeyRing;
let nowMs = 0;
const clock = { monotonic: () => nowMs, wall: () => nowMs };
const [secretId, other] = [createSecretId(), createSecretId()];
beforeAll(async () => {
  ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
});
beforeEach(() => {
  nowMs = 1_000_000;
});

const role = (more: Partial<RoleCredential> = {}, secretMore: Partial<SecretIdCredential> = {}): RoleCredential => ({
  ...{ id: 'deploy', grants, tokenTtlMs: HOUR_MS },
  secretIds: [
    { id: 'one', hash: hashAccessToken(ring, secretId), ...secretMore },
    { id: 'two', hash: hashAccessToken(ring, other) },
  ],
  ...more,
});
const open = (roles: readonly RoleCredential[], options: AuthenticatorOptions = {}): Authenticator =>
  new Authenticator(ring, { tokens: [], users: [], roles }, { clock, ...options });
const headerOf = (authenticator: Authenticator, id = secretId, from = HERE): string =>
  `Bearer ${authenticator.logIn('deploy', id, from).token.reveal()}`;
const outcome = async (to: Authenticator, authorization: string, from = HERE): Promise<string> => {
  try {
    const { id, credentialId } = await to.authenticate({ authorization, ...from });
    return `${id} ${credentialId}`;
  } catch (error) {
    return CofferError.is(error) ? error.code : String(error);
  }
};
const failure = (act: () => unknown): string => {
  try {
    act();
    return 'none';
  } catch (error) {
    return CofferError.is(error) ? `${error.code}: ${error.message}` : String(error);
  }
};

it('gives a token that counts with every process of the same keys, and names role and secret id', async () => {
  const [one, two] = [open([role()]), open([role()])];
  const header = headerOf(one);
  expect(header).toMatch(new RegExp(`^Bearer ${ROLE_TOKEN_PREFIX}[A-Za-z0-9_-]{100,500}$`));
  for (const authenticator of [one, two]) {
    expect(authenticator.known(header)).toBeUndefined();
    expect(await outcome(authenticator, header)).toBe('role:deploy one');
    expect(authenticator.known(header)).toEqual({ id: 'role:deploy', credentialId: 'one', grants });
    expect(authenticator.known(header.replace('Bearer ', 'Digest='))).toBeUndefined();
    expect(authenticator.presentedTokens.rememberedOfRoles.bytes).toBeGreaterThan(0);
  }
  expect(one.principalOf({ id: 'role:deploy' })).toEqual({ id: 'role:deploy', grants });
  expect(await outcome(one, headerOf(one, other))).toBe('role:deploy two');
  const otherRing = await KeyRing.derive([
    { id: 'k', secret: new SecretValue(randomBytes(32).toString('base64')), active: true },
  ]);
  expect(await outcome(new Authenticator(otherRing, { tokens: [], users: [] }, { clock }), header)).toBe(
    'unauthorized',
  );
});

it.each<[string, number, Partial<RoleCredential>, Partial<SecretIdCredential>]>([
  ['after an hour', HOUR_MS, {}, {}],
  ['after the role’s own time', 60_000, { tokenTtlMs: 60_000 }, {}],
  ['with its secret id', 5_000, {}, { expiresAtMs: 1_005_000 }],
])('ends %s, where it is remembered too', async (_when, afterMs, more, secretMore) => {
  const authenticator = open([role(more, secretMore)]);
  const header = headerOf(authenticator);
  await outcome(authenticator, header);
  nowMs += afterMs - 1;
  expect([authenticator.known(header)?.id, await outcome(authenticator, header)]).toEqual([
    'role:deploy',
    'role:deploy one',
  ]);
  nowMs += 1;
  expect([authenticator.known(header), await outcome(authenticator, header)]).toEqual([undefined, 'unauthorized']);
});

it.each<[string, () => readonly RoleCredential[]]>([
  ['the role is removed', () => []],
  ['the secret id is removed', () => [role({ secretIds: role().secretIds.slice(1) })]],
  ['another secret id has its name', () => [role({}, { hash: hashAccessToken(ring, createSecretId()) })]],
  ['the secret id ends', () => [role({}, { expiresAtMs: nowMs })]],
  ['tokens count for a shorter time', () => [role({ tokenTtlMs: 1_000 })]],
])('is refused at once when %s', async (_what, roles) => {
  const authenticator = open([role()]);
  const header = headerOf(authenticator);
  nowMs += 2_000;
  expect(await outcome(authenticator, header)).toBe('role:deploy one');
  authenticator.replace({ tokens: [], users: [], roles: roles() });
  expect([authenticator.known(header), await outcome(authenticator, header)]).toEqual([undefined, 'unauthorized']);
});

it('is refused with the key that sealed it, and has the grants of now', async () => {
  const authenticator = open([role()]);
  const header = headerOf(authenticator);
  const wider = [{ ...grants[0], namespace: 'other' }];
  authenticator.replace({ tokens: [], users: [], roles: [role({ grants: wider })] });
  expect((await authenticator.authenticate({ authorization: header, ...HERE })).grants).toEqual(wider);
  const next = await KeyRing.derive([{ id: 'k2', secret, active: true }]);
  const moved = role({ secretIds: [{ id: 'one', hash: hashAccessToken(next, secretId) }] });
  const without = new Authenticator(next, { tokens: [], users: [], roles: [moved] }, { clock });
  expect(await outcome(without, header)).toBe('unauthorized');
});

it('has one spelling: another text of the same bytes is no token, also once the token was ended', async () => {
  const authenticator = open([role()]);
  const header = headerOf(authenticator);
  const others = spellingsOf(header, `Bearer ${ROLE_TOKEN_PREFIX}`);
  expect(await outcome(authenticator, header)).toBe('role:deploy one');
  await authenticator.presentedTokens.end(header.slice('Bearer '.length));
  for (const text of [header, ...others]) {
    const isKnown = authenticator.known(text) !== undefined;
    expect([
      isKnown,
      failure(() => authenticator.presentedTokens.find(text.slice('Bearer '.length), HERE.address)),
    ]).toEqual([false, expect.stringMatching(/^unauthorized: the token of a role has ended/)]);
  }
});

it('counts from its addresses alone, and is asked about every time', async () => {
  const authenticator = open([role({}, { cidrs: ['192.0.2.0/24'] })]);
  const header = headerOf(authenticator);
  expect(await outcome(authenticator, header)).toBe('role:deploy one');
  expect(authenticator.known(header)).toBeUndefined();
  const elsewhere = { address: '198.51.100.1' };
  expect(await outcome(authenticator, header, elsewhere)).toBe('unauthorized');
  expect(failure(() => headerOf(authenticator, secretId, elsewhere))).toContain('cidrs');
});

it('says the same of a role that is not there, and of a secret id that is wrong', () => {
  const authenticator = open([role(), role({ id: 'empty', secretIds: [] })]);
  const failures = [
    failure(() => authenticator.logIn('deploy', createSecretId(), HERE)),
    failure(() => authenticator.logIn('absent', secretId, HERE)),
    failure(() => authenticator.logIn('empty', secretId, HERE)),
  ];
  expect(new Set(failures).size).toBe(1);
  expect(failures[0]).toMatch(/^unauthorized: the role or its secret id is wrong/);
  expect(failure(() => headerOf(open([role({}, { expiresAtMs: nowMs })])))).toContain('has expired');
});

it('has whoever fails too often wait, for that role and address alone, and lets right ones in', () => {
  const authenticator = open([role()], { throttle: { failures: 2, windowMs: 60_000 } });
  const wrong = (name = 'deploy', from = HERE) => failure(() => authenticator.logIn(name, createSecretId(), from));
  for (let time = 0; time < 2; time += 1) expect(wrong()).toMatch(/^unauthorized/);
  expect(wrong()).toMatch(/^throttled/);
  expect(wrong('other')).toMatch(/^unauthorized/);
  expect(wrong('deploy', { address: '198.51.100.1' })).toMatch(/^unauthorized/);
  expect(headerOf(authenticator)).toContain(ROLE_TOKEN_PREFIX);
});

it('neither is what was changed, nor a secret id, a token', async () => {
  const authenticator = open([role()], { throttle: { failures: 10_000, windowMs: 60_000 } });
  const header = headerOf(authenticator);
  const token = header.slice('Bearer '.length);
  for (let at = ROLE_TOKEN_PREFIX.length; at < token.length; at += 7) {
    const changed = token[at] === 'A' ? 'B' : 'A';
    expect(await outcome(authenticator, `Bearer ${token.slice(0, at)}${changed}${token.slice(at + 1)}`)).toBe(
      'unauthorized',
    );
  }
  for (const text of [
    ROLE_TOKEN_PREFIX,
    `${ROLE_TOKEN_PREFIX}a.b`,
    `${token}A`,
    `${ROLE_TOKEN_PREFIX}${'A'.repeat(9_000)}`,
  ]) {
    expect(await outcome(authenticator, `Bearer ${text}`)).toBe('unauthorized');
  }
  const asToken = authenticator.authenticate({ authorization: `Bearer ${secretId.reveal()}`, ...HERE });
  await expect(asToken).rejects.toThrow(/secret id of a role, not a token/);
});

describe('a number of uses', () => {
  it('is refused where nobody counts them for all processes', () => {
    expect(failure(() => open([role({}, { uses: 1 })]))).toMatch(/^configuration: .*'uses', which several processes/);
    const authenticator = open([role()]);
    const changed = { tokens: [], users: [], roles: [role({}, { uses: 1 })] };
    expect(failure(() => authenticator.replace(changed))).toMatch(/^configuration/);
    expect(headerOf(authenticator)).toContain(ROLE_TOKEN_PREFIX);
  });

  it('is counted, and a use that is refused otherwise is none', () => {
    const counts = new Map<string, number>();
    let retained: ReadonlySet<string> = new Set();
    const uses = {
      take: (name: string, limit: number) => {
        const used = counts.get(name) ?? 0;
        if (used < limit) counts.set(name, used + 1);
        return used < limit;
      },
      retain: (names: ReadonlySet<string>) => void (retained = names),
    };
    const authenticator = open([role({}, { uses: 2, cidrs: ['192.0.2.0/24'] })], { uses });
    expect(failure(() => headerOf(authenticator, secretId, { address: '198.51.100.1' }))).toContain('cidrs');
    for (let time = 0; time < 2; time += 1) headerOf(authenticator);
    expect(failure(() => headerOf(authenticator))).toMatch(/^unauthorized: the secret id was used as often/);
    expect([...counts.keys()]).toEqual([...retained]);
    expect([...counts.values()]).toEqual([2]);
    headerOf(authenticator, other);
  });
});

it('a use that cannot be counted is no failure of whoever logs in', () => {
  const full = new CofferError('unavailable', 'the disk is full');
  const take = (): never => {
    throw full;
  };
  const throttle = { failures: 1, windowMs: 60_000 };
  const authenticator = open([role({}, { uses: 1 })], { throttle, uses: { take, retain: () => undefined } });
  for (const _ of [1, 2]) expect(failure(() => headerOf(authenticator))).toBe('unavailable: the disk is full');
});

describe('a role that is wrong', () => {
  it('is named, with what is wrong of it', () => {
    const wrong = [{ ...grants[0], tenant: 'A' }];
    expect(failure(() => open([role({ grants: wrong })]))).toMatch(/^configuration: a grant of the role 'deploy'/);
    expect(failure(() => open([role({}, { hash: 'x' })]))).toMatch(/'deploy\/one' is none/);
    expect(() => open([role({}, { uses: 1 })])).toThrow(
      expect.objectContaining({ details: { role: 'deploy', secretId: 'one' } }),
    );
  });

  it('or is not there, is nobody', () => {
    const authenticator = open([role()]);
    expect(authenticator.principalOf({ id: 'role:gone' })).toBeUndefined();
    expect(failure(() => authenticator.logIn('gone', secretId, HERE))).toMatch(/^unauthorized: the role or its secret/);
    expect(failure(() => authenticator.logIn('deploy', createSecretId(), HERE))).toMatch(/secret id is wrong/);
  });
});

it('a secret id lets nobody in once it has expired, and a secret id is longer than what it begins with', () => {
  const authenticator = open([role({}, { expiresAtMs: nowMs + 1 })]);
  expect(headerOf(authenticator)).toContain(ROLE_TOKEN_PREFIX);
  nowMs += 1;
  expect(failure(() => headerOf(authenticator))).toMatch(/^unauthorized: the secret id has expired/);
  expect(createSecretId().reveal()).toMatch(/^coffer_secret_(?!coffer)\w/);
});

it('secret ids that were hashed under several keys all count', async () => {
  const keys = [
    { id: 'old', secret: new SecretValue(randomBytes(32).toString('base64')), active: false },
    { id: 'new', secret, active: true },
  ];
  const [rotated, before] = [
    await KeyRing.derive(keys),
    await KeyRing.derive(keys.map((key) => ({ ...key, active: !key.active }))),
  ];
  const secretIds = [
    { id: 'one', hash: hashAccessToken(before, secretId) },
    { id: 'two', hash: hashAccessToken(rotated, other) },
  ];
  const authenticator = new Authenticator(rotated, { tokens: [], users: [], roles: [role({ secretIds })] }, { clock });
  for (const id of [secretId, other]) expect(headerOf(authenticator, id)).toContain(ROLE_TOKEN_PREFIX);
});

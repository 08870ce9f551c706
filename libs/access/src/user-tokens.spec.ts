import { randomBytes } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import { createAccessToken } from './access-token.js';
import type { UserCredential } from './credentials.js';
import { PresentedTokens } from './presented-tokens.js';
import { roleTokenSealer } from './roles/role-token-sealer.js';
import { RoleTable } from './roles/role-table.js';
import { createSecretId } from './roles/secret-id.js';
import { Revocations } from './sessions/revocations.js';
import { hashAccessToken } from './token-hash.js';
import { TokenTable } from './token-table.js';
import { UserTable } from './user-table.js';
import { spellingsOf } from './spellings.fixture.js';
import { USER_TOKEN_PREFIX, UserTokens } from './user-tokens.js';

const HOUR_MS = 3_600_000;
const HOME = '192.0.2.1';
const grants = [{ tenant: 'main', namespace: 'company', permissions: ['list' as const] }];
const unpadded = (length: number): string => randomBytes(length).toString('base64').replaceAll('=', '');
/** As of a password that nobody has. */
const user = (username: string): UserCredential => {
  const passwordHash = new SecretValue(`$scrypt$ln=14,r=8,p=1$${unpadded(16)}$${unpadded(32)}`);
  return { username, passwordHash, grants };
};

let ring: KeyRing;
let nowMs: number;
let revocations: Revocations;
const clock = { monotonic: () => nowMs, wall: () => nowMs };
const ann = user('ann');
const open = (...users: UserCredential[]): UserTokens =>
  new UserTokens(ring, new UserTable(users, clock), clock, revocations);
beforeAll(async () => {
  const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
  ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
});
beforeEach(() => {
  nowMs = 1_000;
  revocations = new Revocations();
});
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'let in';
  } catch (error) {
    return CofferError.is(error) ? error.code : String(error);
  }
};

describe('a token of a user', () => {
  it('says whose it is to every process with the same keys, for an hour', () => {
    const one = open(ann);
    const { token, expiresAtMs, principal } = one.give('ann');
    expect([expiresAtMs, principal]).toEqual([nowMs + HOUR_MS, { id: 'user:ann', grants }]);
    expect(token.reveal()).toMatch(/^coffer_user_[A-Za-z0-9_-]+$/);
    const other = open(ann);
    expect(other.known(token.reveal())).toBeUndefined();
    nowMs += HOUR_MS - 1;
    expect([other.find(token.reveal()), other.known(token.reveal())]).toEqual([principal, principal]);
    expect(other.timesOf(token.reveal())).toMatchObject({ issuedAtMs: 1_000, expiresAtMs: 1_000 + HOUR_MS });
    expect(other.memory.bytes).toBeGreaterThan(0);
    nowMs += 1;
    expect([codeOf(() => other.find(token.reveal())), other.known(token.reveal())]).toEqual([
      'unauthorized',
      undefined,
    ]);
    expect(other.memory.bytes).toBe(0);
  });

  it('is given to nobody who is not there', () => {
    expect(codeOf(() => open(ann).give('bob'))).toBe('unauthorized');
  });

  it('ends with its user, and with the password', () => {
    const token = open(ann).give('ann').token.reveal();
    expect(codeOf(() => open(user('bob')).find(token))).toBe('unauthorized');
    expect(codeOf(() => open(user('ann')).find(token))).toBe('unauthorized');
    expect(codeOf(() => open(ann, user('bob')).find(token))).toBe('let in');
  });

  it('ends when its owner ends it, also where it is remembered, and no other does', async () => {
    const table = open(ann);
    const [token, other] = [table.give('ann').token.reveal(), table.give('ann').token.reveal()];
    for (const each of [token, other]) table.find(each);
    await table.end(token);
    expect([table.known(token), codeOf(() => table.find(token))]).toEqual([undefined, 'unauthorized']);
    expect([table.known(other)?.id, codeOf(() => table.find(other))]).toEqual(['user:ann', 'let in']);
    expect(revocations.sizeOf('token')).toBe(1);
  });

  it('has one spelling: another text of the same bytes is no token, also once the token was ended', async () => {
    const table = open(ann);
    const token = table.give('ann').token.reveal();
    const others = spellingsOf(token, USER_TOKEN_PREFIX);
    const find = () => others.map((text) => codeOf(() => table.find(text)));
    const refused = others.map(() => 'unauthorized');
    expect(find()).toEqual(refused);
    table.find(token);
    await table.end(token);
    expect([codeOf(() => table.find(token)), ...find()]).toEqual(['unauthorized', ...refused]);
  });

  it('is nothing that was sealed for something else, nor any other text', async () => {
    const table = open(ann);
    const role = roleTokenSealer(ring).seal({
      ...{ role: 'r', secretId: 's', fingerprint: 'f', issuedAtMs: 0, expiresAtMs: 2 * HOUR_MS },
    });
    const asUser = role.reveal().replace('coffer_role_', 'coffer_user_');
    for (const text of ['coffer_user_', 'coffer_user_x', 'coffer_user_!', asUser, `coffer_user_${'A'.repeat(2_000)}`]) {
      expect([text.slice(0, 20), codeOf(() => table.find(text))]).toEqual([text.slice(0, 20), 'unauthorized']);
      expect(table.timesOf(text)).toEqual({});
      await table.end(text);
    }
    expect(revocations.sizeOf('token')).toBe(0);
  });
});

describe('what is presented as a bearer token', () => {
  const access = createAccessToken();
  const secretId = createSecretId();
  let presented: PresentedTokens;
  let tables: { tokens: TokenTable; userTokens: UserTokens; roles: RoleTable };
  beforeEach(() => {
    const secretIds = [{ id: 'one', hash: hashAccessToken(ring, secretId) }];
    tables = {
      tokens: new TokenTable(
        ring,
        [{ id: 'ci', hash: hashAccessToken(ring, access), grants, expiresAtMs: 5_000 }],
        clock,
      ),
      userTokens: open(ann),
      roles: new RoleTable(
        ring,
        [{ id: 'deploy', grants, tokenTtlMs: 2_000, secretIds }],
        clock,
        undefined,
        revocations,
      ),
    };
    presented = new PresentedTokens(() => tables);
  });
  const jwt = (claims: object): string =>
    ['eyJhbGciOiJub25lIn0', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'x'].join('.');

  it('is of the kind that it begins as', () => {
    const ofUser = tables.userTokens.give('ann').token.reveal();
    const ofRole = tables.roles.logIn('deploy', secretId, HOME).token.reveal();
    expect([presented.known(ofUser), presented.known(ofRole)]).toEqual([undefined, undefined]);
    expect([presented.find(ofUser, HOME)?.id, presented.find(ofRole, HOME)?.id]).toEqual(['user:ann', 'role:deploy']);
    expect([presented.known(ofUser)?.id, presented.known(ofRole)?.id]).toEqual(['user:ann', 'role:deploy']);
    expect([presented.find(access.reveal(), HOME), presented.known(access.reveal())]).toEqual([undefined, undefined]);
    expect(presented.rememberedOfUsers.bytes).toBe(tables.userTokens.memory.bytes);
    expect(presented.rememberedOfRoles.bytes).toBe(tables.roles.memory.bytes);
    for (const { bytes } of [presented.rememberedOfUsers, presented.rememberedOfRoles])
      expect(bytes).toBeGreaterThan(0);
  });

  it('says from when on and until when it counts, as far as that is known', () => {
    const ofUser = tables.userTokens.give('ann').token.reveal();
    const ofRole = tables.roles.logIn('deploy', secretId, HOME).token.reveal();
    expect(presented.timesOf(ofUser)).toMatchObject({ issuedAtMs: 1_000, expiresAtMs: 1_000 + HOUR_MS });
    expect(presented.timesOf(ofRole)).toEqual({ issuedAtMs: 1_000, expiresAtMs: 3_000 });
    expect(presented.timesOf(access.reveal())).toEqual({});
    tables.tokens.find(access, HOME);
    expect(presented.timesOf(access.reveal())).toEqual({ expiresAtMs: 5_000 });
    expect(presented.timesOf(jwt({ iat: 1, exp: 2 }))).toEqual({ issuedAtMs: 1_000, expiresAtMs: 2_000 });
    expect(Object.keys(presented.timesOf(jwt({ iat: 'x' })))).toEqual([]);
    expect(presented.timesOf('x')).toEqual({});
  });

  it('has no end where it does not expire', () => {
    tables.tokens = new TokenTable(ring, [{ id: 'ci', hash: hashAccessToken(ring, access), grants }], clock);
    tables.tokens.find(access, HOME);
    expect(presented.timesOf(access.reveal())).not.toHaveProperty('expiresAtMs');
  });

  it('is ended where a log-in gave it; who else ends it is said', async () => {
    const ofUser = tables.userTokens.give('ann').token.reveal();
    const ofRole = tables.roles.logIn('deploy', secretId, HOME).token.reveal();
    expect([await presented.end(jwt({})), await presented.end(access.reveal())]).toEqual(['issuer', 'configuration']);
    expect(revocations.sizeOf('token')).toBe(0);
    expect([await presented.end(ofUser), await presented.end(ofRole)]).toEqual(['ended', 'ended']);
    for (const each of [ofUser, ofRole]) expect(codeOf(() => presented.find(each, HOME))).toBe('unauthorized');
  });
});

import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { createAccessToken } from './access-token.js';
import type { TokenCredential } from './credentials.js';
import { hashAccessToken } from './token-hash.js';
import { TokenTable } from './token-table.js';

const HOME = '192.0.2.1';
const GRANTS = [{ tenant: 'main', namespace: 'company', permissions: ['resolve' as const] }];
const keyOf = (id: string, fill: number, active: boolean) => ({
  ...{ id, active, secret: new SecretValue(Buffer.alloc(32, fill).toString('base64')) },
});

let ring: KeyRing;
let nowMs: number;
const clock = { monotonic: () => nowMs, wall: () => nowMs };
beforeAll(async () => {
  ring = await KeyRing.derive([keyOf('k', 1, true)]);
});
beforeEach(() => {
  nowMs = 1_000;
});

const [token, other] = [createAccessToken(), createAccessToken()];
const entry = (id: string, of = token, more: Partial<TokenCredential> = {}): TokenCredential => ({
  ...{ id, hash: hashAccessToken(ring, of), grants: GRANTS },
  ...more,
});
const open = (...tokens: TokenCredential[]): TokenTable => new TokenTable(ring, tokens, clock);
const wrong = (message: RegExp, details: object) =>
  expect.objectContaining({
    code: 'configuration',
    message: expect.stringMatching(message) as string,
    details,
  }) as Error;

describe('the table of tokens', () => {
  it('finds whose a token is, and nobody for another one', () => {
    const table = open(entry('one'), entry('two', other));
    expect(table.find(token, HOME)).toEqual({ id: 'token:one', grants: GRANTS });
    expect(table.find(other, HOME)?.id).toBe('token:two');
    expect(table.find(createAccessToken(), HOME)).toBeUndefined();
    expect([table.isEmpty, open().isEmpty]).toEqual([false, true]);
    expect(Object.isFrozen(table.find(token, HOME)) && Object.isFrozen(table.find(token, HOME)?.grants)).toBe(true);
  });

  it('refuses an id or a hash that is there twice, and names the token', () => {
    expect(() => open(entry('one'), entry('one', other))).toThrow(wrong(/'one' appears twice/, { token: 'one' }));
    expect(() => open(entry('one'), entry('two'))).toThrow(
      wrong(/'two' has the hash of another one/, { token: 'two' }),
    );
    expect(() => open(entry('one', token, { hash: token.reveal() }))).toThrow(wrong(/'one' is none/, { token: 'one' }));
    expect(() => open(entry('one', token, { grants: [{ ...GRANTS[0]!, namespace: 'a.*' }] }))).toThrow(
      /a grant of the access token 'one' is wrong/,
    );
  });

  it('refuses a hash under a key that the ring has not, and names both', async () => {
    const another = await KeyRing.derive([keyOf('gone', 2, true)]);
    const hash = hashAccessToken(another, token);
    expect(() => open(entry('one', token, { hash }))).toThrow(
      wrong(/encryption key 'gone', which is not in/, { token: 'one', key: 'gone' }),
    );
  });

  it('finds tokens that were hashed under any key of the ring, until it is taken out', async () => {
    const keys = await KeyRing.derive([keyOf('k', 1, false), keyOf('new', 3, true)]);
    const hash = hashAccessToken(keys, other);
    const table = new TokenTable(keys, [entry('old'), entry('new', other, { hash })], clock);
    expect([table.find(other, HOME)?.id, hash.split(':')[1]]).toEqual(['token:new', 'new']);
    keys.replace(await KeyRing.derive([keyOf('new', 3, true)]));
    expect([table.find(token, HOME), table.find(other, HOME)?.id]).toEqual([undefined, 'token:new']);
  });

  it('knows at once whose a token is that it has found, and of no other', () => {
    const table = open(entry('one'), entry('two', other));
    expect([table.known(token.reveal()), table.expiryOf(token.reveal())]).toEqual([undefined, undefined]);
    table.find(token, HOME);
    expect([table.known(token.reveal())?.id, table.known(other.reveal())]).toEqual(['token:one', undefined]);
    expect(table.expiryOf(token.reveal())).toBe(Infinity);
  });

  it('knows what a connection presented last, and takes nothing else for it', () => {
    const table = open(entry('one'), entry('two', other));
    const [connection, text] = [{}, token.reveal()];
    expect(table.known(text, connection)).toBeUndefined();
    for (const each of [token, other]) table.find(each, HOME);
    for (const _ of [1, 2]) expect(table.known(text, connection)?.id).toBe('token:one');
    const last = text.endsWith('0') ? '1' : '0';
    for (const changed of [`${text.slice(0, -1)}${last}`, text.slice(0, -1), `${text}0`, `x${text.slice(1)}`, '']) {
      expect(table.known(changed, connection)).toBeUndefined();
    }
    for (const _ of [1, 2]) expect(table.known(other.reveal(), connection)?.id).toBe('token:two');
    expect(table.known(text, connection)?.id).toBe('token:one');
  });

  it('lets a token count until it expires', () => {
    const table = open(entry('one', token, { expiresAtMs: 2_000 }));
    nowMs = 1_999;
    expect([table.find(token, HOME)?.id, table.known(token.reveal())?.id]).toEqual(['token:one', 'token:one']);
    expect(table.expiryOf(token.reveal())).toBe(2_000);
    nowMs = 2_000;
    expect(() => table.find(token, HOME)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
    expect(table.known(token.reveal())).toBeUndefined();
  });

  it('asks each time where a token that is bound to addresses comes from', () => {
    const table = open(entry('one', token, { cidrs: ['192.0.2.0/24'] }));
    expect(table.find(token, HOME)?.id).toBe('token:one');
    expect([table.known(token.reveal()), table.known(token.reveal(), {})]).toEqual([undefined, undefined]);
    expect(() => table.find(token, '198.51.100.1')).toThrow(
      expect.objectContaining({ code: 'unauthorized', message: expect.stringContaining('(cidrs)') as string }),
    );
  });

  it('says when each was last used, and nothing of those that were not', () => {
    const table = open(entry('one'), entry('two', other));
    expect(table.lastUses()).toEqual([]);
    table.find(token, HOME);
    nowMs = 1_500;
    table.known(token.reveal());
    expect(table.lastUses()).toEqual([['one', 1_500]]);
    expect(() => open(entry('one', token, { expiresAtMs: 1 })).find(token, HOME)).toThrow();
  });

  it('takes over when tokens were last used that are the same as before', () => {
    const before = open(entry('one'), entry('two', other));
    for (const each of [token, other]) before.find(each, HOME);
    const replaced = entry('two', createAccessToken());
    expect(new TokenTable(ring, [entry('one'), replaced], clock, before).lastUses()).toEqual([['one', 1_000]]);
    expect(new TokenTable(ring, [entry('new')], clock, before).lastUses()).toEqual([]);
  });

  it('lets a session go on while its token is the same and counts', () => {
    const bound = { expiresAtMs: 2_000, cidrs: ['192.0.2.0/24'] };
    const table = open(entry('one', token, bound));
    expect([table.sourceOf('two'), table.principalOf('two')]).toEqual([undefined, undefined]);
    const source = table.sourceOf('one');
    if (source === undefined) throw new Error('there is no such token');
    expect([source.kind, source.id, table.principalOf('one')?.id]).toEqual(['token', 'one', 'token:one']);
    expect(table.resume(source, HOME)).toEqual({ principal: { id: 'token:one', grants: GRANTS }, expiresAtMs: 2_000 });
    expect(table.lastUses()).toEqual([['one', 1_000]]);
    expect(table.resume(source, '198.51.100.1')).toBeUndefined();
    expect(table.resume({ ...source, id: 'two' }, HOME)).toBeUndefined();
    expect(table.resume({ ...source, fingerprint: 'x' }, HOME)).toBeUndefined();
    expect(open(entry('one', other)).resume(source, HOME)).toBeUndefined();
    expect(open(entry('one')).resume(source, '198.51.100.1')?.expiresAtMs).toBe(Infinity);
    nowMs = 2_000;
    expect(table.resume(source, HOME)).toBeUndefined();
  });
});

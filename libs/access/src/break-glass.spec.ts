import { randomBytes } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { createAccessToken } from './access-token.js';
import { Authenticator } from './authenticator.js';
import type { BreakGlassCredential, Credentials } from './credentials.js';
import { may } from './permissions.js';
import type { Grant } from './principal.js';
import { hashAccessToken } from './token-hash.js';

const grant = (namespace: string): Grant => ({ tenant: 'main', namespace, permissions: ['resolve'] });
const token = createAccessToken();
const header = `Bearer ${token.reveal()}`;
const MINUTE_MS = 60_000;

let ring: KeyRing;
let nowMs: number;
let taken: boolean;
let records: BreakGlassCredential[];
beforeAll(async () => {
  const secret = new SecretValue(randomBytes(32).toString('base64'));
  ring = await KeyRing.derive([{ id: 'k', secret, active: true }]);
});
beforeEach(() => {
  [nowMs, taken, records] = [1_000_000, true, []];
});

const entry = (id: string, more: Partial<BreakGlassCredential> = {}): BreakGlassCredential => ({
  ...{ id, to: 'token:ci', reason: 'INC-42', grants: [grant('company')], expiresAtMs: nowMs + MINUTE_MS },
  ...more,
});
const credentials = (...breakGlass: BreakGlassCredential[]): Credentials => ({
  tokens: [{ id: 'ci', hash: hashAccessToken(ring, token), grants: [grant('own')] }],
  users: [],
  breakGlass,
});
const record = async (each: BreakGlassCredential): Promise<boolean> => {
  records.push(each);
  return taken;
};
const open = (...breakGlass: BreakGlassCredential[]): Authenticator => {
  const clock = { monotonic: () => nowMs, wall: () => nowMs };
  return new Authenticator(ring, credentials(...breakGlass), { clock });
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Whether it may, and whether that is marked, by the long way and the short one. */
const seen = async (authenticator: Authenticator): Promise<[boolean, boolean]> => {
  const principal = await authenticator.authenticate({ authorization: header, address: '' });
  expect(may(principal, 'resolve', 'main', 'own')).toBe(true);
  expect(authenticator.known(header)).toBe(principal);
  expect(authenticator.principalOf({ id: 'token:ci' })).toBe(principal);
  return [may(principal, 'resolve', 'main', 'company'), principal.breakGlass === true];
};

it('counts once its record was taken, is marked, and ends by itself', async () => {
  const authenticator = open(entry('one'));
  expect(await seen(authenticator)).toEqual([false, false]);
  authenticator.recordBreakGlass(record);
  await settled();
  expect(records).toEqual([entry('one')]);
  expect(await seen(authenticator)).toEqual([true, true]);
  nowMs += MINUTE_MS - 1;
  expect(await seen(authenticator)).toEqual([true, true]);
  nowMs += 1;
  expect(await seen(authenticator)).toEqual([false, false]);
});

it('does not count while no record is taken, and asks again with every call', async () => {
  taken = false;
  const authenticator = open(entry('one'));
  authenticator.recordBreakGlass(record);
  for (let call = 1; call <= 3; call += 1) {
    await settled();
    expect(records).toHaveLength(call);
    expect(authenticator.principalOf({ id: 'token:ci' })?.breakGlass).toBeUndefined();
  }
  await settled();
  taken = true;
  authenticator.principalOf({ id: 'token:ci' });
  await settled();
  expect(await seen(authenticator)).toEqual([true, true]);
});

it('is recorded once, again when it changes, and ends when it is removed', async () => {
  const authenticator = open(entry('one'));
  authenticator.recordBreakGlass(record);
  await settled();
  authenticator.replace(credentials(entry('one'), entry('other', { to: 'user:ann' })));
  expect(await seen(authenticator)).toEqual([true, true]);
  await settled();
  expect(records.map(({ id }) => id)).toEqual(['one', 'other']);
  const wider = entry('one', { grants: [grant('company'), grant('more')] });
  authenticator.replace(credentials(wider));
  expect(authenticator.principalOf({ id: 'token:ci' })?.breakGlass).toBeUndefined();
  await settled();
  expect(records.at(-1)).toEqual(wider);
  expect(await seen(authenticator)).toEqual([true, true]);
  authenticator.replace(credentials());
  expect(await seen(authenticator)).toEqual([false, false]);
});

it('neither counts nor is recorded when it has ended, and is nobody else’s', async () => {
  const authenticator = open(entry('ended', { expiresAtMs: nowMs }), entry('other', { to: 'token:cd' }));
  authenticator.recordBreakGlass(record);
  await settled();
  expect(records.map(({ id }) => id)).toEqual(['other']);
  expect(await seen(authenticator)).toEqual([false, false]);
});

it('names the grant’s place, and refuses one that is wrong', async () => {
  const authenticator = open(entry('one'));
  authenticator.recordBreakGlass(record);
  await settled();
  expect(authenticator.principalOf({ id: 'token:ci' })?.grants.map(({ origin }) => origin)).toEqual([
    undefined,
    'breakGlass.one',
  ]);
  expect(() => authenticator.replace(credentials(entry('x', { grants: [grant('')] })))).toThrow(
    /break-glass grant 'x'/,
  );
});

it('counts each until its own end, also where another one goes on', async () => {
  const longer = { grants: [grant('more')], expiresAtMs: nowMs + 10 * MINUTE_MS };
  const authenticator = open(entry('one'), entry('two', longer));
  authenticator.recordBreakGlass(record);
  await settled();
  const seenIn = async (): Promise<boolean[]> => {
    const principal = await authenticator.authenticate({ authorization: header, address: '' });
    return ['company', 'more'].map((namespace) => may(principal, 'resolve', 'main', namespace));
  };
  expect(await seenIn()).toEqual([true, true]);
  nowMs += MINUTE_MS;
  expect(await seenIn()).toEqual([false, true]);
  nowMs += 9 * MINUTE_MS;
  expect(await seenIn()).toEqual([false, false]);
});

it('is not recorded again where the configuration still has it, beside others', async () => {
  const both = [entry('one'), entry('two')];
  const authenticator = open(...both);
  authenticator.recordBreakGlass(record);
  await settled();
  authenticator.replace(credentials(...both));
  await settled();
  expect(records.map(({ id }) => id)).toEqual(['one', 'two']);
});

it('is recorded once, however often it is asked for meanwhile', async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const authenticator = open(entry('one'));
  authenticator.recordBreakGlass((each) => {
    records.push(each);
    return promise;
  });
  for (let call = 0; call < 3; call += 1) expect(authenticator.principalOf({ id: 'token:ci' })).toBeDefined();
  expect(records).toHaveLength(1);
  resolve(true);
  await settled();
  expect(await seen(authenticator)).toEqual([true, true]);
});

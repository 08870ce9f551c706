import { IssuerKeys } from './issuer-keys.js';
import { answerKeys, issuerAt, keyServer, signingKey, type KeyServer } from './jwt.fixture.js';

const [first, second] = [signingKey('first'), signingKey('second')];
const headerOf = ({ kid }: typeof first) => ({ alg: 'ES256', kid });

let server: KeyServer;
let nowMs: number;
beforeEach(async () => {
  server = await keyServer([first]);
  nowMs = 1_000;
});
afterEach(() => server.close());

const open = (): IssuerKeys =>
  new IssuerKeys(issuerAt(server.address), { monotonic: () => nowMs, wall: () => nowMs }, () => undefined);

it('are unknown at first, and recent once they were read', async () => {
  const keys = open();
  expect([keys.fingerprint, keys.recent]).toEqual([undefined, false]);
  const { fingerprint } = await keys.find(headerOf(first));
  expect([keys.fingerprint, keys.recent]).toEqual([fingerprint, true]);
  nowMs += 600_000;
  expect(keys.recent).toBe(false);
});

it('are read again at once for a token of a new one', async () => {
  const keys = open();
  await keys.find(headerOf(first));
  server.answer = answerKeys([first, second]);
  nowMs += 60_000;
  expect(await keys.find(headerOf(second))).toMatchObject({ fingerprint: keys.fingerprint });
  expect(server.asked()).toBe(2);
});

it('are not read again in the background while they are recent', async () => {
  const keys = open();
  await keys.find(headerOf(first));
  nowMs += 539_999;
  keys.refreshIfOld();
  // Whatever was asked before this is counted with it.
  await fetch(server.address);
  expect(server.asked()).toBe(2);
});

it('are asked for once at a time', async () => {
  let answer = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    server.answer = (request, response) => {
      server.answer = answerKeys([first]);
      answer = () => answerKeys([first])(request, response);
      resolve();
    };
  });
  const keys = open();
  const one = keys.find(headerOf(first));
  await asked;
  nowMs += 60_000;
  const two = keys.find(headerOf(first));
  answer();
  await Promise.all([one, two]);
  expect(server.asked()).toBe(1);
});

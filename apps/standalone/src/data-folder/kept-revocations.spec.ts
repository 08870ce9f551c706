import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Revocation } from '@coffer/messaging';
import { KeptRevocations } from './kept-revocations.js';
import { StateDatabase } from './state-database.js';

const folder = mkdtempSync(join(tmpdir(), 'coffer-revocations-'));
afterAll(() => rmSync(folder, { recursive: true }));

let nowMs = 0;
const clock = { wall: () => nowMs };
const session = (id: string, expiresAtMs: number): Revocation => ({ kind: 'session', id, beganAtMs: 1.5, expiresAtMs });

const opened = async (max?: number) => {
  const state = StateDatabase.open(join(folder, 'state.db'), folder);
  const revocations = new KeptRevocations(state, clock, max);
  const seen: Revocation[] = [];
  await revocations.follow((revocation) => void seen.push(revocation));
  return { state, revocations, seen };
};

it('are known after a restart until they would have ended by themselves', async () => {
  const first = await opened();
  expect(first.seen).toEqual([]);
  const token = { ...session('b c', 2_000), kind: 'token' } as const;
  await first.revocations.publish(session('a', 1_000));
  await first.revocations.publish(session('a', 1_000));
  await first.revocations.publish(token);
  first.state.close();
  const second = await opened();
  expect(second.seen).toEqual([session('a', 1_000), token]);
  second.state.close();
  nowMs = 1_000;
  (await opened()).state.close();
  const last = await opened();
  expect([last.seen, last.state.names('revocation ')]).toEqual([[token], ['revocation token b c']]);
  last.state.close();
});

it('are bounded: others wait until some have ended by themselves', async () => {
  nowMs = 10_000;
  const { state, revocations } = await opened(2);
  await revocations.publish(session('a', 11_000));
  await revocations.publish(session('b', 12_000));
  await expect(revocations.publish(session('c', 13_000))).rejects.toMatchObject({ code: 'unavailable' });
  nowMs = 11_000;
  await revocations.publish(session('c', 13_000));
  expect(state.names('revocation session ')).toEqual(['revocation session b', 'revocation session c']);
  state.close();
});

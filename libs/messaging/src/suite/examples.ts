import { KeyRing } from '@coffer/crypto';
import { fenceOf, SecretValue } from '@coffer/secrets';
import type { LogRecord } from '@coffer/coherence';
import type { SealedMutation } from '../contract/mutation-queue.js';

const SECRET = new SecretValue(Buffer.alloc(32, 7).toString('base64'));

/** The same key in every process; a key's id makes another one of it. */
export const ringOf = (id = 'test', ...more: readonly string[]): Promise<KeyRing> =>
  KeyRing.derive([id, ...more].map((key) => ({ id: key, secret: SECRET, active: key === id })));

export const PARTITIONS = 6;
export const SHARDS = 3;

export const mutation = (path: string, operation: string, body = new Uint8Array([0, 1, 254, 255])): SealedMutation => ({
  schema: 1,
  operation,
  kind: 'put',
  path,
  fingerprint: `fingerprint of ${operation}`,
  sentAt: 1_700_000_000_123,
  body,
});

const owned = {
  partition: 4,
  owner: 9n,
  path: 'main/company.team/%2F%20%E2%98%83',
  fence: fenceOf(32_767, 2n ** 48n - 1n),
  operation: '0190f5c4-0000-7000-8000-000000000000',
};
const ended = { ...owned, kind: 'patch', fingerprint: 'ab'.repeat(32) } as const;

/** One of each kind, with the numbers that lose precision first. */
export const RECORDS: readonly LogRecord[] = [
  { type: 'EPOCH', claim: 'coordinator' },
  { type: 'GRANT', epoch: 2n ** 53n + 1n, leases: [{ instance: 'reader', nonce: 7 }] },
  { type: 'HANDOVER', epoch: 2n ** 53n + 1n, leases: [{ instance: 'reader', remaining: 1_234.5 }] },
  { type: 'OWNER', partition: 4, claim: 'worker' },
  { type: 'PREPARE', ...owned, prepareNumber: 3 },
  { type: 'CLEARED', epoch: 2n ** 53n + 1n, prepareOffset: 2n ** 60n + 1n },
  { type: 'COMMIT', ...ended, outcome: 'applied', sealed: new Uint8Array([0, 127, 128, 255]) },
  { type: 'COMMIT', ...ended, outcome: 'superseded', sealed: new Uint8Array() },
  { type: 'ABORT', ...ended, code: 'too-large', prepareOffset: 2n ** 53n + 1n },
  { type: 'ABORT', ...ended, code: 'denied', seal: 'c2VhbA' },
  { type: 'ABORT', ...ended, code: 'corrupt', claimed: true },
];

/** Resolves when the condition holds; the runner's own timeout ends a wait for what never comes. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

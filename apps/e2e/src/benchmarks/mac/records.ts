import type { LogRecord } from '@coffer/coherence';
import { fenceOf } from '@coffer/secrets';
import { randomBytes, randomUUID } from 'node:crypto';

/** The three records of a write, as long as real ones: a path and an outcome of a usual length. */
export const recordsOfWrite = (number: number): readonly LogRecord[] => {
  const owned = {
    partition: number % 12,
    owner: BigInt(number),
    path: `main/company.team/DATABASE_PASSWORD_${number % 200}`,
    fence: fenceOf(1, BigInt(number)),
    operation: randomUUID(),
  };
  const ended = { ...owned, kind: 'put', fingerprint: randomBytes(32).toString('hex') } as const;
  return [
    { type: 'PREPARE', ...owned, prepareNumber: 1 },
    { type: 'CLEARED', epoch: BigInt(number), prepareOffset: BigInt(number) },
    { type: 'COMMIT', ...ended, outcome: 'applied', sealed: randomBytes(220) },
  ];
};

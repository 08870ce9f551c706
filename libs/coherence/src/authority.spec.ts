import { fenceOf } from '@coffer/secrets';
import { Authority } from './authority.js';
import type { LogRecord } from './log-record.js';

const owned = { partition: 3, path: 'main/ns/key', fence: fenceOf(1, 1n), operation: 'o' };
const ended = { ...owned, kind: 'put', fingerprint: '' } as const;
const ofOwner: readonly ((owner: bigint) => LogRecord)[] = [
  (owner) => ({ type: 'PREPARE', ...owned, owner, prepareNumber: 1 }),
  (owner) => ({ type: 'COMMIT', ...ended, owner, outcome: 'applied', sealed: new Uint8Array() }),
  (owner) => ({ type: 'ABORT', ...ended, owner, code: 'denied' }),
];
const ofEpoch: readonly ((epoch: bigint) => LogRecord)[] = [
  (epoch) => ({ type: 'GRANT', epoch, leases: [] }),
  (epoch) => ({ type: 'CLEARED', epoch, prepareOffset: 0n }),
  (epoch) => ({ type: 'HANDOVER', epoch, leases: [] }),
];

describe('who may speak in a log', () => {
  const admit = (authority: Authority, record: LogRecord, offset = 100n): boolean =>
    authority.admit({ shard: 0, offset, timestamp: 0, record });

  it.each(ofOwner.map((make) => [make(0n).type, make] as const))(
    'is, in a %s, the latest owner of its partition or a later one',
    (_type, make) => {
      const authority = new Authority();
      expect(authority.owner(3)).toBe(-1n);
      expect(admit(authority, { type: 'OWNER', partition: 3, claim: 'a' }, 5n)).toBe(true);
      expect([admit(authority, make(4n)), admit(authority, make(5n)), authority.owner(3)]).toEqual([false, true, 5n]);
      // Its OWNER stands where the replay had not begun.
      expect([admit(authority, make(9n)), authority.owner(3)]).toEqual([true, 9n]);
      expect(admit(authority, make(5n))).toBe(false);
      expect(admit(authority, { type: 'OWNER', partition: 3, claim: 'b' }, 8n)).toBe(false);
      expect([authority.owner(3), authority.owner(4)]).toEqual([9n, -1n]);
    },
  );

  it.each(ofEpoch.map((make) => [make(0n).type, make] as const))(
    'is, in a %s, the coordinator of the latest epoch or a later one',
    (_type, make) => {
      const authority = new Authority();
      expect(authority.epoch).toBe(-1n);
      expect(admit(authority, { type: 'EPOCH', claim: 'a' }, 5n)).toBe(true);
      expect([admit(authority, make(4n)), admit(authority, make(5n)), authority.epoch]).toEqual([false, true, 5n]);
      expect([admit(authority, make(9n)), authority.epoch]).toEqual([true, 9n]);
      expect(admit(authority, make(5n))).toBe(false);
      expect(admit(authority, { type: 'EPOCH', claim: 'b' }, 8n)).toBe(false);
    },
  );
});

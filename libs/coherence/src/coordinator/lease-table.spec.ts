import { ALL_RULES } from '../rules.js';
import { LeaseTable } from './lease-table.js';

const [LEASE_MS, ERROR_MS] = [1_000, 100];
const LONGEST_MS = LEASE_MS + ERROR_MS;

describe('the table of leases', () => {
  let table: LeaseTable;
  beforeEach(() => {
    table = new LeaseTable({ leaseMs: LEASE_MS, clockErrorMs: ERROR_MS }, ALL_RULES);
  });
  const hear = (now: number, more: { nonce?: number; position?: bigint; leaving?: boolean; instance?: string } = {}) =>
    table.hear({ shard: 0, instance: 'a', position: 10n, leaving: false, ...more }, now);
  const nonces = (now: number, required = 0n) => table.grant(required, now).map(({ nonce }) => nonce);

  it('grants what was asked for, once, from when that was heard', () => {
    hear(50, { nonce: 7 });
    expect(table.holders(50).size).toBe(0);
    expect(table.grant(0n, 200)).toEqual([{ instance: 'a', nonce: 7 }]);
    expect(table.grant(0n, 200)).toEqual([]);
    expect([...table.holders(200)]).toEqual([['a', 50 + LONGEST_MS]]);
    expect([table.holders(49 + LONGEST_MS).size, table.holders(50 + LONGEST_MS).size]).toEqual([1, 0]);
  });

  it('grants nothing to who did not ask, has left, or has not read so far', () => {
    hear(0, { instance: 'asks not' });
    hear(0, { instance: 'left', nonce: 1, leaving: true });
    hear(0, { nonce: 1, position: 9n });
    expect(nonces(0, 10n)).toEqual([]);
    expect(nonces(0, 9n)).toEqual([1]);
  });

  it('takes only later requests and higher positions of an instance for new', () => {
    hear(0, { nonce: 5, position: 10n });
    expect(nonces(0)).toEqual([5]);
    hear(10, { nonce: 5, position: 20n });
    hear(20, { nonce: 4, position: 5n });
    expect(nonces(20)).toEqual([]);
    expect([...table.holders(20).values()]).toEqual([LONGEST_MS]);
    expect(table.passed(table.holders(20), 19n, 20)).toBe(true);
    expect(table.passed(table.holders(20), 20n, 20)).toBe(false);
    hear(30, { nonce: 6 });
    expect(nonces(30)).toEqual([6]);
    expect([...table.holders(30).values()]).toEqual([30 + LONGEST_MS]);
  });

  it('is passed once each holder has read further, has left, or holds its lease no more', () => {
    for (const instance of ['a', 'b']) hear(0, { instance, nonce: 1, position: 5n });
    table.grant(0n, 0);
    const leases = table.holders(0);
    expect([...leases.keys()]).toEqual(['a', 'b']);
    hear(1, { instance: 'a', position: 6n });
    expect(table.passed(leases, 5n, 1)).toBe(false);
    expect(table.passed(leases, 5n, LONGEST_MS - 1)).toBe(false);
    expect(table.passed(leases, 5n, LONGEST_MS)).toBe(true);
    hear(2, { instance: 'b', leaving: true });
    expect(table.passed(leases, 5n, 2)).toBe(true);
    expect(table.passed(leases, 6n, 2)).toBe(false);
    // Of whom nothing is known any more.
    expect(table.passed(new Map([['stranger', 100]]), 0n, 99)).toBe(false);
    expect(table.passed(new Map([['stranger', 100]]), 0n, 100)).toBe(true);
  });

  it('holds what others granted until the latest time that is known', () => {
    table.hold('a', 500);
    table.hold('a', 300);
    expect([...table.holders(0)]).toEqual([['a', 500]]);
    expect(table.handover(100)).toEqual([{ instance: 'a', remaining: 400 }]);
    expect(table.handover(500)).toEqual([]);
    hear(100, { nonce: 1 });
    table.grant(0n, 100);
    table.hold('a', 600);
    expect([...table.holders(0)]).toEqual([['a', 100 + LONGEST_MS]]);
  });

  it('forgets who was not heard for longer than a lease lasts, and holds none', () => {
    hear(0, { nonce: 1 });
    table.grant(0n, 0);
    table.grant(0n, LONGEST_MS + 1);
    // It is new, so a nonce that it used before counts.
    hear(LONGEST_MS + 1, { nonce: 1 });
    expect(nonces(LONGEST_MS + 1)).toEqual([1]);
    const heard = 2 * LONGEST_MS + 1;
    table.grant(0n, heard);
    hear(heard, { nonce: 1 });
    expect(nonces(heard)).toEqual([]);
  });

  it('forgets nobody who may hold a lease', () => {
    table.hold('a', 5 * LONGEST_MS);
    hear(0, { nonce: 1 });
    expect(nonces(0)).toEqual([1]);
    table.grant(0n, 4 * LONGEST_MS);
    expect([...table.holders(4 * LONGEST_MS)]).toEqual([['a', 5 * LONGEST_MS]]);
    hear(4 * LONGEST_MS, { nonce: 1 });
    expect(nonces(4 * LONGEST_MS)).toEqual([]);
  });

  it('forgets in the very step in which the last lease that it was told of is over', () => {
    hear(0, { nonce: 1 });
    table.grant(0n, 0);
    table.hold('a', 2 * LONGEST_MS);
    hear(1, { nonce: 1 });
    table.grant(0n, 2 * LONGEST_MS);
    hear(2 * LONGEST_MS, { nonce: 1 });
    expect(nonces(2 * LONGEST_MS)).toEqual([1]);
  });

  it('counts a lease that others granted as a sign of life of then', () => {
    hear(0, { nonce: 1 });
    table.grant(0n, 0);
    table.hold('a', 2 * LONGEST_MS);
    table.grant(0n, 2 * LONGEST_MS);
    hear(2 * LONGEST_MS, { nonce: 1 });
    expect(nonces(2 * LONGEST_MS)).toEqual([]);
  });
});

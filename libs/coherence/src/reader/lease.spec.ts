import { ALL_RULES } from '../rules.js';
import { Lease } from './lease.js';

const T = 1_000;

describe('the lease of a reader', () => {
  let lease: Lease;
  beforeEach(() => {
    lease = new Lease({ leaseMs: T }, ALL_RULES);
  });

  it('is none at first, and is asked for at once', () => {
    expect([lease.until, lease.due(-1_000_000)]).toEqual([-Infinity, true]);
  });

  it('is asked for again a quarter of its time after the last heartbeat', () => {
    lease.send(100);
    expect([lease.due(349), lease.due(350)]).toEqual([false, true]);
  });

  it('lasts from when the heartbeat was sent that a GRANT names, whatever else is granted', () => {
    const [first, second] = [lease.send(600), lease.send(700)];
    lease.grant(second, 800);
    expect(lease.until).toBe(700 + T);
    lease.grant(first, 900);
    expect(lease.until).toBe(700 + T);
  });

  it('is not given by a nonce that was never sent, or that is older than a lease', () => {
    const old = lease.send(100);
    const young = lease.send(101);
    lease.grant(77, 102);
    expect(lease.until).toBe(-Infinity);
    // Now the first heartbeat is as old as a lease, the second is not.
    lease.send(100 + T);
    lease.grant(old, 100 + T);
    expect(lease.until).toBe(-Infinity);
    lease.grant(young, 100 + T);
    expect(lease.until).toBe(101 + T);
  });

  it('is over after a reset, is asked for at once, and no heartbeat from before counts', () => {
    const before = lease.send(100);
    lease.grant(before, 100);
    lease.reset();
    expect([lease.until, lease.due(100)]).toEqual([-Infinity, true]);
    lease.grant(before, 100);
    expect(lease.until).toBe(-Infinity);
    expect(lease.send(100)).toBe(before + 1);
  });
});

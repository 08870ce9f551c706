import { Prepares, type OpenPrepare } from './prepares.js';

const LEASE_MS = 1_000;
const QUARTER_MS = LEASE_MS / 4;

describe('the PREPAREs of a coordinator', () => {
  let prepares: Prepares;
  beforeEach(() => {
    prepares = new Prepares({ leaseMs: LEASE_MS });
  });
  const open = (offset: bigint, more: Partial<OpenPrepare> = {}) =>
    prepares.open({ offset, readAt: 0, leases: new Map(), clear: true, ...more });
  const all = () => true;

  it('need everything to have been read that is older than a quarter of a lease', () => {
    expect(prepares.required(0)).toBe(0n);
    prepares.seen(5n, 0);
    prepares.seen(8n, 10);
    expect([prepares.required(QUARTER_MS - 1), prepares.required(QUARTER_MS)]).toEqual([0n, 6n]);
    expect(prepares.required(QUARTER_MS + 9)).toBe(6n);
    expect(prepares.required(QUARTER_MS + 10)).toBe(9n);
    prepares.seen(20n, QUARTER_MS + 10);
    expect(prepares.required(QUARTER_MS + 10)).toBe(9n);
    expect(prepares.required(10_000)).toBe(21n);
  });

  it('are taken out once they have passed, in log order', () => {
    expect(prepares.waiting).toBe(false);
    for (const offset of [1n, 2n, 3n]) open(offset);
    expect(prepares.take(({ offset }) => offset !== 2n, 0)).toEqual([1n, 3n]);
    expect(prepares.waiting).toBe(true);
    expect(prepares.take(all, 0)).toEqual([2n]);
    expect([prepares.waiting, prepares.take(all, 0)]).toEqual([false, []]);
  });

  it('wait for Redis a quarter of a second, each until it has answered for it', () => {
    open(1n, { clear: false });
    open(2n, { clear: false, readAt: 100 });
    prepares.clearDone(2n);
    prepares.clearDone(77n);
    expect(prepares.take(all, 249)).toEqual([2n]);
    expect(prepares.take(all, 250)).toEqual([1n]);
    // It is away: nothing waits for it before it answers again.
    open(3n, { clear: false, readAt: 250 });
    expect(prepares.take(all, 250)).toEqual([3n]);
    prepares.clearDone(3n);
    open(4n, { clear: false, readAt: 250 });
    expect(prepares.take(all, 499)).toEqual([]);
  });

  it('are none once they are dropped', () => {
    open(1n);
    prepares.drop();
    expect([prepares.waiting, prepares.take(all, 0)]).toEqual([false, []]);
  });
});

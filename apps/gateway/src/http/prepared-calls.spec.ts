import type { Principal } from '@coffer/access';
import { PreparedCalls } from './endpoint/prepared-calls.js';

const principal = (id: string): Principal => ({ id, grants: [] });

describe('PreparedCalls', () => {
  const prepared: string[] = [];
  const calls = new PreparedCalls((target: string, caller) => {
    prepared.push(`${target} ${caller.id}`);
    if (caller.id === 'nobody') throw new Error('forbidden');
    return { place: { principal: caller }, answer: () => undefined };
  });
  const alice = principal('alice');

  beforeEach(() => void prepared.splice(0));

  it('prepares a call once a second, and anew for whoever else makes it', () => {
    const call = calls.of('/a', '/a', alice, 0);
    expect(calls.of('/a', '/a', alice, 999)).toBe(call);
    expect(prepared).toEqual(['/a alice']);
    expect(calls.of('/a', '/a', alice, 1_000)).not.toBe(call);
    // What she may do has changed: she is another principal then.
    expect(calls.of('/a', '/a', principal('alice'), 1_001).place.principal).not.toBe(alice);
    expect(() => calls.of('/a', '/a', principal('nobody'), 1_002)).toThrow('forbidden');
    expect(prepared).toEqual(['/a alice', '/a alice', '/a alice', '/a nobody']);
  });

  it('is bounded in bytes', () => {
    for (let index = 0; index < 10_000; index += 1) calls.of(`/${index}${'x'.repeat(2_000)}`, `/${index}`, alice, 0);
    const { bytes, limitBytes, evictions = 0 } = calls.reading;
    expect(bytes).toBeLessThanOrEqual(limitBytes);
    expect(evictions).toBeGreaterThan(0);
  });
});

import type { Grant, Principal } from '@coffer/access';
import { PreparedCalls } from './endpoint/prepared-calls.js';

const principal = (id: string): Principal => ({ id, grants: [] });

describe('PreparedCalls', () => {
  const done: string[] = [];
  const authorize = (target: string, caller: Principal): void => {
    done.push(`authorise ${target} ${caller.id}`);
    if (caller.grants.length > 0 || caller.id === 'nobody') throw new Error('forbidden');
  };
  const calls = new PreparedCalls(authorize, (target: string, caller) => {
    done.push(`prepare ${target} ${caller.id}`);
    if (caller.id === 'nobody') throw new Error('forbidden');
    return { place: { principal: caller }, answer: () => undefined };
  });
  const alice = principal('alice');

  beforeEach(() => void done.splice(0));

  it('prepares a call once, authorises it once a second, and prepares it anew for whoever else makes it', () => {
    const call = calls.of('/a', '/a', alice, 0);
    expect(calls.of('/a', '/a', alice, 999)).toBe(call);
    expect(done).toEqual(['prepare /a alice']);
    expect(calls.of('/a', '/a', alice, 1_000)).toBe(call);
    expect(calls.of('/a', '/a', alice, 1_999)).toBe(call);
    expect(done).toEqual(['prepare /a alice', 'authorise /a alice']);
    // What she may do has changed: she is another principal then.
    expect(calls.of('/a', '/a', principal('alice'), 2_000).place.principal).not.toBe(alice);
    expect(() => calls.of('/a', '/a', principal('nobody'), 2_001)).toThrow('forbidden');
    expect(done.slice(2)).toEqual(['prepare /a alice', 'prepare /a nobody']);
  });

  it('makes no call that is not authorised any more, however often it is asked', () => {
    const grants: Grant[] = [];
    const caller: Principal = { id: 'eve', grants };
    calls.of('/b', '/b', caller, 0);
    grants.push({ tenant: 'main', namespace: 'a', permissions: [] });
    for (const at of [1_000, 1_001]) expect(() => calls.of('/b', '/b', caller, at)).toThrow('forbidden');
    grants.pop();
    calls.of('/b', '/b', caller, 1_002);
    expect(done).toEqual(['prepare /b eve', ...Array.from({ length: 3 }, () => 'authorise /b eve')]);
  });

  it('is bounded in bytes', () => {
    for (let index = 0; index < 10_000; index += 1) calls.of(`/${index}${'x'.repeat(2_000)}`, `/${index}`, alice, 0);
    const { bytes, limitBytes, evictions = 0 } = calls.reading;
    expect(bytes).toBeLessThanOrEqual(limitBytes);
    expect(evictions).toBeGreaterThan(0);
  });
});

import type { Clock } from '@coffer/secrets';
import { LoginThrottle } from './login-throttle.js';

describe('LoginThrottle', () => {
  let now = 0;
  // lru-cache takes a start of 0 for "no start".
  const clock: Clock = { monotonic: () => now, wall: () => 0 };
  let throttle: LoginThrottle;
  const throttled = (address: string): boolean => {
    try {
      throttle.check({ address });
      return false;
    } catch (error) {
      expect(error).toMatchObject({ code: 'throttled' });
      return true;
    }
  };
  const fail = (address: string, times: number) => {
    for (let time = 0; time < times; time += 1) throttle.failed({ address });
  };
  beforeEach(() => {
    now = 1_000;
    throttle = new LoginThrottle(clock, { failures: 3, windowMs: 60_000 });
  });

  it('forgives nothing where nothing has failed, or is forgotten', () => {
    throttle.forgive({ address: '192.0.2.1' });
    expect(throttled('192.0.2.1')).toBe(false);
  });

  it('lets an address fail three times, then makes it wait for the rest of the window', () => {
    fail('192.0.2.1', 2);
    expect(throttled('192.0.2.1')).toBe(false);
    now += 20_000;
    fail('192.0.2.1', 1);
    expect(throttled('192.0.2.1')).toBe(true);
    expect(() => throttle.check({ address: '192.0.2.1' })).toThrow(
      expect.objectContaining({ details: { retryAfter: 40 } }),
    );
    now += 39_999;
    expect(throttled('192.0.2.1')).toBe(true);
    expect(() => throttle.check({ address: '192.0.2.1' })).toThrow(
      expect.objectContaining({ details: { retryAfter: 1 } }),
    );
    now += 2;
    expect(throttled('192.0.2.1')).toBe(false);
    fail('192.0.2.1', 2);
    expect(throttled('192.0.2.1')).toBe(false);
  });

  it('counts each address for itself', () => {
    fail('192.0.2.1', 3);
    expect([throttled('192.0.2.1'), throttled('192.0.2.2')]).toEqual([true, false]);
  });

  it('takes an IPv4 address mapped into IPv6 for the same', () => {
    fail('::ffff:192.0.2.1', 3);
    expect([throttled('192.0.2.1'), throttled('::ffff:192.0.2.2')]).toEqual([true, false]);
  });

  it('takes one /64 for one address', () => {
    fail('2001:db8:1:2::1', 1);
    fail('2001:db8:1:2:ffff::9', 1);
    fail('2001:DB8:1:2:0:0:0:3', 1);
    expect([throttled('2001:db8:1:2:abcd::'), throttled('2001:db8:1:3::1')]).toEqual([true, false]);
  });

  it('takes a link-local address with its zone, and an address that is none', () => {
    fail('fe80::1%eth0', 3);
    fail('unix', 3);
    expect([throttled('fe80::1%eth0'), throttled('unix'), throttled('')]).toEqual([true, true, false]);
  });

  it('takes a failure back', () => {
    fail('192.0.2.1', 3);
    throttle.forgive({ address: '192.0.2.1' });
    throttle.forgive({ address: '192.0.2.9' });
    expect(throttled('192.0.2.1')).toBe(false);
    fail('192.0.2.1', 1);
    expect(throttled('192.0.2.1')).toBe(true);
  });

  it('counts each user of an address apart, and apart from tokens', () => {
    const ada = { address: '192.0.2.1', username: 'ada' };
    const all = [ada, { ...ada, username: 'bob' }, { address: '192.0.2.1' }, { ...ada, address: '192.0.2.2' }];
    for (let time = 0; time < 3; time += 1) throttle.failed(ada);
    const open = all.filter((source) => {
      try {
        throttle.check(source);
        return true;
      } catch {
        return false;
      }
    });
    expect(open).toEqual(all.slice(1));
  });

  it('tells how much it counts, which is bounded whatever names are sent', () => {
    const reported = { failed: 0, throttled: 0, entries: 0 };
    const counting = new LoginThrottle(
      clock,
      { failures: 1, windowMs: 60_000 },
      {
        failed: () => void (reported.failed += 1),
        throttled: () => void (reported.throttled += 1),
        counts: (entries) => void (reported.entries = entries),
      },
    );
    const name = 'x'.repeat(10_000);
    for (let index = 0; index < 10_050; index += 1) {
      counting.failed({ address: '192.0.2.1', username: `${name}${index}` });
    }
    expect(() => counting.check({ address: '192.0.2.1', username: `${name}10049` })).toThrow();
    expect(reported).toEqual({ failed: 10_050, throttled: 1, entries: 10_000 });
  });

  it('forgets the oldest of more than 10,000 addresses that may still fail', () => {
    fail('192.0.2.1', 2);
    for (let index = 0; index < 10_000; index += 1) fail(`10.1.${index >> 8}.${index & 255}`, 1);
    fail('192.0.2.1', 1);
    expect(throttled('192.0.2.1')).toBe(false);
  });

  it('remembers whom it refuses, for the rest of the window, whatever else fails', () => {
    fail('192.0.2.1', 3);
    now += 20_000;
    for (let index = 0; index < 10_000; index += 1) fail(`10.1.${index >> 8}.${index & 255}`, 1);
    expect(() => throttle.check({ address: '192.0.2.1' })).toThrow(
      expect.objectContaining({ details: { retryAfter: 40 } }),
    );
    now += 40_001;
    expect(throttled('192.0.2.1')).toBe(false);
  });

  it('remembers failures of a user however many roles and tokens fail', () => {
    const ada = { address: '192.0.2.1', username: 'ada' };
    throttle.failed(ada);
    throttle.failed(ada);
    for (let index = 0; index < 10_000; index += 1) {
      throttle.failed({ address: '192.0.2.1', role: `role${index}` });
      throttle.failed({ address: `10.1.${index >> 8}.${index & 255}` });
    }
    throttle.failed(ada);
    expect(() => throttle.check(ada)).toThrow(/failed logins of this user/);
    expect(() => throttle.check({ address: '192.0.2.1', role: 'ada' })).not.toThrow();
  });

  it('lets an address fail ten times a minute unless told otherwise', () => {
    throttle = new LoginThrottle(clock);
    fail('192.0.2.1', 9);
    expect(throttled('192.0.2.1')).toBe(false);
    fail('192.0.2.1', 1);
    now += 59_999;
    expect(throttled('192.0.2.1')).toBe(true);
    now += 2;
    expect(throttled('192.0.2.1')).toBe(false);
  });

  it('tells of each kind of login, when it failed and when it was not looked at', () => {
    const calls: string[] = [];
    const reporting = new LoginThrottle(
      clock,
      { failures: 1, windowMs: 60_000 },
      {
        failed: (kind) => calls.push(`failed ${kind}`),
        throttled: (kind) => calls.push(`throttled ${kind}`),
        counts: (entries) => calls.push(`counts ${entries}`),
      },
    );
    const user = { address: '192.0.2.1', username: 'ada' };
    reporting.expect(user);
    reporting.confirm(user);
    expect(() => reporting.check(user)).toThrow(/failed logins of this user from this address.*try again in 60 s/);
    reporting.failed({ address: '192.0.2.1' });
    expect(() => reporting.check({ address: '192.0.2.1' })).toThrow(/wrong access tokens from this address/);
    expect(calls).toEqual([
      'counts 1',
      'failed password',
      'throttled password',
      'counts 2',
      'failed token',
      'throttled token',
    ]);
  });
});

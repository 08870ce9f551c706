import { CacheBytes, LocalCache } from './local-cache.js';
import { entryOf, shown } from './suite/harness.js';

describe('the local cache', () => {
  const valueAt = (cache: LocalCache, path: string, now: number) => shown(cache.get(path, now))?.value;

  it('gives an entry until its time is over, and not at that very moment, whatever no timer was run', () => {
    const cache = new LocalCache(10);
    cache.put('a', entryOf('x', 0n, 100), 0);
    expect(valueAt(cache, 'a', 99.999)).toBe('x');
    expect(cache.get('a', 100)).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('does not prolong an entry by reading it', () => {
    const cache = new LocalCache(10);
    cache.put('a', entryOf('x', 0n, 100), 0);
    for (let now = 0; now < 100; now += 1) expect(valueAt(cache, 'a', now)).toBe('x');
    expect(cache.get('a', 100)).toBeUndefined();
  });

  it('works from a clock that begins at zero', () => {
    const cache = new LocalCache(10);
    cache.put('a', entryOf('x', 0n, 1), 0);
    expect(valueAt(cache, 'a', 0)).toBe('x');
    expect(cache.get('a', 1)).toBeUndefined();
  });

  it('takes nothing whose time is over', () => {
    const cache = new LocalCache(10);
    cache.put('a', entryOf('x', 0n, 100), 100);
    expect(cache.size).toBe(0);
  });

  it('keeps what is absent apart from what it does not know', () => {
    const cache = new LocalCache(10);
    cache.put('a', entryOf(undefined, 3n, 100), 0);
    expect(cache.get('a', 1)).toMatchObject({ secret: undefined, tag: 3n });
    expect(cache.get('b', 1)).toBeUndefined();
  });

  it('has room for so many, and lets the least recently used one go', () => {
    const cache = new LocalCache(3);
    for (const path of ['a', 'b', 'c']) cache.put(path, entryOf(path, 0n, 100), 0);
    cache.get('a', 1);
    cache.put('d', entryOf('d', 0n, 100), 1);
    expect(['a', 'b', 'c', 'd'].map((path) => valueAt(cache, path, 2))).toEqual(['a', undefined, 'c', 'd']);
  });

  it('allocates nothing for a maximum that nobody reaches', () => {
    expect(new LocalCache(Number.MAX_SAFE_INTEGER).size).toBe(0);
  });

  it('replaces an entry by a later one and never by an earlier one', () => {
    const cache = new LocalCache(10);
    cache.put('a', entryOf('second', 2n, 100), 0);
    cache.put('a', entryOf('first', 1n, 200), 0);
    expect(valueAt(cache, 'a', 1)).toBe('second');
    cache.put('a', entryOf('older fill', 2n, 99), 0);
    expect(valueAt(cache, 'a', 1)).toBe('second');
    cache.put('a', entryOf('third', 3n, 50), 0);
    expect(valueAt(cache, 'a', 1)).toBe('third');
  });

  it('evicts what is below a fence, and nothing else', () => {
    const cache = new LocalCache(10);
    cache.put('a', entryOf('x', 5n, 100), 0);
    cache.evict('a', 5n);
    cache.evict('b', 9n);
    expect(valueAt(cache, 'a', 1)).toBe('x');
    cache.evict('a', 6n);
    expect(cache.size).toBe(0);
  });

  it('forgets what it is told to, and sweeps what is over', () => {
    const cache = new LocalCache(10);
    for (const [index, path] of ['s0/a', 's1/a', 's1/b'].entries())
      cache.put(path, entryOf('x', 0n, 100 + index * 100), 0);
    cache.forget((path) => path.startsWith('s0/'));
    expect(cache.size).toBe(2);
    cache.sweep(200);
    expect(cache.size).toBe(1);
    expect(valueAt(cache, 's1/b', 201)).toBe('x');
  });

  describe('in bytes', () => {
    const KIB = 1_024;
    const filled = (size: number, bytes: CacheBytes, count: number): LocalCache => {
      const cache = new LocalCache(size, bytes);
      for (let index = 0; index < count; index += 1) cache.put(`k${index}`, entryOf('x'.repeat(10 * KIB), 0n, 100), 0);
      return cache;
    };

    it('is bounded too, and the least recently used entries go', () => {
      const cache = new LocalCache(1_000, new CacheBytes(100 * KIB));
      for (let index = 0; index < 50; index += 1) {
        cache.put(`k${index}`, entryOf('x'.repeat(10 * KIB), 0n, 100), 0);
        cache.get('k0', 1);
      }
      expect(cache.bytes).toBeLessThanOrEqual(100 * KIB);
      expect(cache.size).toBeGreaterThanOrEqual(8);
      expect(valueAt(cache, 'k0', 1)).toHaveLength(10 * KIB);
      expect(cache.get('k1', 1)).toBeUndefined();
      cache.forget(() => true);
      expect(cache.bytes).toBe(0);
    });

    it('counts what is absent, and two bytes for each character of a text that is not ASCII', () => {
      const cache = new LocalCache(10, new CacheBytes(100 * KIB));
      cache.put('absent', entryOf(undefined, 0n, 100), 0);
      const absent = cache.bytes;
      expect(absent).toBeGreaterThan('absent'.length);
      cache.put('wide', entryOf('é'.repeat(10 * KIB), 0n, 100), 0);
      expect(cache.bytes - absent).toBeGreaterThan(20 * KIB);
    });

    it('keeps no entry that is larger than all of it, nor the one that it would replace', () => {
      const cache = new LocalCache(10, new CacheBytes(100 * KIB));
      cache.put('a', entryOf('old', 0n, 100), 0);
      cache.put('a', entryOf('x'.repeat(200 * KIB), 1n, 100), 0);
      expect(cache.get('a', 1)).toBeUndefined();
      expect(cache.bytes).toBe(0);
    });

    it('is bounded for all caches together: the largest makes room', () => {
      const bytes = new CacheBytes(100 * KIB);
      const large = filled(1_000, bytes, 50);
      const small = filled(1_000, bytes, 2);
      expect(large.bytes + small.bytes).toBeLessThanOrEqual(100 * KIB);
      expect(small.size).toBe(2);
      expect(large.size).toBeGreaterThanOrEqual(6);
    });
  });
});

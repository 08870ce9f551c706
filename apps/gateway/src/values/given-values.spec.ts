import type { ResolvedSecret } from '@coffer/reads';
import { SecretPath, SecretValue } from '@coffer/secrets';
import { GivenValues } from './given-values.js';

const value = new SecretValue('s3cret "quoted" ü');
const found: ResolvedSecret = {
  path: SecretPath.of('main', 'company.team', 'DB_PASSWORD'),
  ...{ value, version: 'v1', revision: 1, changed: 1_700_000_000_000 },
  cacheStatus: { source: 'l1', remainingTtlMs: 1_000 },
};

describe('what versions are given out as', () => {
  it('is made once for a value of the cache', () => {
    const given = new GivenValues();
    const first = given.of(found);
    expect(JSON.parse(first.text)).toEqual({
      ...{ key: 'DB_PASSWORD', namespace: 'company.team', value: value.reveal() },
      ...{ version: 'v1', changed: '2023-11-14T22:13:20.000Z' },
    });
    expect(first.bytes).toBe(Buffer.byteLength(first.text));
    expect(first.audited).toEqual({ foundIn: 'company.team', version: 'v1', value });
    expect(given.of({ ...found, path: SecretPath.of('main', 'company.team', 'DB_PASSWORD') })).toBe(first);
  });

  it.each<[string, Partial<ResolvedSecret>]>([
    ['version', { version: 'v2' }],
    ['time', { changed: 1_700_000_000_001 }],
    ['key', { path: SecretPath.of('main', 'company.team', 'OTHER') }],
    ['namespace', { path: SecretPath.of('main', 'company', 'DB_PASSWORD') }],
    ['value', { value: new SecretValue('another') }],
  ])('is made anew for another %s', (_what, other) => {
    const given = new GivenValues();
    given.of(found);
    const changed = { ...found, ...other };
    const made = given.of(changed);
    expect(made).toEqual(new GivenValues().of(changed));
    expect(made.text).toBe(JSON.stringify(made.body));
  });

  it('is not kept of a value that no cache has, nor of a long one', () => {
    const given = new GivenValues();
    for (const other of [
      { ...found, cacheStatus: { source: 'store', forward: 'miss' } as const },
      { ...found, value: new SecretValue('x'.repeat(1_025)) },
    ]) {
      expect(given.of(other)).not.toBe(given.of(other));
    }
    expect(given.reading.bytes).toBe(0);
  });

  it('stays within its bytes', () => {
    const given = new GivenValues();
    const { limitBytes } = given.reading;
    const first = given.of(found);
    const { bytes } = given.reading;
    expect(bytes).toBeGreaterThan(2 * first.bytes);
    for (let count = 2; count * bytes <= limitBytes; count += 1)
      given.of({ ...found, value: new SecretValue('s3cret "quoted" ü') });
    expect(given.of(found)).toBe(first);
    expect(given.reading.evictions).toBe(0);
    given.of({ ...found, value: new SecretValue('s3cret "quoted" ü') });
    expect(given.reading).toMatchObject({ bytes, evictions: Math.floor(limitBytes / bytes) });
    expect(given.of(found)).not.toBe(first);
  });
});

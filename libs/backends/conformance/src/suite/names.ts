import { expect } from '@jest/globals';
import { compareCodePoints } from '@coffer/secrets';
import type { Bench } from './bench.js';

/** Each must be a secret of its own, whatever the store makes of its characters. */
const HOSTILE_KEYS = [
  '/',
  'a/b',
  'a%2Fb',
  '%2F',
  'a=2Fb',
  '..',
  '../secret',
  '.hidden',
  '.',
  'Key',
  'KEY',
  'key',
  'key ',
  ' key',
  'k\u00e9y',
  'ke\u0301y',
  'kEy',
  'ключ',
  '鍵',
  '🔑',
  '\uffee',
  'a\\b',
  "a'b",
  'a"b',
  'a`b',
  'a;b',
  'a*b',
  'a_b',
  'a%b',
  'a-b',
  'a.b',
  'a:b',
  'a?b#c',
  '{{a}}',
  '${a}',
  '<a>&',
  'null',
  '0',
  '1e3',
  'ﬀ',
  'ff',
  'ı',
  'i',
  'I',
  'ß',
  'ss',
  '\u00a0',
  '\u200b',
  'a\u200b',
  'x'.repeat(256),
  'X'.repeat(256),
  '🔑'.repeat(256),
];

export const nameTests = (bench: Bench): void => {
  const { it } = bench;
  const { shorterNames } = bench.harness;
  const hostile = HOSTILE_KEYS.filter((key) => shorterNames?.fits(bench.path(key, 'company.team')) ?? true);

  it('hostile keys do not collide', async () => {
    const tenant = bench.tenant();
    const paths = hostile.map((key) => bench.path(key, 'company.team', tenant));
    for (const [n, path] of paths.entries()) await bench.put(path, String(n));
    const texts = await Promise.all(paths.map((path) => bench.textOf(path)));
    expect(texts).toEqual(paths.map((_, n) => String(n)));
    expect(await bench.keys(tenant, 'company.team')).toEqual([...hostile].sort(compareCodePoints));
  });

  it('hostile keys are deleted one at a time', async () => {
    const tenant = bench.tenant();
    const paths = hostile.map((key) => bench.path(key, 'company.team', tenant));
    for (const [n, path] of paths.entries()) await bench.put(path, String(n));
    const gone = paths.filter((_, n) => n % 2 === 0);
    await Promise.all(
      gone.map((path) => bench.backend.apply({ kind: 'delete', path }, { fence: bench.fence(), ...bench.call() })),
    );
    const left = hostile.filter((_, n) => n % 2 === 1);
    expect(await bench.keys(tenant)).toEqual([...left].sort(compareCodePoints));
  });

  it('hostile keys do not escape their namespace', async () => {
    const tenant = bench.tenant();
    await bench.put(bench.path('../other/secret', 'company.team', tenant), 'x');
    await bench.put(bench.path('team/secret', 'company', tenant), 'x');
    await bench.put(bench.path('team.secret', 'company', tenant), 'x');
    expect(await bench.keys(tenant, 'company.team')).toEqual(['../other/secret']);
    expect(await bench.textOf(bench.path('secret', 'company.other', tenant))).toBeUndefined();
    expect(await bench.textOf(bench.path('secret', 'company.team', tenant))).toBeUndefined();
  });

  it('names that run together are told apart', async () => {
    const tenant = bench.tenant();
    const names = [
      ['', 'ab', 'cd'],
      ['', 'a', 'bcd'],
      ['', 'abc', 'd'],
      ['a', 'b', 'cd'],
      ['ab', 'c', 'd'],
    ] as const;
    const paths = names.map(([more, namespace, key]) => bench.path(key, namespace, tenant + more));
    for (const [n, path] of paths.entries()) await bench.put(path, String(n));
    expect(await Promise.all(paths.map((path) => bench.textOf(path)))).toEqual(['0', '1', '2', '3', '4']);
  });

  const longest = 'longest names';
  const path = bench.path('🔑'.repeat(256), 'n'.repeat(256), 't'.repeat(256));
  if (shorterNames !== undefined && !shorterNames.fits(path)) bench.absent(longest, shorterNames.reason);
  else
    it(longest, async () => {
      await bench.put(path, 'x');
      expect(await bench.textOf(path)).toBe('x');
      expect((await bench.entries(path.tenant)).map((entry) => entry.path.toString())).toEqual([path.toString()]);
    });

  it('namespaces that look alike', async () => {
    const tenant = bench.tenant();
    const namespaces = ['a', 'a.b', 'a-b', 'a_b', 'a.-b', 'a-.b', 'ab'];
    for (const namespace of namespaces) await bench.put(bench.path('k', namespace, tenant), namespace);
    for (const namespace of namespaces) {
      expect(await bench.textOf(bench.path('k', namespace, tenant))).toBe(namespace);
      expect(await bench.keys(tenant, namespace)).toEqual(['k']);
    }
  });
};

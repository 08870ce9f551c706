import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './checkout.ts';
import { licencePage, lockfileProblems, type LockedPackage, type Lockfile } from './lockfile.ts';

const GOOD: LockedPackage = { version: '1.0.0', integrity: 'sha512-abc', license: 'MIT' };
const lockOf = (changes: LockedPackage, path = 'node_modules/x'): Lockfile => ({
  packages: {
    '': {},
    'libs/own': {},
    'node_modules/@coffer/own': { link: true, resolved: 'libs/own' },
    [path]: { ...GOOD, ...changes },
  },
});

test('a lockfile of packages that can be checked, under licences that are known, is right', () => {
  for (const license of ['MIT', 'Apache-2.0 AND MIT', '(MIT OR GPL-3.0)']) {
    assert.deepEqual(lockfileProblems(lockOf({ license }), {}), []);
  }
  assert.deepEqual(lockfileProblems(lockOf({ license: 'MPL-2.0', dev: true }), {}), []);
  assert.deepEqual(lockfileProblems(lockOf({ hasInstallScript: true }), { x: false }), []);
});

test('what is wrong is said with the package', () => {
  const problems = (changes: LockedPackage) => lockfileProblems(lockOf(changes), {}).join();
  assert.match(problems({ resolved: 'https://host/x.tgz' }), /node_modules\/x has an address/);
  assert.match(problems({ integrity: 'sha1-abc' }), /no sha512/);
  assert.match(problems({ license: undefined }), /says no licence/);
  assert.match(problems({ license: 'GPL-3.0' }), /is under GPL-3.0/);
  assert.match(problems({ license: 'MIT AND GPL-3.0' }), /is under MIT AND GPL-3.0/);
  assert.match(problems({ license: 'MPL-2.0' }), /is under MPL-2.0/);
  assert.match(problems({ hasInstallScript: true }), /runs a script/);
});

test("the repository's own lockfile and page are right", () => {
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const lock = JSON.parse(read('package-lock.json')) as Lockfile;
  const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
  assert.deepEqual(lockfileProblems(lock, allowScripts), []);
  assert.match(licencePage(lock), /^\| fastify \| \S+ \| MIT \|$/m);
  assert.doesNotMatch(licencePage(lock), /^\| eslint \|/m);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isNewEnough, OLDEST_GO } from './go.ts';

test('the oldest Go is the one that the module asks for', () => {
  const module = readFileSync(join(import.meta.dirname, 'vault', 'go.mod'), 'utf8');
  assert.equal(/^go (\S+)$/m.exec(module)?.[1], OLDEST_GO);
});

for (const [version, newEnough] of [
  ['go version go1.19.8 linux/amd64', false],
  ['go version go1.25.2 linux/amd64', false],
  ['go version go1.25.3 linux/amd64', true],
  ['go version go1.26 linux/arm64', true],
  ['go version go1.26.6 X:nodwarf5 linux/amd64', true],
  ['go version go2.0.0 linux/amd64', true],
  ['gccgo (Debian 12.2.0)', false],
  ['', false],
] as const) {
  test(`${version || 'no answer'} is ${newEnough ? '' : 'not '}new enough`, () => {
    assert.equal(isNewEnough(version), newEnough);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftOf, renewed, type Mutant } from './mutants-kept.ts';
import { filesOf, packageNames, targetOf } from './mutants-packages.ts';

const mutant = (range: string, status: Mutant['status'], replacement = 'true'): Mutant => ({
  ...{ file: range.split(':')[0] ?? '', at: range, range, mutator: 'M', original: 'o', replacement, status },
});

test('a file of which nothing is kept is run whole, one that is kept only where no test noticed a change', () => {
  const kept = {
    'a.ts': [
      mutant('a.ts:1:0-1:2', 'Killed'),
      mutant('a.ts:2:0-2:2', 'Survived'),
      mutant('a.ts:3:0-3:2', 'NoCoverage'),
    ],
    'b.ts': [mutant('b.ts:1:0-1:2', 'Timeout')],
  };
  const isEquivalent = ({ range }: Mutant) => range.startsWith('a.ts:3');
  assert.deepEqual(leftOf(['a.ts', 'b.ts', 'c.ts'], kept, isEquivalent), ['a.ts:2:0-2:2', 'c.ts']);
});

test('what ran again takes the place of the same change before, and of no other', () => {
  const before = [mutant('a.ts:2:0-2:2', 'Survived'), mutant('a.ts:2:0-2:2', 'Survived', 'false')];
  const again = [mutant('a.ts:2:0-2:2', 'Killed', 'false'), mutant('a.ts:9:0-9:2', 'Killed')];
  assert.deepEqual(
    renewed(before, again).map(({ replacement, status }) => [replacement, status]),
    [
      ['true', 'Survived'],
      ['false', 'Killed'],
    ],
  );
});

test('every package that is measured has files, none of them a test', () => {
  for (const name of packageNames) {
    const files = filesOf(targetOf(name));
    assert.ok(files.length > 0, name);
    assert.deepEqual(
      files.filter((file) => !file.startsWith(`libs/${name}/src/`) || /\.(spec|fixture)\.ts$/.test(file)),
      [],
    );
  }
  assert.deepEqual(filesOf(targetOf('coherence/reader/lease.ts')), ['libs/coherence/src/reader/lease.ts']);
  assert.deepEqual(
    filesOf(targetOf('coherence')).filter((file) => file.includes('/simulation/')),
    [],
  );
});

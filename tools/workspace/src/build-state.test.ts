import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { buildState, isBuilt, rememberBuild } from './build-state.ts';

test('a build is known until a source, an output or what all builds read is another', () => {
  const top = mkdtempSync(join(tmpdir(), 'coffer-build-'));
  try {
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      writeFileSync(join(top, path), text);
    };
    for (const file of ['.swcrc', 'nx.json', 'package.json', 'package-lock.json', 'tsconfig.base.json'])
      write(file, '{}');
    write('libs/a/src/index.ts', 'one');
    const record = join(top, 'state.json');
    const state = () => buildState(top, ['libs/a']);
    const build = (): void => {
      const before = state();
      write('libs/a/dist/index.js', 'built');
      rememberBuild(before, state(), record);
    };
    assert.equal(isBuilt(state(), record), false);
    build();
    assert.equal(isBuilt(state(), record), true);
    const changes: (() => void)[] = [
      () => write('libs/a/src/index.ts', 'other'),
      () => write('libs/a/src/new.ts', 'new'),
      () => write('libs/a/dist/index.js', 'no longer what was built'),
      () => rmSync(join(top, 'libs/a/dist'), { recursive: true }),
      () => utimesSync(join(top, 'libs/a/src/index.ts'), 1, 1),
      () => write('package-lock.json', '{ }'),
    ];
    for (const change of changes) {
      change();
      assert.equal(isBuilt(state(), record), false, String(change));
      build();
      assert.equal(isBuilt(state(), record), true, String(change));
    }
    const before = state();
    write('libs/a/src/index.ts', 'changed while it was built');
    rememberBuild(before, state(), record);
    assert.equal(isBuilt(state(), record), false);
    writeFileSync(record, '{');
    assert.equal(isBuilt(state(), record), false);
  } finally {
    rmSync(top, { recursive: true });
  }
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '@coffer/test-servers/processes';
import { addBaseCheckout, removeBaseCheckout, sweepBaseCheckouts } from './base-checkout.ts';

test('a checkout is removed by its run, or by the next one where that was killed', async () => {
  const repository = mkdtempSync(join(tmpdir(), 'coffer-repository-'));
  const git = (...args: string[]) => run('git', args, { cwd: repository });
  // A process that has ended, whose id nobody has yet.
  const { pid } = spawnSync(process.execPath, ['--version']);
  const left = join(tmpdir(), `coffer-base-${pid}-left`);
  try {
    await git('init', '--quiet');
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
    await git(...identity, 'commit', '--quiet', '--allow-empty', '--message', 'first');
    await git('worktree', 'add', '--detach', left, 'HEAD');
    const own = await addBaseCheckout(repository, 'HEAD');
    await sweepBaseCheckouts(repository);
    assert.deepEqual([existsSync(left), existsSync(own)], [false, true]);
    await removeBaseCheckout(repository, own);
    assert.equal(existsSync(own), false);
    assert.doesNotMatch(await git('worktree', 'list'), /coffer-base-/);
  } finally {
    rmSync(repository, { recursive: true, force: true });
    rmSync(left, { recursive: true, force: true });
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { alive, run } from '@coffer/test-servers/processes';

/** Names the process that a checkout belongs to. */
const NAME = 'coffer-base-';

/** Checks a commit out into a temporary folder, as a worktree of the repository. Returns the folder. */
export async function addBaseCheckout(repository: string, commit: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `${NAME}${process.pid}-`));
  try {
    await run('git', ['worktree', 'add', '--detach', folder, commit], { cwd: repository });
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

export async function removeBaseCheckout(repository: string, folder: string): Promise<void> {
  await run('git', ['worktree', 'remove', '--force', folder], { cwd: repository });
}

/** Removes the checkouts of runs that were killed before they could. */
export async function sweepBaseCheckouts(repository: string): Promise<void> {
  const list = await run('git', ['worktree', 'list', '--porcelain'], { cwd: repository });
  for (const [, folder = ''] of list.matchAll(/^worktree (.*)$/gm)) {
    const [, pid] = new RegExp(`^${NAME}(\\d+)-`).exec(basename(folder)) ?? [];
    if (pid !== undefined && !alive(Number(pid))) await removeBaseCheckout(repository, folder);
  }
}

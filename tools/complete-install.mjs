/**
 * Runs after `npm ci`. npm leaves out optional packages that ask for a newer Node than the one it runs on itself, and so it leaves
 * out the native half of Rolldown on Debian 12, whose own Node is 18, although the build runs on the Node 24 that was installed
 * with it. Where that half is missing, npm is run once more, on the new Node, and adds it; nothing else changes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const isWhole = async () => {
  // An install without what only the build needs has no Rolldown.
  if (!existsSync(fileURLToPath(new URL('../node_modules/rolldown', import.meta.url)))) return true;
  try {
    await import('rolldown');
    return true;
  } catch {
    return false;
  }
};

const { npm_execpath: npm } = process.env;
if (npm !== undefined && !(await isWhole())) {
  const { status } = spawnSync(process.execPath, [npm, 'install', '--no-save', '--ignore-scripts'], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

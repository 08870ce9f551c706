import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { root, toolEnvironment } from './checkout.ts';

/** How long a build is silent. When everything is built it ends before. */
const NOTICE_AFTER_MS = 3_000;

/**
 * Has Nx build what is not built as its sources are now, and put back what is; a second or two when there is nothing to build.
 * `dist` is replaced meanwhile, so nothing that runs from it calls this. Rejects with the build's own output when it fails.
 */
export async function build(): Promise<void> {
  const notice = setTimeout(() => process.stderr.write('building…\n'), NOTICE_AFTER_MS);
  const child = spawn('nx', ['run-many', '-t', 'build', 'bundle', '--output-style=static'], {
    cwd: root,
    env: toolEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    if (child.exitCode === 0) return;
    throw new Error(
      `${output}${errors}`.trimEnd() + `\nthe build ended with ${child.signalCode ?? `code ${child.exitCode}`}`,
    );
  } finally {
    clearTimeout(notice);
  }
}

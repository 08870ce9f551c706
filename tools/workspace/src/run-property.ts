import { spawn } from 'node:child_process';
import { startServers } from '@coffer/test-servers';
import { commandOfChild } from '@coffer/test-servers/unprivileged';
import { build } from './build.ts';
import { root, toolEnvironment } from './checkout.ts';
import { argumentsOf, properties } from './properties.ts';

/**
 * `npm run property -- NAME [OPTION]…` runs a property or a benchmark of apps/e2e in front of the user,
 * with the servers that it needs; `npm run soak` is one. Without a name it says which there are.
 */
const [name = '--help', ...args] = process.argv.slice(2);

/** Returns whether it ended well. */
function run(env: Record<string, string>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const line = commandOfChild(process.execPath, [...argumentsOf(name), ...args]);
    const child = spawn(line.command, line.args, {
      cwd: root,
      env: { ...toolEnvironment, ...env },
      stdio: 'inherit',
    });
    process.once('exit', () => child.kill());
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}

try {
  await build();
  const { servers: names = [] } = properties().find((property) => property.name === name) ?? {};
  const needed = args.some((argument) => ['--help', '-h'].includes(argument)) ? [] : names;
  const servers = await startServers(needed);
  const ok = await run(servers.env).finally(() => servers.stop());
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './places.ts';
import { run, which } from './processes.ts';

/** Whether this machine's packages may be installed by us: root, on Debian, Ubuntu or a relative. */
export const canInstall = () => process.getuid?.() === 0 && which('apt-get') !== undefined;

/** While packages are installed: their services are neither started nor given a cluster of their own. */
const guards = [
  { path: '/usr/sbin/policy-rc.d', text: '#!/bin/sh\nexit 101\n', mode: 0o755 },
  { path: '/etc/postgresql-common/createcluster.d/coffer.conf', text: 'create_main_cluster = false\n', mode: 0o644 },
];

/** Dpkg takes one installation at a time. */
let queue: Promise<unknown> = Promise.resolve();
let listsAreFresh = false;

/** Installs the first of `choices` (each a list of packages) that the archive has. Says so before it does anything. */
export function installPackages(choices: string[][], log: (line: string) => void): Promise<void> {
  const turn = queue.then(() => install(choices, log));
  queue = turn.catch(() => undefined);
  return turn;
}

async function install(choices: string[][], log: (line: string) => void) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  if (!listsAreFresh) {
    log('reading the package lists (apt-get update)');
    await run('apt-get', ['update', '-q', '-o', 'Acquire::Retries=3'], { env });
    listsAreFresh = true;
  }
  const packages = await firstKnown(choices, env);
  if (!packages) throw new Error(`the package archive has none of: ${choices.flat().join(', ')}`);
  const archives = cacheFolder('apt');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  log(`installing ${packages.join(' ')} with apt-get, as this machine lacks it (downloads in ${archives})`);
  await guarded(() =>
    run(
      'apt-get',
      [
        ...['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'],
        ...['-o', 'Acquire::Retries=3', '-o', `Dir::Cache::Archives=${archives}`, ...packages],
      ],
      { env },
    ),
  );
}

/**
 * Without a bound of its own: a machine that is slow to read its lists has the packages all the same.
 * Returns the first whose packages the archive has.
 */
async function firstKnown(choices: string[][], env: NodeJS.ProcessEnv): Promise<string[] | undefined> {
  for (const names of choices) {
    const unknown = [];
    for (const name of names) await run('apt-cache', ['show', name], { env }).catch(() => unknown.push(name));
    if (unknown.length === 0) return names;
  }
  return undefined;
}

/** Runs `work` with the guards in place; a guard that the machine has of its own accord is left as it is. */
async function guarded(work: () => Promise<unknown>) {
  const ours = guards.filter(({ path }) => !existsSync(path));
  const remove = () => ours.forEach(({ path }) => rmSync(path, { force: true }));
  process.once('exit', remove);
  try {
    for (const { path, text, mode } of ours) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { mode });
    }
    await work();
  } finally {
    remove();
    process.off('exit', remove);
  }
}

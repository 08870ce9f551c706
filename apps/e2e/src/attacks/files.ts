import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { api, removeFolder, scratchFolder, spawnCoffer } from '../harness/index.js';
import { onCoffer, reachedBy, type Attack } from './attack.js';

const modesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)
    .toSorted();

/** What is wrong where Coffer starts though others may read what it keeps, or does not say what mends it. */
const startsWith = async (dataFolder: string, what: string): Promise<readonly string[]> => {
  const spawned = spawnCoffer({ dataFolder });
  try {
    const ready = spawned.ready().then(
      () => true,
      () => false,
    );
    if (await Promise.race([spawned.exited.then(() => false), ready])) return [`it starts with ${what} open to all`];
    return spawned.process.stderr().includes('chmod') ? [] : [`what mends ${what} is not said`];
  } finally {
    await spawned.stop();
  }
};

/** A folder that was there before, as `mkdir` makes it, and files that somebody has opened since. */
export const looseFiles: Attack = {
  name: 'files-of-others',
  aim: 'Another user of the machine reads the key, the database or the audit',
  run: async () => {
    const scratch = scratchFolder();
    const dataFolder = join(scratch, 'data');
    mkdirSync(dataFolder);
    chmodSync(dataFolder, 0o755);
    try {
      const loose = [...(await startsWith(dataFolder, 'its folder'))];
      chmodSync(dataFolder, 0o700);
      const open = await onCoffer({ dataFolder, through: 'umask 000; exec "$@"' }, async ({ url, token }) => {
        await api(url, token).put('company', { key: 'K', value: 'v' });
        return modesIn(dataFolder);
      });
      for (const name of ['root.key', 'secrets.db', 'audit.jsonl']) {
        chmodSync(join(dataFolder, name), 0o644);
        loose.push(...(await startsWith(dataFolder, name)));
        chmodSync(join(dataFolder, name), 0o600);
      }
      return {
        tried:
          'a data folder of mode 0755 that was there before; a start with umask 000; root.key, secrets.db and audit.jsonl readable for all',
        reached: [...reachedBy([open.length > 0, `others may read ${open.join(', ')}`]), ...loose],
      };
    } finally {
      removeFolder(scratch);
    }
  },
};

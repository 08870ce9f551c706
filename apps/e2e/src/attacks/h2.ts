import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { stringify } from 'yaml';
import { api, removeFolder, scratchFolder } from '../harness/index.js';
import { onCoffer, reachedBy, type Attack } from './attack.js';

const NEW_DATABASES = ['other', 'mem:other', './other', '../other', '/tmp/coffer-h2-other', 'other;IFEXISTS=FALSE'];
const TIMEOUT_MS = 20_000;

/** Where the process's H2 listens, as every process of the machine sees it. */
const portOf = (pid: number): number => {
  const below = (parent: string): readonly string[] => {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return [...children, ...children.flatMap(below)];
  };
  for (const child of below(String(pid))) {
    const args = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0');
    const port = args.at(args.indexOf('-pgPort') + 1);
    if (args.includes('org.h2.tools.Server') && port !== undefined) return Number(port);
  }
  throw new Error('the process has no H2 server');
};

/** H2 closes the connection of a login that it refuses. */
const logsIn = async (port: number, database: string, user: string, password: string): Promise<boolean> => {
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port, database, user, password },
    connectionTimeoutMillis: TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    void client.end().catch(() => undefined);
  }
};

const configurationOf = (file: string, password: string): string => {
  const datasource = { url: `jdbc:h2:file:${file}`, username: 'sa', password };
  return stringify({ kestra: { secret: { type: 'jdbc', jdbc: { secret: 's'.repeat(32), datasource } } } });
};

export const h2Shell: Attack = {
  name: 'h2-shell',
  aim: 'A process of the machine makes a database in H2’s server and runs commands as its administrator',
  run: async () => {
    const scratch = scratchFolder();
    const env = { H2_JAR: process.env['COFFER_TEST_H2_JAR'] ?? '' };
    const password = 'of the store';
    try {
      const config = configurationOf(join(scratch, 'secrets'), password);
      return await onCoffer({ config, env }, async ({ url, token, pid }) => {
        await api(url, token).put('company', { key: 'K', value: 'v' });
        const port = portOf(pid);
        const made: string[] = [];
        for (const database of NEW_DATABASES) {
          if (await logsIn(port, database, 'intruder', 'of its own')) made.push(database);
        }
        const files = readdirSync(scratch).filter((name) => name.endsWith('.mv.db'));
        const known = await logsIn(port, 'secrets', 'sa', password);
        return {
          tried: `logins with a password of one's own to ${NEW_DATABASES.length} databases that were not there, at the port of the running server`,
          reached: reachedBy(
            [made.length > 0, `the intruder administers ${made.join(', ')}`],
            [files.join() !== 'secrets.mv.db', `there are ${files.join(', ')}`],
            [!known, 'the right password is refused as well, so nothing was shown'],
          ),
        };
      });
    } finally {
      removeFolder(scratch);
    }
  },
};

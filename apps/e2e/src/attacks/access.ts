import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  api,
  cofferCommand,
  removeFolder,
  scratchFolder,
  spawnCoffer,
  startCoffer,
  until,
  type SpawnedCoffer,
} from '../harness/index.js';
import { onCoffer, reachedBy, type Attack } from './attack.js';
import { newToken, newUser } from './credentials.js';

const SHORTLY_MS = 10_000;

const inScratch = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = scratchFolder();
  try {
    return await use(folder);
  } finally {
    removeFolder(folder);
  }
};

/** Whether it becomes ready instead of ending. */
const starts = async (spawned: SpawnedCoffer): Promise<boolean> => {
  try {
    return await Promise.race([spawned.ready().then(() => true), spawned.exited.then(() => false)]);
  } catch {
    return false;
  }
};

const refusedWithin = (call: () => Promise<{ readonly status: number }>): Promise<boolean> =>
  until('the token is refused', async () => (await call()).status === 401, SHORTLY_MS).catch(() => false);

/** A grant whose namespace is empty because a variable is. */
export const emptyNamespace: Attack = {
  name: 'empty-namespace-in-a-grant',
  aim: 'A variable that is not set gives a team the secrets of all others',
  run: async () => {
    const user = await newUser('team', []);
    const reached: string[] = [];
    const empty = { 'an unset variable': '${TEAM_NS:}', null: null };
    for (const [what, namespace] of Object.entries(empty)) {
      const grants = [{ tenant: 'main', namespace, permissions: ['resolve'] }];
      const config = stringify({ coffer: { access: { users: [{ ...user.entry, grants }] } } });
      const spawned = spawnCoffer({ config });
      try {
        if (await starts(spawned)) {
          reached.push(`it starts with ${what}`);
          const coffer = await spawned.ready();
          await api(coffer.url, coffer.token).put('finance', { key: 'K', value: 'v' });
          const read = await api(coffer.url, '', { authorization: user.authorization }).value('finance', 'K');
          if (read.status === 200) reached.push(`with ${what} the secret of another team was read`);
        } else if (!spawned.process.stderr().includes('namespace')) {
          reached.push(`the error does not name the place of ${what}`);
        }
      } finally {
        await spawned.stop();
      }
    }
    return {
      tried: `a grant with ${Object.keys(empty).join(' and with ')} for its namespace; no such Coffer starts`,
      reached,
    };
  },
};

/** The file is edited after it was read and before it is watched. */
export const revocationWhileStarting: Attack = {
  name: 'revocation-while-starting',
  aim: 'A token that is revoked while a process starts goes on to count',
  run: () =>
    inScratch(async (scratch) => {
      const folder = join(scratch, 'starting');
      const first = await startCoffer({ dataFolder: folder });
      await first.stop();
      const { token, entry } = await newToken(folder, 'x', '*:list');
      const configFile = join(scratch, 'starting.yml');
      writeFileSync(configFile, stringify({ coffer: { access: { tokens: [entry] } } }));
      const held = join(folder, 'state.db-journal');
      const starting = spawnCoffer({ dataFolder: folder, configFile });
      try {
        // Its configuration is read before it opens the folder.
        await until('it opens its folder', () => existsSync(held) || starting.process.stdout().includes('ready'));
        writeFileSync(configFile, 'coffer: {access: {tokens: []}}');
        const { url } = await starting.ready();
        const refused = await refusedWithin(() => api(url, token).list());
        return {
          tried: 'the token was taken out of the file after the process had read it and before it was ready',
          reached: reachedBy([!refused, 'the token counts']),
        };
      } finally {
        await starting.stop();
      }
    }),
};

/** Somebody else's typing error must not keep a token alive. */
export const revocationBesideAMistake: Attack = {
  name: 'revocation-beside-a-mistake',
  aim: 'A revocation beside another mistake in the file is not applied',
  run: () =>
    inScratch(async (scratch) => {
      const dataFolder = join(scratch, 'data');
      const first = await startCoffer({ dataFolder });
      await first.stop();
      const kept = await newToken(dataFolder, 'kept', '*:list');
      const revoked = await newToken(dataFolder, 'revoked', '*:list');
      const configFile = join(scratch, 'coffer.yml');
      const tokens = [kept.entry, revoked.entry];
      writeFileSync(configFile, stringify({ coffer: { access: { tokens } } }));
      return onCoffer({ dataFolder, configFile }, async ({ url }) => {
        const before = await api(url, revoked.token).list();
        writeFileSync(configFile, stringify({ coffer: { access: { tokens: [kept.entry] }, sever: {} } }));
        const refused = await refusedWithin(() => api(url, revoked.token).list());
        const other = await api(url, kept.token).list();
        return {
          tried: 'the token was taken out of a file that also says `sever`, which is no setting',
          reached: reachedBy(
            [!refused, 'the token counts'],
            [before.status !== 200 || other.status !== 200, 'the tokens that are right do not count'],
          ),
        };
      });
    }),
};

/** systemd says in the environment where standard output goes. */
const INTO_THE_JOURNAL = 'JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/1); export JOURNAL_STREAM; exec "$@"';

export const firstStartToken: Attack = {
  name: 'first-start-token',
  aim: 'The token of the first start is read from a journal, and counts for ever',
  run: () =>
    inScratch(async (scratch) => {
      const dataFolder = join(scratch, 'data');
      const kept = await onCoffer({ dataFolder, through: INTO_THE_JOURNAL }, async (coffer) => coffer.stdout());
      const mode = statSync(join(dataFolder, 'first-start-token')).mode & 0o777;
      const printed = await onCoffer(
        { dataFolder: join(scratch, 'other') },
        async ({ url, token, dataFolder: own }) => {
          const before = await api(url, token).list();
          await cofferCommand(['token', 'revoke-first'], { dataFolder: own });
          return { before: before.status, refused: await refusedWithin(() => api(url, token).list()) };
        },
      );
      return {
        tried: `a first start whose output goes to a journal; the mode of the token's file is ${mode.toString(8)}; a revoked first token`,
        reached: reachedBy(
          [/access token: \S+/.test(kept), 'the token is in the journal'],
          [(mode & 0o077) !== 0, 'others may read the file of the token'],
          [printed.before !== 200, 'the token does not count before it is revoked'],
          [!printed.refused, 'the revoked token counts'],
        ),
      };
    }),
};

/** More than may fail in a minute. */
const WRONG_TOKENS = 12;

export const lockedOut: Attack = {
  name: 'wrong-tokens-lock-out-users',
  aim: 'Ten wrong bearer tokens a minute lock out every user behind the same proxy',
  run: async () => {
    const user = await newUser('ada', [{ tenant: 'main', namespace: '*', permissions: ['list'] }]);
    const other = await newUser('bob', [{ tenant: 'main', namespace: '*', permissions: ['list'] }]);
    const config = stringify({ coffer: { access: { users: [user.entry, other.entry] } } });
    return onCoffer({ config }, async ({ url }) => {
      const guess = (authorization: string) => api(url, '', { authorization }).list();
      const statuses: number[] = [];
      for (let count = 0; count < WRONG_TOKENS; count += 1) {
        const basic = `Basic ${Buffer.from(`bob:wrong${count}`).toString('base64')}`;
        for (const wrong of [`Bearer coffer_wrong${count}`, basic]) statuses.push((await guess(wrong)).status);
      }
      const userStatus = (await guess(user.authorization)).status;
      return {
        tried: `${WRONG_TOKENS} wrong tokens and as many wrong passwords of another user from the address of a user, who then logs in`,
        reached: reachedBy(
          [userStatus !== 200, `the user is answered ${userStatus}`],
          [!statuses.includes(429), 'whoever guesses is never slowed down'],
          [statuses.includes(200), 'a wrong one was let in'],
        ),
      };
    });
  },
};

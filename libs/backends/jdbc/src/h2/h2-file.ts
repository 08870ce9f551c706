import { once } from 'node:events';
import { link, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { H2FileConnection } from '../connection.js';
import { misconfigured, spawnH2, unavailable } from './h2-process.js';

const CREATE_TIMEOUT_MS = 60_000;
/** What H2 puts behind the name of a database. */
const SUFFIX = '.mv.db';

/** Bits of a mode: any right of the group or of others; the right of others to write; the sticky bit. */
const [FOR_OTHERS, OTHERS_WRITE, STICKY] = [0o077, 0o002, 0o1000];

const modeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unavailable('the database file cannot be looked at');
  }
};

/**
 * Throws `configuration` for a login that leaves the database open: each process of the machine reaches the server of the
 * file, and whoever logs in as its administrator runs commands.
 */
export const assertPassword = ({ password, username, file }: H2FileConnection): void => {
  const text = password.reveal();
  if (text.trim() === '') {
    throw misconfigured(
      'a database file needs a password, for every process of this machine reaches the server that is started on it: ' +
        `set the password of the datasource, and give an existing file one by ALTER USER ${username} SET PASSWORD '…' ` +
        'in H2’s shell (java -cp H2_JAR org.h2.tools.Shell)',
    );
  }
  if (/[\r\n]/.test(text + username)) throw misconfigured('username and password must have no line break');
  if (/[;\r\n]/.test(file)) throw misconfigured('the path of a database file must have no semicolon and no line break');
};

/**
 * Makes the database file where there is none, its administrator and their password with it. Throws `configuration` for a
 * file or a folder that others have rights to. A process of its own makes it, which listens to nobody and reads the
 * password from its standard input; whoever made the same file meanwhile has won.
 */
export const prepareFile = async (connection: H2FileConnection): Promise<void> => {
  const database = `${connection.file}${SUFFIX}`;
  const folder = dirname(database);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch {
    throw unavailable('the folder of the database file cannot be made');
  }
  const folderMode = (await modeOf(folder)) ?? 0;
  if ((folderMode & OTHERS_WRITE) !== 0 && (folderMode & STICKY) === 0) {
    throw misconfigured(`anybody may replace files in the folder of the database; run: chmod o-w '${folder}'`);
  }
  const mode = await modeOf(database);
  if (mode === undefined) return create(connection, database);
  if ((mode & FOR_OTHERS) !== 0) {
    throw misconfigured(`others than its owner have rights to the database file; run: chmod go= '${database}'`);
  }
};

const create = async (connection: H2FileConnection, database: string): Promise<void> => {
  const folder = await mkdtemp(join(dirname(database), '.coffer-h2-')).catch(() => {
    throw unavailable('the folder of the database file cannot be written to');
  });
  try {
    const draft = join(folder, 'draft');
    await runShell(connection, draft);
    await link(`${draft}${SUFFIX}`, database).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return;
      if (error.code === 'ENOENT') throw unavailable('the database file could not be made');
      // A file system without hard links.
      await rename(`${draft}${SUFFIX}`, database);
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
};

/** H2's shell asks for address, driver, user, password, and the password again because the database is new. */
const runShell = async (connection: H2FileConnection, draft: string): Promise<void> => {
  const password = connection.password.reveal();
  const lines = [`jdbc:h2:file:${draft}`, '', connection.username, password, password, 'quit', ''];
  const child = spawnH2(connection, ['org.h2.tools.Shell'], 'pipe');
  const timer = setTimeout(() => child.kill('SIGKILL'), CREATE_TIMEOUT_MS);
  try {
    child.stdout?.resume();
    child.stderr?.resume();
    child.stdin?.end(lines.join('\n'));
    const [code] = (await once(child, 'exit').catch(() => [127])) as [number | null];
    if (code === 126 || code === 127) throw misconfigured('Java cannot be started');
    if (code !== 0) throw unavailable('the database file could not be made');
  } finally {
    clearTimeout(timer);
  }
};

import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { succeeds, which } from './processes.ts';

/** Database servers refuse to run as root, and nothing in a test needs it. */
const isRoot = process.getuid?.() === 0;

function id(flag: '-u' | '-g', user: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, user], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

/**
 * The account that servers run under: our own, or as root the first of `preferred` that exists, else `nobody`.
 * Undefined when no change of user is needed.
 */
export function account(preferred: string[]): { uid: number; gid: number } | undefined {
  if (!isRoot) return undefined;
  for (const user of [...preferred, 'nobody']) {
    const uid = id('-u', user);
    const gid = id('-g', user);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error('running as root, and there is no account (not even nobody) to run a server under');
}

/**
 * The command line under that account. With `dieWithParent` the system sends the signal should this process vanish
 * without a word (kill -9), so that no server outlives its run; where `setpriv` is missing (not Linux) it is left out.
 */
export function commandAs(
  who: ReturnType<typeof account>,
  command: string,
  args: string[],
  dieWithParent?: NodeJS.Signals,
) {
  const setpriv = which('setpriv');
  if (!setpriv) {
    if (who) throw new Error('running as root needs setpriv (package util-linux) to start a server as another user');
    return { command, args };
  }
  const identity = who ? ['--reuid', `${who.uid}`, '--regid', `${who.gid}`, '--clear-groups'] : [];
  const death = dieWithParent ? ['--pdeathsig', dieWithParent.replace('SIG', '')] : [];
  if (identity.length + death.length === 0) return { command, args };
  return { command: setpriv, args: [...identity, ...death, '--', command, ...args] };
}

/**
 * The command line of what must not outlive this process, however that ends: the system sends the signal. Where `setpriv` is
 * missing (not Linux) it is the command as it was. SIGTERM is for what has processes of its own to end.
 */
export const commandOfChild = (command: string, args: string[], signal: NodeJS.Signals = 'SIGTERM') =>
  commandAs(undefined, command, args, signal);

/** A fresh folder that belongs to the account and that it can reach (a TMPDIR inside /root cannot be). */
export function scratchFolder(name: string, who: ReturnType<typeof account>) {
  for (const parent of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    const folder = mkdtempSync(join(parent, `coffer-${name}-`));
    if (!who) return folder;
    chownSync(folder, who.uid, who.gid);
    const probe = commandAs(who, 'test', ['-w', folder]);
    if (succeeds(probe.command, probe.args)) return folder;
    rmSync(folder, { recursive: true });
  }
  throw new Error(`no temporary folder can be reached by uid ${who?.uid}; set TMPDIR to one that can`);
}

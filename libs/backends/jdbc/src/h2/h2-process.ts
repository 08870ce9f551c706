import { spawn, type ChildProcess, type StdioNull, type StdioPipe } from 'node:child_process';
import { dirname } from 'node:path';
import { CofferError } from '@coffer/secrets';
import type { H2FileConnection } from '../connection.js';

/** Small and quick to start. `jdk.console`: from Java 22 on a password could otherwise not be read from a pipe. */
const JAVA_OPTIONS = [
  ...['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx256m'],
  ...['-Dh2.bindAddress=127.0.0.1', '-Dfile.encoding=UTF-8', '-Djdk.console=java.base'],
];
/** What `sh` ends with where it finds no program, or none that it may run. */
const NOT_STARTED: ReadonlySet<number | null> = new Set([126, 127]);

export const unavailable = (message: string): CofferError =>
  new CofferError('unavailable', `H2: ${message}`, { store: 'H2' });

export const misconfigured = (message: string): CofferError =>
  new CofferError('configuration', `H2: ${message}`, { store: 'H2' });

/**
 * Starts a tool of H2's jar in a process group of its own. Files that it makes are for its own user alone. Of our
 * environment, which may hold secrets, it gets PATH and nothing else.
 */
export const spawnH2 = (
  { java, jar, file }: H2FileConnection,
  tool: readonly string[],
  stdin: StdioNull | StdioPipe,
): ChildProcess => {
  const child = spawn('sh', ['-c', 'umask 077; exec "$0" "$@"', java, ...JAVA_OPTIONS, '-cp', jar, ...tool], {
    cwd: dirname(file),
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    detached: true,
    stdio: [stdin, 'pipe', 'pipe'],
  });
  // Errors of a child and of its streams may come at any moment, and more than once: those who wait for its end hear of it.
  for (const emitter of [child, ...child.stdio]) emitter?.on('error', () => undefined);
  return child;
};

/** Rejects when the process ends, with `what` for the harness of the sentence; never resolves. */
export const endOf = async (child: ChildProcess, what: string): Promise<never> => {
  const code = await new Promise<number | null>((resolve) => {
    // A child that cannot be signalled says so as well, later and more than once.
    child.on('error', () => resolve(127));
    child.once('exit', resolve);
  });
  throw NOT_STARTED.has(code) ? misconfigured('Java cannot be started') : unavailable(`${what} ended`);
};

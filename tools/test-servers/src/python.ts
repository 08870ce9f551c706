import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { cacheFolder } from './places.ts';
import { run, succeeds, which } from './processes.ts';

const requirements = join(import.meta.dirname, 'moto', 'requirements.txt');

/** The virtual environment of what comes from the Python Package Index. Its name changes with moto's requirements. */
const folder = () => {
  const fingerprint = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(cacheFolder(), `python-${fingerprint}`);
};

/** The environment's own interpreter; absent until `makeEnvironment` has resolved. */
export const environmentPython = () => join(folder(), 'bin', 'python');

/** Two servers may want it at the same time. */
let making: Promise<void> | undefined;

/** Makes the environment, with Python itself where this machine lacks it and may install it. Rejects with a sentence. */
export function makeEnvironment(log: (line: string) => void) {
  making ??= make(log).finally(() => (making = undefined));
  return making;
}

async function make(log: (line: string) => void) {
  if (existsSync(environmentPython())) return;
  if (!which('python3') || !succeeds('python3', ['-c', 'import ensurepip'])) {
    if (!canInstall()) throw new Error('Python 3 with venv is not installed here');
    await installPackages([['python3', 'python3-venv']], log);
  }
  log(`making a Python environment with pip, about 100 MB, in ${folder()}`);
  const draft = `${folder()}.${process.pid}`;
  await run('python3', ['-m', 'venv', draft], { env: process.env });
  await pip(join(draft, 'bin', 'python'), ['-r', requirements]);
  // Whoever else made it meanwhile has the same one; its python runs from any place.
  if (existsSync(folder())) rmSync(draft, { recursive: true });
  else renameSync(draft, folder());
}

/** Adds a package to the environment, which is made first where it is absent. `requirement`: such as `name==1.2.3`. */
export async function addPackage(requirement: string, log: (line: string) => void) {
  await makeEnvironment(log);
  await pip(environmentPython(), [requirement]);
}

/** Returns the folder in which the environment's packages lie. */
export async function packagesFolder(): Promise<string> {
  const program = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  return (await run(environmentPython(), ['-c', program], { env: process.env })).trim();
}

const pip = (python: string, what: string[]) =>
  run(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...what], { env: process.env });

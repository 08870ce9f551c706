import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from './apt.mjs';
import { cacheFolder } from './places.mjs';
import { run, succeeds, which } from './processes.mjs';

const VARIABLE = 'COFFER_TEST_AWS_ENDPOINT';
const VERSION = '5.2.5';
const here = join(import.meta.dirname, 'moto');
const requirements = join(here, 'requirements.txt');
const REQUEST_MS = 5_000;

/** Changes with what is installed into it. */
const environment = () => {
  const fingerprint = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(cacheFolder(), `moto-${VERSION}-${fingerprint}`);
};
const python = () => join(environment(), 'bin', 'python');

/**
 * moto in a virtual environment of its own, one request at a time. There is no row for Docker: the published image
 * answers several at once, and its stores break under that.
 * @type {import('./lifecycle.mjs').Server}
 */
export const moto = {
  name: 'moto',
  variables: [VARIABLE],
  fromEnvironment: (env) => (env[VARIABLE] ? { [VARIABLE]: env[VARIABLE] } : undefined),
  address: (port) => ({ [VARIABLE]: `http://127.0.0.1:${port}` }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  async ready(address) {
    // Any answer will do: the service itself refuses a request without a signature.
    await fetch(address[VARIABLE], { signal: AbortSignal.timeout(REQUEST_MS) });
  },

  native: {
    // As who calls: interpreter and packages may lie in a home that nobody else can enter.
    accounts: ['root'],
    packages: 'Python 3.9 or newer with venv (moto itself comes from the Python Package Index)',

    available() {
      return existsSync(python()) ? { version: `moto ${VERSION}` } : undefined;
    },

    async install(log) {
      if (!which('python3') || !succeeds('python3', ['-c', 'import ensurepip'])) {
        if (!canInstall()) throw new Error('Python 3 with venv is not installed here');
        await installPackages([['python3', 'python3-venv']], log);
      }
      const folder = environment();
      log(`installing moto ${VERSION} with pip, about 100 MB, into ${folder}`);
      const draft = `${folder}.${process.pid}`;
      await run('python3', ['-m', 'venv', draft], { env: process.env });
      const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', requirements];
      await run(join(draft, 'bin', 'python'), pip, { env: process.env });
      // Whoever else made it meanwhile has the same one; its python runs from any place.
      if (existsSync(folder)) rmSync(draft, { recursive: true });
      else renameSync(draft, folder);
    },

    start(_dir, port) {
      return Promise.resolve({ command: python(), args: [join(here, 'serve.py'), '127.0.0.1', String(port)] });
    },
  },
};

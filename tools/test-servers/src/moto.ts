import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentPython, makeEnvironment } from './python.ts';
import type { Server } from './lifecycle.ts';

const VARIABLE = 'COFFER_TEST_AWS_ENDPOINT';
const VERSION = '5.2.5';
const here = join(import.meta.dirname, 'moto');
const REQUEST_MS = 5_000;

/**
 * moto in a virtual environment of its own, one request at a time. There is no row for Docker: the published image
 * answers several at once, and its stores break under that.
 */
export const moto: Server = {
  name: 'moto',
  variables: [VARIABLE],
  fromEnvironment: (env) => (env[VARIABLE] ? { [VARIABLE]: env[VARIABLE] } : undefined),
  address: (port) => ({ [VARIABLE]: `http://127.0.0.1:${port}` }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  async ready(address) {
    // Any answer will do: the service itself refuses a request without a signature.
    await fetch(address[VARIABLE] ?? '', { signal: AbortSignal.timeout(REQUEST_MS) });
  },

  native: {
    // As who calls: interpreter and packages may lie in a home that nobody else can enter.
    accounts: ['root'],
    packages: 'Python 3.11 or newer with venv (moto itself comes from the Python Package Index)',

    available() {
      return existsSync(environmentPython()) ? { version: `moto ${VERSION}` } : undefined;
    },

    install: makeEnvironment,

    start(_dir, port) {
      return Promise.resolve({
        command: environmentPython(),
        args: [join(here, 'serve.py'), '127.0.0.1', String(port)],
      });
    },
  },
};

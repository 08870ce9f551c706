import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { which } from './processes.ts';
import type { Server } from './lifecycle.ts';

const VARIABLE = 'COFFER_TEST_CHROMIUM_URL';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const REQUEST_MS = 5_000;

const program = () => NAMES.map((name) => which(name)).find((path) => path !== undefined);

/**
 * A browser, spoken to by its DevTools protocol: `playwright-core` connects with `connectOverCDP`, and each test has a
 * context of its own. Its own sandbox needs privileges that containers lack.
 */
export const chromium: Server = {
  name: 'chromium',
  slow: true,
  variables: [VARIABLE],
  fromEnvironment: (env) => (env[VARIABLE] ? { [VARIABLE]: env[VARIABLE] } : undefined),
  address: (port) => ({ [VARIABLE]: `http://127.0.0.1:${port}` }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  async ready(address) {
    const answer = await fetch(`${address[VARIABLE]}/json/version`, { signal: AbortSignal.timeout(REQUEST_MS) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  },

  native: {
    accounts: [],
    packages: 'chromium',

    available() {
      const path = program();
      return path === undefined ? undefined : { version: path };
    },

    async install(log) {
      if (!canInstall()) throw new Error('Chromium is not installed here');
      await installPackages([['chromium'], ['chromium-browser']], log);
    },

    start(dir, port) {
      const quiet = ['--no-first-run', '--no-default-browser-check', '--disable-background-networking'];
      // A page behind another one is as quick as the one in front.
      const hidden = ['--disable-background-timer-throttling', '--disable-renderer-backgrounding'];
      const small = ['--disable-gpu', '--disable-dev-shm-usage', '--disable-extensions', '--mute-audio'];
      return Promise.resolve({
        command: program() as string,
        args: [
          ...['--headless', '--no-sandbox', '--disable-quic', '--disable-component-update', '--disable-sync'],
          ...[...hidden, '--disable-backgrounding-occluded-windows', '--disable-ipc-flooding-protection'],
          ...[...quiet, ...small, '--disable-breakpad', '--password-store=basic', '--use-mock-keychain'],
          ...[`--user-data-dir=${join(dir, 'profile')}`, `--remote-debugging-port=${port}`, 'about:blank'],
        ],
      });
    },
  },
};

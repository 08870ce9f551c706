import { join } from 'node:path';
import { tell } from './google-secret-manager/control.ts';
import type { Server } from './lifecycle.ts';

const ENDPOINT = 'COFFER_TEST_GOOGLE_ENDPOINT';
/** The password of the stand-in's control; another server has none. */
const CONTROL = 'COFFER_TEST_GOOGLE_CONTROL';

const program = join(import.meta.dirname, 'google-secret-manager', 'main.ts');

/** `endpoint`: also `host:port` alone, as emulators are named. */
const urlOf = (endpoint: string) => (endpoint.includes('://') ? endpoint : `http://${endpoint}`);

/**
 * Stands in for the service, of which there is no emulator to be had: its own wire protocol, from the vendor's own
 * `.proto` files.
 */
export const googleSecretManager: Server = {
  name: 'google-secret-manager',
  variables: [ENDPOINT],
  fromEnvironment: (env) =>
    env[ENDPOINT]
      ? { [ENDPOINT]: urlOf(env[ENDPOINT]), ...(env[CONTROL] ? { [CONTROL]: env[CONTROL] } : {}) }
      : undefined,
  address: (port, password) => ({ [ENDPOINT]: `http://127.0.0.1:${port}`, [CONTROL]: password }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  async ready(address) {
    const { host, hostname, port, protocol } = new URL(address[ENDPOINT] ?? '');
    if (address[CONTROL]) return tell(host, address[CONTROL], { project: 'ready' });
    const { Client, credentials } = await import('@grpc/grpc-js');
    const secure = protocol === 'https:';
    const channel = secure ? credentials.createSsl() : credentials.createInsecure();
    const client = new Client(`${hostname}:${port || (secure ? 443 : 80)}`, channel);
    try {
      await new Promise((resolve, reject) =>
        client.waitForReady(Date.now() + 5_000, (error) => (error ? reject(error) : resolve(undefined))),
      );
    } finally {
      client.close();
    }
  },

  native: {
    // The checkout may lie where nobody else can read.
    accounts: ['root'],
    packages: 'nothing: it is a program of this repository',
    available: () => ({ version: 'stand-in' }),
    install: async () => undefined,
    async start(_dir, port, { password, place }) {
      const file = await place('password', `${password}\n`);
      return { command: process.execPath, args: [program, String(port), file] };
    },
  },
};

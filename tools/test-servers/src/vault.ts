import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { goProgram } from './go-program.ts';
import { OLDEST_GO } from './go.ts';
import type { Server } from './lifecycle.ts';

const ADDRESS = 'COFFER_TEST_VAULT_ADDR';
const TOKEN = 'COFFER_TEST_VAULT_TOKEN';
const VERSION = '1.21.1';
const here = join(import.meta.dirname, 'vault');

const REQUEST_MS = 2_000;

const program = goProgram({
  name: 'vault',
  folder: `vault-${VERSION}`,
  module: here,
  sources: [
    'main.go',
    'go.mod',
    'without/go-discover/discover.go',
    'without/go-discover/provider/k8s/k8s.go',
    'without/go-gcp-common/gcputil/credentials.go',
    'without/okta-sdk-golang/okta/okta.go',
  ],
  flags: ['-tags', 'minimal'],
  effort: 'about 1 GB and 2 to 5 minutes',
});

/** Vault's one program, which is its command line and its agent as well; built first where it is absent. Rejects with a sentence. */
export async function vaultProgram(log: (line: string) => void = () => undefined): Promise<string> {
  await program.make(log);
  return program.file;
}

/**
 * Vault's own development mode: unsealed, a KV engine of version 2 at `secret/`, everything in memory, so that a server
 * that was killed comes back empty. It also takes the next port.
 */
export const vault: Server = {
  name: 'vault',
  slow: true,
  variables: [ADDRESS, TOKEN],
  fromEnvironment: (env) => {
    const [address, token] = [env[ADDRESS], env[TOKEN]];
    if (address && !token) throw new Error(`${ADDRESS} is set and ${TOKEN} is not`);
    return address && token ? { [ADDRESS]: address, [TOKEN]: token } : undefined;
  },
  address: (port, password) => ({ [ADDRESS]: `http://127.0.0.1:${port}`, [TOKEN]: password }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  async ready(address) {
    const response = await fetch(new URL('/v1/auth/token/lookup-self', address[ADDRESS]), {
      headers: { 'x-vault-token': address[TOKEN] },
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    if (!response.ok)
      throw new Error(`status ${response.status}${response.status === 403 ? ', the token is refused' : ''}`);
  },

  docker: {
    image: `hashicorp/vault:${VERSION}`,
    port: 8200,
    args: ['server', '-dev', '-dev-no-store-token'],
    environment: (password) => ({
      VAULT_DEV_ROOT_TOKEN_ID: password,
      VAULT_DEV_LISTEN_ADDRESS: '0.0.0.0:8200',
      SKIP_SETCAP: 'true',
    }),
  },

  native: {
    accounts: [],
    packages: `Go ${OLDEST_GO} or newer, or Python 3.11 or newer with venv, which brings it (the server is built from its published modules)`,

    available() {
      return program.present ? { version: `Vault ${VERSION}` } : undefined;
    },

    install: (log, signal) => program.make(log, signal),

    async start(dir, port, { password }) {
      const copy = join(dir, 'vault');
      cpSync(program.file, copy);
      const options = ['-dev', '-dev-no-store-token', `-dev-listen-address=127.0.0.1:${port}`];
      // By a variable, because a command line can be read by everybody on the machine.
      return { command: 'env', args: [`VAULT_DEV_ROOT_TOKEN_ID=${password}`, copy, 'server', ...options] };
    },
  },
};

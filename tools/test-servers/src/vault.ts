import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { obtainGo, OLDEST_GO } from './go.ts';
import { cacheFolder } from './places.ts';
import { run } from './processes.ts';
import type { Server } from './lifecycle.ts';

const ADDRESS = 'COFFER_TEST_VAULT_ADDR';
const TOKEN = 'COFFER_TEST_VAULT_TOKEN';
const VERSION = '1.21.1';
const here = join(import.meta.dirname, 'vault');

/** Milliseconds: hundreds of modules are fetched and compiled, once. */
const BUILD_MS = 3_600_000;
const REQUEST_MS = 2_000;

/** Changes with what the server is built from, so that a cached build is never an old one. */
const fingerprint = () => {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod']) hash.update(readFileSync(join(here, file)));
  return hash.digest('hex').slice(0, 12);
};
const built = () => join(cacheFolder(`vault-${VERSION}-${fingerprint()}`), 'vault');

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
    packages: `Go ${OLDEST_GO} or newer, or Python 3.9 or newer with venv, which brings it (the server is built from its published modules)`,

    available() {
      return existsSync(built()) ? { version: `Vault ${VERSION}` } : undefined;
    },

    async install(log, signal) {
      const go = await obtainGo(log);
      const file = built();
      log(`building Vault ${VERSION} from its Go modules, about 1 GB and 3 to 11 minutes, into ${file}`);
      const folder = `${join(file, '..')}.${process.pid}`;
      mkdirSync(folder, { recursive: true });
      try {
        const draft = join(folder, 'vault');
        const flags = ['-mod=readonly', '-buildvcs=false', '-trimpath', '-tags', 'minimal', '-ldflags', '-s -w'];
        await run(go, ['build', ...flags, '-o', draft, '.'], {
          cwd: here,
          env: { ...process.env, GOTOOLCHAIN: 'local' },
          timeoutMs: BUILD_MS,
          signal,
        });
        // Whoever else built it meanwhile has the same one.
        if (!existsSync(file)) renameSync(draft, file);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },

    async start(dir, port, { password }) {
      const program = join(dir, 'vault');
      cpSync(built(), program);
      const options = ['-dev', '-dev-no-store-token', `-dev-listen-address=127.0.0.1:${port}`];
      // By a variable, because a command line can be read by everybody on the machine.
      return { command: 'env', args: [`VAULT_DEV_ROOT_TOKEN_ID=${password}`, program, 'server', ...options] };
    },
  },
};

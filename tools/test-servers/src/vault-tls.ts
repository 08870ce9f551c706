import { cpSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { vault, vaultProgram } from './vault.ts';
import type { Server } from './lifecycle.ts';

export interface TlsVaultOptions {
  /** PEM of the server's own certificate and key, and of the authority whose client certificates it takes. */
  readonly tls: { readonly certificate: string; readonly key: string; readonly authority: string };
  /** PEM of a client that it lets in, by which one learns whether it answers. */
  readonly client: { readonly certificate: string; readonly key: string };
}

const REQUEST_MS = 2_000;
const ADDRESS = 'COFFER_TEST_VAULT_ADDR';

/**
 * Not Vault's development mode: sealed and without content until somebody initialises it, and nobody connects without a
 * certificate of the authority. Everything is in memory.
 */
export const tlsVault = ({ tls, client }: TlsVaultOptions): Server => ({
  ...vault,
  address: (port) => ({ [ADDRESS]: `https://127.0.0.1:${port}` }),

  ready: (address) =>
    new Promise((resolve, reject) => {
      // Whether its own certificate counts is for the tests to find out.
      const trust = { rejectUnauthorized: false, cert: client.certificate, key: client.key };
      const asked = request(`${address[ADDRESS]}/v1/sys/health`, { ...trust, timeout: REQUEST_MS, agent: false });
      asked.on('response', (response) => response.resume().on('end', resolve).on('error', reject));
      asked.on('timeout', () => asked.destroy(new Error('it does not answer')));
      asked.on('error', reject).end();
    }),

  native: {
    ...vault.native,

    async start(dir, port, { place }) {
      const program = join(dir, 'vault');
      cpSync(await vaultProgram(), program);
      const listener = {
        address: `127.0.0.1:${port}`,
        tls_cert_file: await place('server.pem', tls.certificate),
        tls_key_file: await place('server.key', tls.key),
        tls_client_ca_file: await place('clients.pem', tls.authority),
        tls_require_and_verify_client_cert: true,
      };
      const settings = { storage: { inmem: {} }, listener: { tcp: listener }, disable_mlock: true };
      return { command: program, args: ['server', `-config=${await place('vault.json', JSON.stringify(settings))}`] };
    },
  },
});

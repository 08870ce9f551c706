import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Authority, type Certificate } from '@coffer/backend-conformance/certificates';
import { loadServerTls, type ReadFile, type ServerTlsConfiguration } from '@coffer/config';
import { CofferError } from '@coffer/secrets';

/** Resolves once the condition holds; the test's own time limit ends the wait. */
export const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await pause(5);
};

/** The files of a listener's TLS, and the configuration file that names them. */
export class TlsFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'coffer-tls-'));
  readonly authority = new Authority(this.folder, 'authority');
  /** The authority of the clients. */
  readonly clients = new Authority(this.folder, 'clients');
  readonly file = join(this.folder, 'coffer.yml');

  constructor() {
    this.own(this.server());
  }

  /** A certificate for 127.0.0.1 that names itself. */
  server(name = 'server', days = 2): Certificate {
    return this.authority.issue(name, { alternative: 'IP:127.0.0.1,DNS:localhost', days });
  }

  /** Puts certificate and key where the configuration says that they are. */
  own({ certFile, keyFile }: Certificate): void {
    writeFileSync(join(this.folder, 'cert.pem'), readFileSync(certFile));
    writeFileSync(join(this.folder, 'key.pem'), readFileSync(keyFile));
  }

  /** Trusts the authorities of these files for clients. */
  trust(...files: readonly string[]): void {
    writeFileSync(join(this.folder, 'clients-ca.pem'), files.map((file) => readFileSync(file, 'utf8')).join(''));
  }

  /** Writes the configuration file. */
  configure(clientAuth: 'none' | 'optional' | 'required' = 'none', more = ''): void {
    const clients = clientAuth === 'none' ? '' : `clientCa: ${join(this.folder, 'clients-ca.pem')}, `;
    const own = `cert: ${join(this.folder, 'cert.pem')}, key: ${join(this.folder, 'key.pem')}`;
    writeFileSync(this.file, `coffer: {server: {tls: {${own}, ${clients}clientAuth: ${clientAuth}}}}\n${more}`);
  }

  readonly reload = (readFile?: ReadFile): ServerTlsConfiguration | undefined =>
    loadServerTls({ argv: ['--config', this.file], env: {}, ...(readFile && { readFile }) });

  load(): ServerTlsConfiguration {
    const settings = this.reload();
    if (settings === undefined) throw new CofferError('configuration', 'the test configures TLS first');
    return settings;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

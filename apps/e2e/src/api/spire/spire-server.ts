import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '@coffer/backend-conformance/certificates';
import { spirePrograms } from '@coffer/test-servers/spire';
import { freePort } from '../../harness/index.js';
import { printError } from '../../harness/outcome.js';
import { SpireProcess } from './spire-process.js';

export interface SpireServerOptions {
  readonly trustDomain: string;
  /** The `iss` of its JWT-SVIDs. */
  readonly jwtIssuer: string;
  /** Where it shows its bundle over HTTPS, with a certificate of the Web PKI. Defaults to nowhere. */
  readonly endpoint?: { readonly port: number; readonly certificate: Certificate };
}

const federation = ({ endpoint }: SpireServerOptions): string =>
  endpoint === undefined
    ? ''
    : `federation { bundle_endpoint { address = "127.0.0.1" port = ${endpoint.port}
         profile "https_web" { serving_cert_file {
           cert_file_path = "${endpoint.certificate.certFile}" key_file_path = "${endpoint.certificate.keyFile}"
           file_sync_interval = "1h" } } } }`;

const ACTIVE = /Active \S+ authority:\s+Authority ID: (\S+)/;
const PREPARED = /Authority ID: (\S+)/;

/** A SPIRE server, which is all of a trust domain but its agents. Its database and keys go with it. */
export class SpireServer {
  #issued = 0;

  private constructor(
    readonly trustDomain: string,
    readonly port: number,
    private readonly server: SpireProcess,
  ) {}

  static async start(options: SpireServerOptions): Promise<SpireServer> {
    const { server: program } = await spirePrograms(printError);
    const port = await freePort();
    const server = await SpireProcess.start(
      program,
      ({ folder, socket }) => {
        mkdirSync(join(folder, 'data'));
        return `server {
          bind_address = "127.0.0.1" bind_port = "${port}" socket_path = "${socket}" data_dir = "${join(folder, 'data')}"
          trust_domain = "${options.trustDomain}" jwt_issuer = "${options.jwtIssuer}"
          ca_ttl = "24h" default_x509_svid_ttl = "1h" default_jwt_svid_ttl = "5m"
          ${federation(options)}
        }
        plugins {
          DataStore "sql" { plugin_data {
            database_type = "sqlite3" connection_string = "${join(folder, 'data', 'datastore.sqlite3')}" } }
          KeyManager "memory" { plugin_data {} }
          NodeAttestor "join_token" { plugin_data {} }
        }`;
      },
      writeFileSync,
    );
    return new SpireServer(options.trustDomain, port, server);
  }

  id(path: string): string {
    return `spiffe://${this.trustDomain}/${path}`;
  }

  command(...args: readonly string[]): Promise<string> {
    return this.server.command(...args);
  }

  /** `spiffe`: a JSON Web Key Set of all of its authorities. `pem`: those of X.509 alone. */
  bundle(format: 'spiffe' | 'pem'): Promise<string> {
    return this.command('bundle', 'show', '-format', format);
  }

  async jwtSvid(path: string, { audience = 'coffer', ttl = '5m' } = {}): Promise<string> {
    const printed = await this.command('jwt', 'mint', '-spiffeID', this.id(path), '-audience', audience, '-ttl', ttl);
    return printed.trim();
  }

  async x509Svid(path: string): Promise<Certificate> {
    const folder = join(this.server.folder, `svid-${(this.#issued += 1)}`);
    mkdirSync(folder);
    await this.command('x509', 'mint', '-spiffeID', this.id(path), '-write', folder);
    return { certFile: join(folder, 'svid.pem'), keyFile: join(folder, 'key.pem') };
  }

  /** Makes an authority that is in the bundle from here on and signs nothing yet. Resolves with what has it sign, and what then removes the one before. */
  async prepare(kind: 'jwt' | 'x509'): Promise<{ activate(): Promise<void>; revokeOld(): Promise<void> }> {
    const local = (verb: string, ...args: readonly string[]) => this.command('localauthority', kind, verb, ...args);
    const idIn = (text: string, pattern: RegExp): string => {
      const [, id] = pattern.exec(text) ?? [];
      if (id === undefined) throw new Error(`no authority in: ${text}`);
      return id;
    };
    const old = idIn(await local('show'), ACTIVE);
    const prepared = idIn(await local('prepare'), PREPARED);
    return {
      activate: async () => void (await local('activate', '-authorityID', prepared)),
      revokeOld: async () => {
        await local('taint', '-authorityID', old);
        await local('revoke', '-authorityID', old);
      },
    };
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

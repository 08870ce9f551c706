import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files of a certificate and its key. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority whose files lie in a folder of a test. */
export class Authority {
  readonly caFile: string;
  #count = 0;

  constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {
    this.caFile = join(folder, `${name}.pem`);
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    this.#openssl('req', '-x509', ...KEY, ...files, '-days', '2', '-subj', `/CN=${name}`);
  }

  /**
   * `alternative`: a subjectAltName. `subject`: a whole one, `/CN=x/O=y`. `days` 0: it has expired by the time that a second
   * has passed.
   */
  issue(
    commonName: string,
    { alternative = 'DNS:nobody.invalid', days = 2, subject = `/CN=${commonName}` } = {},
  ): Certificate {
    const own = `${this.name}-${(this.#count += 1)}`;
    this.#openssl('req', ...KEY, '-keyout', `${own}.key`, '-out', `${own}.csr`, '-utf8', '-subj', subject);
    writeFileSync(join(this.folder, `${own}.ext`), `subjectAltName=${alternative}\n`);
    const signing = ['-CA', `${this.name}.pem`, '-CAkey', `${this.name}.key`, '-CAcreateserial'];
    const rest = ['-extfile', `${own}.ext`, '-days', String(days), '-out', `${own}.pem`];
    this.#openssl('x509', '-req', '-in', `${own}.csr`, ...signing, ...rest);
    return { certFile: join(this.folder, `${own}.pem`), keyFile: join(this.folder, `${own}.key`) };
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
  }
}

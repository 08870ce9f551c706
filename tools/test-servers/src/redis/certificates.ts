import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../places.ts';

const DAYS = '3650';
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

const home = () => join(cacheFolder(), 'test-certificates');

/** Where the authority's certificate is, or will be. */
export const authorityFile = () => join(home(), 'ca.pem');

/**
 * An authority of this user's own and a certificate of 127.0.0.1 from it, made when absent. They are good for tests and
 * nothing else.
 * Returns PEM files.
 */
export function certificates(): { ca: string; certificate: string; key: string } {
  const folder = home();
  if (!existsSync(folder)) make(folder);
  return { ca: authorityFile(), certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };
}

function make(folder: string) {
  const draft = mkdtempSync(`${folder}-`);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: draft, stdio: 'pipe' });
  try {
    openssl('req', '-x509', ...CURVE, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', DAYS, '-subj', '/CN=Coffer test');
    openssl('req', ...CURVE, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=127.0.0.1');
    writeFileSync(join(draft, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', DAYS];
    openssl('x509', '-req', '-in', 'server.csr', ...signed, '-out', 'server.pem');
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Whoever else made them meanwhile has good ones.
    if (!existsSync(folder)) throw error;
  }
}

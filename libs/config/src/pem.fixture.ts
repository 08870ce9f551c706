import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Self-signed, valid for a hundred years, made for tests by `openssl req -x509`; nobody has its key. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBhDCCASmgAwIBAgIUQy3e/BIEXh4tvF1Me1upLdv3UawwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLY29mZmVyIHRlc3QwIBcNMjYxMTI5MTQxMDIzWhgPMjEyNjEx
MDUxNDEwMjNaMBYxFDASBgNVBAMMC2NvZmZlciB0ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAE/zqMyUjKzZQgtWTwGLxNcsyjLuCTVXEAS9WK8eSbTXrqyEY5
Z41pNsa4Psm59ujQaLdzjOoBPnAWp3j5evnLj6NTMFEwHQYDVR0OBBYEFNgntbhT
mviig3WIVgBDjA8GrwP4MB8GA1UdIwQYMBaAFNgntbhTmviig3WIVgBDjA8GrwP4
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhALhJyZCvHReuei9V
HKdyOczF4sjbZ2ekLZ4gOc+Z5GgWAiEAthB85xV6xDCiek78iVdvakLNibS4jxZb
1Z1VwrCXbXc=
-----END CERTIFICATE-----
`;

/** A private key of PEM made now; with a passphrase, encrypted. */
export const privateKey = (passphrase?: string): string => {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return key.export({ format: 'pem', type: 'pkcs8', ...cipher }).toString();
};

/** A certificate that was made now, and its key, which a passphrase encrypts. */
export const ownPair = (passphrase: string): { readonly certificate: string; readonly key: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-pair-'));
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-subj', '/CN=coffer'];
  try {
    const files = ['-passout', `pass:${passphrase}`, '-keyout', 'key', '-out', 'certificate', '-days', '2'];
    execFileSync('openssl', [...args, ...files], { cwd: folder, stdio: 'pipe' });
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    return { certificate: read('certificate'), key: read('key') };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The same PEM as people have it, by what was done to it. */
export const mangled = (pem: string): readonly (readonly [string, string])[] => {
  const lines = pem.trim().split('\n');
  return [
    ['with a line break behind', `${pem}\n\n`],
    ['without the line break behind', pem.trimEnd()],
    ['with CR LF', lines.join('\r\n')],
    ['with a byte order mark', `\ufeff${pem}`],
    ['joined by blanks', lines.join(' ')],
    ['with \\n written out', lines.join('\\n')],
    ['with \\r\\n written out', `${lines.join('\\r\\n')}\\r\\n`],
    ['with \\\\n written out twice', lines.join('\\\\n')],
    ['on one line', lines.join('')],
    ['with blanks around', `  ${pem}  `],
    ['indented', lines.map((line) => `    ${line}`).join('\n')],
    ['in quotes', `"${lines.join('\\n')}"`],
    ['with text around', `Bag Attributes\n    friendlyName: x\n${pem}trailing words\n`],
    ['as base64', Buffer.from(pem).toString('base64')],
  ];
};

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { Authority, type Certificate } from '@coffer/backend-conformance/certificates';
import { CofferError } from '@coffer/secrets';
import { readTlsFiles } from './tls-files.js';

describe('files of TLS in a JDBC address', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-jdbc-tls-'));
  let authority: Authority;
  let own: Certificate;
  let other: Certificate;
  beforeAll(() => {
    authority = new Authority(folder, 'authority');
    own = authority.issue('coffer');
    other = authority.issue('other');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const written = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it.each<[string, (pem: string) => string]>([
    ['as they are', (pem) => pem],
    ['with CR LF and a byte order mark', (pem) => `\ufeff${pem.replaceAll('\n', '\r\n')}`],
    ['with \\n written out', (pem) => pem.replaceAll('\n', '\\n')],
    ['joined by blanks', (pem) => pem.trim().split('\n').join(' ')],
    ['as base64', (pem) => Buffer.from(pem).toString('base64')],
  ])('are taken %s', (_how, mangle) => {
    const mangled = (name: string, file: string): string => written(name, mangle(readFileSync(file, 'utf8')));
    const { ca, cert, key } = readTlsFiles('jdbc', {
      caFile: mangled('ca', authority.caFile),
      certFile: mangled('cert', own.certFile),
      keyFile: mangled('key', own.keyFile),
    });
    const block = (file: string): string =>
      /-----BEGIN CERT[^]*END CERTIFICATE-----\n/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
    expect([ca, cert]).toEqual([block(authority.caFile), block(own.certFile)]);
    expect(() => createSecureContext({ ca: ca ?? '', cert: cert ?? '', key: key ?? '' })).not.toThrow();
  });

  it('are refused by what they are, and never shown', () => {
    const cut = written('cut', readFileSync(authority.caFile, 'utf8').slice(0, -40));
    for (const [files, reason] of [
      [{ caFile: join(folder, 'gone') }, 'the file of trusted authorities cannot be read'],
      [{ caFile: written('none', 'canary') }, 'the file of trusted authorities holds no PEM'],
      [{ caFile: cut }, 'the file of trusted authorities holds a block that is cut off'],
      [{ caFile: own.keyFile }, 'the file of trusted authorities holds no certificate'],
      [{ ...own, keyFile: own.certFile }, 'or its password is wrong (holds no private key'],
      [{ ...own, keyFile: written('der', 'canary') }, 'the client’s key is neither PEM nor PKCS #8 in DER'],
      [
        { ...own, keyFile: other.keyFile },
        'the client’s key (sslkey) is not the key of the first certificate of sslcert',
      ],
    ] as const) {
      let thrown: unknown;
      try {
        readTlsFiles('jdbc', files);
      } catch (error) {
        thrown = error;
      }
      if (!CofferError.is(thrown, 'configuration')) throw new Error(`it was taken: ${reason}`);
      expect(thrown.message).toContain(reason);
      expect(thrown.message).not.toContain('canary');
    }
  });
});

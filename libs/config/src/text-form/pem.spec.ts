import { CERTIFICATE, mangled, privateKey } from '../pem.fixture.js';
import { certificatesOf, looksLikePem, privateKeyOf } from './pem.js';

const LEGACY = `-----BEGIN EC PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-256-CBC,EC06C24AE51D8AAFDAAFB6931B50C0F6

M8rpWS2L0jrdMdmWWtTW5faaMOmaiPoj785DyHsKK48LAUFpYMa96RnQTnfKVkEe
bC556BGkDb/u/p5nRbK18bwHTPb+Obn7Cizej3cGcavU2eRy/dc5vCuecVOUYk4O
Wws6JIPhMJnGPl52CvwCm5v4PQBvEq7ETYkDMELzmeQ=
-----END EC PRIVATE KEY-----
`;

describe('PEM as people have it', () => {
  it.each(mangled(CERTIFICATE))('takes a certificate %s', (_, text) => {
    expect(looksLikePem(text)).toBe(true);
    expect(certificatesOf(text)).toBe(CERTIFICATE);
  });

  it.each(mangled(`${CERTIFICATE}${CERTIFICATE}`))('takes a chain %s', (_, text) => {
    expect(certificatesOf(text)).toBe(`${CERTIFICATE}${CERTIFICATE}`);
  });

  const [plain, encrypted] = [privateKey(), privateKey('canary')];
  it.each(mangled(plain))('takes a key %s', (_, text) => {
    expect(privateKeyOf(text)).toBe(plain);
  });
  it.each(mangled(encrypted))('takes an encrypted key %s', (_, text) => {
    expect(privateKeyOf(text, 'canary')).toBe(encrypted);
  });
  it.each([
    ['as it is', LEGACY],
    ['joined by blanks', LEGACY.trim().split('\n').join(' ')],
    ['with \\n written out', LEGACY.replaceAll('\n', '\\n')],
    ['with CR LF', LEGACY.replaceAll('\n', '\r\n')],
  ])('takes a key in the older encrypted form %s', (_, text) => {
    expect(privateKeyOf(text, 'canary')).toBe(LEGACY);
  });

  it.each([
    ['', 'holds no PEM'],
    [CERTIFICATE.slice(0, 300), 'cut off'],
    [CERTIFICATE.replace('END CERTIFICATE', 'END PRIVATE KEY'), 'a block CERTIFICATE that ends as PRIVATE KEY'],
    [CERTIFICATE.replace('MIIB', 'MI*B'), 'not whole base64'],
    [CERTIFICATE.replace('MIIB', 'MII'), 'not whole base64'],
    [CERTIFICATE.replace('MIIBhDCC', 'MIIBAAAA'), 'a certificate that cannot be read, the 1. of 1'],
    [plain, 'holds no certificate'],
  ])('refuses as certificates %#', (text, reason) => {
    expect(() => certificatesOf(text)).toThrow(reason);
  });

  it.each([
    [CERTIFICATE, undefined, 'holds no private key'],
    [plain + plain, undefined, 'several private keys'],
    [encrypted, undefined, 'needs a passphrase'],
    [encrypted, 'wrong', 'the passphrase does not open'],
    [LEGACY.split('\n').join(''), 'canary', 'not whole base64'],
  ])('refuses as a private key %#', (text, passphrase, reason) => {
    expect(() => privateKeyOf(text, passphrase)).toThrow(reason);
  });
});

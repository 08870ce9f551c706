import { createPrivateKey, X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+?)-----([\s\S]*?)-----END ([A-Z0-9 ]+?)-----/g;
const BOUNDARY = /-----(?:BEGIN|END) [A-Z0-9 ]+?-----/g;
/** The beginning of a base64 text that itself holds PEM. */
const ENCODED = /^LS0tLS1CRUdJTi[A-Za-z0-9+/=\s]+$/;
/** RFC 1421, section 4.6: what stands in front of a key that OpenSSL's older form encrypts. */
const ENCRYPTED = /^\s*Proc-Type:\s*4,\s*ENCRYPTED\s+DEK-Info:\s*([A-Z0-9-]+),\s*([0-9A-Fa-f]+)\s+/;
const LINE = 64;

/** Why a text is no PEM; continues a sentence that begins with the setting's name. */
export class PemProblem extends Error {}

export const looksLikePem = (text: string): boolean => text.includes('-----BEGIN ') || ENCODED.test(text.trim());

const unpacked = (text: string): string => {
  const trimmed = text.replace(/^\ufeff/, '').trim();
  const plain = ENCODED.test(trimmed) ? Buffer.from(trimmed, 'base64').toString('utf8') : trimmed;
  return plain.replace(/\\+r\\+n|\\+[nr]/g, '\n');
};

const rewrapped = (label: string, body: string): string => {
  const [headers = '', algorithm, salt] = ENCRYPTED.exec(body) ?? [];
  const base64 = body.slice(headers.length).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) {
    throw new PemProblem(`holds a block ${label} whose text is not whole base64`);
  }
  const lines = base64.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  const above = algorithm === undefined ? [] : ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${algorithm},${salt}`, ''];
  return [`-----BEGIN ${label}-----`, ...above, ...lines, `-----END ${label}-----`].join('\n');
};

export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY` and so on. */
  readonly label: string;
  /** The block in its usual form: lines of 64 characters, no line break at the end. */
  readonly text: string;
}

/**
 * The blocks of a PEM as people have it: on one line, joined by blanks, with `\n` written out, with CR LF, a byte order
 * mark or text around, or as base64 of all that. Throws {@link PemProblem} for what cannot be mended with certainty.
 */
export const pemBlocks = (given: string): readonly PemBlock[] => {
  const text = unpacked(given);
  const blocks = Array.from(text.matchAll(BLOCK), ([, label = '', body = '', end = '']) => {
    if (label !== end) throw new PemProblem(`holds a block ${label} that ends as ${end}`);
    return { label, text: rewrapped(label, body) };
  });
  if ((text.match(BOUNDARY) ?? []).length !== blocks.length * 2) {
    throw new PemProblem('holds a block that is cut off: each -----BEGIN …----- needs its -----END …-----');
  }
  if (blocks.length === 0) throw new PemProblem('holds no PEM: it must contain a line -----BEGIN …-----');
  return blocks;
};

const isCertificate = ({ label }: PemBlock): boolean => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label);
const isPrivateKey = ({ label }: PemBlock): boolean => / ?PRIVATE KEY$/.test(label);

const joined = (blocks: readonly PemBlock[]): string => blocks.map(({ text }) => `${text}\n`).join('');

/** The certificates of a PEM, each of which can be read; at least one. Throws {@link PemProblem}. */
export const certificatesOf = (given: string): string => {
  const certificates = pemBlocks(given).filter(isCertificate);
  if (certificates.length === 0) throw new PemProblem('holds no certificate: it must contain a block CERTIFICATE');
  certificates.forEach(({ text }, index) => {
    try {
      new X509Certificate(text);
    } catch {
      throw new PemProblem(`holds a certificate that cannot be read, the ${index + 1}. of ${certificates.length}`);
    }
  });
  return joined(certificates);
};

/** The only private key of a PEM, which can be read with the passphrase. Throws {@link PemProblem}. */
export const privateKeyOf = (given: string, passphrase?: string): string => {
  const keys = pemBlocks(given).filter(isPrivateKey);
  const [key] = keys;
  if (key === undefined) throw new PemProblem('holds no private key: it must contain a block PRIVATE KEY');
  if (keys.length > 1) throw new PemProblem('holds several private keys; it must hold one');
  try {
    createPrivateKey({ key: key.text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    const encrypted = key.label.startsWith('ENCRYPTED') || /DEK-Info/.test(key.text);
    throw new PemProblem(
      encrypted
        ? `holds an encrypted private key that ${passphrase === undefined ? 'needs a passphrase' : 'the passphrase does not open'}`
        : 'holds a private key that cannot be read',
    );
  }
  return joined([key]);
};

/** Whether a private key, as `privateKeyOf` gives it, belongs to the first certificate of a PEM. */
export const isKeyOf = (certificates: string, key: string, passphrase?: string): boolean =>
  new X509Certificate(certificates).checkPrivateKey(
    createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) }),
  );

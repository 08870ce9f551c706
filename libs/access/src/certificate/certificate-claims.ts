import type { X509Certificate } from 'node:crypto';
import type { Claims } from '../claims/claim-value.js';

/** What Node writes between the attributes of one relative distinguished name. */
const MULTI_VALUE = / \+ (?=[A-Za-z0-9.]+=)/;
const ESCAPE = /\\([0-9A-Fa-f]{2})|\\(.)/gs;
/** A name of `subjectAltName` as Node writes it: in JSON's quotes where it has anything but plain characters. */
const ALTERNATIVE = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/gy;

/** The text that RFC 4514, section 2.4 escapes, whose escaped bytes are UTF-8. */
const unescaped = (text: string): string =>
  Buffer.from(
    text
      .replace(/[\u0080-\uffff]+/g, (run) => Buffer.from(run).toString('latin1'))
      .replace(ESCAPE, (_, hex: string | undefined, character: string | undefined) =>
        hex === undefined ? (character ?? '') : String.fromCharCode(parseInt(hex, 16)),
      ),
    'latin1',
  ).toString('utf8');

/** The attributes of a distinguished name as `X509Certificate` writes it, in its order. */
const attributesOf = (name: string): readonly (readonly [type: string, value: string])[] =>
  name
    .split('\n')
    .flatMap((line) => line.split(MULTI_VALUE))
    .flatMap((attribute) => {
      const equals = attribute.indexOf('=');
      return equals > 0 ? [[attribute.slice(0, equals), unescaped(attribute.slice(equals + 1))] as const] : [];
    });

/** The whole name on one line, each value as it was escaped. */
const lineOf = (name: string): string => name.split('\n').join(',');

const namedBy = (prefix: string, name: string): Record<string, readonly string[]> => {
  const found: Record<string, string[]> = {};
  for (const [type, value] of attributesOf(name)) (found[`${prefix}/${type}`] ??= []).push(value);
  return found;
};

const KINDS: Readonly<Record<string, string>> = { URI: 'uri', DNS: 'dns', email: 'email', 'IP Address': 'ip' };

/** None at all where anything in it has another form than Node writes. */
const alternativesOf = (text = ''): Record<string, readonly string[]> => {
  const found: Record<string, string[]> = {};
  let end = 0;
  for (const [whole, kind = '', value = ''] of text.matchAll(ALTERNATIVE)) {
    end += whole.length;
    const name = KINDS[kind];
    if (name === undefined) continue;
    (found[name] ??= []).push(value.startsWith('"') ? (JSON.parse(value) as string) : value);
  }
  return end === text.length ? found : {};
};

/**
 * What a certificate says of its holder, to match bindings with: `uri`, `dns`, `email` and `ip` of its alternative names;
 * `subject` and `issuer` whole, and each attribute as `subject/CN` and the like; `fingerprint`, and `authority`, that of
 * the root that vouches for it.
 */
export const certificateClaims = (certificate: X509Certificate, authority: string): Claims => ({
  ...alternativesOf(certificate.subjectAltName),
  ...namedBy('subject', certificate.subject ?? ''),
  ...namedBy('issuer', certificate.issuer ?? ''),
  subject: lineOf(certificate.subject ?? ''),
  issuer: lineOf(certificate.issuer ?? ''),
  fingerprint: plainFingerprint(certificate.fingerprint256),
  authority,
});

/** Without colons, in small letters, as `sha256sum` writes it. */
export const plainFingerprint = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

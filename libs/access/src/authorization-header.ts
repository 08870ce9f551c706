import { CofferError, SecretValue } from '@coffer/secrets';

export type PresentedCredentials =
  | { readonly scheme: 'bearer'; readonly token: SecretValue }
  | { readonly scheme: 'basic'; readonly username: string; readonly password: SecretValue };

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const malformed = (what: string): CofferError =>
  new CofferError('unauthorized', `the Authorization header is malformed: ${what}`);

const parseBasic = (encoded: string): PresentedCredentials | undefined => {
  let decoded: string;
  try {
    if (!BASE64.test(encoded)) throw malformed('');
    decoded = UTF8.decode(Buffer.from(encoded, 'base64'));
  } catch {
    throw malformed('Basic must be followed by base64 of UTF-8');
  }
  const colon = decoded.indexOf(':');
  if (colon < 0) throw malformed('Basic must hold a user name, a colon and a password');
  // Terraform's Kestra provider sends an empty pair whenever it has no user.
  if (decoded.length === 1) return undefined;
  return { scheme: 'basic', username: decoded.slice(0, colon), password: new SecretValue(decoded.slice(colon + 1)) };
};

/**
 * What a request presents; undefined when it presents nothing, to which empty Basic credentials count. A client may
 * send several, which arrive joined by commas: a bearer token wins over Basic. Throws `unauthorized` for what is
 * malformed or contradicts itself. RFC 9110 section 11.6.2, RFC 6750, RFC 7617.
 */
export const parseAuthorization = (header: string | undefined): PresentedCredentials | undefined => {
  const bearer = new Set<string>();
  const basic = new Set<string>();
  const other = new Set<string>();
  for (const part of (header ?? '').split(',')) {
    const [, scheme = '', rest = ''] = /^(\S*)\s*(.*)$/.exec(part.trim()) ?? [];
    if (scheme === '') continue;
    const of = scheme.toLowerCase() === 'bearer' ? bearer : scheme.toLowerCase() === 'basic' ? basic : other;
    if (rest !== '' || of === other) of.add(rest);
  }
  if (bearer.size > 1) throw malformed('it holds two different bearer tokens');
  const [token] = bearer;
  if (token !== undefined) return { scheme: 'bearer', token: new SecretValue(token) };
  const pairs = [...basic].map(parseBasic).filter((pair) => pair !== undefined);
  if (pairs.length > 1) throw malformed('it holds two different Basic credentials');
  if (pairs.length === 0 && other.size > 0) throw malformed('the scheme must be Bearer or Basic');
  return pairs[0];
};

import { VAULT_NAMESPACE, VAULT_TOKEN, VAULT_WRAP } from './vault-request.js';

const AUTHORIZATION = 'authorization';
const HOST = 'host';
/** What makes a request another than a plain one: a body, or a condition on the answer. */
const CONDITIONS = ['content-length', 'transfer-encoding', 'if-none-match'] as const;

type Reader = (rawHeaders: readonly string[]) => string | undefined;

const lengthsOf = (names: Iterable<string>): ReadonlySet<number> => new Set(Array.from(names, ({ length }) => length));

const soleReader = (credentials: ReadonlyMap<string, string>, others: ReadonlySet<string>): Reader => {
  // Lengths of the header names that are looked at: the length alone rules out most others.
  const lengths = lengthsOf([HOST, ...credentials.keys(), ...others]);
  return (rawHeaders) => {
    let authorization: string | undefined;
    let hasHost = false;
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const given = rawHeaders[at] as string;
      if (!lengths.has(given.length)) continue;
      const name = given.toLowerCase();
      if (others.has(name) || (hasHost && name === HOST)) return undefined;
      hasHost ||= name === HOST;
      const scheme = credentials.get(name);
      if (scheme === undefined) continue;
      if (authorization !== undefined) return undefined;
      authorization = scheme + (rawHeaders[at + 1] as string);
    }
    return authorization;
  };
};

/** The one `Authorization` of a plain request; `undefined` where there is none, or the request is another or has two hosts. */
export const soleAuthorization = soleReader(new Map([[AUTHORIZATION, '']]), new Set(CONDITIONS));

/** As `soleAuthorization`, of a client of Vault. */
export const soleVaultAuthorization = soleReader(
  new Map([
    [AUTHORIZATION, ''],
    [VAULT_TOKEN, 'Bearer '],
  ]),
  new Set([...CONDITIONS, VAULT_WRAP]),
);

/** What of the headers makes requests of one target two: Vault's clients name the tenant there. */
export const vaultNamespaces: Reader = (rawHeaders) => {
  let namespaces: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at] as string;
    if (given.length !== VAULT_NAMESPACE.length || given.toLowerCase() !== VAULT_NAMESPACE) continue;
    namespaces = namespaces === undefined ? rawHeaders[at + 1] : `${namespaces}, ${rawHeaders[at + 1] as string}`;
  }
  return namespaces;
};

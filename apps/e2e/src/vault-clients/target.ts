import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** What the token and the log-ins below may read and list: this namespace with its children. */
export const READABLE = 'company';

/** A server that speaks Vault's API, and what its clients log in with. */
export interface VaultTarget {
  /** `vault` is the reference: HashiCorp's own server. */
  readonly kind: 'vault' | 'coffer';
  readonly address: string;
  /** May do everything. */
  readonly token: string;
  /** May read and list `READABLE`. */
  readonly readerToken: string;
  /** Each of these logs in somebody who may read and list `READABLE`. */
  readonly logins: Logins;
  /** Tokens of jobs that docs/guides/examples/ci/coffer.yml lets in; absent where none are. */
  readonly jobs?: { readonly github: string; readonly gitlab: string };
  close(): Promise<void>;
}

export interface Logins {
  readonly appRole: { readonly roleId: string; readonly secretId: string };
  readonly userpass: { readonly username: string; readonly password: string };
  readonly jwt: { readonly role: string; readonly token: string };
}

/** What is expected of Vault, and of Coffer where it is meant to differ (docs/guides/vault-recipes.md, "What differs"). */
export const byKind = <T>({ kind }: VaultTarget, expected: Readonly<Record<VaultTarget['kind'], T>>): T =>
  expected[kind];

export const ISSUER = 'https://jobs.example.org';
export const AUDIENCE = 'https://coffer.example.org';
export const JWT_ROLE = 'deploy';
export const SUBJECT = 'job:deploy';

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Signs tokens as an issuer of jobs does. */
export class JobIssuer {
  readonly #pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

  get publicKey(): string {
    return this.#pair.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  }

  /** The key set that the issuer publishes, as JSON. */
  get jwks(): string {
    const key = this.#pair.publicKey.export({ format: 'jwk' });
    return JSON.stringify({ keys: [{ ...key, kid: 'k', alg: 'RS256', use: 'sig' }] });
  }

  /** Valid for an hour. */
  sign(claims: object = { iss: ISSUER, aud: AUDIENCE, sub: SUBJECT }): string {
    const now = Math.floor(Date.now() / 1_000);
    const times = { iat: now, nbf: now - 60, exp: now + 3_600, jti: randomBytes(8).toString('hex') };
    const signed = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'k' })}.${encoded({ ...times, ...claims })}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(this.#pair.privateKey, 'base64url')}`;
  }
}

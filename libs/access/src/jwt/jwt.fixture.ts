import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IssuerCredential } from '../credentials.js';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A key of an issuer. Signs with Node's own crypto, apart from the library that verifies. */
export interface SigningKey {
  readonly kid: string;
  readonly jwk: Record<string, unknown>;
  readonly publicPem: string;
  readonly sign: (claims: object, header?: object) => string;
}

const signerOf = (alg: string, privateKey: KeyObject) => (text: string) =>
  sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(text), {
    key: privateKey,
    ...(alg === 'ES256' ? { dsaEncoding: 'ieee-p1363' as const } : {}),
  });

export const signingKey = (kid: string, alg: 'RS256' | 'ES256' | 'EdDSA' = 'ES256'): SigningKey => {
  const { publicKey, privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : alg === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  const signed = signerOf(alg, privateKey);
  return {
    kid,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    sign: (claims, header = {}) => {
      const text = `${encode({ alg, kid, typ: 'JWT', ...header })}.${encode(claims)}`;
      return `${text}.${signed(text).toString('base64url')}`;
    },
  };
};

/** A token of HS256, or of the one in the header, with whatever as its secret. */
export const signShared = (
  secret: string | Buffer,
  claims: object,
  { alg = 'HS256', ...header }: { readonly alg?: string; readonly kid?: string } = {},
): string => {
  const text = `${encode({ alg, typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${text}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(text)
    .digest('base64url')}`;
};

export const unsigned = (claims: object, alg = 'none'): string => `${encode({ alg })}.${encode(claims)}.`;

/** An HTTP server of keys that counts what it is asked. */
export interface KeyServer {
  readonly address: string;
  readonly asked: () => number;
  answer: RequestListener;
  close(): void;
}

export const keyServer = async (keys: readonly SigningKey[]): Promise<KeyServer> => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    opened.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const opened: KeyServer = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    asked: () => asked,
    answer: answerKeys(keys),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return opened;
};

export const answerKeys =
  (keys: readonly SigningKey[]): RequestListener =>
  (_request, response) =>
    void response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));

/** An issuer that may read `company.TEAM`. */
export const issuerAt = (address: string, more: Partial<IssuerCredential> = {}): IssuerCredential => ({
  id: 'idp',
  issuer: 'https://id.example.com',
  audience: ['coffer'],
  keys: { kind: 'jwks', address },
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  clockSkewMs: 0,
  notBefore: 'required',
  subjectClaim: 'sub',
  bindings: [
    {
      when: [{ claim: 'sub', patterns: ['**'] }],
      grants: [
        {
          tenant: 'main',
          namespace: { text: 'company.{{claims.team}}', parts: ['company.', { claim: 'team', filter: 'segment' }] },
          permissions: ['resolve'],
        },
      ],
    },
  ],
  ...more,
});

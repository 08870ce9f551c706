import type { KeyRing } from '@coffer/crypto';
import { CofferError, type SecretValue } from '@coffer/secrets';

/** What is kept of a token. The key id says under which key of the ring it was hashed. */
export interface TokenHash {
  readonly keyId: string;
  readonly mac: Buffer;
}

const FORM = /^hmac-sha256:([A-Za-z0-9._-]{1,64}):([A-Za-z0-9_-]{43})$/;

/** Hashes a token for the configuration, under the active key: `hmac-sha256:KEY-ID:BASE64URL`. */
export const hashAccessToken = (ring: KeyRing, token: SecretValue): string =>
  `hmac-sha256:${ring.activeId}:${ring.hmac('token-hash', token.reveal()).toString('base64url')}`;

/** The id of the key under which a token was hashed; `undefined` for what is no hash. */
export const tokenHashKeyId = (hash: string): string | undefined => FORM.exec(hash)?.[1];

/** Throws `configuration` and names the token, not the hash: whoever mixes the two up has put a token there. */
export const parseTokenHash = (ring: KeyRing, tokenId: string, text: string): TokenHash => {
  const [, keyId, mac = ''] = FORM.exec(text) ?? [];
  if (keyId === undefined) {
    throw new CofferError(
      'configuration',
      `the hash of the access token '${tokenId}' is none; make one with \`coffer token create --id ${tokenId}\``,
      { token: tokenId },
    );
  }
  if (!ring.ids.includes(keyId)) {
    throw new CofferError(
      'configuration',
      `the access token '${tokenId}' was hashed under the encryption key '${keyId}', which is not in the ` +
        `configuration; add that key with active: false, or make a new token with \`coffer token create\``,
      { token: tokenId, key: keyId },
    );
  }
  return { keyId, mac: Buffer.from(mac, 'base64url') };
};

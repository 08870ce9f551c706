import { SecretValue } from '@coffer/secrets';
import { at, numberOf } from '../json.js';
import type { VaultAnswer } from '../transport.js';

/** A token as an answer of Vault describes it. */
export interface Token {
  readonly secret: SecretValue;
  /** Seconds it lives from the answer on; 0: for ever. */
  readonly lifetimeSeconds: number;
  readonly renewable: boolean;
}

const seconds = (value: unknown): number => Math.max(0, numberOf(value) ?? 0);

/** The token in the answer to a login or to a renewal; `undefined` for any other answer. */
export const tokenOf = ({ status, body }: VaultAnswer): Token | undefined => {
  const text = at(body, 'auth', 'client_token');
  if (status !== 200 || typeof text !== 'string' || text === '') return undefined;
  return {
    secret: new SecretValue(text),
    lifetimeSeconds: seconds(at(body, 'auth', 'lease_duration')),
    renewable: at(body, 'auth', 'renewable') === true,
  };
};

/** The same token with what a lookup of itself says. */
export const lookedUp = (secret: SecretValue, { body }: VaultAnswer): Token => ({
  secret,
  lifetimeSeconds: seconds(at(body, 'data', 'ttl')),
  renewable: at(body, 'data', 'renewable') === true,
});

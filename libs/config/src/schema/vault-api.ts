import { z } from 'zod';
import { flag, text } from './scalars.js';

/** First words of Vault's own paths below /v1, where no engine can be. */
const RESERVED: ReadonlySet<string> = new Set(['sys', 'auth', 'identity', 'cubbyhole']);
const WORD = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

const isMount = (mount: string): boolean =>
  mount.split('/').every((word) => WORD.test(word)) && !RESERVED.has(mount.split('/')[0] ?? '');

/** `coffer.vault`: what HashiCorp Vault's clients are answered. */
export const vaultApi = z.strictObject({
  enabled: flag
    .default(false)
    .describe('Whether clients of HashiCorp Vault are answered below /v1, as by its KV engine of version 2.'),
  mount: text
    .refine(isMount, {
      error:
        'must be words of letters, digits, _ and - with slashes between them, the first not sys, auth, identity or cubbyhole',
    })
    .default('secret')
    .describe('Where those clients find the engine, without slashes at its ends.'),
  readOnly: flag.default(false).describe('Whether those clients may read alone, whatever their permissions.'),
});

export type VaultApiConfiguration = z.output<typeof vaultApi>;

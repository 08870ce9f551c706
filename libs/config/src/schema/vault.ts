import { z } from 'zod';
import { duration, httpUrl, parsed, secretText, text } from './scalars.js';
import { storeFields, type StoreOf } from './store-fields.js';

const ENGINE_VERSION =
  'must be 2: version 1 of the KV engine keeps no versions and has no conditional writes, so a late write could ' +
  'silently replace a newer one; raise the engine with `vault kv enable-versioning`';

const engineVersion = parsed(ENGINE_VERSION, (value) => (value.trim() === '2' ? (2 as const) : undefined));

/** A path inside Vault, without slashes at its ends. */
const enginePath = text.transform((path) => path.replace(/^\/+|\/+$/g, ''));

/** In Kestra's table of settings, without a word on where in the path it goes. */
const prefix = parsed('is not supported: secretPathPrefix separates instances that share one engine', () => undefined);

const AUTHS = ['password', 'token', 'appRole', 'kubernetes'] as const;

/** `kestra.secret.vault`: KV version 2 of HashiCorp Vault or OpenBao. */
export const vaultSection = z
  .strictObject({
    ...storeFields,
    address: httpUrl,
    password: z.strictObject({ user: text, password: secretText }).optional(),
    token: z.strictObject({ token: secretText }).optional(),
    appRole: z.strictObject({ path: enginePath.default('approle'), roleId: text, secretId: secretText }).optional(),
    kubernetes: z.strictObject({ path: enginePath.default('kubernetes'), role: text.optional() }).optional(),
    /** The role of `kubernetes` where that names none. */
    role: text.optional(),
    namespace: text.optional(),
    engineVersion: engineVersion.default(2),
    rootEngine: enginePath.default('secret'),
    secretPathPrefix: enginePath.default(''),
    prefix: prefix.optional(),
    /** Milliseconds. */
    connectTimeout: duration.default(15_000),
    /** Milliseconds. */
    readTimeout: duration.default(60_000),
  })
  .superRefine((section, context) => {
    const given = AUTHS.filter((auth) => section[auth] !== undefined);
    if (given.length !== 1) {
      const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
      context.addIssue({ code: 'custom', message: `needs exactly one of ${AUTHS.join(', ')}; ${found}` });
    }
    if (section.kubernetes !== undefined && (section.kubernetes.role ?? section.role) === undefined) {
      context.addIssue({ code: 'custom', path: ['kubernetes', 'role'], message: 'is missing' });
    }
  });

export type VaultStore = StoreOf<'vault', typeof vaultSection>;

import { z } from 'zod';
import { httpAddress } from '../address/http-address.js';
import { clientTls, type ClientTls } from './client-tls.js';
import { duration, parsed, parsedWord, secretText, secretWord, text, word } from './scalars.js';
import { storeFields, type StoreOf } from './store-fields.js';

const ENGINE_VERSION =
  'must be 2: version 1 of the KV engine keeps no versions and has no conditional writes, so a late write could ' +
  'silently replace a newer one; raise the engine with `vault kv enable-versioning`';

const engineVersion = parsedWord(ENGINE_VERSION, (value) => (value === '2' ? (2 as const) : undefined));

/** A path inside Vault, without slashes at its ends. */
const enginePath = text.transform((path, context) => {
  const inner = path.replace(/^\/+|\/+$/g, '');
  if (path === '' || inner.split('/').every((segment) => !['', '.', '..'].includes(segment.trim()))) return inner;
  context.addIssue({
    code: 'custom',
    message: 'must be a path inside Vault such as team/kv, without empty parts, . and ..',
  });
  return z.NEVER;
});

/** In Kestra's table of settings, without a word on where in the path it goes. */
const prefix = parsed('is not supported: secretPathPrefix separates instances that share one engine', () => undefined);

const address = httpAddress({
  example: 'https://vault.example.com:8200',
  path: true,
  ownPath: { name: '/v1 or /ui', pattern: /\/v1(\/(sys|auth|secret)(\/.*)?)?$|\/ui(\/vault(\/.*)?)?$/ },
});

const AUTHS = ['password', 'token', 'appRole', 'kubernetes'] as const;

/** `kestra.secret.vault`: KV version 2 of HashiCorp Vault or OpenBao. */
export const vaultSection = z
  .strictObject({
    ...storeFields,
    address: address.describe('The address of the server.'),
    password: z
      .strictObject({
        user: text.meta({ description: 'The name of the user.', auth: 'password' }),
        password: secretText.meta({ description: 'The password of the user.', auth: 'password' }),
      })
      .optional(),
    token: z
      .strictObject({ token: secretWord.meta({ description: 'The token; renewed where it can be.', auth: 'token' }) })
      .optional(),
    appRole: z
      .strictObject({
        path: enginePath.default('approle').meta({ description: 'Where AppRole is mounted.', auth: 'AppRole' }),
        roleId: word.meta({ description: 'The id of the role.', auth: 'AppRole' }),
        secretId: secretWord.meta({ description: 'The secret of the role.', auth: 'AppRole' }),
      })
      .optional(),
    kubernetes: z
      .strictObject({
        path: enginePath
          .default('kubernetes')
          .meta({ description: 'Where Kubernetes is mounted.', auth: 'Kubernetes' }),
        role: word.optional().meta({ description: 'The role to log in with.', auth: 'Kubernetes' }),
      })
      .optional(),
    /** The role of `kubernetes` where that names none. */
    role: word.optional().meta({ description: 'The role of `kubernetes` where that names none.', auth: 'Kubernetes' }),
    namespace: word.optional().describe('Sent as `X-Vault-Namespace` with every call, login included.'),
    engineVersion: engineVersion.default(2).describe('Version of the KV engine: 2; version 1 is refused.'),
    rootEngine: enginePath.default('secret').describe('Where the engine is mounted.'),
    secretPathPrefix: enginePath.default('').meta({
      description: 'Put before the path of every secret; separates instances that share one engine.',
      empty: 'written',
    }),
    prefix: prefix.optional().describe('Not supported, use `secretPathPrefix`: any value is refused.'),
    /** For an address that begins with `https:`. */
    ...clientTls,
    /** Milliseconds. */
    connectTimeout: duration.default(15_000).describe('For a connection to be made.'),
    /** Milliseconds. */
    readTimeout: duration.default(60_000).describe('For an answer to come.'),
  })
  .superRefine((section, context) => {
    const given = AUTHS.filter((auth) => section[auth] !== undefined);
    if (given.length !== 1) {
      const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
      context.addIssue({ code: 'custom', message: `needs exactly one of ${AUTHS.join(', ')}; ${found}` });
    }
    if (section.role !== undefined && section.kubernetes === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['role'],
        message: 'has no effect: it is of kubernetes, which is not given',
      });
    }
    if (
      section.role !== undefined &&
      section.kubernetes?.role !== undefined &&
      section.role !== section.kubernetes.role
    ) {
      context.addIssue({
        code: 'custom',
        path: ['role'],
        message: 'names another role than kubernetes.role: keep one of them',
      });
    }
    if (section.kubernetes !== undefined && (section.kubernetes.role ?? section.role) === undefined) {
      context.addIssue({ code: 'custom', path: ['kubernetes', 'role'], message: 'is missing' });
    }
  });

export type VaultStore = Omit<StoreOf<'vault', typeof vaultSection>, keyof typeof clientTls> & {
  readonly tls: ClientTls;
};

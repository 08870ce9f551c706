import type { CofferError, ErrorCode } from '@coffer/secrets';
import { z } from 'zod';
import { ERROR_TABLE } from './error-table.js';

/** As Vault answers it. */
export const vaultErrors = z
  .strictObject({
    errors: z.array(z.string()).meta({ description: 'Sentences; none where there is nothing at the path.' }),
  })
  .meta({ id: 'VaultErrors', description: 'An error, as Vault answers it' });

export type VaultErrors = z.output<typeof vaultErrors>;

/** Where Vault has another status than `ERROR_TABLE`: its clients act by these. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  invalid: 400,
  'precondition-failed': 400,
  'too-large': 413,
  unauthorized: 403,
  'read-only': 403,
};

const OTHER_VERSION = 'check-and-set parameter did not match the current version';

/** What Vault's clients look for. */
const SENTENCES: Readonly<Partial<Record<ErrorCode, string>>> = {
  forbidden: 'permission denied',
  'read-only': 'permission denied',
  'no-such-route': 'no handler for route',
};

/** Paths of log-ins: Vault answers wrong credentials there as a wrong request, but for Kubernetes. */
const LOG_IN = /^\/v1\/auth\/(approle|userpass|jwt|kubernetes)\/login(?:\/|$)/;
const LOG_IN_SENTENCES: Readonly<Record<string, string>> = {
  approle: 'invalid role or secret ID',
  userpass: 'invalid username or password',
  jwt: 'error validating token',
  kubernetes: 'permission denied',
};

/** Those that Vault knows; `LIST` comes here as `GET`. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS']);

export interface AskedPath {
  /** Raw, without its query, which may hold anything. */
  readonly path: string;
  readonly method?: string | undefined;
  /** The methods that the path takes; `undefined` where nobody has looked. */
  readonly methods?: ReadonlySet<string> | undefined;
}

export const vaultStatusOf = (code: ErrorCode): number => STATUS[code] ?? ERROR_TABLE[code].status;

/** Vault's sentence, and Coffer's, which says more. */
export const vaultErrorOf = (
  { code, message }: CofferError,
  { path, method = 'GET', methods }: AskedPath,
): { readonly status: number; readonly body: VaultErrors } => {
  if (!METHODS.has(method)) return { status: 405, body: { errors: [] } };
  const login = code === 'unauthorized' ? LOG_IN.exec(path)?.[1] : undefined;
  if (login !== undefined) {
    const status = login === 'kubernetes' ? 403 : 400;
    return { status, body: { errors: [LOG_IN_SENTENCES[login] ?? '', message] } };
  }
  if (code === 'no-such-route' && methods !== undefined && methods.size > 0) {
    return { status: 405, body: { errors: ['unsupported operation', `it takes ${[...methods].join(', ')}`] } };
  }
  const status = vaultStatusOf(code);
  if (code === 'not-found') return { status, body: { errors: [] } };
  if (code === 'precondition-failed') return { status, body: { errors: [OTHER_VERSION] } };
  // A client whose token this is logs in again.
  if (code === 'unauthorized') return { status, body: { errors: ['permission denied', `invalid token: ${message}`] } };
  const sentence = SENTENCES[code];
  return { status, body: { errors: sentence === undefined ? [message] : [sentence, message] } };
};

import type { CofferError } from '@coffer/secrets';
import { kestraProblemOf, problemOf } from './error-body.js';
import { vaultErrorOf, type AskedPath } from './vault-error.js';

export interface ErrorAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: object;
}

/** Whose paths a request is for, and so whose errors its caller reads. */
interface AskedApi extends AskedPath {
  /** Whether clients of Vault are answered at all. */
  readonly vault: boolean;
  readonly requestId?: string;
}

const isBelow = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`);

const JSON_TYPE = 'application/json; charset=utf-8';
/** Media type of whatever Vault answers: some of its clients look at nothing else. */
export const VAULT_TYPE = 'application/json';

/** The path decides the API, the API the form. */
export const errorAnswerOf = (error: CofferError, asked: AskedApi): ErrorAnswer => {
  const { path, vault, requestId } = asked;
  if (vault && isBelow(path, '/v1')) return { type: VAULT_TYPE, ...vaultErrorOf(error, asked) };
  if (isBelow(path, '/api')) {
    const body = kestraProblemOf(error, path, requestId);
    return { status: body.status, type: JSON_TYPE, body };
  }
  const body = problemOf(error, requestId);
  return { status: body.status, type: 'application/problem+json', body };
};

import type { FastifyRequest } from 'fastify';
import { CofferError, DEFAULT_TENANT } from '@coffer/secrets';
import { decodeOnce } from './raw-path.js';

export const VAULT_TOKEN = 'x-vault-token';
export const VAULT_NAMESPACE = 'x-vault-namespace';
export const VAULT_WRAP = 'x-vault-wrap-ttl';

const NO_WRAPPING = /^0*s?$/;

/** Throws `invalid`: an answer that was to be wrapped must not come in clear. */
export const refuseWrapping = ({ [VAULT_WRAP]: time }: FastifyRequest['headers']): void => {
  if (time === undefined || NO_WRAPPING.test(String(time))) return;
  throw new CofferError('invalid', 'answers are not wrapped here: leave X-Vault-Wrap-TTL out');
};

/** The tenant that Vault's clients call a namespace: the header without a slash at either end. */
export const vaultTenantOf = ({ [VAULT_NAMESPACE]: namespace }: FastifyRequest['headers']): string => {
  const name = String(namespace ?? '').replaceAll(/^\/|\/$/g, '');
  return name === '' ? DEFAULT_TENANT : name;
};

/**
 * What a client of Vault presents, as the `Authorization` header that says the same. Each of several, and each part of one that has
 * commas, is a token of its own, so that two that differ count for nothing.
 */
export const vaultAuthorizationOf = (rawHeaders: readonly string[]): string | undefined => {
  const tokens: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length !== VAULT_TOKEN.length || name.toLowerCase() !== VAULT_TOKEN) continue;
    tokens.push(...(rawHeaders[at + 1] as string).split(','));
  }
  const given = tokens.filter((token) => token.trim() !== '').map((token) => `Bearer ${token.trim()}`);
  return given.length === 0 ? undefined : given.join(', ');
};

/** The segments of a raw path, each decoded once: a slash that is percent-encoded belongs to its segment. */
const segmentsOf = (rest: string): string[] => rest.split('/').map((part) => decodeOnce(part, 'the path'));

/**
 * The secret at a raw path below the engine: its last segment is the key, those before are the namespace's parts, where a dot in
 * a segment parts it as a slash does. Every path names one secret at the most, whose parts are still to be validated.
 */
export const vaultPlaceOf = (rest: string): { readonly namespace: string; readonly key: string } => {
  const segments = segmentsOf(rest);
  const key = segments.pop() ?? '';
  if (segments.length === 0 || key === '') {
    throw new CofferError('invalid', 'the path must be a namespace and a key, as company/team/DB_PASSWORD is');
  }
  return { namespace: segments.join('.'), key };
};

/** The namespace that a raw path below the engine names as a folder; `undefined` for the engine itself. */
export const vaultFolderOf = (rest: string): string | undefined => {
  const path = rest.endsWith('/') ? rest.slice(0, -1) : rest;
  return path === '' ? undefined : segmentsOf(path).join('.');
};

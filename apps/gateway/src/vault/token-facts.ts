import type { Grant } from '@coffer/access';

/** A grant in the place of Vault's name of a policy. */
export const policyOf = ({ tenant, namespace, permissions }: Grant): string =>
  `${tenant}/${namespace}:${permissions.join(',')}`;

/** Whole seconds from now on; 0, which Vault says of what counts for ever, where there is no end. */
export const secondsUntil = (timeMs: number | undefined): number =>
  timeMs === undefined ? 0 : Math.max(1, Math.floor((timeMs - Date.now()) / 1_000));

/** The token that a client shows by either header. */
export const shownToken = (headers: {
  readonly 'x-vault-token'?: string | undefined;
  readonly authorization?: string | undefined;
}): string => {
  const { 'x-vault-token': token = '', authorization = '' } = headers;
  return token === '' ? (/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '') : token;
};

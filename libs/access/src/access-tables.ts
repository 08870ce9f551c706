import type { BreakGlass } from './break-glass.js';
import type { CertificateTable } from './certificate/certificate-table.js';
import type { Claims } from './claims/claim-value.js';
import type { Credentials } from './credentials.js';
import type { IssuerTable } from './jwt/issuer-table.js';
import type { AskedPrincipal } from './principal.js';
import type { RoleTable } from './roles/role-table.js';
import type { SessionCredential, SessionSource } from './sessions/session.js';
import type { TokenTable } from './token-table.js';
import type { UserTable } from './user-table.js';
import type { UserTokens } from './user-tokens.js';

/** What one configuration says about access. */
export interface AccessTables {
  /** What the tables are made of. */
  readonly credentials: Credentials;
  readonly breakGlass: BreakGlass;
  readonly tokens: TokenTable;
  readonly users: UserTable;
  readonly userTokens: UserTokens;
  readonly issuers: IssuerTable;
  readonly certificates: CertificateTable;
  readonly roles: RoleTable;
}

/** Somebody by name, or whoever has these claims of an issuer or an entry of `certificates`. */
export type Asked = { readonly id: string } | { readonly issuer: string; readonly claims: Claims };

/** Without break-glass grants; `undefined` where there is nobody of that name. */
export const principalIn = (
  { tokens, users, roles, issuers, certificates }: AccessTables,
  who: Asked,
): AskedPrincipal | undefined => {
  if ('issuer' in who) {
    return issuers.principalOf(who.issuer, who.claims) ?? certificates.principalOf(who.issuer, who.claims);
  }
  const [, kind, name = ''] = /^(token|user|role):(.*)$/s.exec(who.id) ?? [];
  if (kind === 'token') return tokens.principalOf(name);
  if (kind === 'role') return roles.principalOf(name);
  return kind === 'user' ? users.principalOf(name) : undefined;
};

/** What a session was begun with, where that counts still. */
export const sessionCredentialOf = (
  { tokens, users, issuers }: AccessTables,
  source: SessionSource,
  address: string,
): SessionCredential | undefined => {
  if (source.kind === 'issuer') return issuers.resume(source);
  return source.kind === 'user' ? users.resume(source) : tokens.resume(source, address);
};

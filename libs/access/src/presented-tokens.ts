import { TOKEN_LENGTH } from './access-token.js';
import type { AccessTables } from './access-tables.js';
import type { TokenTimes } from './given-token.js';
import { looksLikeJwt, readJwt } from './jwt/json-web-token.js';
import type { RoleTable } from './roles/role-table.js';
import { ROLE_TOKEN_PREFIX } from './roles/role-token-sealer.js';
import type { Principal } from './principal.js';
import { USER_TOKEN_PREFIX, type UserTokens } from './user-tokens.js';

const msOf = (seconds: unknown): number | undefined => (typeof seconds === 'number' ? seconds * 1_000 : undefined);

const known = (issuedAtMs: number | undefined, expiresAtMs: number | undefined): TokenTimes => ({
  ...(issuedAtMs === undefined ? {} : { issuedAtMs }),
  ...(expiresAtMs === undefined || expiresAtMs === Infinity ? {} : { expiresAtMs }),
});

/** Tokens that log-ins gave, and what the owners of any may ask of them once they were let in. */
export class PresentedTokens {
  constructor(private readonly tables: () => Pick<AccessTables, 'tokens' | 'userTokens' | 'roles'>) {}

  /** Whose a token is that a log-in gave; `undefined` for another kind. Throws `unauthorized` where it does not count. */
  find(token: string, address: string): Principal | undefined {
    const { userTokens, roles } = this.tables();
    if (token.startsWith(ROLE_TOKEN_PREFIX)) return roles.find(token, address);
    return token.startsWith(USER_TOKEN_PREFIX) ? userTokens.find(token) : undefined;
  }

  /** As `find`, of what was found before and has not ended. */
  known(token: string): Principal | undefined {
    const { userTokens, roles } = this.tables();
    if (token.startsWith(ROLE_TOKEN_PREFIX)) return roles.known(token);
    return token.startsWith(USER_TOKEN_PREFIX) ? userTokens.known(token) : undefined;
  }

  /** The memory of tokens of roles that were found. */
  get rememberedOfRoles(): RoleTable['memory'] {
    return this.tables().roles.memory;
  }

  /** The memory of tokens of users that were found. */
  get rememberedOfUsers(): UserTokens['memory'] {
    return this.tables().userTokens.memory;
  }

  timesOf(token: string): TokenTimes {
    const { tokens, userTokens, roles } = this.tables();
    if (token.startsWith(ROLE_TOKEN_PREFIX)) return roles.timesOf(token);
    if (token.startsWith(USER_TOKEN_PREFIX)) return userTokens.timesOf(token);
    if (token.length === TOKEN_LENGTH) return known(undefined, tokens.expiryOf(token));
    if (!looksLikeJwt(token)) return {};
    const { iat, exp } = readJwt(token).claims;
    return known(msOf(iat), msOf(exp));
  }

  /**
   * `ended`: the token, which a log-in has given, does not count any more, as `Revocations` tells. `issuer`: it is a JSON Web Token, and
   * ends when its issuer says so. `configuration`: it ends when it is taken out of there.
   */
  async end(token: string): Promise<'ended' | 'issuer' | 'configuration'> {
    const { userTokens, roles } = this.tables();
    if (looksLikeJwt(token)) return 'issuer';
    if (token.startsWith(ROLE_TOKEN_PREFIX)) await roles.end(token);
    else if (token.startsWith(USER_TOKEN_PREFIX)) await userTokens.end(token);
    else return 'configuration';
    return 'ended';
  }
}

import { createPublicKey, verify } from 'node:crypto';
import { refuse } from './status.ts';

/**
 * Who calls. Every call carries `authorization: Bearer …`: an OAuth access token, or a JWT that a service account has
 * signed itself with RS256 and that says `iss` and `sub` (its address), `exp`, and `aud` or `scope`
 * (https://google.aip.dev/auth/4111). Without either, UNAUTHENTICATED; a known caller without the permission,
 * PERMISSION_DENIED (https://cloud.google.com/secret-manager/docs/access-control).
 */
export interface Principal {
  /** Accepted as an access token. */
  token?: string;
  /** E-mail address of a service account, with `publicKey`. */
  email?: string;
  /** The PEM of its key. */
  publicKey?: string;
  /** Where it may do something. */
  project: string;
  /** Such as `secretmanager.secrets.get`, or `*`. */
  permissions: string[];
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const AUDIENCE = 'https://secretmanager.googleapis.com/';
/** Seconds by which clocks may differ. */
const SKEW_SECONDS = 60;

export class Callers {
  readonly now: () => number;
  #principals: Principal[] = [];

  /** `now`: milliseconds since the epoch. */
  constructor(now: () => number) {
    this.now = now;
  }

  add(principal: Principal) {
    this.#principals.push(principal);
  }

  /** `resource`: refuses where the caller may not. */
  check(header: string | undefined, project: string, permission: string, resource: string) {
    const token = /^Bearer (\S+)$/.exec(header ?? '')?.[1];
    if (token === undefined) return refuse('UNAUTHENTICATED', 'Request is missing required authentication credential.');
    const known = this.#principals.filter((principal) => this.#is(principal, token));
    if (known.length === 0) refuse('UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    const may = known.some(
      ({ project: where, permissions }) =>
        where === project && (permissions.includes('*') || permissions.includes(permission)),
    );
    // The service does not tell whether a resource exists to those who may not know.
    if (!may)
      refuse('PERMISSION_DENIED', `Permission '${permission}' denied on resource '${resource}' (or it may not exist).`);
  }

  #is({ token: known, email, publicKey }: Principal, token: string) {
    if (known !== undefined) return known === token;
    const [head, body, signature, ...rest] = token.split('.');
    if (!head || !body || !signature || rest.length > 0 || !publicKey) return false;
    const [header, claims] = [head, body].map(readJson);
    if (header?.alg !== 'RS256' || !claims) return false;
    if (claims.iss !== email || claims.sub !== email) return false;
    if (
      claims.aud !== AUDIENCE &&
      !String(claims.scope ?? '')
        .split(' ')
        .includes(SCOPE)
    )
      return false;
    const seconds = this.now() / 1000;
    if (!(claims.exp > seconds - SKEW_SECONDS) || claims.exp > seconds + 3600 + SKEW_SECONDS) return false;
    const key = createPublicKey(publicKey);
    return verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
  }
}

function readJson(part: string) {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}

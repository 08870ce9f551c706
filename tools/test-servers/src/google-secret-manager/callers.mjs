import { createPublicKey, verify } from 'node:crypto';
import { refuse } from './status.mjs';

/**
 * Who calls. Every call carries `authorization: Bearer …`: an OAuth access token, or a JWT that a service account has
 * signed itself with RS256 and that says `iss` and `sub` (its address), `exp`, and `aud` or `scope`
 * (https://google.aip.dev/auth/4111). Without either, UNAUTHENTICATED; a known caller without the permission,
 * PERMISSION_DENIED (https://cloud.google.com/secret-manager/docs/access-control).
 *
 * @typedef {object} Principal
 * @property {string} [token] accepted as an access token
 * @property {string} [email] of a service account, with
 * @property {string} [publicKey] the PEM of its key
 * @property {string} project where it may do something
 * @property {string[]} permissions such as `secretmanager.secrets.get`, or `*`
 */

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const AUDIENCE = 'https://secretmanager.googleapis.com/';
/** Seconds by which clocks may differ. */
const SKEW = 60;

export class Callers {
  /** @type {Principal[]} */
  #principals = [];

  /** @param {() => number} now milliseconds since the epoch */
  constructor(now) {
    this.now = now;
  }

  /** @param {Principal} principal */
  add(principal) {
    this.#principals.push(principal);
  }

  /**
   * @param {string | undefined} header @param {string} project @param {string} permission @param {string} resource
   * refuses where the caller may not
   */
  check(header, project, permission, resource) {
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

  /** @param {Principal} principal @param {string} token */
  #is({ token: known, email, publicKey }, token) {
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
    if (!(claims.exp > seconds - SKEW) || claims.exp > seconds + 3600 + SKEW) return false;
    const key = createPublicKey(publicKey);
    return verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
  }
}

/** @param {string} part */
function readJson(part) {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}

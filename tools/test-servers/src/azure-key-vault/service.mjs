import { randomBytes } from 'node:crypto';
import { Identity } from './identity.mjs';
import { Rest } from './rest.mjs';
import { Throttle } from './throttle.mjs';
import { Vault } from './vault.mjs';

/**
 * @typedef {object} ServiceOptions
 * @property {string} tenantId
 * @property {import('./identity.mjs').Principal[]} principals the first is the machine's managed identity
 * @property {() => number} [now] milliseconds since the epoch
 * @property {() => string} [newVersion]
 * @property {number} [deletionMs] how long a deletion takes
 * @property {number} [recoveryMs] how long a recovery takes
 * @property {number} [limit] requests in 10 seconds
 *
 * @typedef {(request: import('./rest.mjs').Request) => import('./rest.mjs').Response} Handler
 */

/**
 * A vault and its directory as one handler, and further vaults of the same directory, whose origin is `authority`.
 * @param {ServiceOptions} options
 * @returns {{handle: Handler, newVault: (authority: string) => Handler}}
 */
export function services({ now = Date.now, newVersion = newId, deletionMs = 20, recoveryMs = 20, ...options }) {
  const { tenantId, principals, limit = Infinity } = options;
  const identity = new Identity({ tenantId, principals, now });
  const restOf = (/** @type {(origin: string) => string} */ authority) => {
    const vault = new Vault({ now, newVersion, deletionMs, recoveryMs });
    return new Rest({ vault, identity, throttle: new Throttle(limit, now), authority });
  };
  const rest = restOf((origin) => origin);
  /** @type {Handler} */
  const handle = (request) => {
    const { method, url, headers, body } = request;
    const [tenant = '', ...path] = url.pathname.slice(1).split('/');
    const at = `${method} ${path.join('/')}`;
    if (at === 'GET v2.0/.well-known/openid-configuration') return identity.discovery(url.origin, tenant);
    if (at === 'POST oauth2/v2.0/token') return identity.token(tenant, new URLSearchParams(body));
    if (url.pathname === '/msi/token') return identity.managed(url.searchParams, headers['x-identity-header']);
    return rest.handle(request);
  };
  const newVault = (/** @type {string} */ authority) => {
    const another = restOf(() => authority);
    return (/** @type {import('./rest.mjs').Request} */ request) => another.handle(request);
  };
  return { handle, newVault };
}

const newId = () => randomBytes(16).toString('hex');

/** @param {ServiceOptions} options @returns {Handler} */
export const service = (options) => services(options).handle;

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
 * @property {string} [authority] origin of the token endpoint; default: the vault's own
 */

/**
 * One vault and its directory, as one handler.
 * @param {ServiceOptions} options
 * @returns {(request: import('./rest.mjs').Request) => import('./rest.mjs').Response}
 */
export function service(options) {
  const { tenantId, principals, now = Date.now, newVersion = () => randomBytes(16).toString('hex') } = options;
  const { deletionMs = 20, recoveryMs = 20, limit = Infinity, authority } = options;
  const identity = new Identity({ tenantId, principals, now });
  const vault = new Vault({ now, newVersion, deletionMs, recoveryMs });
  const throttle = new Throttle(limit, now);
  const rest = new Rest({ vault, identity, throttle, authority: (origin) => authority ?? origin });
  return (request) => {
    const { method, url, headers, body } = request;
    const [tenant = '', ...path] = url.pathname.slice(1).split('/');
    const at = `${method} ${path.join('/')}`;
    if (at === 'GET v2.0/.well-known/openid-configuration') return identity.discovery(url.origin, tenant);
    if (at === 'POST oauth2/v2.0/token') return identity.token(tenant, new URLSearchParams(body));
    if (url.pathname === '/msi/token') return identity.managed(url.searchParams, headers['x-identity-header']);
    return rest.handle(request);
  };
}

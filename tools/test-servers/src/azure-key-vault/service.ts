import { randomBytes } from 'node:crypto';
import { Identity } from './identity.ts';
import { Rest } from './rest.ts';
import { Throttle } from './throttle.ts';
import { Vault } from './vault.ts';
import type { Principal } from './identity.ts';
import type { Request, Response } from './rest.ts';

export interface ServiceOptions {
  tenantId: string;
  /** The first is the machine's managed identity. */
  principals: Principal[];
  /** Milliseconds since the epoch. */
  now?: () => number;
  newVersion?: () => string;
  /** How long a deletion takes. */
  deletionMs?: number;
  /** How long a recovery takes. */
  recoveryMs?: number;
  /** Requests in 10 seconds. */
  limit?: number;
}

type Handler = (request: Request) => Response;

/** A vault and its directory as one handler, and further vaults of the same directory, whose origin is `authority`. */
export function services({
  now = Date.now,
  newVersion = newId,
  deletionMs = 20,
  recoveryMs = 20,
  ...options
}: ServiceOptions): { handle: Handler; newVault: (authority: string) => Handler } {
  const { tenantId, principals, limit = Infinity } = options;
  const identity = new Identity({ tenantId, principals, now });
  const restOf = (authority: (origin: string) => string) => {
    const vault = new Vault({ now, newVersion, deletionMs, recoveryMs });
    return new Rest({ vault, identity, throttle: new Throttle(limit, now), authority });
  };
  const rest = restOf((origin) => origin);
  const handle: Handler = (request) => {
    const { method, url, headers, body } = request;
    const [tenant = '', ...path] = url.pathname.slice(1).split('/');
    const at = `${method} ${path.join('/')}`;
    if (at === 'GET v2.0/.well-known/openid-configuration') return identity.discovery(url.origin, tenant);
    if (at === 'POST oauth2/v2.0/token') return identity.token(tenant, new URLSearchParams(body));
    if (url.pathname === '/msi/token') return identity.managed(url.searchParams, headers['x-identity-header']);
    return rest.handle(request);
  };
  const newVault = (authority: string) => {
    const another = restOf(() => authority);
    return (request: Request) => another.handle(request);
  };
  return { handle, newVault };
}

const newId = () => randomBytes(16).toString('hex');

export const service = (options: ServiceOptions): Handler => services(options).handle;

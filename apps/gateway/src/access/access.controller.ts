import { Authenticator, may, type Grant, type Permission, type Principal } from '@coffer/access';
import { CofferError, isWithinNamespace } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { explainAccess, whoami } from './endpoints.js';
import type { VERDICTS } from './schemas.js';

type Explained = Answer<typeof explainAccess>['body']['grants'][number];

/** By its place among the principal's grants, unless a binding gave it. */
const shown = (grant: Grant, at: number) => ({
  tenant: grant.tenant,
  namespace: grant.namespace,
  permissions: [...grant.permissions],
  origin: grant.origin ?? `grants[${at}]`,
});

/** As the API tells it. */
export const sessionTimesOf = ({ expiresAtMs, idleAtMs }: NonNullable<Principal['session']>) => ({
  until: new Date(expiresAtMs).toISOString(),
  idleUntil: new Date(idleAtMs).toISOString(),
});

const isOf = (grant: Grant, tenant: string): boolean => grant.tenant === '*' || grant.tenant === tenant;

const covers = (grant: Grant, namespace: string): boolean =>
  grant.namespace === '*' || isWithinNamespace(namespace, grant.namespace);

const verdictOf = (
  grant: Grant,
  permission: Permission,
  tenant: string,
  namespace: string,
): (typeof VERDICTS)[number] => {
  if (!isOf(grant, tenant)) return 'other-tenant';
  if (!covers(grant, namespace)) return 'other-namespace';
  return grant.permissions.includes(permission) ? 'allows' : 'other-permissions';
};

/** Who is calling, and why something is allowed or not. */
@Controller()
export class AccessController {
  constructor(@Inject(Authenticator) private readonly authenticator: Pick<Authenticator, 'principalOf'>) {}

  @Endpoint(whoami)
  async whoami({ principal, tenant }: Call<typeof whoami>): Promise<Answer<typeof whoami>> {
    const { id, credentialId, grants, session } = principal;
    const counting = grants.map(shown).filter((grant) => isOf(grant, tenant));
    const credential = credentialId === undefined ? {} : { credential: credentialId };
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: {
        principal: id,
        ...credential,
        grants: counting,
        ...(session && { session: sessionTimesOf(session) }),
      },
    };
  }

  @Endpoint(explainAccess)
  async explain({ principal, tenant, body }: Call<typeof explainAccess>): Promise<Answer<typeof explainAccess>> {
    const { permission, namespace } = body;
    const asked = this.#askedAbout(principal, tenant, body);
    // Whoever administers a namespace learns nothing of what others may do elsewhere.
    const isShown = (grant: Grant): boolean => asked === principal || (isOf(grant, tenant) && covers(grant, namespace));
    const grants = asked.grants.flatMap((grant, at): readonly Explained[] =>
      isShown(grant) ? [{ ...shown(grant, at), verdict: verdictOf(grant, permission, tenant, namespace) }] : [],
    );
    const allowed = may(asked, permission, tenant, namespace);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { allowed, principal: asked.id, grants },
    };
  }

  /** Throws `forbidden` before it says whether there is anybody else of that name. */
  #askedAbout(caller: Principal, tenant: string, body: Call<typeof explainAccess>['body']): Principal {
    const { namespace, principal, issuer, claims } = body;
    if (issuer === undefined && (principal === undefined || principal === caller.id)) return caller;
    if (!may(caller, 'admin', tenant, namespace)) {
      throw new CofferError(
        'forbidden',
        `asking about others needs the permission 'admin' in namespace '${namespace}' of tenant '${tenant}'`,
      );
    }
    const found = this.authenticator.principalOf(
      issuer === undefined ? { id: principal ?? '' } : { issuer, claims: claims ?? {} },
    );
    if (found !== undefined) return found;
    throw new CofferError(
      'not-found',
      'no token, user, role or issuer of that name is in the configuration (coffer.access)',
    );
  }
}
